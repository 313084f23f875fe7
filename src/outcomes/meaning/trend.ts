// The trend of conversion over days, and the days on which its level changed.

import { DAY_MS, lastingTrend, levelShifts } from "../../kernel/index.ts";
import { dailyGroups, type Rate } from "./conversion.ts";

/** A day's calls. */
export interface DayCount {
  /** For example 2026-03-08. */
  readonly day: string;
  readonly calls: number;
  readonly successes: number;
}

/**
 * A trend needs at least so many days and calls. With fewer than `levelDays` days, a new level cannot be told from lasting day
 * effects.
 */
const TREND_MINIMUM = { days: 7, calls: 100, levelDays: 10 } as const;

type TrendVerdict = "rising" | "falling" | "none shown" | "too few";

/** The course of conversion from day to day, with the interval of its slope. */
export interface Trend {
  /**
   * `rising` and `falling`: the slope's interval excludes 0. `too few`: fewer days with calls, or fewer calls, than the minimum.
   */
  readonly verdict: TrendVerdict;
  /** Number of days with calls, and of their calls. */
  readonly days: number;
  readonly calls: number;
  readonly minimum: { readonly days: number; readonly calls: number; readonly levelDays: number };
  /**
   * Change of the conversion per day, as a share (0.001 is a tenth of a percentage point), with an interval that allows for
   * lasting day effects; null when there is too little data.
   */
  readonly slope: { readonly perDay: number; readonly low: number; readonly high: number; readonly confidence: number } | null;
  /** The level shifts. */
  readonly changes: readonly LevelChange[];
}

interface LevelChange {
  /** The first day of the new level. */
  readonly day: string;
  readonly before: Rate;
  readonly after: Rate;
  readonly pValue: number;
}

/**
 * The trend of days, given in order: a line through the daily rates and the days on which a new level began, both beyond what
 * lasting day effects explain (see the kernel's `lastingTrend` and `levelShifts`).
 * @param confidence of the interval; 1 - confidence is the level of the test for level shifts
 */
export function trendOf(days: readonly DayCount[], confidence = 0.95): Trend {
  const used = days.filter(({ calls }) => calls > 0);
  const calls = used.reduce((sum, day) => sum + day.calls, 0);
  const size = { days: used.length, calls, minimum: TREND_MINIMUM };
  if (used.length < TREND_MINIMUM.days || calls < TREND_MINIMUM.calls)
    return { verdict: "too few", ...size, slope: null, changes: [] };
  const first = Date.parse(used[0]?.day ?? "");
  const rates = used.map(({ day, calls: trials, successes }) => ({
    day: Math.round((Date.parse(day) - first) / DAY_MS),
    successes,
    trials,
  }));
  const { slope, low, high } = lastingTrend(rates, confidence);
  const shifts = used.length < TREND_MINIMUM.levelDays ? [] : levelShifts(rates, { alpha: 1 - confidence });
  const bounds = [0, ...shifts.map(({ index }) => index), used.length];
  const levels = dailyGroups(
    new Map(bounds.slice(1).map((end, level) => [level, new Map(used.slice(bounds[level], end).map((day) => [day.day, day]))])),
  );
  return {
    verdict: low > 0 ? "rising" : high < 0 ? "falling" : "none shown",
    ...size,
    slope: { perDay: slope, low, high, confidence },
    changes: shifts.map(({ index, pValue }, i) => ({
      day: used[index]?.day ?? "",
      before: levels.rate(i, confidence),
      after: levels.rate(i + 1, confidence),
      pValue,
    })),
  };
}
