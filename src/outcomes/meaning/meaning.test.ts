import fc from "fast-check";
import { expect, test } from "vitest";
import { createRandom, differenceInterval } from "../../kernel/index.ts";
import { CATEGORIES } from "./category.ts";
import { compare } from "./comparison.ts";
import { conversionOf, documentedSummary, rateOf } from "./conversion.ts";
import { classify, DOCUMENTED_MAP } from "./outcome-map.ts";
import { type ReportedFigure, restatements } from "./restatement.ts";
import { Counter } from "./tally.ts";
import { trendOf } from "./trend.ts";

const codes = fc.oneof(
  fc.constantFrom("CONVERTED", "BUSY", "INTERESTED", "WRONG_NUMBER", "NOT_INTERESTED"),
  fc.string({ maxLength: 6 }),
);
const groups = fc.array(
  fc.record({ code: codes, calls: fc.integer({ min: 0, max: 1000 }), seconds: fc.integer({ min: 0, max: 9999 }) }),
);
const random = () => createRandom(1, "trend");

function tallyOf(rows: readonly { code: string; calls: number; seconds: number }[]): Counter {
  const tally = new Counter();
  for (const { code, calls, seconds } of rows) tally.add(classify(DOCUMENTED_MAP, code, 0), calls, seconds);
  return tally;
}

test("categories partition the calls; unmapped ones are among the neutral and never successes", () => {
  fc.assert(
    fc.property(groups, (rows) => {
      const tally = tallyOf(rows);
      const sum = (of: typeof rows) => of.reduce((total, row) => total + row.calls, 0);
      expect(CATEGORIES.reduce((total, category) => total + tally.counts[category], 0)).toBe(sum(rows));
      expect(tally.calls).toBe(sum(rows));
      expect(tally.counts.success).toBe(sum(rows.filter(({ code }) => code === "CONVERTED")));
      expect(tally.unmapped).toBeLessThanOrEqual(tally.counts.neutral);
      expect(tally.counts.neutral - tally.unmapped).toBe(sum(rows.filter(({ code }) => code === "BUSY")));
    }),
  );
});

test("tallies add up however calls are grouped, and the interval holds the rate", () => {
  fc.assert(
    fc.property(groups, groups, (some, more) => {
      const together = tallyOf([...some, ...more]);
      const added = tallyOf(some);
      added.addAll(tallyOf(more));
      expect(added).toEqual(together);
      const { rate, low, high, numerator, denominator } = conversionOf(together);
      expect(rate).toBe(denominator === 0 ? null : numerator / denominator);
      expect(low).toBeLessThanOrEqual(rate ?? 1);
      expect(high).toBeGreaterThanOrEqual(rate ?? 0);
    }),
  );
});

test.each([
  [0, 0, 0, "negative"],
  [15, 100, 15, "negative"],
  [1501, 10_000, 15.01, "positive"],
])("the documented word for %d of %d", (successes, calls, percent, word) => {
  const tally = new Counter();
  tally.add({ category: "success", mapped: true }, successes, 0);
  tally.add({ category: "neutral", mapped: false }, calls - successes, 0);
  const summary = documentedSummary(tally);
  expect(summary).toMatchObject({ total_calls: calls, performance_trend: word });
  expect(summary.conversion_rate_percent).toBeCloseTo(percent, 10);
  expect(summary.category_distribution).toEqual({ success: successes, warm: 0, cold: 0, neutral: calls - successes, failure: 0 });
});

const day = (n: number) => new Date(Date.UTC(2026, 0, 1 + n)).toISOString().slice(0, 10);

test("a rise is seen, with its slope a day over the calendar, also across days without calls", () => {
  const days = Array.from({ length: 30 }, (_, n) => ({
    day: day(n),
    calls: n % 7 > 4 ? 0 : 1000,
    successes: n % 7 > 4 ? 0 : 100 + 4 * n,
  }));
  const trend = trendOf(days, random());
  expect(trend).toMatchObject({ verdict: "rising", days: 22, calls: 22_000 });
  expect(trend.slope?.perDay).toBeCloseTo(0.004, 10);
  expect(
    trendOf(
      days.map((one) => ({ ...one, successes: one.calls - one.successes })),
      random(),
    ).verdict,
  ).toBe("falling");
});

