// The law of each kind of distribution.

import { incompleteGamma, lnGamma, normalCdf, normalQuantile, type RandomStream } from "../../kernel/index.ts";
import { refuse, requireNonNegative, requirePositive } from "../arguments.ts";
import type { Distribution, SingleDistribution } from "./schema.ts";

// Random values of a distribution. Each draw uses one uniform number, by inversion, so that streams stay in step whatever the
// distribution is (common random numbers). The value rises with the uniform number; of a mixture, within each part.

/** Half of the stream's step: moves [0, 1) to the middle of its cells, so that neither 0 nor 1 occurs. */
const HALF_CELL = 2 ** -33;

/**
 * A function that draws from `distribution`. Every call takes exactly one number from the stream and allocates nothing. `none`
 * gives Infinity. Throws DialingError `invalid_input` for parameters outside their domain.
 */
export function sampler(distribution: Distribution, stream: RandomStream): () => number {
  const draw = inversion(distribution);
  return () => draw(stream.next() + HALF_CELL);
}

/** The inverse distribution function as `sampler` uses it: takes 0 < u < 1, returns a value. */
export function inversion(distribution: Distribution): (u: number) => number {
  lawOf(distribution); // refuses what no draw can be made from
  return distribution.kind === "mixture" ? mixtureInversion(distribution.parts) : singleInversion(distribution);
}

function singleInversion(distribution: SingleDistribution): (u: number) => number {
  switch (distribution.kind) {
    case "none":
      return () => Number.POSITIVE_INFINITY;
    case "deterministic": {
      const { value } = distribution;
      return () => value;
    }
    case "exponential": {
      const { mean } = distribution;
      return (u) => -mean * Math.log1p(-u);
    }
    case "uniform": {
      const { low, high } = distribution;
      return (u) => low + u * (high - low);
    }
    case "lognormal": {
      const { mu, sigma } = lognormalParameters(distribution.mean, distribution.cv);
      return (u) => Math.exp(mu + sigma * normalQuantile(u));
    }
    case "weibull": {
      const scale = weibullScale(distribution.mean, distribution.shape);
      const power = 1 / distribution.shape;
      return (u) => scale * (-Math.log1p(-u)) ** power;
    }
    case "gamma":
      return tabulated(lawOf(distribution));
    case "empirical":
      return lawOf(distribution).quantile;
  }
}

const TABLE_EDGE = 6.5;
const TABLE_STEPS = 520;
/** What lies below is 0 to anybody who measures seconds; the logarithm needs an end. */
const LEAST = 1e-280;

/**
 * For inversions that are too slow to solve at each draw: ln x as a function of the normal quantile z is smooth, so it is
 * tabulated from -6.5 to 6.5 (the range of 32-bit numbers) and interpolated by cubics with exact slopes. Relative error about
 * 1e-8.
 */
function tabulated(law: Law): (u: number) => number {
  const width = (2 * TABLE_EDGE) / TABLE_STEPS;
  const values = new Float64Array(TABLE_STEPS + 1);
  const slopes = new Float64Array(TABLE_STEPS + 1);
  for (let i = 0; i <= TABLE_STEPS; i++) {
    const z = -TABLE_EDGE + i * width;
    const x = law.quantile(normalCdf(z));
    values[i] = Math.log(Math.max(x, LEAST));
    slopes[i] = x <= LEAST ? 0 : (width * Math.exp(-0.5 * z * z)) / (Math.sqrt(2 * Math.PI) * law.density(x) * x);
  }
  return (u) => {
    const position = (normalQuantile(u) + TABLE_EDGE) / width;
    const i = Math.min(TABLE_STEPS - 1, Math.max(0, Math.floor(position)));
    const t = position - i;
    const [y0, y1, m0, m1] = [values[i] ?? 0, values[i + 1] ?? 0, slopes[i] ?? 0, slopes[i + 1] ?? 0];
    const rise = y1 - y0;
    return Math.exp(y0 + t * (m0 + t * (3 * rise - 2 * m0 - m1 + t * (m0 + m1 - 2 * rise))));
  };
}

