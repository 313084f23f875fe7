// A straight line through points, of equal or unequal weight, with an interval for its slope.

import { at, requireShare, requireValues, StatisticsError } from "./arguments.ts";
import { studentQuantile } from "./beta.ts";

/** y = intercept + slope x by least squares. */
export interface LinearTrend {
  readonly intercept: number;
  readonly slope: number;
  /** The interval of the slope; the whole line with fewer than three points. */
  readonly low: number;
  readonly high: number;
  readonly standardError: number;
  readonly count: number;
  readonly confidence: number;
}

/**
 * Ordinary least squares with Student's interval for the slope. The trend is up (down) at this level when the interval lies above (below) 0;
 * residuals are taken as independent with equal variance.
 * @param x default 0, 1, 2, …; must hold two different values
 * @param confidence default 0.95
 */
export function linearTrend(y: ArrayLike<number>, x?: ArrayLike<number>, confidence = 0.95): LinearTrend {
  return weightedTrend(y, new Float64Array(y.length).fill(1), x, confidence);
}

/**
 * Weighted least squares with Student's interval for the slope (Draper and Smith, "Applied Regression Analysis", section 9.2). The scatter is
 * taken from the residuals, not from the binomial law, so that days which scatter more than chance alone widen the interval.
 * Points of weight 0 say nothing and do not count. Equal weights give `linearTrend`.
 * @param weights proportional to the inverse of each point's variance, 0 or more: for a rate, its number of trials
 * @param x default 0, 1, 2, …; must hold two different values of positive weight
 * @param confidence default 0.95
 */
export function weightedTrend(
  y: ArrayLike<number>,
  weights: ArrayLike<number>,
  x: ArrayLike<number> = Float64Array.from(y, (_, i) => i),
  confidence = 0.95,
): LinearTrend {
  requireValues("y", y, 2);
  requireValues("weights", weights, 2);
  requireValues("x", x, 2);
  requireShare("confidence", confidence);
  if (x.length !== y.length || weights.length !== y.length) {
    throw new StatisticsError(
      "invalid_input",
      `y, weights and x have ${y.length}, ${weights.length} and ${x.length} values; allowed is the same number of each`,
    );
  }
  let [sum, sumX, sumY, count] = [0, 0, 0, 0];
  for (let i = 0; i < y.length; i++) {
    const weight = at(weights, i);
    if (weight < 0) throw new StatisticsError("invalid_input", `weights[${i}] is ${weight}; allowed is 0 or more`);
    if (weight > 0) count += 1;
    sum += weight;
    sumX += weight * at(x, i);
    sumY += weight * at(y, i);
  }
  const [meanX, meanY] = [sumX / sum, sumY / sum];
  let [xx, xy] = [0, 0];
  for (let i = 0; i < y.length; i++) {
    xx += at(weights, i) * (at(x, i) - meanX) ** 2;
    xy += at(weights, i) * (at(x, i) - meanX) * (at(y, i) - meanY);
  }
  if (!(xx > 0)) throw new StatisticsError("invalid_input", "a slope needs two different x of positive weight");
  const slope = xy / xx;
  const line = { intercept: meanY - slope * meanX, slope, count, confidence };
  if (count === 2) {
    const infinite = Number.POSITIVE_INFINITY;
    return { ...line, low: -infinite, high: infinite, standardError: infinite };
  }
  let residuals = 0;
  for (let i = 0; i < y.length; i++) residuals += at(weights, i) * (at(y, i) - meanY - slope * (at(x, i) - meanX)) ** 2;
  const standardError = Math.sqrt(residuals / (count - 2) / xx);
  const half = studentQuantile(0.5 + confidence / 2, count - 2) * standardError;
  return { ...line, low: slope - half, high: slope + half, standardError };
}
