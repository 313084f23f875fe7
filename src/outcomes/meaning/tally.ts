// Counts of calls by category, the base of every figure. A tally counts each call once.

import type { Category } from "./category.ts";
import type { Classified } from "./outcome-map.ts";

/** Calls by category. */
export type CategoryCounts = Readonly<Record<Category, number>>;

/** Calls by category, with their total duration. */
export interface Tally {
  readonly calls: number;
  /** Total duration, s. */
  readonly seconds: number;
  /** Their sum is `calls`. */
  readonly counts: CategoryCounts;
  /** Calls whose code the map does not know; they are counted as neutral. */
  readonly unmapped: number;
}

/** A tally that calls can be added to. */
export class Counter implements Tally {
  calls = 0;
  seconds = 0;
  unmapped = 0;
  readonly counts: Record<Category, number> = { success: 0, warm: 0, cold: 0, neutral: 0, failure: 0 };

  /** Adds `calls` calls of one meaning with a total duration of `seconds`. */
  add({ category, mapped }: Classified, calls: number, seconds: number): void {
    this.calls += calls;
    this.seconds += seconds;
    this.counts[category] += calls;
    if (!mapped) this.unmapped += calls;
  }
}

/** Calls and successes of days, by day such as 2026-03-08. */
export type DayCounts = ReadonlyMap<string, { readonly calls: number; readonly successes: number }>;

/** A tally with calls and successes by day. */
export class DailyCounter extends Counter {
  readonly days = new Map<string, { calls: number; successes: number }>();

  /** Adds `calls` calls of one meaning on a day. */
  addOn(day: string, classified: Classified, calls: number, seconds: number): void {
    this.add(classified, calls, seconds);
    this.countOn(day, calls, classified.category === "success" ? calls : 0);
  }

  /** Adds to the counts by day only, for calls that the tally already contains. */
  countOn(day: string, calls: number, successes: number): void {
    const known = this.days.get(day);
    if (known === undefined) this.days.set(day, { calls, successes });
    else {
      known.calls += calls;
      known.successes += successes;
    }
  }
}
