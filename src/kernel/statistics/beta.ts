// The regularised incomplete beta function, and the binomial and Student distributions computed from it.

import { requireCounts, requirePositive, requireProbability, requireShare } from "./arguments.ts";
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

// The gamma function and its relatives: ln Gamma, the regularised incomplete gamma functions, and Loader's exact Poisson and
// binomial kernels.

/** Half of ln(2 pi). */
const HALF_LOG_TWO_PI = 0.9189385332046728;

/** ln Gamma(x) - [(x - 1/2) ln x - x + ln(2 pi) / 2] by Stirling's series; error at most 1e-16 for x >= 10. */
function stirlingTail(x: number): number {
  const r = 1 / (x * x);
  return (
    (1 / 12 -
      r *
        (1 / 360 - r * (1 / 1260 - r * (1 / 1680 - r * (1 / 1188 - r * (691 / 360360 - r * (1 / 156 - (r * 3617) / 122400))))))) /
    x
  );
}

/** ln Gamma(x) for x > 0, by Stirling's series after a shift to 10 and above (Abramowitz and Stegun 6.1.41, 6.1.15). */
export function lnGamma(x: number): number {
  requirePositive("x", x);
  let shifted = x;
  let product = 1;
  while (shifted < 10) {
    product *= shifted;
    shifted += 1;
  }
  const value = (shifted - 0.5) * Math.log(shifted) - shifted + HALF_LOG_TWO_PI + stirlingTail(shifted);
  return product === 1 ? value : value - Math.log(product);
}

/** ln n! minus Stirling's leading terms, for n >= 0. */
function stirlingError(n: number): number {
  if (n >= 10) return stirlingTail(n);
  return n === 0 ? 0 : lnGamma(n + 1) - (n + 0.5) * Math.log(n) + n - HALF_LOG_TWO_PI;
}

/** The deviance x ln(x / m) + m - x without cancellation near x = m. */
function deviance(x: number, mean: number): number {
  if (Math.abs(x - mean) >= 0.1 * (x + mean)) return x * Math.log(x / mean) + mean - x;
  const v = (x - mean) / (x + mean);
  let sum = (x - mean) * v;
  let term = 2 * x * v;
  for (let j = 1; j < 1000; j++) {
    term *= v * v;
    const next = sum + term / (2 * j + 1);
    if (next === sum) break;
    sum = next;
  }
  return sum;
}

/**
 * The Poisson probability e^-m m^x / Gamma(x + 1), also for real x >= 0. The relative error is at most 1e-14, also for large x
 * (C. Loader, "Fast and accurate computation of binomial probabilities", 2000).
 */
export function poissonPmf(x: number, mean: number): number {
  if (mean === 0) return x === 0 ? 1 : 0;
  if (x === 0) return Math.exp(-mean);
  return Math.exp(-stirlingError(x) - deviance(x, mean)) / Math.sqrt(2 * Math.PI * x);
}

/** The binomial probability n! / (x! (n-x)!) p^x q^(n-x), also for real 0 <= x <= n, given q = 1 - p (Loader 2000). */
export function binomialPmf(x: number, n: number, p: number, q: number): number {
  if (p === 0) return x === 0 ? 1 : 0;
  if (q === 0) return x === n ? 1 : 0;
  if (x === 0) return Math.exp(p < 0.1 ? n * Math.log1p(-p) : n * Math.log(q));
  if (x === n) return Math.exp(q < 0.1 ? n * Math.log1p(-q) : n * Math.log(p));
  const exponent = stirlingError(n) - stirlingError(x) - stirlingError(n - x) - deviance(x, n * p) - deviance(n - x, n * q);
  return Math.exp(exponent) * Math.sqrt(n / (2 * Math.PI * x * (n - x)));
}

/**
 * The regularised incomplete gamma functions P(a, x) (`lower`) and Q(a, x) (`upper`), a > 0, x >= 0: by the series when x is
 * below a + 1, by Legendre's continued fraction above (Abramowitz and Stegun 6.5.29, 6.5.31). The smaller of the two keeps its
 * relative accuracy.
 */
export function incompleteGamma(a: number, x: number): { lower: number; upper: number } {
  requirePositive("a", a);
  if (!(x > 0)) return { lower: 0, upper: 1 };
  if (x === Number.POSITIVE_INFINITY) return { lower: 1, upper: 0 };
  const kernel = poissonPmf(a, x);
  if (x < a + 1) {
    let term = 1;
    let sum = 1;
    for (let n = a + 1; term > sum * EPSILON; n++) {
      term *= x / n;
      sum += term;
    }
    const lower = Math.min(1, kernel * sum);
    return { lower, upper: 1 - lower };
  }
  let b = x + 1 - a;
  let c = 1 / TINY;
  let d = 1 / b;
  let fraction = d;
  for (let n = 1; n < 1e6; n++) {
    const numerator = -n * (n - a);
    b += 2;
    d = 1 / (numerator * d + b || TINY);
    c = b + numerator / c || TINY;
    const factor = d * c;
    fraction *= factor;
    if (Math.abs(factor - 1) < EPSILON) break;
  }
  const upper = Math.min(1, kernel * a * fraction);
  return { lower: 1 - upper, upper };
}
