// Counts of calls by category: what every figure is computed from. A tally counts each call once.

import { CATEGORIES, type Category } from "./category.ts";
import type { Classified } from "./outcome-map.ts";

export type CategoryCounts = Readonly<Record<Category, number>>;

export interface Tally {
  readonly calls: number;
  /** The sum of the calls' durations, s. */
  readonly seconds: number;
  /** Adds up to `calls`. */
  readonly counts: CategoryCounts;
  /** Calls whose code the map does not know; they are among the neutral ones. */
  readonly unmapped: number;
}

/** A tally that grows. */
export class Counter implements Tally {
  calls = 0;
  seconds = 0;
  unmapped = 0;
  readonly counts: Record<Category, number> = { success: 0, warm: 0, cold: 0, neutral: 0, failure: 0 };

  /** Adds `calls` calls of one kind that lasted `seconds` together. */
  add({ category, mapped }: Classified, calls: number, seconds: number): void {
    this.calls += calls;
    this.seconds += seconds;
    this.counts[category] += calls;
    if (!mapped) this.unmapped += calls;
  }

  /** Adds all of another tally. */
  addAll(other: Tally): void {
    this.calls += other.calls;
    this.seconds += other.seconds;
    this.unmapped += other.unmapped;
    for (const category of CATEGORIES) this.counts[category] += other.counts[category];
  }
}
