// The law of a mixture: weighted sums of its parts' functions; the quantile by bisection between the parts' quantiles.

import { refuse, requirePositive } from "../arguments.ts";
import type { Law } from "./law.ts";

/** A law that draws from one of several laws, by weight. @throws DialingError for no parts or a weight that is not positive */
export function mixtureLaw(parts: readonly { readonly weight: number; readonly law: Law }[]) {
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
