// The effects of days on the rates of groups: their variance, and how groups scatter around them. See `dayVariation`.

import { at, requireCounts, StatisticsError } from "./arguments.ts";

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
export interface Group {
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
export function indexOf(cells: readonly DayCell[]): ReadonlyMap<number, number> {
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
export function groupsOf(cells: readonly DayCell[]): ReadonlyMap<number, Group> {
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
export function measureOf(groups: ReadonlyMap<number, Group>, days: ReadonlyMap<number, number>, dispersion: number): Measure {
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
export function dispersionOf(
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
