// The regularised incomplete beta function, and the binomial and Student distributions computed from it.

import { requireCounts, requirePositive, requireProbability, requireShare } from "./arguments.ts";
import { binomialPmf } from "./gamma.ts";
import { normalQuantile } from "./normal.ts";

const EPSILON = 2 ** -52;
const TINY = 1e-300;

/** The continued fraction of I_x(a, b) by Lentz's method (NIST DLMF 8.17.22). */
function betaFraction(a: number, b: number, x: number): number {
  let c = 1;
  let d = 1 / (1 - ((a + b) * x) / (a + 1) || TINY);
  let fraction = d;
  for (let m = 1; m < 1e6; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / (1 + even * d || TINY);
    c = 1 + even / c || TINY;
    fraction *= d * c;
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / (1 + odd * d || TINY);
    c = 1 + odd / c || TINY;
    fraction *= d * c;
    if (Math.abs(d * c - 1) < EPSILON) break;
  }
  return fraction;
}

/** I_x(a, b) for a, b > 0. Takes x and y = 1 - x, so that no digits are lost near 0 or 1. */
function incompleteBeta(a: number, b: number, x: number, y: number): number {
  if (x <= 0) return 0;
  if (y <= 0) return 1;
  const kernel = ((a * b) / (a + b)) * binomialPmf(a, a + b, x, y);
  if (x < (a + 1) / (a + b + 2)) return Math.min(1, (kernel / a) * betaFraction(a, b, x));
  return Math.max(0, 1 - (kernel / b) * betaFraction(b, a, y));
}

/** Pr[X <= k] for X binomial with `trials` and `probability`. `k` below 0 gives 0, `k` at or above `trials` gives 1. */
export function binomialCdf(k: number, trials: number, probability: number): number {
  requireCounts(0, trials);
  requireProbability("probability", probability);
  const whole = Math.floor(k);
  if (whole < 0) return 0;
  if (whole >= trials) return 1;
  return incompleteBeta(trials - whole, whole + 1, 1 - probability, probability);
}

/** Pr[T > t] for t >= 0: Student's upper tail. */
function studentTail(t: number, degreesOfFreedom: number): number {
  const whole = degreesOfFreedom + t * t;
  return 0.5 * incompleteBeta(degreesOfFreedom / 2, 0.5, degreesOfFreedom / whole, (t * t) / whole);
}

/**
 * The quantile of Student's t distribution, by bisection of the tail, with a relative error of at most 1e-11 for any real degrees
 * of freedom above 0. Infinite degrees of freedom give the normal quantile.
 */
export function studentQuantile(p: number, degreesOfFreedom: number): number {
  requireShare("p", p);
  requirePositive("degreesOfFreedom", degreesOfFreedom);
  if (degreesOfFreedom > 1e10) return normalQuantile(p);
  if (p === 0.5) return 0;
  const tail = Math.min(p, 1 - p);
  let [low, high] = [0, 1];
  while (studentTail(high, degreesOfFreedom) > tail) [low, high] = [high, high * 2];
  for (let step = 0; step < 100 && high - low > 1e-15 * high; step++) {
    const middle = (low + high) / 2;
    if (studentTail(middle, degreesOfFreedom) > tail) low = middle;
    else high = middle;
  }
  return p < 0.5 ? -(low + high) / 2 : (low + high) / 2;
}
