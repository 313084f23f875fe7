// The time series of a simulation by bucket, over all replications.

import { Count, Level } from "../engine/meter.ts";
import type { Replication } from "../replicate.ts";
import { type Sums, sumOf } from "./sums.ts";

/** One bucket of the run. Sums are over all replications; means are per replication. */
export interface SeriesPoint {
  /** s since the start. */
  readonly from: number;
  readonly to: number;
  /** Abandoned calls and live answers in this bucket. */
  readonly abandoned: number;
  readonly liveAnswers: number;
  readonly placed: number;
  readonly connected: number;
  /** Seconds of talk and wrap-up, and of logged-in time. */
  readonly busySeconds: number;
  readonly loggedInSeconds: number;
  /** abandoned / liveAnswers and busySeconds / loggedInSeconds; NaN when the denominator is 0. */
  readonly abandonment: number;
  readonly occupancy: number;
  readonly meanAgents: number;
  readonly meanTrunks: number;
  readonly meanWaiting: number;
}

/** The figures of a run over time, one point a bucket. */
export type Series = readonly SeriesPoint[];

/** The series over all replications, which must have the same buckets. */
export function seriesOf(replications: readonly Replication[]): Series {
  const [first] = replications;
  if (first === undefined) return [];
  let from = first.from;
  return Array.from(first.bucketEnds, (to, i) => {
    const sums = sumOf(replications.flatMap(({ buckets }) => buckets.slice(i, i + 1)));
    const point = pointOf(sums, from, to, replications.length);
    from = to;
    return point;
  });
}

function pointOf(sums: Sums, from: number, to: number, replications: number): SeriesPoint {
  const abandoned = sums.count(Count.abandoned);
  const liveAnswers = sums.count(Count.liveAnswers);
  const busySeconds = sums.level(Level.talking) + sums.level(Level.wrapping);
  const loggedInSeconds = sums.level(Level.loggedIn);
  const seconds = (to - from) * replications;
  return {
    from,
    to,
    abandoned,
    liveAnswers,
    placed: sums.count(Count.placed),
    connected: sums.count(Count.connected),
    busySeconds,
    loggedInSeconds,
    abandonment: abandoned / liveAnswers,
    occupancy: busySeconds / loggedInSeconds,
    meanAgents: loggedInSeconds / seconds,
    meanTrunks: sums.level(Level.trunks) / seconds,
    meanWaiting: sums.level(Level.waiting) / seconds,
  };
}
