// One independent run of a scenario, as plain data that can be passed between threads.

import type { FlowBalance } from "./engine/dialer.ts";
import { createDialer } from "./engine/dialer.ts";
import { seconds } from "./scenario/fields.ts";
import type { SimulationScenario } from "./scenario/schema.ts";

/** What one run measured. Typed arrays and plain values only, bit for bit the same on every thread. */
export interface Replication {
  readonly index: number;
  /** Begin and end of the measured time, s since the start. */
  readonly from: number;
  readonly to: number;
  /** The buckets in order: the end of each (s), and what `Meter` keeps of it (integrals of the levels, then counts). */
  readonly bucketEnds: Float64Array;
  readonly buckets: readonly Float64Array[];
  /** Histogram of the waits above 0, counted from the greeting on. */
  readonly waits: Float64Array;
  readonly flow: FlowBalance;
  readonly leadsTried: number;
  /** Number of leads in the list; Infinity for an endless list. */
  readonly leads: number;
  readonly events: number;
}

/**
 * Runs a scenario from its beginning to its end. The same scenario, seed and index give bit for bit the same replication. Two
 * scenarios that differ only in their pacing get the same calls under the same seed and index (common random numbers).
 * @param seed of the whole study; @param index number of the replication, from 0
 */
export function runReplication(scenario: SimulationScenario, seed: number | string, index: number): Replication {
  const dialer = createDialer({ scenario, seed: `${seed}/${index}` });
  const to = seconds(scenario.duration);
  // The end itself is not part of the run: a decision at this instant would place calls that no bucket counts.
  dialer.advance(to * (1 - Number.EPSILON));
  const { meter } = dialer;
  if (meter.bucketStart < to) meter.close(to);
  const from = seconds(scenario.warmUp);
  const bucket = seconds(scenario.bucket);
  return {
    index,
    from,
    to,
    bucketEnds: Float64Array.from(meter.buckets, (_, i) => Math.min(to, from + (i + 1) * bucket)),
    buckets: [...meter.buckets],
    waits: meter.waits,
    flow: dialer.flow(),
    leadsTried: dialer.leadsTried,
    leads: dialer.leadsInAll,
    events: dialer.events,
  };
}
