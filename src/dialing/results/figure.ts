// Intervals of the figures of a simulation: from the scatter between runs, within the range of the figure; from the pooled counts
// where no run differs.

import { normalQuantile, type RatioInterval, ratioInterval, wilsonInterval } from "../../kernel/index.ts";

/**
 * Kind of a figure. `share`: counts of counts, from 0 to 1. `timeShare`: time of time, from 0 to 1. `rate`: counts over time,
 * from 0. `amount`: any other sum over a sum, from 0.
 */
export type FigureKind = "share" | "timeShare" | "rate" | "amount";

/** A figure of a simulation with its interval; shares stay within 0 and 1, all others at 0 or above. */
export interface FigureInterval extends RatioInterval {
  /**
   * `scatter`: from the variation between runs or batches. `pooled`: in all runs every trial, or none, was an event, so that they
   * do not vary. The interval is that of the sums, with events taken as independent (Wilson's for a share, Poisson's for a rate),
   * and `standardError` belongs to a normal interval of that width. `unknown`: the interval is the whole line.
   */
  readonly method: "scatter" | "pooled" | "unknown";
}

/** Whether the units do not vary because none has an event or, for a share, because all trials are events. */
function isConstant({ numerator, denominator }: RatioInterval, kind: FigureKind): boolean {
  return numerator === 0 || ((kind === "share" || kind === "timeShare") && numerator === denominator);
}

/** The figure sum(numerators) / sum(denominators), each pair from one run or batch. */
export function figureInterval(
  kind: FigureKind,
  numerators: readonly number[],
  denominators: readonly number[],
  confidence: number,
): FigureInterval {
  const ratio = ratioInterval(numerators, denominators, confidence);
  const unknown = {
    low: Number.NEGATIVE_INFINITY,
    high: Number.POSITIVE_INFINITY,
    standardError: Number.POSITIVE_INFINITY,
    method: "unknown",
  } as const;
  if (ratio.denominator === 0) return { ...ratio, ...unknown };
  if (isConstant(ratio, kind)) {
    const found = pooled(kind, ratio);
    if (found === undefined) return { ...ratio, ...unknown };
    const standardError = (found.high - found.low) / 2 / normalQuantile(0.5 + confidence / 2);
    return { ...ratio, low: found.low, high: found.high, standardError, method: "pooled" };
  }
  if (!Number.isFinite(ratio.standardError)) return { ...ratio, ...unknown };
  const most = kind === "share" || kind === "timeShare" ? 1 : Number.POSITIVE_INFINITY;
  return { ...ratio, low: Math.max(0, ratio.low), high: Math.min(most, ratio.high), method: "scatter" };
}

function pooled(
  kind: FigureKind,
  { numerator, denominator, confidence }: RatioInterval,
): { low: number; high: number } | undefined {
  if (kind === "share") return wilsonInterval(numerator, denominator, confidence);
  // The exact limit of a Poisson rate without any event (F. Garwood, Biometrika 28, 1936).
  return kind === "rate" ? { low: 0, high: -Math.log((1 - confidence) / 2) / denominator } : undefined;
}
