// What people read about the dispositions of an interaction. Pure text.

import type { CorrectionPreview, DispositionTree, Entry } from "../operations/index.ts";
import { table } from "./table.ts";
import { printable } from "./text.ts";

/** One line for each entry, in columns; codes that were retired say so. */
export function entryLines(entries: readonly Entry[], tree?: DispositionTree): string[] {
  const state = (code: string) => {
    const node = tree?.get(code);
    return tree === undefined || node?.active === true ? "" : node === undefined ? " (not in the tree)" : " (retired)";
  };
  const columns = [
    ({ code }: Entry) => code,
    ({ description, code }: Entry) => `${description}${state(code)}`,
    (entry: Entry) => entry.agent_id,
    (entry: Entry) => entry.timestamp,
    (entry: Entry) => entry.source,
  ].map((value) => ({ title: "", value }));
  return table(columns, { heads: false, widest: 200 }).lines(entries);
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
