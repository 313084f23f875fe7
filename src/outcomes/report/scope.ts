// What a report is about: which calls, by which map, on which wall clock.

import { canonicalJson, type Instant } from "../../kernel/index.ts";
import { MeaningError } from "../meaning/error.ts";
import type { LocalTime } from "../meaning/local-time.ts";
import type { OutcomeMap } from "../meaning/outcome-map.ts";

/** What calls can be grouped by besides time and code: columns of the lake. */
export const COLUMN_DIMENSIONS = ["campaign", "attempt", "list", "agent"] as const;
/** What calls can be grouped by that is a column of the lake. */
export type ColumnDimension = (typeof COLUMN_DIMENSIONS)[number];

/** What calls can be grouped by. */
export const DIMENSIONS = ["hour", "weekday", "code", ...COLUMN_DIMENSIONS] as const;
/** What calls can be grouped by. */
export type Dimension = (typeof DIMENSIONS)[number];

/** Which calls a report is about. */
export interface ReportScope {
  /** The campaigns; undefined for all. */
  readonly campaigns: readonly string[] | undefined;
  /** Calls that begin from here on, */
  readonly from: Instant;
  /** until before here. */
  readonly to: Instant;
  readonly map: OutcomeMap;
  /** The clock that hours, weekdays and days are read from. */
  readonly time: LocalTime;
}

/** Names the calls of a scope apart from the period, the same for the same campaigns in whatever order. */
export function scopeKey(campaigns: readonly string[] | undefined): string {
  return canonicalJson({ campaigns: campaigns === undefined ? null : [...new Set(campaigns)].sort() });
}

/** A report shows each day of its period: about three years of them at most. */
const MOST_DAYS = 1_100;
/** The years that a period may lie in; a wall clock of the years before 100 is none that can be read. */
const FIRST = Date.UTC(1900, 0);
const LAST = Date.UTC(2200, 0);

/** The period of a report, when it begins before it ends and is no longer than MOST_DAYS. Throws MeaningError. */
export function checkedPeriod({ from, to }: Pick<ReportScope, "from" | "to">): { readonly from: Instant; readonly to: Instant } {
  const days = (to - from) / 86_400_000;
  if (days > MOST_DAYS)
    throw new MeaningError(
      `the period is ${Math.ceil(days)} days long; a report covers ${MOST_DAYS} days at most`,
      "Give a later begin (--from, or a shorter --last) or an earlier end (--to), and report on the rest by itself.",
    );
  // Negated, so that what is no number is refused too.
  if (!(from >= FIRST && to <= LAST)) throw new MeaningError("the period must lie in the years 1900 to 2199");
  if (from >= to)
    throw new MeaningError(
      `the period begins at ${new Date(from).toISOString()} and ends at ${new Date(to).toISOString()}; it must begin before it ends`,
    );
  return { from, to };
}

/** The days of a scope's wall clock that its period touches, each with its begin and end. */
export function daysOf({ from, to, time }: ReportScope): { day: string; from: Instant; to: Instant }[] {
  const days: { day: string; from: Instant; to: Instant }[] = [];
  for (let at = from; at < to; ) {
    const { day } = time.local(at);
    const start = time.startOfDay(day);
    const next = new Date(Date.parse(day) + 86_400_000).toISOString().slice(0, 10);
    const end = time.startOfDay(next);
    days.push({ day, from: start, to: end });
    at = end;
  }
  return days;
}
