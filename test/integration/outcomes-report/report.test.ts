// Reports over a real lake, against figures computed from the records themselves.

import fc from "fast-check";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createRandom, dayVariation } from "../../../src/kernel/index.ts";
import {
  localTime,
  type OutcomeRecord,
  parseComparison,
  readOutcomeMap,
  reportOutcomes,
  reportSchema,
} from "../../../src/outcomes/index.ts";
import { DAY, HOUR, MONDAY, memoryFigures, openReportWorld, outcome, type ReportWorld, week } from "./world.ts";

let world: ReportWorld;
beforeEach(async () => {
  world = await openReportWorld();
});
afterEach(() => world[Symbol.asyncDispose]());

const NOW = MONDAY + 9 * DAY;
const CODES = ["CONVERTED", "APPOINTMENT_SET", "INTERESTED", "BUSY", "NO_ANSWER", "WRONG_NUMBER", "DISP_X"];

function randomRecords(count: number): OutcomeRecord[] {
  const random = createRandom(7, "records");
  const pick = <T>(values: readonly T[]): T => values[random.int(values.length)] as T;
  return Array.from({ length: count }, (_, i) => {
    const startTime = MONDAY - DAY + random.int(9 * DAY);
    return outcome(`call_${i}`, {
      campaignId: pick(["camp_1", "camp_2", "o'camp"]),
      dispositionCode: pick(CODES),
      startTime,
      endTime: startTime + random.int(600_000),
      agentId: pick([undefined, "ann", "bob"]),
      listId: pick(["A", "B"]),
      attempt: pick([undefined, 1, 2, 10]),
    });
  });
}

test("a report says what the records say, by every grouping, in a zone that is not whole hours from UTC", async () => {
  const records = randomRecords(4000);
  await world.land(...records);
  const time = localTime("Asia/Kolkata");
  const scope = week({
    campaigns: ["camp_1", "o'camp"],
    from: time.startOfDay("2026-03-02"),
    to: time.startOfDay("2026-03-08"),
    time,
  });
  const report = await reportOutcomes(world.lake, scope, { now: NOW });
  reportSchema.parse(report);

  const ours = records.filter(
    ({ campaignId, startTime }) => campaignId !== "camp_2" && startTime >= scope.from && startTime < scope.to,
  );
  const success = (some: readonly OutcomeRecord[]) =>
    some.filter(({ dispositionCode }) => ["CONVERTED", "APPOINTMENT_SET"].includes(dispositionCode)).length;
  expect(ours.length).toBeGreaterThan(1000);
  // The same from the records' own days.
  const byDay = Map.groupBy(ours, ({ startTime }) => time.local(startTime).day);
  expect(report.conversion).toEqual({
    ...dayVariation(
      [...byDay.values()].map((some, day) => ({ group: 0, day, successes: success(some), trials: some.length })),
    ).rate([0]),
    numerator: success(ours),
    denominator: ours.length,
    confidence: 0.95,
    method: "days",
    days: 6,
  });
  expect(report.unmapped.codes).toEqual([
    { code: "DISP_X", calls: ours.filter((one) => one.dispositionCode === "DISP_X").length },
  ]);
  expect(report.averageSeconds).toBeCloseTo(ours.reduce((sum, one) => sum + one.durationSeconds, 0) / ours.length, 6);

  // Each grouping, computed again with Intl and plain maps.
  const wall = new Intl.DateTimeFormat("en-GB", { timeZone: "Asia/Kolkata", hour: "2-digit", hourCycle: "h23" });
  const weekday = new Intl.DateTimeFormat("en-GB", { timeZone: "Asia/Kolkata", weekday: "long" });
  const expected = (key: (one: OutcomeRecord) => string | null) =>
    Object.fromEntries([...Map.groupBy(ours, key)].map(([value, some]) => [`${value}`, [some.length, success(some)]]));
  const found = (groups: typeof report.by.hour) =>
    Object.fromEntries(groups?.map(({ value, calls, counts }) => [`${value}`, [calls, counts.success]]) ?? []);
  expect(found(report.by.hour)).toEqual(expected(({ startTime }) => wall.format(startTime)));
  expect(found(report.by.weekday)).toEqual(expected(({ startTime }) => weekday.format(startTime)));
  expect(found(report.by.agent)).toEqual(expected(({ agentId }) => agentId ?? null));
  expect(found(report.by.list)).toEqual(expected(({ listId }) => listId ?? null));
  expect(found(report.by.attempt)).toEqual(expected(({ attempt }) => (attempt === undefined ? null : String(attempt))));
  expect(found(report.by.campaign)).toEqual(expected(({ campaignId }) => campaignId));
  expect(report.by.attempt?.map(({ value }) => value)).toEqual(["1", "2", "10", null]);
  for (const group of [report.by.agent, report.by.list, report.by.attempt, report.by.campaign].flatMap((groups) => groups ?? []))
    expect(group.conversion).toMatchObject({ method: "days", days: 6, denominator: group.calls });
  expect(Object.fromEntries(report.by.code?.map(({ code, calls }) => [code, calls]) ?? [])).toEqual(
    Object.fromEntries([...Map.groupBy(ours, (one) => one.dispositionCode)].map(([code, some]) => [code, some.length])),
  );
});

