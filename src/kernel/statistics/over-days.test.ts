import fc from "fast-check";
import { expect, test } from "vitest";
import { type DayCell, dayVariation, ratioInterval, StatisticsError, wilsonInterval } from "../index.ts";

const cell = fc
  .record({
    group: fc.integer({ min: 0, max: 4 }),
    day: fc.integer({ min: 0, max: 9 }),
    trials: fc.integer({ min: 0, max: 300 }),
  })
  .chain((one) => fc.integer({ min: 0, max: one.trials }).map((successes): DayCell => ({ ...one, successes })));
/** One cell for each group and day at most. */
const cells = fc.uniqueArray(cell, { selector: ({ group, day }) => `${group} ${day}`, maxLength: 40 });

test("on equal days a rate has the variance that the days' own rates show, with a degree of freedom less than days", () => {
  const successes = [120, 80, 105, 140, 60, 99, 96];
  const variation = dayVariation(successes.map((s, day) => ({ group: 0, day, successes: s, trials: 1000 })));
  expect(variation.degrees).toBeCloseTo(6, 9);
  expect(variation.dispersion).toBe(1);
  const found = variation.rate([0]);
  const ratio = ratioInterval(
    successes,
    successes.map(() => 1000),
  );
  expect(found).toMatchObject({ rate: 0.1, numerator: 700, denominator: 7000, method: "days", days: 7, confidence: 0.95 });
  // The same width as Student's interval of the days' rates; bent towards the middle, as a score interval is.
  expect((found.high - found.low) / (ratio.high - ratio.low)).toBeCloseTo(1, 1);
  const { low, high } = wilsonInterval(700, 7000);
  expect(found.high - found.low).toBeGreaterThan(2 * (high - low));
});

test("the variance of the days' effects is that of the logits, less chance", () => {
  // Effects of +0.4 and -0.4 around 0.5, many calls: the variance is 0.16, and of eight such days 8/7 of it.
  const odd = (sign: number) => 1e6 / (1 + Math.exp(-0.4 * sign));
  const days = Array.from({ length: 8 }, (_, day) => ({ group: 0, day, successes: odd(day % 2 === 0 ? 1 : -1), trials: 1e6 }));
  expect(dayVariation(days).variance).toBeCloseTo(((0.4 * 0.4 * 8) / 7) * 0.974, 2);
  expect(dayVariation(days.map((one) => ({ ...one, successes: 5e5 }))).variance).toBeLessThan(0);
});

test("groups worked on the same days are compared within the days: what both had on a day cancels", () => {
  const days = [0.05, 0.2, 0.1, 0.15, 0.08, 0.22, 0.12].flatMap((rate, day) => [
    { group: 0, day, successes: Math.round(1000 * rate), trials: 1000 },
    { group: 1, day, successes: Math.round(1000 * rate) + 60, trials: 1000 },
  ]);
  const variation = dayVariation(days);
  const same = variation.difference([1], [0]);
  const [one, other] = [variation.rate([1]), variation.rate([0])];
  expect(same?.low).toBeGreaterThan(0);
  expect((same?.high ?? 1) - (same?.low ?? 0)).toBeLessThan(0.5 * Math.hypot(one.high - one.low, other.high - other.low));
  // The same figures, each group on days of its own: nothing can be said.
  const apart = dayVariation(days.map((cell) => ({ ...cell, day: cell.day + 100 * cell.group })));
  const found = apart.difference([1], [0]);
  expect(found?.low).toBeLessThan(0);
  expect(found?.high).toBeGreaterThan(0);
});

test("where each group has a day of its own, and on three days or fewer, the variation is unknown", () => {
  const own = dayVariation([0, 1, 2, 3, 4, 5].map((day) => ({ group: day, day, successes: 10 * day, trials: 100 })));
  expect(own.degrees).toBe(0);
  expect(own.difference([0], { but: [0] })).toBeNull();
  const { low, high } = wilsonInterval(20, 100);
  expect(own.rate([2])).toMatchObject({ method: "calls", days: 1, low, high });
  const three = (count: number) =>
    dayVariation(Array.from({ length: count }, (_, day) => ({ group: 0, day, successes: 10 + day, trials: 100 })));
  expect(three(3).rate([0]).method).toBe("calls");
  expect(three(4).rate([0]).method).toBe("days");
});

test("without a success on any day the interval is no narrower than that of independent calls", () => {
  const none = dayVariation([0, 1, 2, 3, 4, 5, 6].map((day) => ({ group: 0, day, successes: 0, trials: 100 })));
  const { low, high } = none.rate([0]);
  expect(low).toBe(0);
  expect(high).toBeGreaterThanOrEqual(wilsonInterval(0, 700).high);
});

test("intervals hold their rate and stay within 0 and 1; a difference changes its sign with its sides", () => {
  fc.assert(
    fc.property(cells, fc.constantFrom(0.8, 0.95, 0.999), (given, confidence) => {
      const variation = dayVariation(given);
      const groups = [...new Set(given.filter(({ trials }) => trials > 0).map(({ group }) => group))];
      for (const group of groups) {
        const { rate, low, high, denominator } = variation.rate([group], confidence);
        expect(low).toBeGreaterThanOrEqual(0);
        expect(low).toBeLessThanOrEqual(rate);
        expect(high).toBeGreaterThanOrEqual(rate);
        expect(high).toBeLessThanOrEqual(1);
        expect(denominator).toBe(given.filter((one) => one.group === group).reduce((sum, { trials }) => sum + trials, 0));
        const rest = variation.difference([group], { but: [group] }, confidence);
        const back = variation.difference({ but: [group] }, [group], confidence);
        if (rest === null || back === null) continue;
        expect(rest.low).toBeLessThanOrEqual(rest.difference + 1e-12);
        expect(rest.low).toBeCloseTo(-back.high, 9);
      }
    }),
  );
});

test("the order of the cells, the numbers of groups and days, and splitting a day's calls do not matter", () => {
  fc.assert(
    fc.property(cells, (given) => {
      const one = dayVariation(given);
      const other = dayVariation(given.map((cell) => ({ ...cell, group: 9 - cell.group, day: 50 - 3 * cell.day })).toReversed());
      expect(other.variance).toBeCloseTo(one.variance, 6);
      expect(other.rate([9]).high).toBeCloseTo(one.rate([0]).high, 6);
    }),
  );
});

test("what cannot be is refused", () => {
  const one = { group: 0, day: 0, successes: 1, trials: 2 };
  expect(() => dayVariation([{ ...one, successes: 3 }])).toThrow(StatisticsError);
  expect(() => dayVariation([{ ...one, day: 0.5 }])).toThrow(/whole numbers/);
  expect(() => dayVariation([one]).rate([0], 1)).toThrow(StatisticsError);
  expect(dayVariation([]).rate([0])).toMatchObject({ method: "calls", denominator: 0, low: 0, high: 1 });
});
