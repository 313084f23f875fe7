// Compares the conversion of two groups of calls: their difference, and whether the data suffice to tell it.

import type { DayVariation, GroupSet } from "../../kernel/index.ts";
import { known, type Rate } from "./conversion.ts";

/** Two groups of calls to compare; they share no calls. */
export interface Contest {
  readonly variation: DayVariation;
  readonly first: { readonly name: string; readonly groups: GroupSet };
  readonly second: { readonly name: string; readonly groups: GroupSet };
}

/** Default of the number of calls that each side must have to be compared. */
const COMPARISON_MINIMUM = 100;

/**
 * About the first group: its conversion is higher, lower, or not shown to differ; or a side has too few calls; or there are too
 * few days to measure the variation between days, for example when each list was worked on a different day.
 */
type ComparisonVerdict = "higher" | "lower" | "none shown" | "too few" | "too few days";

/** Conversion of two groups, with the interval of their difference. */
interface Comparison {
  readonly first: { readonly name: string; readonly conversion: Rate };
  readonly second: { readonly name: string; readonly conversion: Rate };
  /** First minus second, as a share, with its interval; null when there are too few calls. */
  readonly difference: {
    readonly value: number;
    readonly low: number;
    readonly high: number;
    /** Confidence of this interval alone. */
    readonly confidence: number;
    /** Number of comparisons made. */
    readonly comparisons: number;
    /** Confidence with which all of them hold together. */
    readonly together: number;
  } | null;
  readonly minimum: number;
  readonly verdict: ComparisonVerdict;
}

/**
 * Compares all pairs of one report. The intervals are widened so that all of them hold together at `confidence` (Bonferroni),
 * whatever the pairs. A verdict is `higher` or `lower` when the interval excludes 0. Days on which both sides were worked cancel
 * out; the variation of the other days counts.
 */
export function compareAll(
  contests: readonly Contest[],
  options: { readonly minimum?: number | undefined; readonly confidence?: number | undefined } = {},
): Comparison[] {
  const { minimum = COMPARISON_MINIMUM, confidence = 0.95 } = options;
  const sides = contests.map(({ variation, first, second }) => {
    const side = ({ name, groups }: Contest["first"]) => ({ name, conversion: known(variation.rate(groups, confidence)) });
    const rates = { first: side(first), second: side(second) };
    const calls = Math.min(rates.first.conversion.denominator, rates.second.conversion.denominator);
    const isEnough = calls >= Math.max(1, minimum);
    return { variation, one: first.groups, two: second.groups, rates, isEnough, isTold: isEnough && variation.degrees > 0 };
  });
  const comparisons = Math.max(1, sides.filter(({ isTold }) => isTold).length);
  const level = 1 - (1 - confidence) / comparisons;
  return sides.map(({ variation, one, two, rates, isEnough, isTold }) => {
    const found = isTold ? variation.difference(one, two, level) : null;
    if (found === null) return { ...rates, minimum, difference: null, verdict: isEnough ? "too few days" : "too few" };
    const { difference, low, high } = found;
    return {
      ...rates,
      minimum,
      difference: { value: difference, low, high, confidence: level, comparisons, together: confidence },
      verdict: low > 0 ? "higher" : high < 0 ? "lower" : "none shown",
    };
  });
}
