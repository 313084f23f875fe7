import fc from "fast-check";
import { expect, test } from "vitest";
import { createRandom, differenceInterval, meanInterval, ratioInterval, StatisticsError, wilsonInterval } from "../index.ts";

const counts = fc
  .integer({ min: 1, max: 5000 })
  .chain((trials) => fc.tuple(fc.integer({ min: 0, max: trials }), fc.constant(trials)));

test.each([
  [81, 263, 0.2553, 0.3662],
  [15, 148, 0.0624, 0.1605],
  [0, 20, 0, 0.1611],
  [1, 29, 0.0061, 0.1718],
])("Wilson's interval of %d/%d (Newcombe 1998, two-sided intervals for the single proportion, table I)", (k, n, low, high) => {
  const interval = wilsonInterval(k, n);
  expect(interval.low).toBeCloseTo(low, 4);
  expect(interval.high).toBeCloseTo(high, 4);
  expect(interval).toMatchObject({ numerator: k, denominator: n, confidence: 0.95, rate: k / n });
});

test("Wilson's interval holds the rate, stays within 0 and 1, mirrors, and narrows with more trials", () => {
  fc.assert(
    fc.property(counts, fc.constantFrom(0.8, 0.95, 0.99), ([k, n], confidence) => {
      const interval = wilsonInterval(k, n, confidence);
      expect(interval.low).toBeGreaterThanOrEqual(0);
      expect(interval.high).toBeLessThanOrEqual(1);
      expect(interval.low).toBeLessThanOrEqual(interval.rate);
      expect(interval.high).toBeGreaterThanOrEqual(interval.rate);
      expect(wilsonInterval(n - k, n, confidence).high).toBeCloseTo(1 - interval.low, 12);
      const more = wilsonInterval(4 * k, 4 * n, confidence);
      expect(more.high - more.low).toBeLessThan(interval.high - interval.low);
    }),
  );
});

test("no trials say nothing", () => {
  expect(wilsonInterval(0, 0)).toMatchObject({ low: 0, high: 1, rate: Number.NaN });
  expect(differenceInterval(0, 0, 3, 10)).toMatchObject({ difference: Number.NaN, high: 1 - wilsonInterval(3, 10).low });
});

test.each([
  [56, 70, 48, 80, 0.0524, 0.3339],
  [9, 10, 3, 10, 0.1705, 0.809],
  [5, 56, 0, 29, -0.0381, 0.1926],
  [0, 10, 0, 20, -0.1611, 0.2775],
  [10, 10, 0, 20, 0.6791, 1],
])("difference of %d/%d and %d/%d (Newcombe 1998, table II, method 10)", (k1, n1, k2, n2, low, high) => {
  const interval = differenceInterval(k1, n1, k2, n2);
  expect(interval.low).toBeCloseTo(low, 4);
  expect(interval.high).toBeCloseTo(high, 4);
});

test("a difference changes its sign with its sides", () => {
  fc.assert(
    fc.property(counts, counts, (a, b) => {
      const forward = differenceInterval(...a, ...b);
      const backward = differenceInterval(...b, ...a);
      expect(forward.low).toBeCloseTo(-backward.high, 12);
      expect(forward.difference).toBeCloseTo(-backward.difference, 12);
    }),
  );
});

test("Student's interval of a mean", () => {
  // 2.7764 is t(0.975, 4); the standard deviation is sqrt(2.5).
  const { mean, low, high, standardError, count } = meanInterval([1, 2, 3, 4, 5]);
  expect([mean, count]).toEqual([3, 5]);
  expect(standardError).toBeCloseTo(Math.sqrt(0.5), 12);
  expect(low).toBeCloseTo(3 - 2.7764451 * Math.sqrt(0.5), 6);
  expect(high).toBeCloseTo(3 + 2.7764451 * Math.sqrt(0.5), 6);
  expect(meanInterval([4])).toMatchObject({ mean: 4, low: Number.NEGATIVE_INFINITY, high: Number.POSITIVE_INFINITY });
});

test("a ratio over replications covers the true rate although each replication has a rate of its own", () => {
  let [honest, naive] = [0, 0];
  for (let seed = 1; seed <= 300; seed++) {
    const random = createRandom(seed, "ratio");
    const numerators = new Float64Array(20);
    const denominators = new Float64Array(20);
    for (let i = 0; i < 20; i++) {
      const trials = 200 + random.int(400);
      const rate = 0.01 + 0.04 * random.next();
      let successes = 0;
      for (let n = 0; n < trials; n++) if (random.next() < rate) successes += 1;
      numerators[i] = successes;
      denominators[i] = trials;
    }
    const ratio = ratioInterval(numerators, denominators);
    const wilson = wilsonInterval(ratio.numerator, ratio.denominator);
    if (ratio.low <= 0.03 && 0.03 <= ratio.high) honest += 1;
    if (wilson.low <= 0.03 && 0.03 <= wilson.high) naive += 1;
    expect(ratio.rate).toBe(ratio.numerator / ratio.denominator);
  }
  expect(honest / 300).toBeGreaterThan(0.91);
  expect(naive).toBeLessThan(honest);
});

test("with equal denominators a ratio is a mean; one pair and an empty denominator say nothing", () => {
  const ratio = ratioInterval([1, 2, 3, 6], [10, 10, 10, 10]);
  const mean = meanInterval([0.1, 0.2, 0.3, 0.6]);
  expect(ratio.rate).toBeCloseTo(mean.mean, 12);
  expect(ratio.low).toBeCloseTo(mean.low, 12);
  expect(ratioInterval([1], [10])).toMatchObject({ rate: 0.1, high: Number.POSITIVE_INFINITY });
  expect(ratioInterval([0, 0], [0, 0])).toMatchObject({ rate: Number.NaN, high: Number.POSITIVE_INFINITY });
});

test.each([
  () => wilsonInterval(5, 4),
  () => wilsonInterval(1, 2, 1),
  () => meanInterval([]),
  () => meanInterval([1, Number.NaN]),
  () => ratioInterval([1, 2], [1]),
])("what cannot be used is refused: %s", (call) => {
  expect(call).toThrow(StatisticsError);
});
