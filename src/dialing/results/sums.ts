// Sums over buckets, and the units (replications, or batches of one run) whose scatter gives the intervals.

import { COUNT_NAMES, type Count, LEVEL_NAMES, type Level, WIDTH } from "../engine/meter.ts";
import type { Replication } from "../replicate.ts";

/** Integrals of levels, and counts, over a span of time. */
export class Sums {
  readonly #values = new Float64Array(WIDTH);

  add(bucket: Float64Array): void {
    for (let i = 0; i < WIDTH; i++) this.#values[i]! += bucket[i]!;
  }

  level(level: Level): number {
    return this.#values[level]!;
  }

  count(count: Count): number {
    return this.#values[LEVEL_NAMES.length + count]!;
  }

  /** All counts by name. */
  counts(): Record<keyof typeof Count, number> {
    const entries = COUNT_NAMES.map((name, i) => [name, this.#values[LEVEL_NAMES.length + i]!]);
    return Object.fromEntries(entries) as Record<keyof typeof Count, number>;
  }
}

/** The sum of buckets. */
export function sumOf(buckets: Iterable<Float64Array>): Sums {
  const sums = new Sums();
  for (const bucket of buckets) sums.add(bucket);
  return sums;
}

/** How intervals were computed. */
export interface IntervalMethod {
  /** `replications`: from the scatter between independent runs. `batches`: between long stretches of a run. */
  readonly kind: "replications" | "batches";
  /** Number of independent runs, or of batches in all runs. */
  readonly units: number;
}

/** With fewer runs than this, batches say more about the scatter. */
const ENOUGH_RUNS = 5;
const MOST_BATCHES = 30;

/** The units of a study: its runs when there are enough of them, otherwise at most 30 batches of whole buckets in each run. */
export function unitsOf(replications: readonly Replication[]): {
  readonly method: IntervalMethod;
  readonly units: readonly Sums[];
} {
  if (replications.length >= ENOUGH_RUNS) {
    const units = replications.map(({ buckets }) => sumOf(buckets));
    return { method: { kind: "replications", units: units.length }, units };
  }
  const units = replications.flatMap(({ buckets }) => {
    const size = Math.max(1, Math.ceil(buckets.length / MOST_BATCHES));
    const batches: Sums[] = [];
    for (let at = 0; at + size <= buckets.length; at += size) batches.push(sumOf(buckets.slice(at, at + size)));
    return batches;
  });
  return { method: { kind: "batches", units: units.length }, units };
}
