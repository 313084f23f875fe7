// Two scenarios held against each other on common random numbers: the difference of a figure, its interval, and what the pairing has gained.

import { meanInterval } from "../../kernel/index.ts";
import { Count, Level } from "../engine/meter.ts";
import type { Replication } from "../replicate.ts";
import { type Sums, sumOf } from "./sums.ts";

/** A difference (second minus first) of a figure. */
export interface PairedDifference {
  /** Means of the figure in the two scenarios. */
  readonly first: number;
  readonly second: number;
  readonly difference: ReturnType<typeof meanInterval>;
  /** Variance of the difference of independent runs over that of the paired ones: how many times fewer runs the pairing needs. */
  readonly varianceReduction: number;
}

export interface Comparison {
  readonly pairs: number;
  readonly confidence: number;
  readonly abandonment: PairedDifference;
  readonly occupancy: PairedDifference;
  readonly contactsPerAgentHour: PairedDifference;
  readonly attemptsPerAgentHour: PairedDifference;
}

const FIGURES = {
  abandonment: (sums: Sums) => sums.count(Count.abandoned) / Math.max(1, sums.count(Count.liveAnswers)),
  occupancy: (sums: Sums) =>
    (sums.level(Level.talking) + sums.level(Level.wrapping)) / Math.max(1e-9, sums.level(Level.loggedIn)),
  contactsPerAgentHour: (sums: Sums) => (3600 * sums.count(Count.connected)) / Math.max(1e-9, sums.level(Level.loggedIn)),
  attemptsPerAgentHour: (sums: Sums) => (3600 * sums.count(Count.placed)) / Math.max(1e-9, sums.level(Level.loggedIn)),
};

/**
 * Compares replications pair by pair: those of the same index, run under the same seed. Student's interval on the differences.
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
  const paired = (figure: (sums: Sums) => number): PairedDifference => {
    const a = pairs.map(([sums]) => figure(sums));
    const b = pairs.map(([, sums]) => figure(sums));
    const difference = meanInterval(
      b.map((value, i) => value - a[i]!),
      confidence,
    );
    const [ofFirst, ofSecond] = [meanInterval(a), meanInterval(b)];
    const independent = ofFirst.standardError ** 2 + ofSecond.standardError ** 2;
    return {
      first: ofFirst.mean,
      second: ofSecond.mean,
      difference,
      varianceReduction: independent / difference.standardError ** 2,
    };
  };
  return {
    pairs: pairs.length,
    confidence,
    abandonment: paired(FIGURES.abandonment),
    occupancy: paired(FIGURES.occupancy),
    contactsPerAgentHour: paired(FIGURES.contactsPerAgentHour),
    attemptsPerAgentHour: paired(FIGURES.attemptsPerAgentHour),
  };
}
