// Maximum-likelihood fits of the standard distributions of durations, with their likelihood, AIC and Kolmogorov-Smirnov distance.

import { lnGamma } from "../../kernel/index.ts";
import { type Distribution, lawOf } from "../distributions/index.ts";
import type { DurationSample } from "./duration-sample.ts";

/** One fitted distribution. */
export interface Candidate {
  readonly distribution: Distribution;
  readonly logLikelihood: number;
  /** Akaike's information criterion: 2 × parameters - 2 × log-likelihood; the smallest is best. */
  readonly aic: number;
  /** Kolmogorov-Smirnov distance: the largest gap between measured and fitted distribution function, from 0 to 1. */
  readonly ksDistance: number;
}

/** psi(x) for x > 0, by its asymptotic series after a shift to 8 and above (Abramowitz and Stegun 6.3.18). */
function digamma(x: number): number {
  let shifted = x;
  let sum = 0;
  for (; shifted < 8; shifted++) sum -= 1 / shifted;
  const r = 1 / (shifted * shifted);
  return sum + Math.log(shifted) - 0.5 / shifted - r * (1 / 12 - r * (1 / 120 - r * (1 / 252 - r / 240)));
}

/** The x in [low, high] where a falling function crosses 0, by bisection on a logarithmic scale. */
function crossing(falling: (x: number) => number, low: number, high: number): number {
  let [a, b] = [Math.log(low), Math.log(high)];
  for (let step = 0; step < 80; step++) {
    const middle = (a + b) / 2;
    if (falling(Math.exp(middle)) > 0) a = middle;
    else b = middle;
  }
  return Math.exp((a + b) / 2);
}

/**
 * The largest gap between measured and fitted distribution function at the bins' edges, where the measured one is known exactly.
 */
function ksDistance(sample: DurationSample, distribution: Distribution): number {
  const { cdf } = lawOf(distribution);
  let [below, distance] = [0, 0];
  for (const { from, to, count } of sample.bins()) {
    distance = Math.max(distance, Math.abs(cdf(from) - below / sample.count));
    below += count;
    distance = Math.max(distance, Math.abs(cdf(to) - below / sample.count));
  }
  return distance;
}

/** All fits to the values above 0, the best (smallest AIC) first; empty when the values do not vary. */
export function fitCandidates(sample: DurationSample): Candidate[] {
  const { count, mean, logMean, logVariance } = sample;
  if (count < 2 || sample.variance === 0) return [];
  const fits: [Distribution, number, number][] = [];

  const cv = Math.sqrt(Math.expm1(logVariance));
  const lognormalMean = Math.exp(logMean + logVariance / 2);
  const lognormal = -count * (logMean + 0.5 * Math.log(2 * Math.PI * logVariance) + 0.5);
  fits.push([{ kind: "lognormal", mean: lognormalMean, cv: Math.min(100, cv) }, lognormal, 2]);

  fits.push([{ kind: "exponential", mean }, -count * (Math.log(mean) + 1), 1]);

  const gap = Math.log(mean) - logMean;
  const shape = crossing((k) => Math.log(k) - digamma(k) - gap, 1e-4, 1e8);
  const scale = mean / shape;
  const gamma = count * ((shape - 1) * logMean - shape - shape * Math.log(scale) - lnGamma(shape));
  fits.push([{ kind: "gamma", mean, cv: Math.min(100, 1 / Math.sqrt(shape)) }, gamma, 2]);

  fits.push(weibull(sample));
  return fits
    .map(([distribution, logLikelihood, parameters]) => ({
      distribution,
      logLikelihood,
      aic: 2 * parameters - 2 * logLikelihood,
      ksDistance: ksDistance(sample, distribution),
    }))
    .sort((a, b) => a.aic - b.aic);
}

/** The Weibull fit, its power sums taken over the bins. */
function weibull(sample: DurationSample): [Distribution, number, number] {
  const { count, logMean } = sample;
  const points = sample.bins().map((bin) => ({ log: Math.log((bin.from + bin.to) / 2), count: bin.count }));
  const top = Math.log(sample.max);
  const sums = (k: number): { power: number; weighted: number } => {
    let [power, weighted] = [0, 0];
    for (const point of points) {
      const term = point.count * Math.exp(k * (point.log - top));
      power += term;
      weighted += term * point.log;
    }
    return { power, weighted };
  };
  const shape = crossing(
    (k) => {
      const { power, weighted } = sums(k);
      return 1 / k + logMean - weighted / power;
    },
    0.1,
    100,
  );
  const logScale = top + Math.log(sums(shape).power / count) / shape;
  const logLikelihood = count * (Math.log(shape) - shape * logScale + (shape - 1) * logMean - 1);
  return [{ kind: "weibull", mean: Math.exp(logScale + lnGamma(1 + 1 / shape)), shape }, logLikelihood, 2];
}
