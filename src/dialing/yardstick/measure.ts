// One long run of a scenario, measured after its warm-up: occupancy and abandonment with intervals from batch means.

import { type RatioInterval, ratioInterval } from "../../kernel/index.ts";
import { createDialer } from "../engine/create.ts";
import { COUNT_NAMES, Count, LEVEL_NAMES, Level } from "../engine/meter.ts";
import type { PacingStrategy } from "../pacing/strategy.ts";
import type { SimulationScenario } from "../scenario/schema.ts";

export interface Measurement {
  /** Talk and wrap-up over logged-in time. */
  readonly occupancy: RatioInterval;
  /** Abandoned calls over live answers, the legal definition. */
  readonly abandonment: RatioInterval;
  readonly agentHours: number;
  readonly placed: number;
  /** Share of the time that trunks were used, in trunks. */
  readonly meanTrunks: number;
}

export interface MeasureOptions {
  readonly scenario: SimulationScenario;
  readonly seed: number | string;
  /** Instead of the scenario's pacing. */
  readonly strategy?: PacingStrategy;
  /** Batches that the measured time is cut into; the scenario's buckets are put together. Default 40. */
  readonly batches?: number;
}

/** Runs the scenario to its end. The scenario's `bucket` must divide the measured time into at least `batches` buckets. */
export function measure({ scenario, seed, strategy, batches = 40 }: MeasureOptions): Measurement {
  const dialer = createDialer({ scenario, seed, ...(strategy === undefined ? {} : { strategy }) });
  dialer.advance(Number(scenario.duration));
  return summarise(dialer.meter.buckets, batches);
}

const WIDTH = LEVEL_NAMES.length + COUNT_NAMES.length;

/** Puts buckets (of one run, or of several after each other) together into batches of equal number. */
export function summarise(buckets: readonly Float64Array[], batches: number): Measurement {
  const perBatch = Math.max(1, Math.floor(buckets.length / batches));
  const sums: Float64Array[] = [];
  for (let from = 0; from + perBatch <= buckets.length; from += perBatch) {
    const sum = new Float64Array(WIDTH);
    for (const bucket of buckets.slice(from, from + perBatch)) for (let i = 0; i < WIDTH; i++) sum[i]! += bucket[i]!;
    sums.push(sum);
  }
  const level = (which: Level) => sums.map((sum) => sum[which]!);
  const count = (which: Count) => sums.map((sum) => sum[LEVEL_NAMES.length + which]!);
  const talking = level(Level.talking);
  const wrapping = level(Level.wrapping);
  const loggedIn = level(Level.loggedIn);
  const total = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);
  return {
    occupancy: ratioInterval(
      talking.map((seconds, i) => seconds + wrapping[i]!),
      loggedIn,
    ),
    abandonment: ratioInterval(count(Count.abandoned), count(Count.liveAnswers)),
    agentHours: total(loggedIn) / 3600,
    placed: total(count(Count.placed)),
    meanTrunks: total(level(Level.trunks)) / Math.max(1e-9, total(loggedIn)),
  };
}
