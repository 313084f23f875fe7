// Text about the dispositions of an interaction. Pure text.

import type { Entry } from "../operations/index.ts";
import type { CorrectionView, InteractionView } from "../operations/views/index.ts";
import { table } from "./table.ts";
import { printable } from "./text.ts";

/** One line for each entry, in columns; retired codes are marked. */
export function entryLines(entries: readonly Entry[], tree?: InteractionView["codes"], width?: number): string[] {
  const state = (code: string) => {
    const node = tree?.[code];
    return tree === undefined || node?.["active"] === true ? "" : node === undefined ? " (not in the tree)" : " (retired)";
  };
  const columns = [
    ({ code }: Entry) => code,
    ({ description, code }: Entry) => `${description}${state(code)}`,
    (entry: Entry) => entry.agent_id,
    (entry: Entry) => entry.timestamp,
    (entry: Entry) => entry.source,
  ].map((value) => ({ title: "", value }));
  return table(columns, { heads: false, widest: 200 }).lines(entries, width);
}

/** What a correction would do: entries that stay, entries that are removed, and the one that is added. */
export function previewLines({ before, after, problems }: CorrectionView): string[] {
  if (problems.length > 0) return problems.map(({ message }) => printable(message));
  const is = (one: Entry) => (other: Entry) => JSON.stringify(one) === JSON.stringify(other);
  const all = [...before, ...after.filter((entry) => !before.some(is(entry)))];
  const marks = all.map((entry) => (!after.some(is(entry)) ? "-" : before.some(is(entry)) ? " " : "+"));
  if (marks.every((mark) => mark === " ")) return ["it is there already:", ...entryLines(before).map((line) => `    ${line}`)];
  return entryLines(all).map((line, index) => `  ${marks[index]} ${line}`);
}
