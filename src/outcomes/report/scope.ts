// The scope of a report: which calls, by which map, in which zone.

import { canonicalJson, type Instant } from "../../kernel/index.ts";
import { MeaningError } from "../meaning/error.ts";
import type { LocalTime } from "../meaning/local-time.ts";
import type { OutcomeMap } from "../meaning/outcome-map.ts";
import type { Covers } from "./model.ts";

/** Dimensions that are columns of the lake. */
export const COLUMN_DIMENSIONS = ["campaign", "attempt", "list", "agent"] as const;
/** A dimension that is a column of the lake. */
export type ColumnDimension = (typeof COLUMN_DIMENSIONS)[number];

/** What calls can be grouped by. */
export const DIMENSIONS = ["hour", "weekday", "code", ...COLUMN_DIMENSIONS] as const;
/** What calls can be grouped by. */
export type Dimension = (typeof DIMENSIONS)[number];

/** Which calls a report is about. */
export interface ReportScope {
  /** The campaigns; undefined for all. */
  readonly campaigns: readonly string[] | undefined;
  /** Beginning of the period: calls that start at or after it. */
  readonly from: Instant;
  /** End of the period, exclusive. */
  readonly to: Instant;
  readonly map: OutcomeMap;
  /** The local time in which hours, weekdays and days are read. */
  readonly time: LocalTime;
  readonly coverage: Coverage;
}

/** A scope of which it is not known what was read. */
export type AskedScope = Omit<ReportScope, "coverage">;

/** What was read of a scope's calls. */
export interface Coverage {
  readonly covers: Covers;
  /** Calls that no figure counts, because they are no sample of their day's calls. */
  readonly out: readonly LeftOut[];
}

/** The calls of a campaign that start in a stretch of time, until before `to`. */
export interface LeftOut {
  readonly campaignId: string;
  readonly from: Instant;
  readonly to: Instant;
}

/** The part of the lake that contains a scope, so that other files are not opened. */
export function rangeOf({ campaigns, from, to }: Pick<ReportScope, "campaigns" | "from" | "to">): {
  campaignId?: string;
  from: Instant;
  to: Instant;
} {
  const [only, ...more] = campaigns ?? [];
  return { from, to: to - 1, ...(only === undefined || more.length > 0 ? {} : { campaignId: only }) };
}

/** Identifies the calls of a scope apart from the period; the order of the campaigns does not matter. */
export function scopeKey(campaigns: readonly string[] | undefined): string {
  return canonicalJson({ campaigns: campaigns === undefined ? null : [...new Set(campaigns)].sort() });
}

/** A report shows each day of its period, so a period is at most about three years. */
const MOST_DAYS = 1_100;
/** The years that a period may lie in. */
const FIRST = Date.UTC(1900, 0);
const LAST = Date.UTC(2200, 0);

/** The period of a report. Throws MeaningError unless it begins before it ends and has at most MOST_DAYS days. */
export function checkedPeriod({ from, to }: Pick<ReportScope, "from" | "to">): { readonly from: Instant; readonly to: Instant } {
  const days = (to - from) / 86_400_000;
  if (days > MOST_DAYS)
    throw new MeaningError(
      `the period is ${Math.ceil(days)} days long; a report covers ${MOST_DAYS} days at most`,
      "Choose a later beginning (--from, or a shorter --last) or an earlier end (--to), and make another report for the rest.",
    );
  // Negated, so that NaN is refused as well.
  if (!(from >= FIRST && to <= LAST)) throw new MeaningError("the period must be within the years 1900 to 2199");
  if (from >= to)
    throw new MeaningError(
      `the period begins at ${new Date(from).toISOString()} and ends at ${new Date(to).toISOString()}; it must begin before it ends`,
    );
  return { from, to };
}

/** The local days that a scope's period touches, each with its beginning and end. */
export function daysOf({
  from,
  to,
  time,
}: Pick<ReportScope, "from" | "to" | "time">): { day: string; from: Instant; to: Instant }[] {
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
