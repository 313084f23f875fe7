// Chooses the distribution for measured durations, and judges the fit.

import { lnGamma, percent } from "../../kernel/index.ts";
import { type Distribution, lawOf, type SingleDistribution } from "../distributions/index.ts";
import type { DurationSample } from "./duration-sample.ts";

/** Kolmogorov-Smirnov distances up to which a fit is called good, and up to which it is still used. */
const GOOD = 0.03;
const FAIR = 0.08;
/** The values count as one fixed value when this share of them lies within 5 % of the median. */
const FIXED_SHARE = 0.98;
/**
 * A good fit also has its mean within this share of the measured mean: a few long values move the mean far, and the distribution
 * function little.
 */
const MEAN_WITHIN = 0.1;
const QUANTILES = 101;
const MIN_VALUES = 2;

/** Measured durations in seconds, and the distributions fitted to them. */
export interface DurationFit {
  /** Number of values, zeros included. */
  readonly count: number;
  readonly zeros: number;
  /** Of the values above 0. */
  readonly mean: number;
  readonly cv: number;
  readonly min: number;
  readonly p10: number;
  readonly median: number;
  readonly p90: number;
  readonly max: number;
  /** The distribution to simulate with: the best fit, or the measured quantiles when no fit is fair; with zeros, a mixture. */
  readonly distribution: Distribution;
  /** All fits, the best first; empty for a fixed value. */
  readonly candidates: readonly Candidate[];
  readonly verdict: "good" | "fair" | "poor";
  /** The verdict in one sentence. */
  readonly explanation: string;
}

/** Fits distributions to a sample; undefined when it has fewer than two values above 0. */
export function fitDurations(sample: DurationSample): DurationFit | undefined {
  if (sample.count < MIN_VALUES) return undefined;
  const { distribution, candidates, verdict, explanation } = choose(sample);
  return {
    count: sample.count + sample.zeros,
    zeros: sample.zeros,
    mean: sample.mean,
    cv: Math.sqrt(sample.variance) / sample.mean,
    min: sample.min,
    p10: sample.quantile(0.1),
    median: sample.quantile(0.5),
    p90: sample.quantile(0.9),
    max: sample.max,
    distribution: sample.zeros === 0 ? distribution : withZeros(sample, distribution),
    candidates,
    verdict,
    explanation,
  };
}

interface Choice {
  readonly distribution: SingleDistribution;
  readonly candidates: readonly Candidate[];
  readonly verdict: DurationFit["verdict"];
  readonly explanation: string;
}

function choose(sample: DurationSample): Choice {
  const median = sample.quantile(0.5);
  let near = 0;
  for (const { from, to, count } of sample.bins()) {
    const middle = (from + to) / 2;
    if (Math.abs(middle - median) <= 0.05 * median) near += count;
  }
  const isMeanNear = (mean: number) => Math.abs(mean / sample.mean - 1) <= MEAN_WITHIN;
  if (near >= FIXED_SHARE * sample.count && isMeanNear(median)) {
    const explanation = `${percent(near / sample.count)} lie within 5 % of ${median.toPrecision(3)} s: taken as a fixed time.`;
    return { distribution: { kind: "deterministic", value: median }, candidates: [], verdict: "good", explanation };
  }
  const candidates = fitCandidates(sample);
  const best = candidates[0];
  // The distance that a true fit stays below in 95 of 100 samples, when two parameters were fitted (M. A. Stephens, JASA 69,
  // 1974).
  const root = Math.sqrt(sample.count);
  const chance = 0.895 / (root - 0.01 + 0.85 / root);
  if (best !== undefined && best.distribution.kind !== "mixture" && best.ksDistance <= Math.max(FAIR, chance)) {
    const { mean } = lawOf(best.distribution);
    const verdict = best.ksDistance <= Math.max(GOOD, chance) && isMeanNear(mean) ? "good" : "fair";
    const by = `${best.distribution.kind} is off by at most ${percent(best.ksDistance)} of the values (chance alone: up to ${percent(chance)})`;
    const means = isMeanNear(mean)
      ? ""
      : `; its mean is ${mean.toPrecision(3)} s, the measured one ${sample.mean.toPrecision(3)} s`;
    const explanation = verdict === "good" ? `${by}: a good fit.` : `${by}${means}: fair; look at the quantiles.`;
    return { distribution: best.distribution, candidates, verdict, explanation };
  }
  const found =
    best === undefined ? "" : `; ${best.distribution.kind}, the best, is off by ${percent(best.ksDistance)} of the values`;
  return {
    distribution: { kind: "empirical", values: sample.quantiles(QUANTILES) },
    candidates,
    verdict: "poor",
    explanation: `No standard distribution fits${found}: the measured quantiles are used as they are.`,
  };
}

function withZeros(sample: DurationSample, distribution: SingleDistribution): Distribution {
  return {
    kind: "mixture",
    parts: [
      { weight: sample.zeros, distribution: { kind: "deterministic", value: 0 } },
      { weight: sample.count, distribution },
    ],
  };
}

// Maximum-likelihood fits of the standard distributions of durations, with their likelihood, AIC and Kolmogorov-Smirnov distance.

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
function fitCandidates(sample: DurationSample): Candidate[] {
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
