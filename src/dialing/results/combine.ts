// From replications to results: every rate with its numerator, its denominator and an interval that accounts for autocorrelation.

import { meanInterval } from "../../kernel/index.ts";
import { Count, Level, waitsOfBin } from "../engine/meter.ts";
import type { Replication } from "../replicate.ts";
import { type FigureInterval, type FigureKind, figureInterval } from "./figure.ts";
import { type IntervalMethod, type Sums, sumOf, unitsOf } from "./sums.ts";

const HOUR = 3600;
const TALKED = [Level.talking, Level.wrapping] as const;

/**
 * Results of a simulation. Shares are of 1, times in seconds. A rate whose denominator is 0 is NaN with an infinite interval.
 * Intervals of shares stay within 0 and 1, all others at 0 or above.
 */
export interface SimulationResult {
  readonly replications: number;
  /** The measured time of each replication, from `from` to `to` (s), and the logged-in agent-hours of all. */
  readonly window: { readonly from: number; readonly to: number; readonly agentHours: number };
  /** How the intervals were computed, and their confidence. */
  readonly intervals: IntervalMethod & { readonly confidence: number };
  /**
   * Abandoned calls divided by calls answered by a person (the legal definition, 16 CFR 310.4(b)(1)(iv), (b)(4)(i)): no agent
   * spoke within the legal limit (2 s) of the end of the greeting. Includes people taken for machines, and callers who hung up
   * earlier, unless the scenario excludes them (`countSilentCalls`, `countEarlyHangUps`).
   */
  readonly abandonment: FigureInterval;
  /**
   * People lost before an agent spoke, divided by live answers: like `abandonment`, but with the caller's patience instead of the
   * legal limit.
   */
  readonly lost: FigureInterval;
  /**
   * People taken for machines and hung up on, divided by live answers. Also counted in `abandonment`, unless the scenario
   * excludes them.
   */
  readonly silentCalls: FigureInterval;
  /** Talk plus wrap-up time, divided by logged-in time. */
  readonly occupancy: FigureInterval;
  /** Talk time divided by logged-in time. */
  readonly talkShare: FigureInterval;
  /** People spoken to, calls placed and calls answered by a person, each divided by logged-in agent-hours. */
  readonly contactsPerAgentHour: FigureInterval;
  readonly attemptsPerAgentHour: FigureInterval;
  readonly answersPerAgentHour: FigureInterval;
  /** Live answers divided by calls placed. */
  readonly answerRate: FigureInterval;
  /** Arrivals that found no trunk, divided by all arrivals. */
  readonly blocked: FigureInterval;
  readonly waits: {
    /** Answered callers who found no idle agent, divided by all answered callers. */
    readonly probability: FigureInterval;
    /**
     * Mean wait of connected callers, and of all answered callers, s. Counted from the greeting on, so machine detection is part
     * of it.
     */
    readonly meanOfConnected: FigureInterval;
    readonly mean: FigureInterval;
    /**
     * Quantiles of the waits above 0, of connected and lost callers, including detection, s; relative error up to 3 %. NaN when
     * there are none.
     */
    readonly p50: number;
    readonly p95: number;
    readonly p99: number;
  };
  /** Mean number of agents logged in, trunks in use, callers waiting. */
  readonly meanAgents: FigureInterval;
  readonly meanTrunks: FigureInterval;
  readonly meanWaiting: FigureInterval;
  /** Leads tried at least once, divided by the leads of the list; NaN for an endless list. */
  readonly penetration: FigureInterval;
  /** Totals over all replications, by name. */
  readonly counts: Readonly<Record<keyof typeof Count, number>>;
  readonly series: Series;
  /** Number of events handled, including the warm-up. */
  readonly events: number;
}

/**
 * Combines replications of one scenario. With five or more, intervals come from the scatter between them; with fewer, from
 * batches of buckets, which should be long against a call (the scenario's `bucket`). The order of the replications does not
 * matter.
 * @param confidence of the intervals, default 0.95
 */