test("each call is classified by the version that held when it began, to the millisecond", async () => {
  const map = await readOutcomeMap(
    "name: t\nversions:\n  - { version: a, from: '2026-03-03T10:20:30.5Z', to: '2026-03-04', base: none, codes: { BUSY: success } }\n",
    "map.yaml",
  );
  const change = Date.parse("2026-03-03T10:20:30.500Z");
  await world.land(
    outcome("before", { startTime: change - 1 }),
    outcome("first", { startTime: change }),
    outcome("last", { startTime: MONDAY + 2 * DAY - 1 }),
    outcome("after", { startTime: MONDAY + 2 * DAY }),
  );
  const report = await reportOutcomes(world.lake, week({ map }), { now: NOW });
  expect(report.conversion).toMatchObject({ numerator: 2, denominator: 4 });
  expect(report.by.code).toMatchObject([{ code: "BUSY", categories: ["success", "neutral"] }]);
  expect(report.definition.eras.map(({ version }) => version)).toEqual(["documented-1", "a", "documented-1"]);
});

test("an empty lake gives an empty report", async () => {
  const report = await reportOutcomes(world.lake, week({ campaigns: ["camp_1"] }), { now: NOW });
  reportSchema.parse(report);
  expect(report).toMatchObject({
    calls: 0,
    conversion: { rate: null, numerator: 0, denominator: 0 },
    trend: { verdict: "too few" },
  });
  expect(report.days).toHaveLength(7);
});

test("groups of calls are compared by the conditions named, and groups that share calls are refused", async () => {
  const some = (prefix: string, each: number, startTime: number, more: Partial<OutcomeRecord>) =>
    Array.from({ length: 5 }, (_, day) =>
      Array.from({ length: each }, (_, i) => outcome(`${prefix}${day}-${i}`, { ...more, startTime: startTime + day * DAY })),
    ).flat();
  const nine = MONDAY + 9 * HOUR;
  await world.land(
    ...some("a", 12, nine, { listId: "A", dispositionCode: "CONVERTED" }),
    ...some("b", 18, nine, { listId: "A" }),
    ...some("c", 4, nine, { listId: "B", dispositionCode: "CONVERTED" }),
    ...some("d", 36, nine, { listId: "B" }),
    ...some("e", 100, MONDAY + 20 * HOUR, { listId: "B", dispositionCode: "CONVERTED" }),
    ...some("f", 24, MONDAY - 7 * DAY, { listId: "B", dispositionCode: "CONVERTED" }),
  );
  const compared = async (...specs: string[]) =>
    (await reportOutcomes(world.lake, week(), { now: NOW, comparisons: specs.map(parseComparison) })).comparisons;
  expect(await compared("list=A,hour=9 vs list=B,hour=9", "previous")).toMatchObject([
    {
      first: { name: "list A, hour 9", conversion: { numerator: 60, denominator: 150 } },
      second: { name: "list B, hour 9", conversion: { numerator: 20, denominator: 200 } },
      verdict: "higher",
    },
    {
      first: { conversion: { numerator: 580, denominator: 850 } },
      second: { conversion: { numerator: 120, denominator: 120 } },
      verdict: "lower",
      difference: { comparisons: 2, together: 0.95, confidence: 0.975 },
    },
  ]);
  expect((await compared("hour")).map(({ first, verdict }) => [first.name, verdict])).toEqual([
    ["hour 09", "lower"],
    ["hour 20", "higher"],
  ]);
  expect(await compared("list=A vs list=C")).toMatchObject([{ verdict: "too few", difference: null }]);
  await expect(compared("list=A vs hour=9")).rejects.toThrow("150 calls belong to both list A and hour 9");
  await expect(compared("list=B,hour=9 vs list=B,weekday=Monday,hour=8|9")).rejects.toThrow("40 calls belong to both");
});

