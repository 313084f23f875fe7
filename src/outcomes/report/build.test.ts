import fc from "fast-check";
import { expect, test } from "vitest";
import { wilsonInterval } from "../../kernel/index.ts";
import { CATEGORIES } from "../meaning/category.ts";
import { compareAll } from "../meaning/comparison.ts";
import { localTime } from "../meaning/local-time.ts";
import { DOCUMENTED_MAP } from "../meaning/outcome-map.ts";
import { buildReport, figuresOf, tally } from "./build.ts";
import { allRead } from "./coverage.ts";
import type { Facts, ReportSource } from "./facts.ts";
import { reportSchema } from "./model.ts";
import { contestsOf, reportOutcomes } from "./report.ts";
import { type AskedScope, daysOf, type ReportScope } from "./scope.ts";

const at = (text: string) => Date.parse(text);
const asked: AskedScope = {
  campaigns: ["camp_1"],
  from: at("2026-03-07T05:00:00Z"),
  to: at("2026-03-10T04:00:00Z"),
  map: DOCUMENTED_MAP,
  time: localTime("America/New_York"),
};
const scope: ReportScope = { ...asked, coverage: allRead(asked) };
const now = at("2026-04-01T00:00:00Z");
const HOUR = 3_600_000;

const facts = fc
  .array(
    fc.record({
      hour: fc.integer({ min: 0, max: (scope.to - scope.from) / HOUR - 1 }),
      code: fc.oneof(fc.constantFrom("CONVERTED", "APPOINTMENT_SET", "BUSY", "INTERESTED"), fc.string()),
      calls: fc.integer({ min: 1, max: 500 }),
      seconds: fc.integer({ min: 0, max: 5000 }),
      agent: fc.option(fc.constantFrom("ann", "bob")),
    }),
    { maxLength: 40 },
  )
  .map((rows): Facts & { total: number; converted: number; seconds: number } => ({
    times: rows.map(({ hour, code, calls, seconds }) => ({ at: scope.from + hour * HOUR, era: 0, code, calls, seconds })),
    values: rows.map(({ agent, code, calls, seconds }) => ({
      dimension: "agent" as const,
      value: agent,
      era: 0,
      code,
      calls,
      seconds,
    })),
    days: rows.map(({ hour, agent, code, calls }) => ({
      dimension: "agent" as const,
      value: agent,
      day: scope.time.local(scope.from + hour * HOUR).day,
      calls,
      successes: ["CONVERTED", "APPOINTMENT_SET"].includes(code) ? calls : 0,
    })),
    total: rows.reduce((sum, { calls }) => sum + calls, 0),
    converted: rows
      .filter(({ code }) => ["CONVERTED", "APPOINTMENT_SET"].includes(code))
      .reduce((sum, { calls }) => sum + calls, 0),
    seconds: rows.reduce((sum, { seconds }) => sum + seconds, 0),
  }));

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);

test("a period of more than 1,100 days, or of years whose clocks cannot be read, is refused before anything is read", async () => {
  const source = {
    query: () => {
      throw new Error("the lake was asked");
    },
  } as unknown as ReportSource;
  const report = (from: string, to: string) => reportOutcomes(source, { ...scope, from: at(from), to: at(to) }, { now });
  await expect(report("2023-01-01T00:00:00Z", "2026-01-06T00:00:01Z")).rejects.toMatchObject({
    code: "invalid_input",
    message: "the period is 1102 days long; a report covers 1100 days at most",
  });
  await expect(report("0000-01-01T00:00:00Z", "0000-01-02T00:00:00Z")).rejects.toMatchObject({
    code: "invalid_input",
    message: "the period must be within the years 1900 to 2199",
  });
  await expect(report("2023-01-01T00:00:00Z", "2026-01-05T00:00:00Z")).rejects.toThrow("the lake was asked");
});

