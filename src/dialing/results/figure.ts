// Intervals of the figures of a simulation: from the scatter between runs, within the range of the figure; none where no run differs.

import { type RatioInterval, ratioInterval } from "../../kernel/index.ts";

/**
 * Kind of a figure. `share`: counts of counts, from 0 to 1. `timeShare`: time of time, from 0 to 1. `rate`: counts over time,
 * from 0. `amount`: any other sum over a sum, from 0.
 */
export type FigureKind = "share" | "timeShare" | "rate" | "amount";

/** A figure of a simulation with its interval; shares stay within 0 and 1, all others at 0 or above. */
export interface FigureInterval extends RatioInterval {
  /**
   * `scatter`: from the variation between runs or batches. `unknown`: there is none, and the interval is the whole line: no
   * denominator, a single unit, or in all of them every trial, or none, was an event. What independent events would give is not
   * used, because calls come and are abandoned in bursts.
   */
  readonly method: "scatter" | "unknown";
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
  if (ratio.denominator === 0 || isConstant(ratio, kind) || !Number.isFinite(ratio.standardError))
    return { ...ratio, ...unknown };
  const most = kind === "share" || kind === "timeShare" ? 1 : Number.POSITIVE_INFINITY;
  return { ...ratio, low: Math.max(0, ratio.low), high: Math.min(most, ratio.high), method: "scatter" };
}
