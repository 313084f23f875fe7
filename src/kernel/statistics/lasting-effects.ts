// Trends and level shifts of a daily rate whose day effects may last several days: one good week is not a trend.

import { requireCounts, requireShare, requireValues, StatisticsError } from "./arguments.ts";
import { type DailyRate, quantileOf, stepFits, tailOf, trendFits } from "./effect-fits.ts";

/** The slope of a daily rate, as a change of the share per day. */
export interface LastingTrend {
  readonly slope: number;
  readonly low: number;
  readonly high: number;
  readonly confidence: number;
}

/** From `index` on, the rate has another level. */
export interface LevelShift {
  /** Index of the first day with the new level. */
  readonly index: number;
  /** Under the hypothesis of no change, corrected for the number of days tried (Bonferroni). */
  readonly pValue: number;
}

/**
 * The slope of a line through daily rates. A day's rate is the line, an effect of the day that fades from day to day (autoregressive of order
 * 1), and chance. For each possible strength and persistence of the effects the line is fitted by generalised least squares (Kalman filter;
 * Harvey, "Forecasting, Structural Time Series Models and the Kalman Filter", section 3.4.2), and the fits are mixed by their restricted
 * likelihood, so that the interval allows for not knowing either.
 * @param confidence default 0.95
 */
export function lastingTrend(days: readonly DailyRate[], confidence = 0.95): LastingTrend {
  requireDays(days, 3);
  requireShare("confidence", confidence);
  const fits = trendFits(days);
  const [low, high] = [quantileOf(fits, (1 - confidence) / 2), quantileOf(fits, (1 + confidence) / 2)];
  return { slope: fits.reduce((sum, { weight, slope }) => sum + weight * slope, 0), low, high, confidence };
}

/**
 * The days on which the rate took another level, beyond what lasting day effects explain (see `lastingTrend`). First the most
 * significant day is taken, its p-value multiplied by the number of days tried; then both sides are searched again (binary
 * segmentation; Scott and Knott, Biometrics 30, 1974).
 * @param options.alpha largest probability of finding a change where there is none, default 0.05; @param options.least days on
 * each side of a change
 */
export function levelShifts(
  days: readonly DailyRate[],
  options: { readonly alpha?: number; readonly least?: number } = {},
): LevelShift[] {
  const { alpha = 0.05, least = 3 } = options;
  requireDays(days, 0);
  requireShare("alpha", alpha);
  if (!Number.isInteger(least) || least < 1)
    throw new StatisticsError("invalid_input", `least is ${least}; allowed are whole numbers from 1`);
  const found: LevelShift[] = [];
  const search = (from: number, to: number): void => {
    if (to - from < 2 * least) return;
    const part = days.slice(from, to);
    const tried = to - from - 2 * least + 1;
    let best = { index: -1, pValue: Number.POSITIVE_INFINITY, distance: -1 };
    for (const [split, fits] of stepFits(part, least)) {
      const pValue = Math.min(1, tried * tailOf(fits));
      const distance = Math.abs(fits.reduce((sum, { weight, slope, error }) => sum + (weight * slope) / error, 0));
      if (pValue < best.pValue || (pValue === best.pValue && distance > best.distance))
        best = { index: from + split, pValue, distance };
    }
    if (best.pValue > alpha) return;
    search(from, best.index);
    found.push({ index: best.index, pValue: best.pValue });
    search(best.index, to);
  };
  search(0, days.length);
  return found;
}

function requireDays(days: readonly DailyRate[], least: number): void {
  requireValues(
    "days",
    days.map(({ day }) => day),
    least,
  );
  for (const [i, { day, successes, trials }] of days.entries()) {
    requireCounts(successes, trials);
    if (trials === 0 || !(day > (days[i - 1]?.day ?? Number.NEGATIVE_INFINITY)))
      throw new StatisticsError(
        "invalid_input",
        `days[${i}] has day ${day} and ${trials} trials; allowed are rising days with trials`,
      );
  }
}
