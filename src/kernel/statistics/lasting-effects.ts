// Trends and level shifts of a daily rate whose day effects may last several days: one good week is not a trend.

import { at, requireCounts, requireShare, requireValues, StatisticsError } from "./arguments.ts";
import { normalCdf } from "./normal.ts";

/** The slope of a daily rate, as a change of the share per day. */
interface LastingTrend {
  readonly slope: number;
  readonly low: number;
  readonly high: number;
  readonly confidence: number;
}

/** From `index` on, the rate has another level. */
interface LevelShift {
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

// Fits of models with a trend, or a step, to daily rates.

/** A daily rate: successes of trials on a day. Days are whole numbers in rising order, and each has trials. */
interface DailyRate {
  readonly day: number;
  readonly successes: number;
  readonly trials: number;
}

/**
 * The standard deviations of the days' effects on the logit, and their correlations from day to day, that are considered; equally
 * likely a priori.
 */
const SPREADS = [0, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.6, 1];

const CORRELATIONS = [0, 0.15, 0.3, 0.45, 0.6, 0.75, 0.9];

/** One considered pair of spread and correlation, with the coefficient that it gives. */
interface Fit {
  readonly weight: number;
  readonly slope: number;
  readonly error: number;
}

/**
 * The days under one considered law: the filter's gains, and the innovations of the rates and of a constant with their variances.
 */
interface Filtered {
  readonly prior: number;
  readonly variances: Float64Array;
  readonly gains: Float64Array;
  /** The part of a day's effect that is left on the next day with data. */
  readonly fades: Float64Array;
  readonly rates: Float64Array;
  readonly ones: Float64Array;
  /** Sums of products of the standardised innovations, and of the logarithms of their variances. */
  readonly rateRate: number;
  readonly rateOne: number;
  readonly oneOne: number;
  readonly logs: number;
}

/** The innovations of a column: the difference of each value from its prediction by the days before. */
function innovations(column: Float64Array, gains: Float64Array, fades: Float64Array): Float64Array {
  let state = 0;
  return column.map((value, i) => {
    const innovation = value - state;
    state = at(fades, i) * (state + at(gains, i) * innovation);
    return innovation;
  });
}

function product(a: Float64Array, b: Float64Array, variances: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (at(a, i) * at(b, i)) / at(variances, i);
  return sum;
}

/** The days under every possible law. */
function filtered(days: readonly DailyRate[]): Filtered[] {
  const count = days.length;
  let [s, n] = [0.5, 1];
  for (const { successes, trials } of days) {
    s += successes;
    n += trials;
  }
  const pq = (s / n) * (1 - s / n);
  const values = Float64Array.from(days, ({ successes, trials }) => successes / trials);
  const constant = new Float64Array(count).fill(1);
  return SPREADS.flatMap((spread) =>
    (spread === 0 ? [0] : CORRELATIONS).map((correlation) => {
      const stationary = (spread * pq) ** 2;
      const [variances, gains, fades] = [new Float64Array(count), new Float64Array(count), new Float64Array(count)];
      let [variance, logs] = [stationary, 0];
      for (const [i, { day, trials }] of days.entries()) {
        const total = variance + pq / trials;
        const next = days[i + 1];
        const fade = next === undefined || correlation === 0 ? 0 : correlation ** (next.day - day);
        variances[i] = total;
        gains[i] = variance / total;
        fades[i] = fade;
        logs += Math.log(total);
        variance = fade * fade * variance * (1 - variance / total) + stationary * (1 - fade * fade);
      }
      const rates = innovations(values, gains, fades);
      const ones = innovations(constant, gains, fades);
      return {
        prior: spread === 0 ? 1 : 1 / CORRELATIONS.length,
        variances,
        gains,
        fades,
        rates,
        ones,
        rateRate: product(rates, rates, variances),
        rateOne: product(rates, ones, variances),
        oneOne: product(ones, ones, variances),
        logs,
      };
    }),
  );
}

/** The coefficient of a regressor beside a constant under a law, from the products of its innovations with those of the rates, the constant and itself. */
function fitOf(law: Filtered, own: number, withRate: number, withOne: number): Fit & { readonly likelihood: number } {
  const { prior, rateRate, rateOne, oneOne, logs } = law;
  const determinant = oneOne * own - withOne * withOne;
  const slope = (oneOne * withRate - withOne * rateOne) / determinant;
  const constant = (own * rateOne - withOne * withRate) / determinant;
  const likelihood = -0.5 * (logs + Math.log(determinant) + rateRate - slope * withRate - constant * rateOne);
  return { weight: prior, slope, error: Math.sqrt(oneOne / determinant), likelihood };
}

/** Weights from prior and likelihood; they sum to 1. */
function mixed(fits: readonly (Fit & { readonly likelihood: number })[]): Fit[] {
  const most = Math.max(...fits.map(({ likelihood }) => likelihood));
  const weights = fits.map(({ weight, likelihood }) => weight * Math.exp(likelihood - most));
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return fits.map(({ slope, error }, i) => ({ weight: at(weights, i) / sum, slope, error }));
}

/** The fits of a line over the days. */
function trendFits(days: readonly DailyRate[]): Fit[] {
  const column = Float64Array.from(days, ({ day }) => day);
  return mixed(
    filtered(days).map((law) => {
      const line = innovations(column, law.gains, law.fades);
      return fitOf(
        law,
        product(line, line, law.variances),
        product(line, law.rates, law.variances),
        product(line, law.ones, law.variances),
      );
    }),
  );
}

/**
 * The fits of a step before each of the days. The innovations of a step are 0 before it, and from then on those of a constant
 * that the filter has not seen yet. The sums of their products from a day on are polynomials of the filter's state on that day,
 * and follow from those of the next day.
 */
function stepFits(days: readonly DailyRate[], least: number): Map<number, Fit[]> {
  const count = days.length;
  const found = new Map<number, (Fit & { readonly likelihood: number })[]>();
  for (const law of filtered(days)) {
    const { variances, gains, fades, rates, ones } = law;
    let [own, ownLine, ownSquare] = [0, 0, 0];
    let [withRate, rateLine, withOne, oneLine] = [0, 0, 0, 0];
    for (let i = count - 1; i >= least; i--) {
      const total = at(variances, i);
      // The state of the next day: shift + keep * state.
      const [shift, keep] = [at(fades, i) * at(gains, i), at(fades, i) * (1 - at(gains, i))];
      own = 1 / total + own + ownLine * shift + ownSquare * shift * shift;
      ownLine = -2 / total + ownLine * keep + 2 * ownSquare * shift * keep;
      ownSquare = 1 / total + ownSquare * keep * keep;
      withRate = at(rates, i) / total + withRate + rateLine * shift;
      rateLine = -at(rates, i) / total + rateLine * keep;
      withOne = at(ones, i) / total + withOne + oneLine * shift;
      oneLine = -at(ones, i) / total + oneLine * keep;
      if (i > count - least) continue;
      const fits = found.get(i);
      const fit = fitOf(law, own, withRate, withOne);
      if (fits === undefined) found.set(i, [fit]);
      else fits.push(fit);
    }
  }
  return new Map([...found].map(([index, fits]) => [index, mixed(fits)]));
}

/** Two-sided probability that the coefficient has the other sign. */
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
