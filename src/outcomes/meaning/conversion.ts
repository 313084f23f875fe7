// Conversion: calls that ended in success divided by all calls, with an interval; and the documented summary of it.

import { type DayVariation, dayVariation, type IntervalMethod, wilsonInterval } from "../../kernel/index.ts";
import type { CategoryCounts, DayCounts, Tally } from "./tally.ts";

/** A share as it is reported: always with its numerator, denominator and interval. */
export interface Rate {
  /** numerator / denominator, 0 to 1; null when the denominator is 0. */
  readonly rate: number | null;
  /** The interval; `method` says what it allows for. */
  readonly low: number;
  readonly high: number;
  readonly numerator: number;
  readonly denominator: number;
  readonly confidence: number;
  /**
   * `days`: the interval allows for variation between days. `calls`: all calls are taken as independent (Wilson); the interval
   * says nothing about other days. `none`: there is no interval, and `low` and `high` are 0 and 1, because everything counted was on one of several days.
   */
  readonly method: IntervalMethod | "none";
  /** Number of days with calls. */
  readonly days: number;
}

/**
 * `numerator` of `denominator` calls, all taken as independent: for the calls of one day, and where the days are not known.
 * @param days number of days with calls; @param confidence of the interval, default 0.95
 */
export function rateOfCalls(numerator: number, denominator: number, days: number, confidence = 0.95): Rate {
  const interval = wilsonInterval(numerator, denominator, confidence);
  return { ...interval, rate: denominator === 0 ? null : interval.rate, method: "calls", days };
}

/** Groups of calls by day, with the variation between days, from which rates and differences of these groups are computed. */
export interface DailyGroups<Key> {
  readonly variation: DayVariation;
  /** The number of a group in `variation`. */
  readonly number: (key: Key) => number;
  /** The rate of a group; confidence 95 % by default. */
  rate(key: Key, confidence?: number): Rate;
}

/** Measures the variation between days from groups that share no calls. */
export function dailyGroups<Key>(groups: ReadonlyMap<Key, DayCounts>): DailyGroups<Key> {
  const days = new Map<string, number>();
  const numbers = new Map<Key, number>();
  const cells = [...groups].flatMap(([key, counts], group) => {
    numbers.set(key, group);
    return [...counts].map(([day, { calls, successes }]) => {
      let place = days.get(day);
      if (place === undefined) days.set(day, (place = days.size));
      return { group, day: place, successes, trials: calls };
    });
  });
  const variation = dayVariation(cells);
  const number = (key: Key) => numbers.get(key) ?? -1;
  return { variation, number, rate: (key, confidence) => known(variation.rate([number(key)], confidence)) };
}

/** A rate with denominator 0 is null. */
export function known(interval: ReturnType<DayVariation["rate"]>): Rate {
  return { ...interval, rate: interval.denominator === 0 ? null : interval.rate };
}

/** The rate of one group of calls by day. */
export function rateOfDays(days: DayCounts, confidence?: number): Rate {
  return dailyGroups(new Map([["all", days]])).rate("all", confidence);
}

/**
 * The share of calls of one kind by day. When all of them were on one of several days, they do not show how often such calls come on other days: the
 * interval over days would cover half of all shares, and is withheld.
 */
export function shareOfDays(days: DayCounts, confidence?: number): Rate {
  const rate = rateOfDays(days, confidence);
  const worked = [...days.values()].filter(({ calls }) => calls > 0);
  const isOfOneDay = worked.length > 1 && worked.filter(({ successes }) => successes > 0).length === 1;
  return isOfOneDay && rate.method === "days" ? { ...rate, low: 0, high: 1, method: "none" } : rate;
}

/** The conversion of one day's calls: successes divided by all calls, including unanswered ones. */
export function conversionOfDay(tally: Tally, confidence?: number): Rate {
  return rateOfCalls(tally.counts.success, tally.calls, tally.calls === 0 ? 0 : 1, confidence);
}

/** Conversion in percent above which the documented summary calls a campaign's performance positive. */
export const POSITIVE_ABOVE_PERCENT = 15;

/** The documented summary of a retrieval. */
interface DocumentedSummary {
  /** Null, as all that follows, when it is not known. */
  readonly total_calls: number | null;
  /** In percent; 0 when there are no calls. */
  readonly conversion_rate_percent: number | null;
  readonly category_distribution: CategoryCounts | null;
  readonly performance_trend: "positive" | "negative" | null;
}

/**
 * The summary in the documented words, with percentages to two places. Its trend word is based on one figure, not on a course
 * over time: the report gives a real trend as well.
 * @param isKnown whether the calls are all of at least one day, not some of them
 */
export function documentedSummary(tally: Tally, isKnown: boolean): DocumentedSummary {
  const percent = tally.calls === 0 ? 0 : (100 * tally.counts.success) / tally.calls;
  return {
    total_calls: isKnown ? tally.calls : null,
    conversion_rate_percent: isKnown ? Math.round(percent * 100) / 100 : null,
    category_distribution: isKnown ? { ...tally.counts } : null,
    performance_trend: !isKnown ? null : percent > POSITIVE_ABOVE_PERCENT ? "positive" : "negative",
  };
}
