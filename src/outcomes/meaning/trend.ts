// Whether conversion rises or falls over days, and on which day it took another level.

import { changePoints, type RandomStream, weightedTrend } from "../../kernel/index.ts";
import { type Rate, rateOf } from "./conversion.ts";

/** A day's calls. */
export interface DayCount {
  /** For example 2026-03-08. */
  readonly day: string;
  readonly calls: number;
  readonly successes: number;
}

/** A trend is not computed from less. */
const TREND_MINIMUM = { days: 7, calls: 100 } as const;

export type TrendVerdict = "rising" | "falling" | "none shown" | "too few";

export interface Trend {
  /** `rising` and `falling`: the slope's interval leaves out 0. `too few`: fewer days with calls, or fewer calls, than the minimum. */
  readonly verdict: TrendVerdict;
  /** Days with calls, and their calls. */
  readonly days: number;
  readonly calls: number;
  readonly minimum: { readonly days: number; readonly calls: number };
  /** Change of the conversion a day, as a share (0.001 is a tenth of a point), with its interval; null when too few. */
  readonly slope: { readonly perDay: number; readonly low: number; readonly high: number; readonly confidence: number } | null;
  /** Days that a new level began on. */
  readonly changes: readonly LevelChange[];
}

export interface LevelChange {
  /** The first day of the new level. */
  readonly day: string;
  readonly before: Rate;
  readonly after: Rate;
  readonly pValue: number;
}

const DAY_MS = 86_400_000;

/**
 * The trend of days in order. A line weighted by calls, its interval from how the days scatter around it; changes of level by
 * likelihood ratio with a p-value by permutation (see the kernel's `weightedTrend` and `changePoints`).
 * @param random decides the permutations: the same stream gives the same p-values
 * @param confidence of the interval; 1 - confidence is the level of the changes
 */
export function trendOf(days: readonly DayCount[], random: RandomStream, confidence = 0.95): Trend {
  const used = days.filter(({ calls }) => calls > 0);
  const calls = used.reduce((sum, day) => sum + day.calls, 0);
  const size = { days: used.length, calls, minimum: TREND_MINIMUM };
  if (used.length < TREND_MINIMUM.days || calls < TREND_MINIMUM.calls)
    return { verdict: "too few", ...size, slope: null, changes: [] };
  const first = Date.parse(used[0]?.day ?? "");
  const line = weightedTrend(
    used.map((day) => day.successes / day.calls),
    used.map((day) => day.calls),
    used.map(({ day }) => Math.round((Date.parse(day) - first) / DAY_MS)),
    confidence,
  );
  const found = changePoints(
    used.map(({ successes }) => successes),
    used.map((day) => day.calls),
    { random, alpha: 1 - confidence },
  );
  return {
    verdict: line.low > 0 ? "rising" : line.high < 0 ? "falling" : "none shown",
    ...size,
    slope: { perDay: line.slope, low: line.low, high: line.high, confidence },
    changes: found.map(({ index, before, after, pValue }) => ({
      day: used[index]?.day ?? "",
      before: rateOf(before.numerator, before.denominator, confidence),
      after: rateOf(after.numerator, after.denominator, confidence),
      pValue,
    })),
  };
}
