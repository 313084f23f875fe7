// Two groups of calls against each other: how far apart their conversions are, and whether that can be told at all.

import { differenceInterval } from "../../kernel/index.ts";
import { conversionOf, type Rate } from "./conversion.ts";
import type { Tally } from "./tally.ts";

/** A group of calls by name. */
export interface Cohort {
  readonly name: string;
  readonly tally: Tally;
}

/** Calls that each side must have before its conversion is compared, unless told otherwise. */
const COMPARISON_MINIMUM = 100;

/** About the first group: its conversion is higher, lower, not shown to differ; or a side has too few calls. */
export type ComparisonVerdict = "higher" | "lower" | "none shown" | "too few";

export interface Comparison {
  readonly first: { readonly name: string; readonly conversion: Rate };
  readonly second: { readonly name: string; readonly conversion: Rate };
  /** First minus second, as a share, with its interval (Newcombe); null when too few. */
  readonly difference: {
    readonly value: number;
    readonly low: number;
    readonly high: number;
    readonly confidence: number;
  } | null;
  readonly minimum: number;
  readonly verdict: ComparisonVerdict;
}

/**
 * Compares the first group with the second. The groups must not share calls.
 * @param options.comparisons how many are made at once: the interval of each is widened so that all hold together at `confidence` (Bonferroni)
 */
export function compare(
  first: Cohort,
  second: Cohort,
  options: { readonly minimum?: number; readonly confidence?: number; readonly comparisons?: number } = {},
): Comparison {
  const { minimum = COMPARISON_MINIMUM, confidence = 0.95, comparisons = 1 } = options;
  const sides = {
    first: { name: first.name, conversion: conversionOf(first.tally, confidence) },
    second: { name: second.name, conversion: conversionOf(second.tally, confidence) },
    minimum,
  };
  if (Math.min(first.tally.calls, second.tally.calls) < Math.max(1, minimum))
    return { ...sides, difference: null, verdict: "too few" };
  const level = 1 - (1 - confidence) / comparisons;
  const { difference, low, high } = differenceInterval(
    first.tally.counts.success,
    first.tally.calls,
    second.tally.counts.success,
    second.tally.calls,
    level,
  );
  return {
    ...sides,
    difference: { value: difference, low, high, confidence: level },
    verdict: low > 0 ? "higher" : high < 0 ? "lower" : "none shown",
  };
}