export function combine(replications: readonly Replication[], confidence = 0.95): SimulationResult {
  const ordered = [...replications].sort((a, b) => a.index - b.index);
  const { method, units } = unitsOf(ordered);
  const total = sumOf(ordered.flatMap(({ buckets }) => buckets));
  const [first] = ordered;
  const figure =
    (kind: FigureKind) =>
    (numerator: (sums: Sums) => number, denominator: (sums: Sums) => number): FigureInterval =>
      figureInterval(kind, units.map(numerator), units.map(denominator), confidence);
  const [share, timeShare, rate, amount] = [figure("share"), figure("timeShare"), figure("rate"), figure("amount")];
  const count = (which: Count) => (sums: Sums) => sums.count(which);
  const level =
    (...which: readonly Level[]) =>
    (sums: Sums) =>
      which.reduce<number>((sum, one) => sum + sums.level(one), 0);
  const agentHours = (sums: Sums) => sums.level(Level.loggedIn) / HOUR;
  const live = count(Count.liveAnswers);
  const routed = (sums: Sums) => sums.count(Count.connected) + sums.count(Count.lost);
  const waitSum = (sums: Sums) => sums.count(Count.waitOfConnected) + sums.count(Count.waitOfLost);
  const wait = waitQuantiles(ordered);
  const span = method.kind === "replications" ? (first?.to ?? 0) - (first?.from ?? 0) : batchSpan(ordered, method.units);
  return {
    replications: ordered.length,
    window: { from: first?.from ?? 0, to: first?.to ?? 0, agentHours: agentHours(total) },
    intervals: { ...method, confidence },
    abandonment: share(count(Count.abandoned), live),
    lost: share(count(Count.lost), live),
    silentCalls: share(count(Count.silentCalls), live),
    occupancy: timeShare(level(...TALKED), level(Level.loggedIn)),
    talkShare: timeShare(level(Level.talking), level(Level.loggedIn)),
    contactsPerAgentHour: rate(count(Count.connected), agentHours),
    attemptsPerAgentHour: rate(count(Count.placed), agentHours),
    answersPerAgentHour: rate(live, agentHours),
    answerRate: share(live, count(Count.placed)),
    blocked: share(count(Count.blocked), count(Count.placed)),
    waits: {
      probability: share(count(Count.waited), routed),
      meanOfConnected: amount(count(Count.waitOfConnected), count(Count.connected)),
      mean: amount(waitSum, routed),
      p50: wait(0.5),
      p95: wait(0.95),
      p99: wait(0.99),
    },
    meanAgents: amount(level(Level.loggedIn), () => span),
    meanTrunks: amount(level(Level.trunks), () => span),
    meanWaiting: amount(level(Level.waiting), () => span),
    penetration: penetrationOf(ordered, confidence),
    counts: total.counts(),
    series: seriesOf(ordered),
    events: ordered.reduce((sum, { events }) => sum + events, 0),
  };
}

/** Seconds that one batch covers. */
function batchSpan(replications: readonly Replication[], batches: number): number {
  const measured = replications.reduce((sum, { from, to }) => sum + to - from, 0);
  return batches === 0 ? 0 : measured / batches;
}

function penetrationOf(replications: readonly Replication[], confidence: number): FigureInterval {
  const tried = replications.map(({ leadsTried, leads }) => (Number.isFinite(leads) ? leadsTried : 0));
  const leads = replications.map(({ leads }) => (Number.isFinite(leads) ? leads : 0));
  return figureInterval("share", tried, leads, confidence);
}

/** Quantiles of the waits above 0; linear within a bin. */
function waitQuantiles(replications: readonly Replication[]): (q: number) => number {
  const bins = new Float64Array(replications[0]?.waits.length ?? 0);
  for (const { waits } of replications) waits.forEach((n, bin) => (bins[bin]! += n));
  const all = bins.reduce((sum, n) => sum + n, 0);
  return (q) => {
    let left = q * all;
    for (let bin = 0; bin < bins.length; bin++) {
      const inBin = bins[bin]!;
      if (inBin > 0 && left <= inBin) {
        const { from, to } = waitsOfBin(bin);
        return from + ((to - from) * left) / inBin;
      }
      left -= inBin;
    }
    return Number.NaN;
  };
}

