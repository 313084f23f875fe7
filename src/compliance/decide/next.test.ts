import fc from "fast-check";
import { expect, test } from "vitest";
import { scaled } from "../../../test/support/scale.ts";
import { DAY_MS } from "../../kernel/index.ts";
import {
  type AttemptKind,
  type CallFacts,
  campaignOverlay,
  compilePack,
  createBuiltinGeography,
  decide,
  mayCall,
  mergePacks,
  type RulePack,
  usCaUk2026,
} from "../index.ts";

const QUARTER = 15 * 60_000;

/** Every feature of the format that changes with time: dated rules, several windows a day, hours of holidays, a fixed zone, caps by date. */
function busyPack(): RulePack {
  const policy = { jurisdiction: "*", binds: ["telemarketing" as const], citation: "house rule", confidence: "policy" as const };
  const day: [string, string][] = [
    ["07:15", "11:30"],
    ["13:00", "21:45"],
  ];
  const own: RulePack = {
    format: "outdial-rule-pack/1",
    id: "busy",
    title: "Busy",
    version: "1",
    base: "us-ca-uk-2026",
    jurisdictions: [],
    rules: [
      {
        kind: "calling-hours",
        id: "own-hours",
        ...policy,
        week: { sun: [["12:00", "24:00"]], mon: day, tue: day, wed: day, thu: [["00:00", "24:00"]], fri: day, sat: [] },
        onHolidays: { calendar: "own", windows: [["14:30", "15:00"]] },
        exempt: ["express"],
        violation: "HOURS_OWN",
      },
      {
        kind: "closed-days",
        id: "own-days",
        ...policy,
        calendar: "own-closed",
        effective: "2026-03-01",
        ends: "2026-11-01",
        violation: "CLOSED_OWN",
      },
      {
        kind: "attempt-cap",
        id: "own-cap",
        ...policy,
        max: 2,
        period: { localDates: 3 },
        scope: "all",
        effective: "2026-10-26",
        ends: "2026-10-31",
        violation: "CAP_OWN",
      },
      { kind: "conversation-quiet", id: "own-quiet", ...policy, days: 2, scope: "all", exempt: ["ebr"], violation: "QUIET_OWN" },
    ],
    calendars: {
      own: { days: ["2026-03-09", "2026-10-26", "2026-11-02"] },
      "own-closed": { days: ["2026-03-10", "2026-03-11", "2026-10-29", "2026-10-30", "2026-11-01", "2026-11-02"] },
    },
    emergencies: [{ jurisdiction: "US-NY", start: "2026-10-28T03:15:00Z", end: "2026-11-03T17:45:00Z" }],
    geography: "builtin",
  };
  const campaign = campaignOverlay("c", {
    timeZone: "America/Denver",
    dialingRules: {
      startTime: "06:45:00",
      endTime: "19:30:00",
      allowedDays: ["Monday", "Tuesday", "Thursday", "Friday", "Sunday"],
    },
    rateLimits: { maxCallsPerContactPerDay: 2, maxCallsPerContactPerWeek: 4, maxCallsPerDay: 5 },
  });
  return mergePacks(mergePacks(usCaUk2026(), own), campaign);
}

const pack = compilePack(busyPack(), { geography: createBuiltinGeography() });
const number = fc
  .constantFrom("212", "850", "907", "928", "808", "671", "787", "709", "306", "205", "401", "512", "270")
  .map((code) => `+1${code}5550123`);

test("next is the first quarter of an hour at which the call is allowed, whatever changes with time", () => {
  const starts = ["2026-03-05", "2026-10-22", "2026-12-20"].map((text) => Date.parse(text));
  const scenario = fc.record({
    number: fc.oneof({ weight: 6, arbitrary: number }, { weight: 1, arbitrary: fc.constant("+442079460018") }),
    callType: fc.constantFrom("telemarketing" as const, "collection" as const),
    start: fc.constantFrom(...starts),
    quarters: fc.integer({ min: 0, max: 10 * 96 }),
    attempts: fc.array(
      fc.record({
        back: fc.integer({ min: -40, max: 8 * 96 }),
        kind: fc.constantFrom<AttemptKind>("attempt", "conversation", "inbound-conversation", "abandoned"),
      }),
      { maxLength: 6 },
    ),
    consent: fc.option(
      fc.record({
        back: fc.integer({ min: -300, max: 300 }),
        revoked: fc.option(fc.integer({ min: -600, max: -200 }), { nil: undefined }),
      }),
      { nil: undefined },
    ),
    ebr: fc.option(fc.integer({ min: -10, max: 95 }), { nil: undefined }),
    national: fc.boolean(),
    scrubbed: fc.integer({ min: 0, max: 31 }),
    placed: fc.integer({ min: 0, max: 6 }),
  });
  fc.assert(
    fc.property(scenario, (given) => {
      const now = given.start + given.quarters * QUARTER;
      const day = (back: number) => new Date(now - back * DAY_MS).toISOString().slice(0, 10);
      const { consent, ebr } = given;
      const facts: CallFacts = {
        attempts: given.attempts.map(({ back, kind }) => ({ at: now - back * QUARTER, kind })),
        consent:
          consent === undefined
            ? undefined
            : {
                level: "express",
                at: now - consent.back * QUARTER,
                revokedAt: consent.revoked === undefined ? undefined : now - consent.revoked * QUARTER,
              },
        ebr: ebr === undefined ? undefined : { kind: "inquiry", date: day(ebr) },
        dnc: { national: given.national },
        scrubbedOn: day(given.scrubbed),
        campaignCalls: { date: day(0), placed: given.placed },
      };
      const call = { number: given.number, callType: given.callType };
      const { next } = decide(call, facts, pack, now);
      let first: number | null = null;
      for (let at = now; at <= now + 45 * DAY_MS && first === null; at += QUARTER) if (mayCall(call, facts, pack, at)) first = at;
      expect(next).toBe(first);
    }),
    { numRuns: scaled(600, 60) },
  );
});
