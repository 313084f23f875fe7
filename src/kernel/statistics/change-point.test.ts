import fc from "fast-check";
import { expect, test } from "vitest";
import { changePoints, createRandom, linearTrend, StatisticsError, weightedTrend } from "../index.ts";

const random = () => createRandom(1, "permutations");

/** Successes of a binomial draw. */
function draw(trials: number, rate: number, stream: ReturnType<typeof createRandom>): number {
  let successes = 0;
  for (let i = 0; i < trials; i++) if (stream.next() < rate) successes += 1;
  return successes;
}

test("one plain change is found where it is, with both levels", () => {
  const successes = [20, 21, 19, 20, 22, 18, 20, 40, 41, 39, 42, 38];
  const [change, ...more] = changePoints(
    successes,
    successes.map(() => 100),
    { random: random() },
  );
  expect(more).toEqual([]);
  expect(change).toMatchObject({
    index: 7,
    before: { numerator: 140, denominator: 700 },
    after: { numerator: 200, denominator: 500 },
  });
  expect(change?.pValue).toBeLessThanOrEqual(0.01);
  // Twice the log-likelihood ratio, written out.
  const l = (s: number, n: number) => s * Math.log(s / n) + (n - s) * Math.log(1 - s / n);
  expect(change?.statistic).toBeCloseTo(2 * (l(140, 700) + l(200, 500) - l(340, 1200)), 8);
});

test("several changes are found in order", () => {
  const rates = [...Array(15).fill(0.1), ...Array(15).fill(0.3), ...Array(15).fill(0.15)] as number[];
  const stream = createRandom(3, "days");
  const successes = rates.map((rate) => draw(500, rate, stream));
  const found = changePoints(
    successes,
    rates.map(() => 500),
    { random: random() },
  );
  expect(found.map(({ index }) => index)).toEqual([15, 30]);
  expect(found[0]?.after).toEqual(found[1]?.before);
});

test("where nothing changes, a change is found no more often than alpha says, even when days scatter more than chance", () => {
  const stream = createRandom(5, "null");
  let alarms = 0;
  const series = 300;
  for (let i = 0; i < series; i++) {
    const successes = Array.from({ length: 20 }, () => draw(60, 0.1 + 0.2 * stream.next(), stream));
    const found = changePoints(
      successes,
      successes.map(() => 60),
      { random: stream, permutations: 99 },
    );
    if (found.length > 0) alarms += 1;
  }
  // Three standard errors of a share of 0.05 of 300.
  expect(alarms / series).toBeLessThan(0.05 + 3 * Math.sqrt((0.05 * 0.95) / series));
  expect(alarms).toBeGreaterThan(0);
});

test("equal days, empty days and too few days have no change", () => {
  const flat = Array(10).fill(5) as number[];
  const of = (s: number[], n: number[]) => changePoints(s, n, { random: random() });
  expect(of(flat, Array(10).fill(50) as number[])).toEqual([]);
  expect(of(Array(10).fill(0) as number[], Array(10).fill(0) as number[])).toEqual([]);
  expect(of([0, 0, 50, 50, 50], [50, 50, 50, 50, 50])).toEqual([]);
  expect(of([], [])).toEqual([]);
});

test("the levels of found changes cover the series without gap or overlap", () => {
  const day = fc.integer({ min: 0, max: 40 }).chain((n) => fc.tuple(fc.integer({ min: 0, max: n }), fc.constant(n)));
  fc.assert(
    fc.property(fc.array(day, { maxLength: 30 }), (days) => {
      const found = changePoints(
        days.map(([s]) => s),
        days.map(([, n]) => n),
        { random: random(), permutations: 39 },
      );
      if (found.length === 0) return;
      const trials = (found[0]?.before.denominator ?? 0) + found.reduce((sum, change) => sum + change.after.denominator, 0);
      expect(trials).toBe(days.reduce((sum, [, n]) => sum + n, 0));
      for (const [i, { index, pValue }] of found.entries()) {
        expect(index).toBeGreaterThan(found[i - 1]?.index ?? 0);
        expect(pValue).toBeLessThanOrEqual(0.05);
      }
    }),
    { numRuns: 60 },
  );
});

test("counts that cannot be are refused by name", () => {
  expect(() => changePoints([1, 2], [1], { random: random() })).toThrow(/as many as trials/);
  expect(() => changePoints([2], [1], { random: random() })).toThrow(StatisticsError);
  expect(() => changePoints([1], [1], { random: random(), permutations: 0 })).toThrow(/permutations is 0/);
  expect(() => changePoints([1], [1], { random: random(), minimumPoints: 0.5 })).toThrow(/minimumPoints is 0.5/);
});

test("equal weights give the plain trend, and weight 0 leaves a point out", () => {
  const point = fc.double({ min: -100, max: 100, noNaN: true });
  fc.assert(
    fc.property(fc.array(point, { minLength: 3, maxLength: 20 }), fc.double({ min: 0.1, max: 50, noNaN: true }), (y, weight) => {
      const plain = linearTrend(y);
      const weighted = weightedTrend([...y, 1e6], [...y.map(() => weight), 0]);
      for (const name of ["intercept", "slope", "low", "high", "standardError", "count"] as const)
        expect(weighted[name]).toBeCloseTo(plain[name], 6);
    }),
  );
});

test("a weight counts as so many equal points for the line", () => {
  const repeated = linearTrend([1, 1, 1, 4, 4, 2], [0, 0, 0, 1, 1, 2]);
  const weighted = weightedTrend([1, 4, 2], [3, 2, 1]);
  expect(weighted.slope).toBeCloseTo(repeated.slope, 12);
  expect(weighted.intercept).toBeCloseTo(repeated.intercept, 12);
});

test("the interval of a weighted slope holds the true one as often as it says", () => {
  const stream = createRandom(11, "slopes");
  const trials = [40, 900, 120, 300, 60, 700, 200, 500, 80, 400];
  let held = 0;
  for (let i = 0; i < 400; i++) {
    const y = trials.map((n, day) => draw(n, 0.1 + 0.01 * day, stream) / n);
    const { low, high } = weightedTrend(y, trials);
    if (low <= 0.01 && 0.01 <= high) held += 1;
  }
  expect(held / 400).toBeGreaterThan(0.92);
  expect(held / 400).toBeLessThan(0.98);
});

test("weights that leave no two points are refused", () => {
  expect(() => weightedTrend([1, 2, 3], [0, 5, 0])).toThrow(/two different x/);
  expect(() => weightedTrend([1, 2], [1, -1])).toThrow(/weights\[1\] is -1/);
  expect(() => weightedTrend([1, 2], [1])).toThrow(StatisticsError);
  expect(weightedTrend([1, 2], [1, 3])).toMatchObject({ slope: 1, low: Number.NEGATIVE_INFINITY });
});
