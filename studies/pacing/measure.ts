// Measures one long run of a scenario after its warm-up: occupancy and abandonment, with intervals from batch means.

import { createDialer } from "../../src/dialing/engine/dialer.ts";
import { Count, Level } from "../../src/dialing/engine/meter.ts";
import type { PacingStrategy } from "../../src/dialing/pacing/strategy.ts";
import { type Sums, sumOf } from "../../src/dialing/results/sums.ts";
import { seconds } from "../../src/dialing/scenario/fields.ts";
import type { SimulationScenario } from "../../src/dialing/scenario/schema.ts";
import { type RatioInterval, ratioInterval } from "../../src/kernel/index.ts";

/** Figures of a run with their intervals. */
export interface Measurement {
  /** Talk plus wrap-up, divided by logged-in time. */
  readonly occupancy: RatioInterval;
  /** Abandoned calls divided by live answers (the legal definition). */
  readonly abandonment: RatioInterval;
  readonly agentHours: number;
}

/** The run that is measured. */
export interface MeasureOptions {
  readonly scenario: SimulationScenario;
  readonly seed: number | string;
  /** Used instead of the scenario's pacing. */
  readonly strategy?: PacingStrategy;
  /** Number of batches of the measured time; each combines several buckets of the scenario. Default 40. */
  readonly batches?: number;
}

/**
 * Runs the scenario to its end and measures it. The scenario's `bucket` must divide the measured time into at least `batches`
 * buckets.
 */
export function measure({ scenario, seed, strategy, batches = 40 }: MeasureOptions): Measurement {
  const dialer = createDialer({ scenario, seed, ...(strategy === undefined ? {} : { strategy }) });
  dialer.advance(seconds(scenario.duration));
  return summarise(dialer.meter.buckets, batches);
}

/** Combines the buckets of one run into batches of equal size. */
function summarise(buckets: readonly Float64Array[], batches: number): Measurement {
  const perBatch = Math.max(1, Math.floor(buckets.length / batches));
  const sums: Sums[] = [];
  for (let from = 0; from + perBatch <= buckets.length; from += perBatch) sums.push(sumOf(buckets.slice(from, from + perBatch)));
  const all = sumOf(buckets);
  return {
    occupancy: ratioInterval(
      sums.map((sum) => sum.level(Level.talking) + sum.level(Level.wrapping)),
      sums.map((sum) => sum.level(Level.loggedIn)),
    ),
    abandonment: ratioInterval(
      sums.map((sum) => sum.count(Count.abandoned)),
      sums.map((sum) => sum.count(Count.liveAnswers)),
    ),
    agentHours: all.level(Level.loggedIn) / 3600,
  };
}
