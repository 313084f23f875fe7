// Rates of calls over days: calls of one day share the circumstances of that day, so days count as independent, not calls.

import { at, requireCounts, requireShare, StatisticsError } from "./arguments.ts";
import { studentQuantile } from "./beta.ts";
import { normalQuantile } from "./normal.ts";
import { type RateInterval, wilsonInterval } from "./proportions.ts";

// The effects of days on the rates of groups: their variance, and how groups scatter around them. See `dayVariation`.

/** The calls of a group on a day. Groups and days are whole numbers from 0. */
export interface DayCell {
  readonly group: number;
  readonly day: number;
  readonly successes: number;
  readonly trials: number;
}

/** Days up to which the degrees of freedom are computed from all eigenvalues. */
const EXACT_DAYS = 150;

/** Counts and rate of a group over all days. */
interface Group {
  readonly successes: number;
  readonly trials: number;
  /** p (1 - p), of a rate drawn a little towards that of all groups, so that it is not 0 for a group without success. */
  readonly variance: number;
  readonly cells: readonly DayCell[];
}

/** The measured variance of the days' effects. */
interface Measure {
  /** Unbiased; may be below 0. */
  readonly variance: number;
  /** `variance`, or 0 when it is negative. */
  readonly likely: number;
  /** By how much `variance` falls when the dispersion rises by 1. */
  readonly slope: number;
  /** The variance of `variance`. */
  readonly scatter: number;
  /**
   * How many days of equal size, without groups, would measure as well. Depends on which groups were worked on which days, not on
   * the outcomes.
   */
  readonly degrees: number;
}

/** The index of each day that has trials. */
function indexOf(cells: readonly DayCell[]): ReadonlyMap<number, number> {
  const days = new Map<number, number>();
  for (const { group, day, successes, trials } of cells) {
    requireCounts(successes, trials);
    if (!Number.isInteger(group) || !Number.isInteger(day))
      throw new StatisticsError("invalid_input", `group ${group}, day ${day}: allowed are whole numbers`);
    if (trials > 0 && !days.has(day)) days.set(day, days.size);
  }
  return days;
}

/** The groups that have trials. */
function groupsOf(cells: readonly DayCell[]): ReadonlyMap<number, Group> {
  const found = new Map<number, { successes: number; trials: number; cells: DayCell[] }>();
  const all = { successes: 0, trials: 0 };
  for (const cell of cells) {
    if (cell.trials === 0) continue;
    let group = found.get(cell.group);
    if (group === undefined) found.set(cell.group, (group = { successes: 0, trials: 0, cells: [] }));
    group.successes += cell.successes;
    group.trials += cell.trials;
    group.cells.push(cell);
    all.successes += cell.successes;
    all.trials += cell.trials;
  }
  const mean = (all.successes + 0.5) / (all.trials + 1);
  return new Map(
    [...found].map(([name, group]) => {
      const p = (group.successes + mean) / (group.trials + 1);
      return [name, { ...group, variance: p * (1 - p) }];
    }),
  );
}

/**
 * The variance of the days' effects from the residuals after the groups' rates were fitted: the sum of their squares over its
 * expectation.
 */
function measureOf(groups: ReadonlyMap<number, Group>, days: ReadonlyMap<number, number>, dispersion: number): Measure {
  const count = days.size;
  const residuals = new Float64Array(count);
  const matrix = new Float64Array(count * count);
  let information = 0;
  for (const { successes, trials, variance, cells } of groups.values()) {
    information += trials * variance;
    const places = Int32Array.from(cells, ({ day }) => days.get(day) ?? 0);
    const counts = Float64Array.from(cells, ({ trials: n }) => n);
    for (const [i, { successes: y, trials: n }] of cells.entries()) {
      const place = at(places, i);
      residuals[place] = at(residuals, place) + y - (successes / trials) * n;
      const row = place * count;
      matrix[row + place] = at(matrix, row + place) + n * variance;
      const factor = (n * variance) / trials;
      for (let j = 0; j < places.length; j++) {
        const index = row + at(places, j);
        matrix[index] = at(matrix, index) - factor * at(counts, j);
      }
    }
  }
  let residual = 0;
  for (const value of residuals) residual += value * value;
  const [m1, m2, m3, m4] = tracesOf(matrix, count);
  if (!(m2 > 1e-9 * information ** 2)) return { variance: 0, likely: 0, slope: 0, scatter: 0, degrees: 0 };
  const variance = (residual - dispersion * m1) / m2;
  // A negative estimate, low by chance, would give too few degrees of freedom.
  const likely = Math.max(0, variance);
  const scatter = (2 * (dispersion ** 2 * m2 + 2 * dispersion * likely * m3 + likely ** 2 * m4)) / m2 ** 2;
  const degrees = (count / information) ** 2 * m2;
  return { variance, likely, slope: m1 / m2, scatter, degrees };
}

