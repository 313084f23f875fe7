// Intervals for proportions and for the difference of two: score intervals, which keep their level for small counts and for rates
// near 0 and 1.

import { requireCounts, requireShare } from "./arguments.ts";
import { normalQuantile } from "./normal.ts";

/** A share with its counts and its confidence interval. */
export interface RateInterval {
  /** numerator / denominator; NaN when the denominator is 0. */
  readonly rate: number;
  readonly low: number;
  readonly high: number;
  readonly numerator: number;
  readonly denominator: number;
  /** The level of the interval, for example 0.95. */
  readonly confidence: number;
}

/**
 * The score interval of a proportion from independent trials (E. B. Wilson, JASA 22, 1927). Without trials: rate NaN, interval
 * [0, 1]. It is too narrow for autocorrelated outcomes, such as abandoned calls of one campaign: use `dayVariation` over days, or
 * `ratioInterval` over batches or replications, for these.
 * @param confidence default 0.95
 */
export function wilsonInterval(successes: number, trials: number, confidence = 0.95): RateInterval {
  requireCounts(successes, trials);
  requireShare("confidence", confidence);
  const rate = successes / trials;
  if (trials === 0) return { rate, low: 0, high: 1, numerator: successes, denominator: trials, confidence };
  const z = normalQuantile(0.5 + confidence / 2);
  const z2 = z * z;
  const centre = (successes + z2 / 2) / (trials + z2);
  const half = (z * Math.sqrt((successes * (trials - successes)) / trials + z2 / 4)) / (trials + z2);
  return {
    rate,
    low: successes === 0 ? 0 : Math.max(0, centre - half),
    high: successes === trials ? 1 : Math.min(1, centre + half),
    numerator: successes,
    denominator: trials,
    confidence,
  };
}

/** first.rate - second.rate with its interval. */
interface DifferenceInterval {
  /** NaN when one side has no trials. */
  readonly difference: number;
  readonly low: number;
  readonly high: number;
  readonly first: RateInterval;
  readonly second: RateInterval;
  readonly confidence: number;
}

/**
 * The difference of two independent proportions by the hybrid score method (R. G. Newcombe, Statistics in Medicine 17, 1998,
 * method 10). The rates differ at this level when the interval excludes 0. A side without trials may be anything from 0 to 1.
 * @param confidence default 0.95
 */
export function differenceInterval(
  firstSuccesses: number,
  firstTrials: number,
  secondSuccesses: number,
  secondTrials: number,
  confidence = 0.95,
): DifferenceInterval {
  const first = wilsonInterval(firstSuccesses, firstTrials, confidence);
  const second = wilsonInterval(secondSuccesses, secondTrials, confidence);
  const difference = first.rate - second.rate;
  if (Number.isNaN(difference))
    return { difference, low: first.low - second.high, high: first.high - second.low, first, second, confidence };
  return {
    difference,
    low: difference - Math.hypot(first.rate - first.low, second.high - second.rate),
    high: difference + Math.hypot(first.high - first.rate, second.rate - second.low),
    first,
    second,
    confidence,
  };
}
