// What a report is about: which calls, by which map, on which wall clock.

import { canonicalJson, type Instant } from "../../kernel/index.ts";
import type { LocalTime } from "../meaning/local-time.ts";
import type { OutcomeMap } from "../meaning/outcome-map.ts";

/** What calls can be grouped by besides time and code: columns of the lake. */
export const COLUMN_DIMENSIONS = ["campaign", "attempt", "list", "agent"] as const;
export type ColumnDimension = (typeof COLUMN_DIMENSIONS)[number];

/** What calls can be grouped by. */
export const DIMENSIONS = ["hour", "weekday", "code", ...COLUMN_DIMENSIONS] as const;
export type Dimension = (typeof DIMENSIONS)[number];

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
