// Trends and changes of level of a daily rate whose days' effects may last: a good week is no trend.

import { at, requireCounts, requireShare, requireValues, StatisticsError } from "./arguments.ts";
import { normalCdf } from "./normal.ts";

/** A daily rate: successes of trials on a day, days as whole numbers in rising order. Every day has trials. */
export interface DailyRate {
  readonly day: number;
  readonly successes: number;
  readonly trials: number;
}

/** The slope of a daily rate, as a share a day. */
export interface LastingTrend {
  readonly slope: number;
  readonly low: number;
  readonly high: number;
  readonly confidence: number;
}

/** The level of a rate is another one from `index` on. */
export interface LevelShift {
  /** The first of the days of the new level. */
  readonly index: number;
  /** Of no change here, corrected for having looked at every day (Bonferroni). */
  readonly pValue: number;
}

/** Standard deviations of the days' effects on the logit, and correlations from day to day, that are thought possible; equally likely. */
const SPREADS = [0, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.6, 1];
const CORRELATIONS = [0, 0.15, 0.3, 0.45, 0.6, 0.75, 0.9];

/** A possible law of the days' effects with what it makes of the data. */
interface Fit {
  readonly weight: number;
  readonly slope: number;
  readonly error: number;
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
  const fits = fitsOf(days, (_, day) => day);
  const [low, high] = [quantileOf(fits, (1 - confidence) / 2), quantileOf(fits, (1 + confidence) / 2)];
  return { slope: fits.reduce((sum, { weight, slope }) => sum + weight * slope, 0), low, high, confidence };
}

/**
 * The days on which the rate took another level, beyond what effects that last explain (see `lastingTrend`). The most significant day first, its
 * p-value multiplied by the number of days that were tried; then both parts are searched again, as binary segmentation does (Scott and Knott, Biometrics 30, 1974).
 * @param options.alpha most probability of finding a change where there is none, 0.05 by default; @param options.least days on each side of a change
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
    for (let split = least; split <= part.length - least; split++) {
      const fits = fitsOf(part, (index) => (index < split ? 0 : 1));
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

/** The coefficient of a regressor beside a constant, under every possible law. */
function fitsOf(days: readonly DailyRate[], regressor: (index: number, day: number) => number): Fit[] {
  const count = days.length;
  let [s, n] = [0.5, 1];
  for (const { successes, trials } of days) {
    s += successes;
    n += trials;
  }
  const pq = (s / n) * (1 - s / n);
  const noise = Float64Array.from(days, ({ trials }) => pq / trials);
  const y = Float64Array.from(days, ({ successes, trials }) => successes / trials);
  const x = Float64Array.from(days, ({ day }, i) => regressor(i, day));
  const gaps = Float64Array.from(days, ({ day }, i) => (i === 0 ? 0 : day - (days[i - 1]?.day ?? 0)));
  const fits: (Fit & { readonly likelihood: number })[] = [];
  for (const spread of SPREADS) {
    for (const correlation of spread === 0 ? [0] : CORRELATIONS) {
      const stationary = (spread * pq) ** 2;
      // The state's mean for the columns y, 1 and x, and its variance; sums of products of the standardised innovations.
      let [sy, s1, sx, variance] = [0, 0, 0, stationary];
      let [yy, y1, yx, oo, ox, xx, logs] = [0, 0, 0, 0, 0, 0, 0];
      for (let i = 0; i < count; i++) {
        if (i > 0) {
          const fade = correlation === 0 ? 0 : correlation ** at(gaps, i);
          [sy, s1, sx] = [fade * sy, fade * s1, fade * sx];
          variance = fade * fade * variance + stationary * (1 - fade * fade);
        }
        const total = variance + at(noise, i);
        const [vy, v1, vx] = [at(y, i) - sy, 1 - s1, at(x, i) - sx];
        yy += (vy * vy) / total;
        y1 += (vy * v1) / total;
        yx += (vy * vx) / total;
        oo += (v1 * v1) / total;
        ox += (v1 * vx) / total;
        xx += (vx * vx) / total;
        logs += Math.log(total);
        const gain = variance / total;
        sy += gain * vy;
        s1 += gain * v1;
        sx += gain * vx;
        variance -= gain * variance;
      }
      const determinant = oo * xx - ox * ox;
      const slope = (oo * yx - ox * y1) / determinant;
      const constant = (xx * y1 - ox * yx) / determinant;
      const likelihood = -0.5 * (logs + Math.log(determinant) + yy - slope * yx - constant * y1);
      const prior = spread === 0 ? 1 : 1 / CORRELATIONS.length;
      fits.push({ weight: prior, slope, error: Math.sqrt(oo / determinant), likelihood });
    }
  }
  const most = Math.max(...fits.map(({ likelihood }) => likelihood));
  const weighted = fits.map(({ weight, slope, error, likelihood }) => ({
    weight: weight * Math.exp(likelihood - most),
    slope,
    error,
  }));
  const sum = weighted.reduce((total, { weight }) => total + weight, 0);
  return weighted.map((fit) => ({ ...fit, weight: fit.weight / sum }));
}

/** Probability of a coefficient of the other sign, both sides. */
function tailOf(fits: readonly Fit[]): number {
  const below = fits.reduce((sum, { weight, slope, error }) => sum + weight * normalCdf(-slope / error), 0);
  return 2 * Math.min(below, 1 - below);
}

function quantileOf(fits: readonly Fit[], p: number): number {
  const reach = 40;
  let low = Math.min(...fits.map(({ slope, error }) => slope - reach * error));
  let high = Math.max(...fits.map(({ slope, error }) => slope + reach * error));
  for (let step = 0; step < 100; step++) {
    const middle = (low + high) / 2;
    const below = fits.reduce((sum, { weight, slope, error }) => sum + weight * normalCdf((middle - slope) / error), 0);
    if (below < p) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}
