// Restatements: figures that differ from what was reported before, with the calls that made the difference.

import type { Instant } from "../../kernel/index.ts";
import type { CategoryCounts } from "./tally.ts";

/** A conversion as it was reported. */
export interface ReportedFigure {
  /** Which calls it is about, apart from the period: the campaigns, as canonical JSON. */
  readonly scope: string;
  /** The period: from `from` to before `to`. */
  readonly from: Instant;
  readonly to: Instant;
  /** Id of the map it was computed with. */
  readonly definition: string;
  readonly calls: number;
  readonly counts: CategoryCounts;
  readonly reportedAt: Instant;
}

/** Changes to a period's calls since a figure was reported. */
export interface Arrivals {
  /** Calls of the period that were not known at that time. */
  readonly late: number;
  /** Calls that were known at that time and have another code now. */
  readonly changed: number;
  /** Calls that were counted then and are outside of the period now, because their time was corrected. */
  readonly withdrawn: number;
}

/** A figure that no longer holds, and the present one. */
export interface Restatement {
  readonly was: ReportedFigure;
  readonly now: ReportedFigure;
}

/** Identifies a figure by period, scope and definition. */
function figureKey({ scope, from, to, definition }: ReportedFigure): string {
  return JSON.stringify([scope, from, to, definition]);
}

/** Whether two figures of the same period are equal. */
function sameFigure(a: ReportedFigure, b: ReportedFigure): boolean {
  const { success, warm, cold, neutral, failure } = a.counts;
  const other = b.counts;
  return (
    a.calls === b.calls &&
    success === other.success &&
    warm === other.warm &&
    cold === other.cold &&
    neutral === other.neutral &&
    failure === other.failure
  );
}

/**
 * Every figure of `now` that was reported before with other counts, with the latest earlier one.
 * @param earlier figures reported before, in any order, of any period
 */
export function restatements(earlier: readonly ReportedFigure[], now: readonly ReportedFigure[]): Restatement[] {
  const latest = new Map<string, ReportedFigure>();
  for (const figure of earlier) {
    const key = figureKey(figure);
    const known = latest.get(key);
    if (known === undefined || figure.reportedAt >= known.reportedAt) latest.set(key, figure);
  }
  const found: Restatement[] = [];
  for (const figure of now) {
    const was = latest.get(figureKey(figure));
    if (was !== undefined && !sameFigure(was, figure)) found.push({ was, now: figure });
  }
  return found;
}
