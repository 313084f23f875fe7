// Conversion: calls that ended in success among all calls, with how sure it is; and the documented summary of it.

import { wilsonInterval } from "../../kernel/index.ts";
import type { CategoryCounts, Tally } from "./tally.ts";

/** A share as it is reported: never without its numerator, denominator and interval. */
export interface Rate {
  /** numerator / denominator, 0 to 1; null when the denominator is 0. */
  readonly rate: number | null;
  /** The score interval (Wilson). */
  readonly low: number;
  readonly high: number;
  readonly numerator: number;
  readonly denominator: number;
  readonly confidence: number;
}

/** `numerator` of `denominator`. @param confidence of the interval, 0.95 by default */
export function rateOf(numerator: number, denominator: number, confidence = 0.95): Rate {
  const interval = wilsonInterval(numerator, denominator, confidence);
  return { ...interval, rate: denominator === 0 ? null : interval.rate };
}

/** The conversion of a tally: successes among all calls, those nobody answered included. */
export function conversionOf(tally: Tally, confidence?: number): Rate {
  return rateOf(tally.counts.success, tally.calls, confidence);
}

/** Conversion in percent above which the documented summary calls a campaign's performance positive. */
export const POSITIVE_ABOVE_PERCENT = 15;

/** The documented summary of a retrieval. */
export interface DocumentedSummary {
  readonly total_calls: number;
  /** In percent; 0 when there are no calls. */
  readonly conversion_rate_percent: number;
  readonly category_distribution: CategoryCounts;
  readonly performance_trend: "positive" | "negative";
}

/** The summary in the documented words. Its trend word looks at one figure and at no time: the report gives a real trend beside it. */
export function documentedSummary(tally: Tally): DocumentedSummary {
  const percent = tally.calls === 0 ? 0 : (100 * tally.counts.success) / tally.calls;
  return {
    total_calls: tally.calls,
    conversion_rate_percent: percent,
    category_distribution: { ...tally.counts },
    performance_trend: percent > POSITIVE_ABOVE_PERCENT ? "positive" : "negative",
  };
}
