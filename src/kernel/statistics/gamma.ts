// The gamma function and its relatives: ln Gamma, the regularised incomplete gamma functions, and Loader's exact Poisson and
// binomial kernels.

import { requirePositive } from "./arguments.ts";

/** Half of ln(2 pi). */
const HALF_LOG_TWO_PI = 0.9189385332046728;
const EPSILON = 2 ** -52;
const TINY = 1e-300;

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