test("every grouping of a report adds up to all calls, and its figures follow from the counts", () => {
  fc.assert(
    fc.property(facts, (given) => {
      const report = buildReport(scope, tally(scope, given), { now });
      reportSchema.parse(report);
      reportSchema.parse(JSON.parse(JSON.stringify(report)));
      expect(report.calls).toBe(given.total);
      expect(report.conversion).toMatchObject({ numerator: given.converted, denominator: given.total });
      expect(report.averageSeconds).toBe(given.total === 0 ? null : given.seconds / given.total);
      expect(sum(report.categories.map(({ calls }) => calls ?? Number.NaN))).toBe(given.total);
      expect(sum(report.days.map(({ calls }) => calls ?? Number.NaN))).toBe(given.total);
      expect(sum(report.unmapped.codes.map(({ calls }) => calls))).toBe(report.unmapped.calls);
      for (const groups of [report.by.hour, report.by.weekday, report.by.agent]) {
        if (groups === undefined) continue;
        expect(sum(groups.map(({ calls }) => calls))).toBe(given.total);
        expect(sum(groups.map(({ counts }) => counts.success))).toBe(given.converted);
        for (const { calls, counts, conversion } of groups) {
          expect(sum(CATEGORIES.map((category) => counts[category]))).toBe(calls);
          expect(conversion.low).toBeLessThanOrEqual(conversion.rate ?? 1);
          expect(conversion.high).toBeGreaterThanOrEqual(conversion.rate ?? 0);
        }
      }
      expect(sum(report.by.code?.map(({ calls }) => calls) ?? [])).toBe(given.total);
    }),
  );
});

test("days and hours are those of the zone, through the change of the clock", () => {
  expect(daysOf(scope).map(({ day, from, to }) => [day, (to - from) / HOUR])).toEqual([
    ["2026-03-07", 24],
    ["2026-03-08", 23],
    ["2026-03-09", 24],
  ]);
  const one = (time: string) => ({ at: at(time), era: 0, code: "CONVERTED", calls: 1, seconds: 60 });
  const report = buildReport(
    scope,
    tally(scope, { times: [one("2026-03-08T06:00:00Z"), one("2026-03-08T07:00:00Z")], values: [], days: [] }),
    { now },
  );
  expect(report.days.map(({ calls }) => calls)).toEqual([0, 2, 0]);
  expect(report.by.hour?.map(({ value }) => value)).toEqual(["01", "03"]);
  expect(report.by.weekday?.map(({ value }) => value)).toEqual(["Sunday"]);
});

test("a column without any value is left out, and so is what was not asked for", () => {
  const given: Facts = {
    times: [],
    values: [
      { dimension: "agent", value: null, era: 0, code: "BUSY", calls: 3, seconds: 1 },
      { dimension: "attempt", value: "10", era: 0, code: "BUSY", calls: 3, seconds: 1 },
      { dimension: "attempt", value: null, era: 0, code: "BUSY", calls: 3, seconds: 1 },
      { dimension: "attempt", value: "9", era: 0, code: "BUSY", calls: 1, seconds: 1 },
    ],
    days: [],
  };
  const tallies = tally(scope, given);
  const report = buildReport(scope, tallies, { now });
  expect(report.by.agent).toBeUndefined();
  expect(report.by.attempt?.map(({ value }) => value)).toEqual(["9", "10", null]);
  expect(Object.keys(buildReport(scope, tallies, { now, by: ["attempt"] }).by)).toEqual(["attempt"]);
});

test("a changed meaning of a code within the period is shown, and each call is counted by its own time", () => {
  const map = {
    id: "two",
    eras: [
      {
        version: "old",
        from: Number.NEGATIVE_INFINITY,
        to: at("2026-03-08T05:00:00Z"),
        categories: new Map([["X", "success" as const]]),
      },
      {
        version: "new",
        from: at("2026-03-08T05:00:00Z"),
        to: Number.POSITIVE_INFINITY,
        categories: new Map([["X", "cold" as const]]),
      },
    ],
  };
  const changed = { ...scope, map };
  const rows = [0, 1].map((era) => ({ at: at(`2026-03-0${7 + era}T12:00:00Z`), era, code: "X", calls: 10, seconds: 0 }));
  const report = buildReport(changed, tally(changed, { times: rows, values: [], days: [] }), { now });
  expect(report.conversion).toMatchObject({ numerator: 10, denominator: 20 });
  expect(report.by.code).toMatchObject([{ code: "X", categories: ["success", "cold"], calls: 20 }]);
  expect(report.definition.eras).toMatchObject([
    { version: "old", from: null, success: ["X"] },
    { version: "new", to: null, success: [] },
  ]);
});