/** The traces of M, M², M³ and M⁴ of a symmetric matrix; the last two from the mean eigenvalue when it is large. */
function tracesOf(matrix: Float64Array, size: number): [number, number, number, number] {
  let [one, two, three, four] = [0, 0, 0, 0];
  for (let i = 0; i < size; i++) one += at(matrix, i * size + i);
  for (const value of matrix) two += value * value;
  if (size > EXACT_DAYS) return [one, two, (two * two) / one, two * (two / one) ** 2];
  for (let i = 0; i < size; i++) {
    for (let j = i; j < size; j++) {
      let product = 0;
      for (let k = 0; k < size; k++) product += at(matrix, i * size + k) * at(matrix, j * size + k);
      const times = i === j ? 1 : 2;
      three += times * product * at(matrix, i * size + j);
      four += times * product * product;
    }
  }
  return [one, two, three, four];
}

/** Pearson's dispersion of groups on days around levels of the groups and effects of the days. */
function dispersionOf(
  groups: ReadonlyMap<number, Group>,
  days: ReadonlyMap<number, number>,
): { dispersion: number; degrees: number } {
  const residuals = new Float64Array(days.size);
  const weights = new Float64Array(days.size);
  const parts = new Parts(days.size);
  let cellCount = 0;
  for (const { successes, trials, variance, cells } of groups.values()) {
    for (const { day, successes: y, trials: n } of cells) {
      const place = days.get(day) ?? 0;
      parts.join(days.get(cells[0]?.day ?? 0) ?? 0, place);
      residuals[place] = at(residuals, place) + y - (successes / trials) * n;
      weights[place] = at(weights, place) + n * variance;
      cellCount += 1;
    }
  }
  const degrees = cellCount - days.size - groups.size + parts.count;
  if (degrees < 1) return { dispersion: 1, degrees: 0 };
  let sum = 0;
  for (const { successes, trials, variance, cells } of groups.values()) {
    for (const { day, successes: y, trials: n } of cells) {
      const place = days.get(day) ?? 0;
      const expected = n * variance;
      sum += (y - (successes / trials) * n - (expected * at(residuals, place)) / at(weights, place)) ** 2 / expected;
    }
  }
  return { dispersion: Math.max(1, sum / degrees), degrees };
}

/** Days that a group links to each other are in one part (union-find). */
class Parts {
  readonly #parents: Int32Array;
  count: number;

  constructor(size: number) {
    this.#parents = Int32Array.from({ length: size }, (_, i) => i);
    this.count = size;
  }

