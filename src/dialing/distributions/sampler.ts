// Random values of a distribution. Each draw uses one uniform number, by inversion, so that streams stay in step whatever the
// distribution is (common random numbers). The value rises with the uniform number; of a mixture, within each part.

import { normalCdf, normalQuantile, type RandomStream } from "../../kernel/index.ts";
import type { Law } from "./law.ts";
import { lawOf, lognormalParameters, weibullScale } from "./law-of.ts";
import type { Distribution, SingleDistribution } from "./schema.ts";

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
