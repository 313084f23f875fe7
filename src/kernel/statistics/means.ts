// Intervals for means: of independent values, and of a ratio of sums over batches or replications.

import { at, requireShare, requireValues, StatisticsError } from "./arguments.ts";
import { studentQuantile } from "./beta.ts";
import type { RateInterval } from "./proportions.ts";

/** A mean with its confidence interval. */
interface MeanInterval {
  readonly mean: number;
  readonly low: number;
  readonly high: number;
  readonly standardError: number;
  /** Number of independent values (or batches) behind the mean. */
  readonly count: number;
}

/** Mean and sum of squared deviations in one stable pass (Welford 1962). */
function moments(values: ArrayLike<number>): { mean: number; squares: number } {
  let [mean, squares] = [0, 0];
  for (let i = 0; i < values.length; i++) {
    const delta = at(values, i) - mean;
    mean += delta / (i + 1);
    squares += delta * (at(values, i) - mean);
  }
  return { mean, squares };
}

/**
 * The mean of independent values, for example one per replication, with Student's interval. With one value the interval is the
 * whole line and the standard error Infinity. Throws StatisticsError when there is none.
 * @param confidence default 0.95
 */
export function meanInterval(values: ArrayLike<number>, confidence = 0.95): MeanInterval {
  requireValues("values", values, 1);
  requireShare("confidence", confidence);
  const count = values.length;
  const { mean, squares } = moments(values);
  if (count === 1) {
    return {
      mean,
      low: Number.NEGATIVE_INFINITY,
      high: Number.POSITIVE_INFINITY,
      standardError: Number.POSITIVE_INFINITY,
      count,
    };
  }
  const standardError = Math.sqrt(squares / (count - 1) / count);
  const half = studentQuantile(0.5 + confidence / 2, count - 1) * standardError;
  return { mean, low: mean - half, high: mean + half, standardError, count };
}

/** A ratio of sums with its standard error. */
export interface RatioInterval extends RateInterval {
  readonly standardError: number;
  /** Number of batches or replications. */
  readonly count: number;
}

/**
 * The ratio sum(numerators) / sum(denominators), for example abandoned calls over live answers, each pair from one replication or
 * one long batch. Autocorrelation inside of a pair does no harm, since only the scatter between pairs counts: Student's interval
 * on the linearised residuals n_i - R d_i (delta method; Law, section 9.5.3; Cochran, "Sampling Techniques", chapter 6). The
 * ratio is not a probability in general, so the interval is not cut to [0, 1]. When the denominators sum to 0, the rate is NaN
 * and the interval the whole line; with one pair, the interval is the whole line.
 * @param confidence default 0.95
 */
export function ratioInterval(numerators: ArrayLike<number>, denominators: ArrayLike<number>, confidence = 0.95): RatioInterval {
  requireValues("numerators", numerators, 1);
  requireValues("denominators", denominators, 1);
  requireShare("confidence", confidence);
  const count = numerators.length;
  if (denominators.length !== count) {
    throw new StatisticsError(
      "invalid_input",
      `denominators has ${denominators.length} values; allowed is as many as numerators, ${count}`,
    );
  }
  let [numerator, denominator] = [0, 0];
  for (let i = 0; i < count; i++) {
    numerator += at(numerators, i);
    denominator += at(denominators, i);
  }
  const rate = denominator === 0 ? Number.NaN : numerator / denominator;
  const unknown = { low: Number.NEGATIVE_INFINITY, high: Number.POSITIVE_INFINITY, standardError: Number.POSITIVE_INFINITY };
  const result = { rate, numerator, denominator, confidence, count };
  if (count === 1 || denominator === 0) return { ...result, ...unknown };
  let squares = 0;
  for (let i = 0; i < count; i++) squares += (at(numerators, i) - rate * at(denominators, i)) ** 2;
  const standardError = Math.sqrt((squares * count) / (count - 1)) / Math.abs(denominator);
  const half = studentQuantile(0.5 + confidence / 2, count - 1) * standardError;
  return { ...result, low: rate - half, high: rate + half, standardError };
}
