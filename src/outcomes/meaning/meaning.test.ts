import fc from "fast-check";
import { expect, test } from "vitest";
import { trendOf } from "../report/build.ts";
import { CATEGORIES } from "./category.ts";
import { type Contest, compareAll } from "./comparison.ts";
import { conversionOfDay, dailyGroups, documentedSummary, rateOfCalls, rateOfDays, shareOfDays } from "./conversion.ts";
import { classify, DOCUMENTED_MAP } from "./outcome-map.ts";
import { type ReportedFigure, restatements } from "./restatement.ts";
import { Counter } from "./tally.ts";

const codes = fc.oneof(
  fc.constantFrom("CONVERTED", "BUSY", "INTERESTED", "WRONG_NUMBER", "NOT_INTERESTED"),
  fc.string({ maxLength: 6 }),
);
const groups = fc.array(
  fc.record({ code: codes, calls: fc.integer({ min: 0, max: 1000 }), seconds: fc.integer({ min: 0, max: 9999 }) }),
);

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

test("tallies are the same in whatever order calls come, and the interval holds the rate", () => {
  fc.assert(
    fc.property(groups, groups, (some, more) => {
      const together = tallyOf([...some, ...more]);
      expect(tallyOf([...more, ...some])).toEqual(together);
      const { rate, low, high, numerator, denominator } = conversionOfDay(together);
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
  const summary = documentedSummary(tally, true);
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
  const trend = trendOf(days);
  expect(trend).toMatchObject({ verdict: "rising", days: 22, calls: 22_000 });
  expect(trend.slope?.perDay).toBeCloseTo(0.004, 10);
  expect(trendOf(days.map((one) => ({ ...one, successes: one.calls - one.successes }))).verdict).toBe("falling");
});

test("a jump is dated", () => {
  const days = Array.from({ length: 20 }, (_, n) => ({ day: day(n), calls: 500, successes: (n < 12 ? 50 : 90) + (n % 3) }));
  const [change, ...more] = trendOf(days).changes;
  expect(more).toEqual([]);
  expect(change?.day).toBe(day(12));
  expect(change?.before.denominator).toBe(6000);
  expect(change?.pValue).toBeLessThan(0.01);
});

test("what does not move has no trend, and little says too few", () => {
  const flat = (length: number, calls: number) => Array.from({ length }, (_, n) => ({ day: day(n), calls, successes: n % 2 }));
  expect(trendOf(flat(14, 50))).toMatchObject({ verdict: "none shown", changes: [] });
  expect(trendOf(flat(6, 5000))).toMatchObject({ verdict: "too few", slope: null });
  expect(trendOf(flat(14, 7))).toMatchObject({ verdict: "too few", calls: 98 });
  expect(trendOf([]).verdict).toBe("too few");
});

/** Days of so many calls with these successes, from day `from` on. */
const daysOf = (calls: number, successes: readonly number[], from = 0) =>
  new Map(successes.map((some, n) => [day(from + n), { calls, successes: some }]));
const contest = (first: ReturnType<typeof daysOf>, second: ReturnType<typeof daysOf>): Contest => {
  const { variation, number } = dailyGroups(new Map([["a", first] as const, ["b", second] as const]));
  return { variation, first: { name: "a", groups: [number("a")] }, second: { name: "b", groups: [number("b")] } };
};
const week = [20, 24, 17, 21, 19, 23, 16];
const lower = week.map((successes) => successes - 6);

test("a comparison of the same days has the difference within the days", () => {
  const [result] = compareAll([contest(daysOf(100, week), daysOf(100, lower))]);
  expect(result).toMatchObject({
    verdict: "higher",
    difference: { confidence: 0.95, comparisons: 1, together: 0.95 },
    minimum: 100,
  });
  expect(result?.difference?.value).toBeCloseTo(0.06, 12);
  expect(result?.first.conversion).toMatchObject({ numerator: 140, denominator: 700, method: "days", days: 7 });
  const verdict = (...sides: Parameters<typeof contest>) => compareAll([contest(...sides)])[0]?.verdict;
  expect(verdict(daysOf(100, lower), daysOf(100, week))).toBe("lower");
  expect(verdict(daysOf(100, week), daysOf(100, week.toReversed()))).toBe("none shown");
});

test("too few calls and too few days are told apart", () => {
  const verdict = (minimum: number | undefined, ...sides: Parameters<typeof contest>) =>
    compareAll([contest(...sides)], { minimum })[0];
  expect(verdict(undefined, daysOf(14, [9, 9, 9, 9, 9, 9, 9]), daysOf(100, week))).toMatchObject({
    verdict: "too few",
    difference: null,
  });
  expect(verdict(0, daysOf(100, []), daysOf(100, []))).toMatchObject({ verdict: "too few" });
  // Two days against two others.
  expect(verdict(undefined, daysOf(500, [100, 110]), daysOf(500, [50, 55], 2))).toMatchObject({
    verdict: "too few days",
    difference: null,
    first: { conversion: { method: "calls", days: 2 } },
  });
});

test("days that vary are no difference: disjoint weeks are compared by how their days scatter", () => {
  const [calm] = compareAll([
    contest(daysOf(1000, [150, 151, 149, 150, 152, 148, 150]), daysOf(1000, [120, 121, 119, 120, 122, 118, 120], 7)),
  ]);
  const [wild] = compareAll([
    contest(daysOf(1000, [100, 200, 150, 110, 190, 150, 150]), daysOf(1000, [80, 160, 120, 90, 150, 120, 120], 7)),
  ]);
  expect(calm?.verdict).toBe("higher");
  expect(wild).toMatchObject({ verdict: "none shown", difference: { value: calm?.difference?.value } });
});

test("all comparisons of a report are held to a level at which they hold together", () => {
  const clear = contest(
    daysOf(
      300,
      week.map((s) => 3 * s),
    ),
    daysOf(
      300,
      week.map((s) => 3 * s - 10),
    ),
  );
  const few = contest(daysOf(1, [0]), daysOf(1, [0], 1));
  expect(compareAll([clear])[0]?.verdict).toBe("higher");
  const many = compareAll([...Array.from({ length: 1000 }, () => clear), few]);
  expect(many[0]).toMatchObject({ verdict: "none shown", difference: { comparisons: 1000, together: 0.95 } });
  expect(many[0]?.difference?.confidence).toBeCloseTo(0.99995, 12);
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

test("what came on one of several days alone has a share and no interval", () => {
  const days = (...successes: readonly number[]) =>
    new Map(successes.map((count, i) => [`day ${i}`, { calls: 500, successes: count }]));
  const once = [80, ...Array.from({ length: 29 }, () => 0)];
  expect(shareOfDays(days(...once))).toEqual({
    rate: 80 / 15_000,
    low: 0,
    high: 1,
    numerator: 80,
    denominator: 15_000,
    confidence: 0.95,
    method: "none",
    days: 30,
  });
  // On two days it says something, and nobody's calls on no day say what they said.
  expect(shareOfDays(days(...once, 3)).method).toBe("days");
  expect(shareOfDays(days(0, 0, 0, 0, 0, 0))).toEqual(rateOfDays(days(0, 0, 0, 0, 0, 0)));
  expect(shareOfDays(days(80))).toEqual(rateOfDays(days(80)));
});

test("a share of nothing has no rate", () => {
  expect(rateOfCalls(0, 0, 0)).toMatchObject({ rate: null, low: 0, high: 1 });
  expect(rateOfDays(new Map())).toMatchObject({ rate: null, low: 0, high: 1, method: "calls", days: 0 });
});
