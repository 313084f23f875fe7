// The law of each kind of distribution.

import { incompleteGamma, lnGamma, normalCdf, normalQuantile } from "../../kernel/index.ts";
import { refuse, requireNonNegative, requirePositive } from "../arguments.ts";
import { empiricalLaw } from "./empirical-law.ts";
import { gammaDensity, gammaQuantile } from "./gamma-law.ts";
import { complete, continuous, type Law } from "./law.ts";
import { mixtureLaw } from "./mixture-law.ts";
import type { Distribution, SingleDistribution } from "./schema.ts";

const ROOT_TWO_PI = Math.sqrt(2 * Math.PI);

/** Location and spread of ln X for a lognormal of that mean and coefficient of variation. */
export function lognormalParameters(mean: number, cv: number): { mu: number; sigma: number } {
  const variance = Math.log1p(cv * cv);
  return { mu: Math.log(mean) - variance / 2, sigma: Math.sqrt(variance) };
}

/** Scale of a Weibull of that mean: mean / Gamma(1 + 1/shape). */
export function weibullScale(mean: number, shape: number): number {
  return mean / Math.exp(lnGamma(1 + 1 / shape));
}

/**
 * The law of a distribution. Keep it: its constants are computed here. Throws DialingError `invalid_input` for parameters outside
 * their domain.
 */
export function lawOf(distribution: Distribution): Law {
  if (distribution.kind !== "mixture") return singleLaw(distribution);
  return complete(mixtureLaw(distribution.parts.map(({ weight, distribution }) => ({ weight, law: singleLaw(distribution) }))));
}

function singleLaw(distribution: SingleDistribution): Law {
  switch (distribution.kind) {
    case "none":
      return complete({
        mean: Number.POSITIVE_INFINITY,
        variance: Number.POSITIVE_INFINITY,
        cdf: (x) => (x === Number.POSITIVE_INFINITY ? 1 : 0),
        survival: (x) => (x === Number.POSITIVE_INFINITY ? 0 : 1),
        density: () => 0,
        quantile: (p) => (p === 0 ? 0 : Number.POSITIVE_INFINITY),
      });
    case "deterministic": {
      const { value } = distribution;
      requireNonNegative("value", value);
      return complete({
        mean: value,
        variance: 0,
        cdf: (x) => (x >= value ? 1 : 0),
        survival: (x) => (x >= value ? 0 : 1),
        density: (x) => (x === value ? Number.POSITIVE_INFINITY : 0),
        quantile: (p) => (p === 0 ? 0 : value),
      });
    }
    case "exponential": {
      const { mean } = distribution;
      requirePositive("mean", mean);
      return continuous({
        mean,
        variance: mean * mean,
        cdf: (x) => -Math.expm1(-x / mean),
        survival: (x) => Math.exp(-x / mean),
        density: (x) => Math.exp(-x / mean) / mean,
        quantile: (p) => -mean * Math.log1p(-p),
      });
    }
    case "uniform": {
      const { low, high } = distribution;
      requireNonNegative("low", low);
      if (!(high > low && Number.isFinite(high))) refuse("high", high, `a finite number above low (${low})`);
      return complete({
        mean: (low + high) / 2,
        variance: (high - low) ** 2 / 12,
        cdf: (x) => Math.min(1, Math.max(0, (x - low) / (high - low))),
        survival: (x) => Math.min(1, Math.max(0, (high - x) / (high - low))),
        density: (x) => (x >= low && x <= high ? 1 / (high - low) : 0),
        quantile: (p) => low + p * (high - low),
      });
    }
    case "lognormal": {
      const { mean, cv } = distribution;
      requirePositive("mean", mean);
      requirePositive("cv", cv);
      const { mu, sigma } = lognormalParameters(mean, cv);
      return continuous({
        mean,
        variance: (mean * cv) ** 2,
        cdf: (x) => normalCdf((Math.log(x) - mu) / sigma),
        survival: (x) => normalCdf((mu - Math.log(x)) / sigma),
        density: (x) => Math.exp(-0.5 * ((Math.log(x) - mu) / sigma) ** 2) / (x * sigma * ROOT_TWO_PI),
        quantile: (p) => Math.exp(mu + sigma * normalQuantile(p)),
      });
    }
    case "gamma": {
      const { mean, cv } = distribution;
      requirePositive("mean", mean);
      requirePositive("cv", cv);
      const shape = 1 / (cv * cv);
      const scale = mean / shape;
      return continuous({
        mean,
        variance: (mean * cv) ** 2,
        cdf: (x) => incompleteGamma(shape, x / scale).lower,
        survival: (x) => incompleteGamma(shape, x / scale).upper,
        density: (x) => gammaDensity(shape, x / scale) / scale,
        quantile: (p) => scale * gammaQuantile(shape, p),
      });
    }
    case "weibull": {
      const { mean, shape } = distribution;
      requirePositive("mean", mean);
      requirePositive("shape", shape);
      const scale = weibullScale(mean, shape);
      return continuous({
        mean,
        variance: scale * scale * Math.exp(lnGamma(1 + 2 / shape)) - mean * mean,
        cdf: (x) => -Math.expm1(-((x / scale) ** shape)),
        survival: (x) => Math.exp(-((x / scale) ** shape)),
        density: (x) => (shape / scale) * (x / scale) ** (shape - 1) * Math.exp(-((x / scale) ** shape)),
        quantile: (p) => scale * (-Math.log1p(-p)) ** (1 / shape),
      });
    }
    case "empirical":
      return complete(empiricalLaw(distribution.values));
  }
}
