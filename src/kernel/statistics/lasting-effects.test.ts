import fc from "fast-check";
import { expect, test } from "vitest";
import { createRandom, lastingTrend, levelShifts, normalQuantile, type RandomStream, StatisticsError } from "../index.ts";

/** Successes of a binomial draw. */
function draw(trials: number, rate: number, stream: RandomStream): number {
  let successes = 0;
  for (let i = 0; i < trials; i++) if (stream.next() < rate) successes += 1;
  return successes;
}

const series = (successes: readonly number[], trials: number) => successes.map((s, day) => ({ day, successes: s, trials }));

test("one plain change is found where it is", () => {
  const [change, ...more] = levelShifts(series([20, 21, 19, 20, 22, 18, 20, 40, 41, 39, 42, 38], 100));
  expect(more).toEqual([]);
  expect(change?.index).toBe(7);
  expect(change?.pValue).toBeLessThanOrEqual(0.01);
});

test("several changes are found in order", () => {
  const rates = [...Array(15).fill(0.1), ...Array(15).fill(0.3), ...Array(15).fill(0.15)] as number[];
  const stream = createRandom(3, "days");
  expect(
    levelShifts(
      series(
        rates.map((rate) => draw(500, rate, stream)),
        500,
      ),
    ).map(({ index }) => index),
  ).toEqual([15, 30]);
});

test("where nothing changes, a change is found no more often than alpha says, even when days scatter more than chance", () => {
  const stream = createRandom(5, "null");
  let alarms = 0;
  const runs = 200;
  for (let i = 0; i < runs; i++) {
    const days = series(
      Array.from({ length: 20 }, () => draw(60, 0.1 + 0.2 * stream.next(), stream)),
      60,
    );
    if (levelShifts(days).length > 0) alarms += 1;
  }
  // Three standard errors of a share of 0.05 of 200.
  expect(alarms / runs).toBeLessThan(0.05 + 3 * Math.sqrt((0.05 * 0.95) / runs));
});

test("effects that last for days are no trend and no new level, nine times in ten at least", () => {
  const stream = createRandom(7, "lasting");
  const normal = () => normalQuantile((stream.int(1e6) + 0.5) / 1e6);
  const wrong = { trend: 0, level: 0 };
  const runs = 200;
  for (let i = 0; i < runs; i++) {
    let effect = 0.2 * normal();
    const days = series(
      Array.from({ length: 21 }, () => {
        effect = 0.6 * effect + 0.16 * normal();
        return draw(500, 1 / (1 + Math.exp(2 - effect)), stream);
      }),
      500,
    );
    const { low, high } = lastingTrend(days);
    if (low > 0 || high < 0) wrong.trend += 1;
    if (levelShifts(days).length > 0) wrong.level += 1;
  }
  expect(wrong.trend / runs).toBeLessThan(0.1);
  expect(wrong.level / runs).toBeLessThan(0.1);
});

test("equal days, empty days and too few days have no change", () => {
  expect(levelShifts(series(Array(10).fill(5) as number[], 50))).toEqual([]);
  expect(levelShifts(series([0, 0, 50, 50, 50], 50))).toEqual([]);
  expect(levelShifts([])).toEqual([]);
});

test("a line through the days is that line, across days without calls too", () => {
  const days = [0, 1, 2, 5, 6, 9, 14].map((day) => ({ day, successes: 100 + 4 * day, trials: 1000 }));
  const { slope, low, high } = lastingTrend(days);
  expect(slope).toBeCloseTo(0.004, 12);
  expect(low).toBeGreaterThan(0);
  expect(high).toBeGreaterThan(slope);
});

test("turned around in time, or failures for successes, the slope changes its sign", () => {
  const day = fc.integer({ min: 1, max: 400 }).chain((n) => fc.tuple(fc.integer({ min: 0, max: n }), fc.constant(n)));
  fc.assert(
    fc.property(fc.array(day, { minLength: 3, maxLength: 20 }), (counts) => {
      const days = counts.map(([successes, trials], i) => ({ day: i, successes, trials }));
      const { slope, low, high } = lastingTrend(days);
      expect(low).toBeLessThanOrEqual(slope);
      expect(high).toBeGreaterThanOrEqual(slope);
      const back = lastingTrend(days.toReversed().map((one, i) => ({ ...one, day: i })));
      const failed = lastingTrend(days.map((one) => ({ ...one, successes: one.trials - one.successes })));
      for (const turned of [back, failed]) {
        expect(turned.slope).toBeCloseTo(-slope, 9);
        expect(turned.low).toBeCloseTo(-high, 7);
      }
    }),
    { numRuns: 50 },
  );
});

test("what cannot be is refused by name", () => {
  expect(() => levelShifts([{ day: 0, successes: 2, trials: 1 }])).toThrow(StatisticsError);
  expect(() => levelShifts(series([1, 1], 0))).toThrow(StatisticsError);
  expect(() => levelShifts([], { least: 0.5 })).toThrow(/least is 0.5/);
  expect(() => lastingTrend(series([1, 2], 5))).toThrow(/needed are 3/);
});