test("each value is compared with all others, at a level that holds for all at once", () => {
  const wide = { ...scope, to: scope.from + 8 * 24 * HOUR };
  const value = (name: string, successes: number, calls: number) =>
    daysOf(wide)
      .slice(0, 8)
      .map(({ day, from }, n) => ({ name, day, from, calls, successes: successes + (calls > 50 ? (n % 3) - 1 : 0) }));
  const rows = [...value("a", 30, 100), ...value("b", 10, 100), ...value("c", 0, 2)];
  const of = ({ name, calls, successes }: (typeof rows)[number]) =>
    [["CONVERTED", successes] as const, ["BUSY", calls - successes] as const].map(([code, count]) => ({
      dimension: "list" as const,
      value: name,
      era: 0,
      code,
      calls: count,
      seconds: 0,
    }));
  const found = compareAll(
    contestsOf(
      tally(wide, {
        times: rows.flatMap((row) => of(row).map(({ code, calls }) => ({ at: row.from, era: 0, code, calls, seconds: 0 }))),
        values: rows.flatMap(of),
        days: rows.map(({ name, day, calls, successes }) => ({ dimension: "list", value: name, day, calls, successes })),
      }),
      "list",
    ),
  );
  expect(found.map(({ first, verdict }) => [first.name, verdict])).toEqual([
    ["list a", "higher"],
    ["list b", "lower"],
    ["list c", "too few"],
  ]);
  expect(found[0]?.second.conversion).toMatchObject({ denominator: 816, days: 8, method: "days" });
  // Two of the three were compared.
  expect(found[0]?.difference?.confidence).toBeCloseTo(1 - 0.05 / 2, 12);
});

test("the figures that are kept are those of the period and of its whole days, as far as they are over", () => {
  const tallies = tally(scope, {
    times: [{ at: scope.from, era: 0, code: "CONVERTED", calls: 2, seconds: 0 }],
    values: [],
    days: [],
  });
  const iso = (ms: number) => new Date(ms).toISOString().slice(0, 13);
  const shown = (figures: ReturnType<typeof figuresOf>) =>
    figures.map(({ from, to, calls }) => `${iso(from)} ${iso(to)} ${calls}`);
  expect(shown(figuresOf(scope, tallies, now))).toEqual([
    "2026-03-07T05 2026-03-10T04 2",
    "2026-03-07T05 2026-03-08T05 2",
    "2026-03-08T05 2026-03-09T04 0",
    "2026-03-09T04 2026-03-10T04 0",
  ]);
  expect(shown(figuresOf(scope, tallies, at("2026-03-09T12:00:00Z")))).toEqual([
    "2026-03-07T05 2026-03-08T05 2",
    "2026-03-08T05 2026-03-09T04 0",
  ]);
  const part = { ...scope, from: scope.from + HOUR, to: scope.from + 30 * HOUR };
  expect(shown(figuresOf(part, tallies, now))).toEqual(["2026-03-07T06 2026-03-08T11 2"]);
});

test("golden figures of a small report, computed by hand", () => {
  const count = (time: string, code: string, calls: number) => ({ at: at(time), era: 0, code, calls, seconds: calls * 90 });
  const times = [
    count("2026-03-07T15:00:00Z", "CONVERTED", 30),
    count("2026-03-07T15:00:00Z", "NO_ANSWER", 170),
    count("2026-03-09T15:00:00Z", "APPOINTMENT_SET", 12),
    count("2026-03-09T15:00:00Z", "WRONG_NUMBER", 48),
    count("2026-03-09T16:00:00Z", "DISP_X", 40),
  ];
  const report = buildReport(scope, tally(scope, { times, values: [], days: [] }), { now });
  expect(report.conversion).toMatchObject({ rate: 0.14, numerator: 42, denominator: 300 });
  // (p + z²/2n ± z √(p(1-p)/n + z²/4n²)) / (1 + z²/n) with p = 0.14, n = 300, z = 1.959964.
  expect(report.conversion.low).toBeCloseTo(0.105271327, 8);
  expect(report.conversion.high).toBeCloseTo(0.183831612, 8);
  expect(report.conversion.high).toBe(wilsonInterval(42, 300).high);
  // Two days tell nothing of how days vary.
  expect(report.conversion).toMatchObject({ method: "calls", days: 2 });
  expect(report.documented).toEqual({
    total_calls: 300,
    conversion_rate_percent: 14,
    category_distribution: { success: 42, warm: 0, cold: 0, neutral: 210, failure: 48 },
    performance_trend: "negative",
  });
  expect(report.unmapped).toEqual({ calls: 40, codes: [{ code: "DISP_X", calls: 40 }] });
  expect(report.by.hour).toMatchObject([
    { value: "10", calls: 200 },
    { value: "11", calls: 100 - 40 },
    { value: "12", calls: 40 },
  ]);
  expect(report.trend.verdict).toBe("too few");
  expect(report.averageSeconds).toBe(90);
});
