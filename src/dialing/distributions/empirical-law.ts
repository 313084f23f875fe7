// The law of measured quantiles, with straight lines between them: continuous wherever two neighbours differ.

import { refuse } from "../arguments.ts";

/** @param values quantiles at 0, 1/(n-1), …, 1, in rising order, at least two */
export function empiricalLaw(values: readonly number[]) {
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