/** Chooses the part by the uniform number, and uses the rest of the number within the part. */
function mixtureInversion(
  parts: readonly { readonly weight: number; readonly distribution: SingleDistribution }[],
): (u: number) => number {
  let whole = 0;
  for (const { weight } of parts) whole += weight;
  const draws = parts.map(({ distribution }) => singleInversion(distribution));
  const shares = Float64Array.from(parts, ({ weight }) => weight / whole);
  const last = draws.length - 1;
  return (u) => {
    let rest = u;
    let i = 0;
    while (i < last && rest >= (shares[i] ?? 0)) rest -= shares[i++] ?? 0;
    const inner = rest / (shares[i] ?? 1);
    return (draws[i] as (u: number) => number)(inner <= 0 ? Number.EPSILON : inner >= 1 ? 1 - Number.EPSILON : inner);
  };
}

const ROOT_TWO_PI = Math.sqrt(2 * Math.PI);

/** Location and spread of ln X for a lognormal of that mean and coefficient of variation. */
function lognormalParameters(mean: number, cv: number): { mu: number; sigma: number } {
  const variance = Math.log1p(cv * cv);
  return { mu: Math.log(mean) - variance / 2, sigma: Math.sqrt(variance) };
}

/** Scale of a Weibull of that mean: mean / Gamma(1 + 1/shape). */
function weibullScale(mean: number, shape: number): number {
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

// The law of measured quantiles, with straight lines between them: continuous wherever two neighbours differ.

/** @param values quantiles at 0, 1/(n-1), …, 1, in rising order, at least two */
function empiricalLaw(values: readonly number[]) {
  const steps = values.length - 1;
  if (steps < 1) refuse("values", `a list of ${values.length}`, "a list of two or more numbers");
  const points = Float64Array.from(values);
  const at = (i: number): number => points[i] ?? Number.NaN;
  let [mean, second] = [0, 0];
  for (let i = 0; i < steps; i++) {
    const [a, b] = [at(i), at(i + 1)];
    if (!(a >= 0 && b >= a && Number.isFinite(b)))
      refuse(`values[${i + 1}]`, b, `a finite number, ${Math.max(0, a)} or more (rising order)`);
    mean += (a + b) / 2 / steps;
    second += (a * a + a * b + b * b) / 3 / steps;
  }
  /** The number of points at or below x. */
  const below = (x: number): number => {
    let [low, high] = [0, points.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (at(middle) <= x) low = middle + 1;
      else high = middle;
    }
    return low;
  };
  const cdf = (x: number): number => {
    const i = below(x);
    if (i === 0) return 0;
    if (i > steps) return 1;
    return (i - 1 + (x - at(i - 1)) / (at(i) - at(i - 1))) / steps;
  };
  return {
    mean,
    variance: second - mean * mean,
    cdf,
    survival: (x: number) => 1 - cdf(x),
    density(x: number): number {
      const i = below(x);
      if (i > 1 && at(i - 1) === x && at(i - 2) === x) return Number.POSITIVE_INFINITY;
      return i === 0 || i > steps ? 0 : 1 / (steps * (at(i) - at(i - 1)));
    },
    quantile(p: number): number {
      const position = p * steps;
      const i = Math.min(steps - 1, Math.floor(position));
      return at(i) + (position - i) * (at(i + 1) - at(i));
    },
  };
}

// The gamma distribution's density and quantile, based on the kernel's incomplete gamma function.

/** Density of the gamma distribution with scale 1 at x > 0. */
function gammaDensity(shape: number, x: number): number {
  return Math.exp((shape - 1) * Math.log(x) - x - lnGamma(shape));
}

/**
 * The quantile of the gamma distribution with scale 1: Newton's method on ln x for the smaller tail, kept inside a bracket. It
 * starts from Wilson and Hilferty (1931) or, for small quantiles, from the first term of the series.
 */
function gammaQuantile(shape: number, p: number): number {
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

// The law of a mixture: weighted sums of its parts' functions; the quantile by bisection between the parts' quantiles.

/** A law that draws from one of several laws, by weight. @throws DialingError for no parts or a weight that is not positive */
function mixtureLaw(parts: readonly { readonly weight: number; readonly law: Law }[]) {
  if (parts.length === 0) refuse("parts", "empty", "one part or more");
  let whole = 0;
  for (const { weight } of parts) {
    requirePositive("weight", weight);
    whole += weight;
  }
  const sum = (term: (law: Law) => number): number => {
    let result = 0;
    for (const { weight, law } of parts) result += (weight / whole) * term(law);
    return result;
  };
  const mean = sum((law) => law.mean);
  const variance = Number.isFinite(mean) ? sum((law) => law.variance + (law.mean - mean) ** 2) : Number.POSITIVE_INFINITY;
  const cdf = (x: number): number => sum((law) => law.cdf(x));
  return {
    mean,
    variance,
    cdf,
    survival: (x: number) => sum((law) => law.survival(x)),
    density: (x: number) => sum((law) => law.density(x)),
    quantile(p: number): number {
      const quantiles = parts.map(({ law }) => law.quantile(p));
      let low = Math.min(...quantiles);
      let high = Math.max(...quantiles);
      if (high === Number.POSITIVE_INFINITY) {
        high = Math.max(1, low);
        while (cdf(high) < p && high < Number.MAX_VALUE / 2) high *= 2;
        if (cdf(high) < p) return Number.POSITIVE_INFINITY;
      }
      if (cdf(low) >= p) return low;
      for (let step = 0; step < 2000 && high - low > 1e-15 * high; step++) {
        const middle = low + (high - low) / 2;
        if (middle <= low || middle >= high) break;
        if (cdf(middle) < p) low = middle;
        else high = middle;
      }
      return high;
    },
  };
}

// The functions of a distribution, and how they follow from a few basic ones.

/** The functions of a distribution, in the distribution's own unit (seconds). */
export interface Law {
  /** Infinity for `none`. */
  readonly mean: number;
  /** Infinity for `none`. */
  readonly variance: number;
  /** Pr[X <= x]. */
  readonly cdf: (x: number) => number;
  /** Pr[X > x], relatively accurate far out in the tail. */
  readonly survival: (x: number) => number;
  /** Density at x; Infinity at an atom. */
  readonly density: (x: number) => number;
  /** density / survival: the rate of ending at x, given that x was reached. Infinity where nothing lasts longer. */
  readonly hazard: (x: number) => number;
  /** The smallest x with cdf(x) >= p, for p from 0 to 1. */
  readonly quantile: (p: number) => number;
}

/** The functions that a law is made from. */
interface Core {
  readonly mean: number;
  readonly variance: number;
  readonly cdf: (x: number) => number;
  readonly survival: (x: number) => number;
  readonly density: (x: number) => number;
  readonly quantile: (p: number) => number;
}

/** Adds the hazard and the check of the quantile's argument. */
function complete(core: Core): Law {
  const { density, survival, quantile } = core;
  return {
    ...core,
    hazard(x) {
      const left = survival(x);
      return left > 0 ? density(x) / left : Number.POSITIVE_INFINITY;
    },
    quantile(p) {
      if (!(p >= 0 && p <= 1)) refuse("p", p, "a number from 0 to 1");
      return quantile(p);
    },
  };
}

/** Extends functions that hold for x > 0 to all x, for a non-negative quantity without an atom at 0. */
function continuous(core: Core): Law {
  return complete({
    ...core,
    cdf: (x) => (x > 0 ? core.cdf(x) : 0),
    survival: (x) => (x > 0 ? core.survival(x) : 1),
    density: (x) => (x > 0 ? core.density(x) : 0),
    quantile: (p) => (p === 0 ? 0 : p === 1 ? Number.POSITIVE_INFINITY : core.quantile(p)),
  });
}