test("a jump is dated", () => {
  const days = Array.from({ length: 20 }, (_, n) => ({ day: day(n), calls: 500, successes: (n < 12 ? 50 : 90) + (n % 3) }));
  const [change, ...more] = trendOf(days, random()).changes;
  expect(more).toEqual([]);
  expect(change?.day).toBe(day(12));
  expect(change?.before.denominator).toBe(6000);
  expect(change?.pValue).toBeLessThan(0.01);
});

test("what does not move has no trend, and little says too few", () => {
  const flat = (length: number, calls: number) => Array.from({ length }, (_, n) => ({ day: day(n), calls, successes: n % 2 }));
  expect(trendOf(flat(14, 50), random())).toMatchObject({ verdict: "none shown", changes: [] });
  expect(trendOf(flat(6, 5000), random())).toMatchObject({ verdict: "too few", slope: null });
  expect(trendOf(flat(14, 7), random())).toMatchObject({ verdict: "too few", calls: 98 });
  expect(trendOf([], random()).verdict).toBe("too few");
});

const cohort = (name: string, successes: number, calls: number) => {
  const tally = new Counter();
  tally.add({ category: "success", mapped: true }, successes, 0);
  tally.add({ category: "cold", mapped: true }, calls - successes, 0);
  return { name, tally };
};

test("a comparison has the difference with Newcombe's interval", () => {
  const result = compare(cohort("a", 200, 1000), cohort("b", 150, 1000));
  const { difference, low, high } = differenceInterval(200, 1000, 150, 1000);
  expect(result).toMatchObject({
    verdict: "higher",
    difference: { value: difference, low, high, confidence: 0.95 },
    minimum: 100,
  });
  expect(compare(cohort("b", 150, 1000), cohort("a", 200, 1000)).verdict).toBe("lower");
  expect(compare(cohort("a", 16, 100), cohort("b", 15, 100)).verdict).toBe("none shown");
  expect(compare(cohort("a", 50, 99), cohort("b", 1, 1000))).toMatchObject({ verdict: "too few", difference: null });
  expect(compare(cohort("a", 0, 0), cohort("b", 0, 0), { minimum: 0 })).toMatchObject({ verdict: "too few" });
});

test("many comparisons at once are each held to a stricter level", () => {
  const one = compare(cohort("a", 185, 1000), cohort("b", 150, 1000));
  const ten = compare(cohort("a", 185, 1000), cohort("b", 150, 1000), { comparisons: 10 });
  expect(one.verdict).toBe("higher");
  expect(ten).toMatchObject({ verdict: "none shown", difference: { confidence: 0.995 } });
});

const figure = fc.record({
  scope: fc.constantFrom("a", "b"),
  from: fc.integer({ min: 0, max: 3 }),
  to: fc.integer({ min: 4, max: 6 }),
  definition: fc.constantFrom("documented-1", "acme#1"),
  calls: fc.integer({ min: 0, max: 2 }),
  counts: fc.record({
    success: fc.integer({ min: 0, max: 1 }),
    warm: fc.constant(0),
    cold: fc.integer({ min: 0, max: 1 }),
    neutral: fc.constant(0),
    failure: fc.constant(0),
  }),
  reportedAt: fc.integer({ min: 0, max: 1000 }),
});
const key = ({ scope, from, to, definition }: ReportedFigure) => `${scope} ${from} ${to} ${definition}`;

test("restatements are exactly the figures whose latest earlier report said something else", () => {
  const reports = fc.uniqueArray(figure, { selector: ({ reportedAt }) => reportedAt });
  const current = fc.uniqueArray(figure, { selector: key });
  fc.assert(
    fc.property(reports, current, (earlier, now) => {
      const found = restatements(earlier, now);
      for (const one of now) {
        const before = earlier.filter((other) => key(other) === key(one)).sort((a, b) => b.reportedAt - a.reportedAt)[0];
        const differs =
          before !== undefined && JSON.stringify([before.calls, before.counts]) !== JSON.stringify([one.calls, one.counts]);
        expect(found.filter(({ now }) => now === one)).toEqual(differs ? [{ was: before, now: one }] : []);
      }
    }),
  );
});

test("a share of nothing has no rate", () => {
  expect(rateOf(0, 0)).toMatchObject({ rate: null, low: 0, high: 1 });
});
