// The gamma distribution's density and quantile, based on the kernel's incomplete gamma function.

import { incompleteGamma, lnGamma, normalQuantile } from "../../kernel/index.ts";

/** Density of the gamma distribution with scale 1 at x > 0. */
export function gammaDensity(shape: number, x: number): number {
  return Math.exp((shape - 1) * Math.log(x) - x - lnGamma(shape));
}

/**
 * The quantile of the gamma distribution with scale 1: Newton's method on ln x for the smaller tail, kept inside a bracket. It
 * starts from Wilson and Hilferty (1931) or, for small quantiles, from the first term of the series.
 */
export function gammaQuantile(shape: number, p: number): number {
  if (p <= 0) return 0;
  if (p >= 1) return Number.POSITIVE_INFINITY;
  const ofUpper = p > 0.5;
  const target = ofUpper ? 1 - p : p;
  const tail = (x: number): number => {
    const { lower, upper } = incompleteGamma(shape, x);
    return ofUpper ? upper : lower;
  };
  const cube = 1 - 1 / (9 * shape) + normalQuantile(p) / (3 * Math.sqrt(shape));
  const series = Math.exp((Math.log(p) + lnGamma(shape + 1)) / shape);
  let log = Math.log(cube > 0.3 ? shape * cube ** 3 : Math.max(series, 1e-300));
  let [low, high] = [-750, Math.log(shape + 1000 + 50 * Math.sqrt(shape))];
  if (!(log > low && log < high)) log = (low + high) / 2;
  for (let step = 0; step < 200; step++) {
    const x = Math.exp(log);
    const excess = Math.log(tail(x) / target);
    if (ofUpper ? excess < 0 : excess > 0) high = log;
    else low = log;
    const slope = ((ofUpper ? -1 : 1) * gammaDensity(shape, x) * x) / tail(x);
    const newton = log - excess / slope;
    const next = newton > low && newton < high ? newton : (low + high) / 2;
    if (Math.abs(next - log) <= 1e-15 * Math.max(1, Math.abs(log))) return Math.exp(next);
    log = next;
  }
  return Math.exp(log);
}
