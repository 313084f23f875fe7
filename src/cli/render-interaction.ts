// What people read about the dispositions of an interaction. Pure text.

import type { CorrectionPreview, DispositionTree, Entry } from "../operations/index.ts";
import { printable } from "./render-tagging.ts";

/** One line for each entry, in columns; codes that were retired say so. */
export function entryLines(entries: readonly Entry[], tree?: DispositionTree): string[] {
  const rows = entries.map((entry) => {
    const node = tree?.get(entry.code);
    const state = tree === undefined || node?.active === true ? "" : node === undefined ? " (not in the tree)" : " (retired)";
    return [entry.code, `${entry.description}${state}`, entry.agent_id, entry.timestamp, entry.source].map(printable);
  });
  const widths = [0, 1, 2, 3].map((column) => Math.max(0, ...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join("  ")
      .trimEnd(),
  );
}

/** What a correction would do: the entries that stay, those that go and the one that comes. */
export function previewLines({ now, merge, problems }: CorrectionPreview): string[] {
  if (problems.length > 0) return problems.map(({ message }) => printable(message));
  if (merge === undefined || merge.kind === "unchanged")
    return ["it is there already:", ...entryLines(now.dispositions).map((line) => `    ${line}`)];
  const all = [...now.dispositions, ...merge.dispositions.filter((entry) => !now.dispositions.includes(entry))];
  const marks = all.map((entry) => (!merge.dispositions.includes(entry) ? "-" : now.dispositions.includes(entry) ? " " : "+"));
  return entryLines(all).map((line, index) => `  ${marks[index]} ${line}`);
}
