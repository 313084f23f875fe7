// Compares two scenarios on common random numbers: the difference of a figure, its interval, and the gain from pairing.

import { meanInterval } from "../../kernel/index.ts";
import { Count, Level } from "../engine/meter.ts";
import type { Replication } from "../replicate.ts";
import { type FigureInterval, type FigureKind, figureInterval } from "./figure.ts";
import { type Sums, sumOf } from "./sums.ts";

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