// The time series of a simulation by bucket, over all replications.

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
function seriesOf(replications: readonly Replication[]): Series {
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
  // Who ends a last call after signing out is there as long.
  const loggedInSeconds = Math.max(sums.level(Level.loggedIn), busySeconds);
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

// Compares two scenarios on common random numbers: the difference of a figure, its interval, and the gain from pairing.

/** A difference (second minus first) of a figure. */
export interface PairedDifference {
  /** The figure in each scenario, over all pairs; NaN when the denominator is 0. */
  readonly first: number;
  readonly second: number;
  /** What the figures were computed from: sums over all pairs, times in seconds, agent-hours in hours. */
  readonly ofFirst: Basis;
  readonly ofSecond: Basis;
  /** NaN with an infinite interval when one of the figures is NaN. Differences of shares stay within -1 and 1. */
  readonly difference: ReturnType<typeof meanInterval> & {
    /**
     * `scatter`: from the variation of the difference between pairs. `unknown`: one of the figures has no interval, and the
     * difference has the whole line.
     */
    readonly method: FigureInterval["method"];
  };
  /**
   * Variance of the difference of independent runs divided by that of paired runs: pairing needs so many times fewer runs. NaN
   * unless `scatter`.
   */
  readonly varianceReduction: number;
}

interface Basis {
  readonly numerator: number;
  readonly denominator: number;
}

/** Two scenarios compared pair by pair under common random numbers. */
export interface Comparison {
  readonly pairs: number;
  readonly confidence: number;
  readonly abandonment: PairedDifference;
  readonly occupancy: PairedDifference;
  readonly contactsPerAgentHour: PairedDifference;
  readonly attemptsPerAgentHour: PairedDifference;
}

interface Figure {
  readonly kind: FigureKind;
  readonly numerator: (sums: Sums) => number;
  readonly denominator: (sums: Sums) => number;
}

const agentHours = (sums: Sums): number => sums.level(Level.loggedIn) / 3600;

const ABANDONMENT: Figure = {
  kind: "share",
  numerator: (sums) => sums.count(Count.abandoned),
  denominator: (sums) => sums.count(Count.liveAnswers),
};
const OCCUPANCY: Figure = {
  kind: "timeShare",
  numerator: (sums) => sums.level(Level.talking) + sums.level(Level.wrapping),
  denominator: (sums) => sums.level(Level.loggedIn),
};
const CONTACTS: Figure = { kind: "rate", numerator: (sums) => sums.count(Count.connected), denominator: agentHours };
const ATTEMPTS: Figure = { kind: "rate", numerator: (sums) => sums.count(Count.placed), denominator: agentHours };

/**
 * Compares replications pair by pair: those with the same index, run under the same seed. Student's interval on the linearised
 * differences.
 * @param confidence default 0.95
 */
export function compareReplications(
  first: readonly Replication[],
  second: readonly Replication[],
  confidence = 0.95,
): Comparison {
  const partners = new Map(second.map((replication) => [replication.index, replication]));
  const pairs = [...first]
    .sort((a, b) => a.index - b.index)
    .flatMap((a): [Sums, Sums][] => {
      const b = partners.get(a.index);
      return b === undefined ? [] : [[sumOf(a.buckets), sumOf(b.buckets)]];
    });
  const paired = (figure: Figure) => differenceOf(figure, pairs, confidence);
  return {
    pairs: pairs.length,
    confidence,
    abandonment: paired(ABANDONMENT),
    occupancy: paired(OCCUPANCY),
    contactsPerAgentHour: paired(CONTACTS),
    attemptsPerAgentHour: paired(ATTEMPTS),
  };
}

function differenceOf(
  { kind, numerator, denominator }: Figure,
  pairs: readonly (readonly [Sums, Sums])[],
  confidence: number,
): PairedDifference {
  const side = (which: 0 | 1) => {
    const [above, below] = [pairs.map((pair) => numerator(pair[which])), pairs.map((pair) => denominator(pair[which]))];
    const figure = figureInterval(kind, above, below, confidence);
    /** How far each pair moves the figure. */
    const moves = above.map((n, i) => (n - figure.rate * (below[i] ?? 0)) / figure.denominator);
    return { figure, moves };
  };
  const [a, b] = [side(0), side(1)];
  const difference = b.figure.rate - a.figure.rate;
  const sides = {
    first: a.figure.rate,
    second: b.figure.rate,
    ofFirst: { numerator: a.figure.numerator, denominator: a.figure.denominator },
    ofSecond: { numerator: b.figure.numerator, denominator: b.figure.denominator },
  };
  const most = kind === "share" || kind === "timeShare" ? 1 : Number.POSITIVE_INFINITY;
  const within = (low: number, high: number) => ({ low: Math.max(-most, low), high: Math.min(most, high) });
  const methods = [a.figure.method, b.figure.method];
  const common = { mean: difference, count: pairs.length };
  if (methods.includes("unknown")) {
    const [low, high] = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
    const interval = { ...common, low, high, standardError: Number.POSITIVE_INFINITY, method: "unknown" } as const;
    return { ...sides, difference: interval, varianceReduction: Number.NaN };
  }
  const independent = Math.hypot(a.figure.standardError, b.figure.standardError);
  const { low, high, standardError } = meanInterval(
    b.moves.map((move, i) => difference + pairs.length * (move - (a.moves[i] ?? 0))),
    confidence,
  );
  return {
    ...sides,
    difference: { ...common, ...within(low, high), standardError, method: "scatter" },
    varianceReduction: (independent / standardError) ** 2,
  };
}