  join(a: number, b: number): void {
    const [x, y] = [this.#find(a), this.#find(b)];
    if (x === y) return;
    this.#parents[x] = y;
    this.count -= 1;
  }

  #find(of: number): number {
    let place = of;
    while (at(this.#parents, place) !== place) {
      this.#parents[place] = at(this.#parents, at(this.#parents, place));
      place = at(this.#parents, place);
    }
    return place;
  }
}

/**
 * What an interval allows for. `days`: variation between days, and chance. `calls`: chance alone, as if all calls were
 * independent (Wilson), because there are too few days to measure more; such an interval says nothing about other days.
 */
export type IntervalMethod = "days" | "calls";

/** A rate with its interval, what the interval allows for, and the number of days with trials. */
export interface DayRateInterval extends RateInterval {
  readonly method: IntervalMethod;
  readonly days: number;
}

/** first.rate - second.rate with its interval. */
interface DayDifference {
  readonly difference: number;
  readonly low: number;
  readonly high: number;
  readonly confidence: number;
}

/** Groups by their numbers, or all groups except some. */
export type GroupSet = readonly number[] | { readonly but: readonly number[] };

/** How much days vary, measured from groups on days. */
export type DayVariation = Readonly<ReturnType<typeof dayVariation>>;

/** Degrees of freedom below which the variation between days counts as unknown; four equal days have three. */
const LEAST_DEGREES = 2.5;
/** No interval is narrower than with this share of the variance of independent calls. */
const LEAST_SHARE = 0.25;
/**
 * With fewer successes or failures than this, the days say nothing about chance: the interval is then no narrower than that of
 * independent calls.
 */
const LEAST_COUNT = 3;
/**
 * The variation between days, by a model of two levels: on the logit, each group has a level and each day an effect that all
 * groups share; given both, calls are binomial.
 *
 * The residuals of the days r (observed less expected from each group's own rate) have the covariance M + v M², where M is the
 * Fisher information of the days' effects after the groups' levels were fitted. So r'r measures the variance v without bias
 * (Henderson's method III; C. R. Henderson, Biometrics 9, 1953), also when groups were worked on different days. Scatter of the
 * groups beyond the common effect of the day widens all binomial variances (Pearson's dispersion; McCullagh and Nelder,
 * "Generalized Linear Models", section 4.5). When each group was worked on a day of its own, groups and days cannot be told
 * apart: the variation is then unknown (`degrees` 0).
 */
export function dayVariation(cells: readonly DayCell[]) {
  const days = indexOf(cells);
  const groups = groupsOf(cells);
  const count = days.size;
  const { dispersion, degrees: dispersionDegrees } = dispersionOf(groups, days);
  const measure = measureOf(groups, days, dispersion);
  const { variance, likely, slope, scatter } = measure;
  const isKnown = measure.degrees >= LEAST_DEGREES;

  /**
   * The quantile of Student's distribution for a variance made of `own` (binomial) and `shared` (from the variance of the days'
   * effects).
   */
  const quantileOf = (own: number, shared: number, confidence: number): number => {
    const p = 0.5 + confidence / 2;
    const total = dispersion * own + likely * shared;
    const error =
      (own - shared * slope) ** 2 * (dispersion > 1 ? (2 * dispersion ** 2) / dispersionDegrees : 0) + shared ** 2 * scatter;
    if (!(error > 0)) return normalQuantile(p);
    return studentQuantile(p, Math.max(1, (2 * total ** 2) / error));
  };

  const nobody = (): Sums => ({
    successes: 0,
    trials: 0,
    own: 0,
    effects: new Float64Array(count),
    worked: new Int32Array(count),
  });
  const add = (sums: Sums, group: Group, sign = 1): Sums => {
    sums.successes += sign * group.successes;
    sums.trials += sign * group.trials;
    sums.own += sign * group.trials * group.variance;
    for (const { day, trials: n } of group.cells) {
      const place = days.get(day) ?? 0;
      sums.effects[place] = at(sums.effects, place) + sign * n * group.variance;
      sums.worked[place] = at(sums.worked, place) + sign;
    }
    return sums;
  };
  const all = nobody();
  for (const group of groups.values()) add(all, group);
  const sumsOf = (set: GroupSet): Sums => {
    const [names, sign] = "but" in set ? [set.but, -1] : [set, 1];
    const sums = sign > 0 ? nobody() : { ...all, effects: Float64Array.from(all.effects), worked: Int32Array.from(all.worked) };
    for (const name of new Set(names)) {
      const group = groups.get(name);
      if (group !== undefined) add(sums, group, sign);
    }
    return sums;
  };
  const sideOf = ({ successes, trials, own, effects, worked }: Sums): Side => {
    let [shared, workedDays] = [0, 0];
    for (let i = 0; i < count; i++) {
      // A day that is subtracted again must leave nothing, not even a rounding error.
      const effect = at(worked, i) > 0 ? at(effects, i) / trials : 0;
      effects[i] = effect;
      shared += effect * effect;
      if (at(worked, i) > 0) workedDays += 1;
    }
    const most = Math.max(1, trials);
    return { successes, trials, effects, days: workedDays, own: own / most ** 2, shared, mean: own / most };
  };

  /** Wilson's interval with the side's variance at each rate in place of the binomial one. */
  const intervalOf = (side: Side, quantile: number): { low: number; high: number } => {
    const rate = side.successes / side.trials;
    const [own, shared] = [side.own / side.mean, side.shared / side.mean ** 2];
    const misfit = (p: number) => {
      const pq = p * (1 - p);
      const total = pq * Math.max(leastOf(side) * own, dispersion * own + variance * shared * pq);
      return (rate - p) ** 2 - quantile ** 2 * total;
    };
    return {
      low: side.successes === 0 ? 0 : root(misfit, rate, 0),
      high: side.successes === side.trials ? 1 : root(misfit, rate, 1),
    };
  };

  const rateAt = (side: Side, quantile: number, confidence: number): DayRateInterval => ({
    rate: side.successes / side.trials,
    ...intervalOf(side, quantile),
    numerator: side.successes,
    denominator: side.trials,
    confidence,
    method: "days",
    days: side.days,
  });

  return {
    days: count,
    /** Degrees of freedom of the variance: the number of days behind the measure. Below `LEAST_DEGREES` there are too few. */
    degrees: isKnown ? measure.degrees : 0,
    /** Variance of the days' effects on the logit; an unbiased estimate, which may be below 0. */
    variance,
    /** Scatter of a group's days around the effects that all groups of a day share; 1 when it is chance alone. */
    dispersion,
    /** The rate of the groups together, with an interval for their own day-to-day variation at most. */
    rate(names: GroupSet, confidence: number = 0.95): DayRateInterval {
      requireShare("confidence", confidence);
      const side = sideOf(sumsOf(names));
      if (!isKnown || side.trials === 0)
        return { ...wilsonInterval(side.successes, side.trials, confidence), method: "calls", days: side.days };
      return rateAt(side, quantileOf(side.own, side.shared, confidence), confidence);
    },
    /**
     * The difference of two disjoint sets of groups; null when there are too few days. Effects of days on which both were worked
     * cancel.
     */
    difference(firstNames: GroupSet, secondNames: GroupSet, confidence: number = 0.95): DayDifference | null {
      requireShare("confidence", confidence);
      const first = sideOf(sumsOf(firstNames));
      const second = sideOf(sumsOf(secondNames));
      if (!isKnown || first.trials === 0 || second.trials === 0) return null;
      let [shared, common] = [0, 0];
      for (let i = 0; i < count; i++) {
        const [a, b] = [at(first.effects, i), at(second.effects, i)];
        shared += (a - b) ** 2;
        common += a * b;
      }
      const quantile = quantileOf(first.own + second.own, shared, confidence);
      const total = (side: Side) => Math.max(leastOf(side) * side.own, dispersion * side.own + variance * side.shared);
      const correlation = Math.max(-1, Math.min(1, (variance * common) / Math.sqrt(total(first) * total(second))));
      const [one, two] = [intervalOf(first, quantile), intervalOf(second, quantile)];
      const [p, q] = [first.successes / first.trials, second.successes / second.trials];
      const reach = (a: number, b: number) => Math.sqrt(Math.max(0, a * a + b * b - 2 * correlation * a * b));
      return {
        difference: p - q,
        low: p - q - reach(p - one.low, two.high - q),
        high: p - q + reach(one.high - p, q - two.low),
        confidence,
      };
    },
  };
}

/** Sums over groups; `effects` and `worked` by the index of the day. */
interface Sums {
  successes: number;
  trials: number;
  own: number;
  readonly effects: Float64Array;
  /** Number of the groups that were worked on each day. */
  readonly worked: Int32Array;
}

/** A set of groups as one: its variance is `dispersion * own + variance * shared`. */
interface Side {
  readonly successes: number;
  readonly trials: number;
  /** How far the effect of each day moves the rate. */
  readonly effects: Float64Array;
  readonly days: number;
  readonly own: number;
  readonly shared: number;
  /** p (1 - p), averaged over the groups by their trials. */
  readonly mean: number;
}

/** The smallest allowed variance, as a share of the variance of independent calls. */
function leastOf({ successes, trials }: Side): number {
  return Math.min(successes, trials - successes) < LEAST_COUNT ? 1 : LEAST_SHARE;
}

/** Where `f`, negative at `inside`, reaches 0 on the way to `end`; `end` when it does not. */
function root(f: (x: number) => number, inside: number, end: number): number {
  let [near, far] = [inside, end];
  for (let step = 0; step < 60; step++) {
    const middle = (near + far) / 2;
    if (f(middle) > 0) far = middle;
    else near = middle;
  }
  return (near + far) / 2;
}
