// Where a rate changed its level: the likelihood-ratio split, its significance by permutation, several by binary segmentation.

import type { RandomStream } from "../random.ts";
import { at, requireCounts, requireShare, StatisticsError } from "./arguments.ts";
import { type RateInterval, wilsonInterval } from "./proportions.ts";

/** The level of a rate is another one from `index` on. */
export interface ChangePoint {
  /** The first point of the new level. */
  readonly index: number;
  /** The rate from the change before (or the beginning) up to here, and from here to the next change (or the end). */
  readonly before: RateInterval;
  readonly after: RateInterval;
  /** Twice the log of the likelihood ratio of two levels against one. */
  readonly statistic: number;
  /** The share of random orders of the same points that split at least as well, the observed order counted in. */
  readonly pValue: number;
}

export interface ChangePointOptions {
  /** Decides the random orders. */
  readonly random: RandomStream;
  /** Most probability of finding a change where there is none; 0.05 by default. */
  readonly alpha?: number | undefined;
  /** Random orders to compare with; 999 by default. The smallest p-value is 1 / (permutations + 1). */
  readonly permutations?: number | undefined;
  /** Points on each side of a change at least; 3 by default. */
  readonly minimumPoints?: number | undefined;
}

/** The best split of the points `from`…`to` (excluded). */
interface Split {
  readonly index: number;
  readonly statistic: number;
}

const xlogx = (x: number): number => (x > 0 ? x * Math.log(x) : 0);

/** ln of the likelihood of `s` of `n` at its own best rate, without the terms that all splits share. */
const logLikelihood = (s: number, n: number): number => xlogx(s) + xlogx(n - s) - xlogx(n);

function bestSplit(successes: ArrayLike<number>, trials: ArrayLike<number>, order: Int32Array, least: number): Split {
  let [allS, allN] = [0, 0];
  for (let i = 0; i < order.length; i++) {
    allS += at(successes, at(order, i));
    allN += at(trials, at(order, i));
  }
  const whole = logLikelihood(allS, allN);
  let best = { index: -1, statistic: 0 };
  let [s, n] = [0, 0];
  for (let i = 1; i <= order.length - least; i++) {
    s += at(successes, at(order, i - 1));
    n += at(trials, at(order, i - 1));
    if (i < least) continue;
    const statistic = 2 * (logLikelihood(s, n) + logLikelihood(allS - s, allN - n) - whole);
    if (statistic > best.statistic || best.index < 0) best = { index: i, statistic };
  }
  return best;
}

function shuffle(order: Int32Array, random: RandomStream): void {
  for (let i = order.length - 1; i > 0; i--) {
    const j = random.int(i + 1);
    const kept = at(order, i);
    order[i] = at(order, j);
    order[j] = kept;
  }
}

/**
 * The changes of level in a series of counts (for example successes and calls of each day), in order of the series.
 *
 * One change: the split that makes two binomial levels most likely (D. V. and E. A. Hinkley, Biometrika 57, 1970). Its p-value: the same
 * maximum over random orders of the points (Phipson and Smyth, Statistical Applications in Genetics and Molecular Biology 9, 2010), so that
 * scatter beyond the binomial law and the search over all splits are both allowed for. Points must be exchangeable when nothing changes:
 * a slow drift or a strong weekly rhythm may be found as a change. Several changes: binary segmentation (Scott and Knott, Biometrics 30, 1974),
 * each part searched again only after a change was found; a part may add a false one with the probability `alpha`.
 *
 * Fewer than twice `minimumPoints`: none.
 */
export function changePoints(
  successes: ArrayLike<number>,
  trials: ArrayLike<number>,
  options: ChangePointOptions,
): readonly ChangePoint[] {
  const { random, alpha = 0.05, permutations = 999, minimumPoints = 3 } = options;
  requireShare("alpha", alpha);
  if (successes.length !== trials.length) {
    throw new StatisticsError(
      "invalid_input",
      `successes has ${successes.length} values; allowed is as many as trials, ${trials.length}`,
    );
  }
  if (!Number.isInteger(permutations) || permutations < 1)
    throw new StatisticsError("invalid_input", `permutations is ${permutations}; allowed are whole numbers from 1`);
  if (!Number.isInteger(minimumPoints) || minimumPoints < 1)
    throw new StatisticsError("invalid_input", `minimumPoints is ${minimumPoints}; allowed are whole numbers from 1`);
  for (let i = 0; i < trials.length; i++) requireCounts(at(successes, i), at(trials, i));

  const found: { index: number; statistic: number; pValue: number }[] = [];
  const search = (from: number, to: number): void => {
    if (to - from < 2 * minimumPoints) return;
    const order = Int32Array.from({ length: to - from }, (_, i) => from + i);
    const split = bestSplit(successes, trials, order, minimumPoints);
    if (split.statistic <= 0) return;
    let atLeast = 1;
    // Rounding of the sums depends on the order; equal splits must count as equal.
    const asGood = split.statistic * (1 - 1e-9);
    for (let i = 0; i < permutations; i++) {
      shuffle(order, random);
      if (bestSplit(successes, trials, order, minimumPoints).statistic >= asGood) atLeast += 1;
      if (atLeast > alpha * (permutations + 1)) return;
    }
    search(from, from + split.index);
    found.push({ index: from + split.index, statistic: split.statistic, pValue: atLeast / (permutations + 1) });
    search(from + split.index, to);
  };
  search(0, trials.length);

  const level = (from: number, to: number): RateInterval => {
    let [s, n] = [0, 0];
    for (let i = from; i < to; i++) {
      s += at(successes, i);
      n += at(trials, i);
    }
    return wilsonInterval(s, n);
  };
  return found.map(({ index, statistic, pValue }, i) => ({
    index,
    before: level(found[i - 1]?.index ?? 0, index),
    after: level(index, found[i + 1]?.index ?? trials.length),
    statistic,
    pValue,
  }));
}
