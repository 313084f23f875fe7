// Medians and bands of a mixture of equally likely normal distributions; a standard deviation of 0 is a point.

import { normalCdf } from "../../kernel/index.ts";

/** The 5 % quantile, the median and the 95 % quantile. */
export interface Band {
  readonly low: number;
  readonly median: number;
  readonly high: number;
}

/** One of the equally likely normal distributions of a mixture. */
export interface Part {
  readonly mean: number;
  readonly sd: number;
}

const HALVINGS = 60;

/** The band of a mixture. Values are never below 0: negative values of the normal distributions count as 0. */
export function bandOf(parts: readonly Part[]): Band {
  return { low: quantile(parts, 0.05), median: quantile(parts, 0.5), high: quantile(parts, 0.95) };
}

/** Probability of a value above `limit`. */
export function chanceAbove(parts: readonly Part[], limit: number): number {
  const sum = parts.reduce((total, { mean, sd }) => total + (sd > 0 ? normalCdf((mean - limit) / sd) : mean > limit ? 1 : 0), 0);
  return sum / Math.max(1, parts.length);
}

function quantile(parts: readonly Part[], q: number): number {
  if (parts.every(({ sd }) => sd === 0))
    return quantileOfPoints(
      parts.map(({ mean }) => mean).sort((a, b) => a - b),
      q,
    );
  let low = Math.min(...parts.map(({ mean, sd }) => mean - 6 * sd));
  let high = Math.max(...parts.map(({ mean, sd }) => mean + 6 * sd));
  for (let i = 0; i < HALVINGS; i++) {
    const middle = (low + high) / 2;
    if (chanceAbove(parts, middle) > 1 - q) low = middle;
    else high = middle;
  }
  return Math.max(0, (low + high) / 2);
}

/** Linear interpolation between the points; each point stands for the middle of its share. */
function quantileOfPoints(sorted: readonly number[], q: number): number {
  const place = Math.min(sorted.length - 1, Math.max(0, q * sorted.length - 0.5));
  const below = Math.floor(place);
  const from = sorted[below] ?? 0;
  const to = sorted[Math.min(sorted.length - 1, below + 1)] ?? from;
  return from + (to - from) * (place - below);
}
