// The part of the shown time that a person looks at: stored in the address, moved and zoomed. Pure. Times are ms since the epoch.

import { isDay } from "../../kernel/index.ts";

export interface TimeRange {
  readonly from: number;
  readonly to: number;
}

/** The time that a text of an address names; NaN for none, and for a day that no calendar has. Without a zone it is one of the browser's. */
export const timeNamed = (text = ""): number => (isDay(text.slice(0, 10)) ? Date.parse(text) : Number.NaN);

/**
 * What is wrong with the times of an address, as a sentence; undefined when nothing is. A time that cannot be read limits nothing.
 * @param labels what the page calls them
 */
export function timeTrouble(
  query: Readonly<Record<string, string | undefined>>,
  labels: { readonly from: string; readonly to: string },
): string | undefined {
  const [from, to] = [query["from"] || undefined, query["to"] || undefined];
  for (const [label, text] of [
    [labels.from, from],
    [labels.to, to],
  ])
    if (text !== undefined && Number.isNaN(timeNamed(text)))
      return `${label} “${text}” in the address is no time, and limits nothing.`;
  return timeNamed(from) >= timeNamed(to)
    ? `${labels.from} in the address is not before ${labels.to}: no time lies between them.`
    : undefined;
}

/** Shortest part: readings are a minute apart. */
const LEAST_MS = 5 * 60_000;

/** The part in an address, within the shown time; undefined: all of it, also when the address has none or one outside of it. */
export function rangeOf(query: Readonly<Record<string, string | undefined>>, shown: TimeRange): TimeRange | undefined {
  const [from, to] = [timeNamed(query["from"]), timeNamed(query["to"])];
  if (!(from < to) || to <= shown.from || from >= shown.to) return undefined;
  return part({ from, to }, shown);
}

/** The part in the form for the address; undefined for all. */
export function rangeQuery(range: TimeRange | undefined): { readonly from: string | undefined; readonly to: string | undefined } {
  const text = (at: number | undefined) => (at === undefined ? undefined : new Date(at).toISOString().replace(/\.\d+Z$/, "Z"));
  return { from: text(range?.from), to: text(range?.to) };
}

/** With the same middle, `times` as long. @returns undefined when that is all of the shown time */
export function zoomed(range: TimeRange | undefined, times: number, shown: TimeRange): TimeRange | undefined {
  const { from, to } = range ?? shown;
  const half = (times * (to - from)) / 2;
  return part({ from: (from + to) / 2 - half, to: (from + to) / 2 + half }, shown);
}

/** Moved later by this number of its own lengths; its length stays the same. */
export function moved(range: TimeRange, lengths: number, shown: TimeRange): TimeRange | undefined {
  const length = range.to - range.from;
  const from = Math.min(shown.to - length, Math.max(shown.from, range.from + lengths * length));
  return part({ from, to: from + length }, shown);
}

/** A selected part, made long enough and within the shown time. @returns undefined when that is all of it */
export function part(range: TimeRange, shown: TimeRange): TimeRange | undefined {
  const inside = within(range, shown);
  return inside.from <= shown.from && inside.to >= shown.to ? undefined : inside;
}

function within({ from, to }: TimeRange, shown: TimeRange): TimeRange {
  const lack = Math.max(0, LEAST_MS - (to - from)) / 2;
  const length = Math.min(shown.to - shown.from, to - from + 2 * lack);
  // Cut at the ends, not moved, unless it would become too short.
  const begin = Math.min(Math.max(shown.from, from - lack), shown.to - Math.min(length, LEAST_MS));
  const end = Math.max(Math.min(shown.to, to + lack), begin + Math.min(length, LEAST_MS));
  return { from: Math.round(begin), to: Math.round(end) };
}
