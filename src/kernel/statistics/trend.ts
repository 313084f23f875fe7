// A straight line through points, with an interval for its slope.

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
export function linearTrend(
  y: ArrayLike<number>,
  x: ArrayLike<number> = Float64Array.from(y, (_, i) => i),
  confidence = 0.95,
): LinearTrend {
  requireValues("y", y, 2);
  requireValues("x", x, 2);
  requireShare("confidence", confidence);
  const count = y.length;
  if (x.length !== count)
    throw new StatisticsError("invalid_input", `x has ${x.length} values; allowed is as many as y, ${count}`);
  let [meanX, meanY] = [0, 0];
  for (let i = 0; i < count; i++) {
    meanX += at(x, i) / count;
    meanY += at(y, i) / count;
  }
  let [xx, xy] = [0, 0];
  for (let i = 0; i < count; i++) {
    xx += (at(x, i) - meanX) ** 2;
    xy += (at(x, i) - meanX) * (at(y, i) - meanY);
  }
  if (xx === 0) throw new StatisticsError("invalid_input", "x holds one value only; a slope needs two different ones");
  const slope = xy / xx;
  const intercept = meanY - slope * meanX;
  if (count === 2) {
    const unknown = { low: Number.NEGATIVE_INFINITY, high: Number.POSITIVE_INFINITY, standardError: Number.POSITIVE_INFINITY };
    return { intercept, slope, ...unknown, count, confidence };
  }
  let residuals = 0;
  for (let i = 0; i < count; i++) residuals += (at(y, i) - meanY - slope * (at(x, i) - meanX)) ** 2;
  const standardError = Math.sqrt(residuals / (count - 2) / xx);
  const half = studentQuantile(0.5 + confidence / 2, count - 2) * standardError;
  return { intercept, slope, low: slope - half, high: slope + half, standardError, count, confidence };
}