test("figures that were reported and changed since are restated, with the calls that made the difference", async () => {
  const figures = memoryFigures();
  const scope = week({ campaigns: ["camp_1"] });
  const report = (now: number, of = scope) => reportOutcomes(world.lake, of, { now, figures });
  const at = (day: number) => MONDAY + day * DAY + 12 * HOUR;
  await world.land(
    ...Array.from({ length: 40 }, (_, i) =>
      outcome(`a${i}`, { startTime: at(0), dispositionCode: i < 10 ? "CONVERTED" : "BUSY" }),
    ),
    ...Array.from({ length: 10 }, (_, i) => outcome(`b${i}`, { startTime: at(1) })),
    outcome("other", { campaignId: "camp_2" }),
  );
  expect((await report(NOW)).restatements).toEqual([]);
  expect(figures.kept).toHaveLength(8);
  // The same again changes nothing and keeps nothing twice, nor does a call that is merely seen again.
  await world.land(outcome("a0", { startTime: at(0), dispositionCode: "CONVERTED", observedAt: NOW + HOUR }));
  expect((await report(NOW + DAY)).restatements).toEqual([]);
  expect(figures.kept).toHaveLength(8);

  await world.land(
    ...Array.from({ length: 5 }, (_, i) =>
      outcome(`late${i}`, { startTime: at(0), dispositionCode: "CONVERTED", observedAt: NOW + DAY + HOUR }),
    ),
    outcome("a39", { startTime: at(0), dispositionCode: "CONVERTED", observedAt: NOW + DAY + HOUR }),
    outcome("a38", { startTime: at(0), dispositionCode: "NO_ANSWER", observedAt: NOW + DAY + HOUR }),
    outcome("lateother", { campaignId: "camp_2", startTime: at(0), observedAt: NOW + DAY + HOUR }),
  );
  const { restatements } = await report(NOW + 2 * DAY);
  const was = (day: number) => ({ conversion: { numerator: 10, denominator: day }, reportedAt: new Date(NOW).toISOString() });
  expect(restatements).toMatchObject([
    { day: null, was: was(50), now: { conversion: { numerator: 16, denominator: 55 } }, late: 5, changed: 2, withdrawn: 0 },
    {
      day: "2026-03-02",
      was: was(40),
      now: { conversion: { numerator: 16, denominator: 45 } },
      late: 5,
      changed: 2,
      withdrawn: 0,
    },
  ]);
  // Once restated, the new figures are the reported ones; a report over other days finds the same days again.
  expect((await report(NOW + 3 * DAY)).restatements).toEqual([]);
  await world.land(outcome("verylate", { startTime: at(1), observedAt: NOW + 4 * DAY }));
  const shifted = await report(NOW + 5 * DAY, { ...scope, from: MONDAY + DAY, to: MONDAY + 6 * DAY });
  expect(shifted.restatements).toMatchObject([{ day: "2026-03-03", late: 1, changed: 0 }]);
});

test("whatever arrives or changes after a report is found by the next one, and counted", async () => {
  const version = fc.record({
    call: fc.integer({ min: 0, max: 12 }),
    code: fc.constantFrom("CONVERTED", "BUSY", "DISP_X"),
    day: fc.integer({ min: 0, max: 1 }),
  });
  await fc.assert(
    fc.asyncProperty(
      fc.array(version, { maxLength: 15 }),
      fc.array(version, { minLength: 1, maxLength: 10 }),
      async (before, after) => {
        await using world = await openReportWorld();
        const figures = memoryFigures();
        const scope = week({ campaigns: ["camp_1"], to: MONDAY + 2 * DAY });
        // One version a call and pull, as a pull makes it; a call keeps its day.
        const pull = (versions: typeof before, observedAt: number) => [
          ...new Map(
            versions.map(({ call, code }) => [
              call,
              outcome(`c${call}`, { dispositionCode: code, startTime: MONDAY + (call % 2) * DAY + HOUR, observedAt }),
            ]),
          ).values(),
        ];
        const [first, second] = [pull(before, NOW), pull(after, NOW + DAY)];
        if (first.length > 0) await world.land(...first);
        await reportOutcomes(world.lake, scope, { now: NOW + HOUR, figures });
        await world.land(...second);
        const { restatements } = await reportOutcomes(world.lake, scope, { now: NOW + 2 * DAY, figures });
        for (const day of [0, 1]) {
          const known = new Map(first.map((one) => [one.callId, one]));
          const touched = second.filter(({ startTime }) => startTime === MONDAY + day * DAY + HOUR);
          const late = touched.filter(({ callId }) => !known.has(callId)).length;
          const changed = touched.filter((one) => {
            const earlier = known.get(one.callId);
            return earlier !== undefined && earlier.dispositionCode !== one.dispositionCode;
          });
          const category = (code: string | undefined) => (code === "CONVERTED" ? "success" : "neutral");
          const moved = changed.map((one) => [category(known.get(one.callId)?.dispositionCode), category(one.dispositionCode)]);
          const shift = moved.reduce((sum, [from, to]) => sum + (to === "success" ? 1 : 0) - (from === "success" ? 1 : 0), 0);
          const found = restatements.find((one) => one.day === new Date(MONDAY + day * DAY).toISOString().slice(0, 10));
          if (late > 0 || shift !== 0) expect(found).toMatchObject({ late, changed: changed.length, withdrawn: 0 });
          else expect(found).toBeUndefined();
        }
      },
    ),
    { numRuns: 15 },
  );
});
