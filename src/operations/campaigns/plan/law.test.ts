// Hours, caps and abandonment of a campaign against the law of the places on its list.

import { readFileSync } from "node:fs";
import fc from "fast-check";
import { expect, test } from "vitest";
import { parseAllDocuments } from "yaml";
import { compilePack, createBuiltinGeography, decide, usCaUk2026 } from "../../../compliance/index.ts";
import { NO_FACTS } from "../../../store/index.ts";
import { breachesOf, type Regulated } from "./law.ts";
import type { ListFacts } from "./list-facts.ts";
import { regulated } from "./plan.ts";

const pack = usCaUk2026();
const NOW = Date.UTC(2026, 2, 3, 16);
const law = { pack, callType: "telemarketing" as const, now: NOW };

const listIn = (...places: readonly (readonly [zone: string, ...jurisdictions: string[]])[]): ListFacts => ({
  listId: "l",
  total: 100,
  read: 100,
  places: places.map(([zone, ...jurisdictions]) => ({ zone, jurisdictions: ["*", ...jurisdictions], contacts: 10 })),
  placeless: 0,
  problem: null,
});

const LAWFUL: Regulated = {
  timeZone: "America/New_York",
  clockOf: "campaign",
  dialingRules: { startTime: "09:00:00", endTime: "19:00:00", allowedDays: ["Monday", "Tuesday", "Wednesday"] },
  rateLimits: { maxCallsPerContactPerDay: 1, maxCallsPerContactPerWeek: 3 },
  abandonmentThreshold: 0.03,
};
const hours = (startTime: string, endTime: string, ...allowedDays: string[]): Regulated => ({
  ...LAWFUL,
  dialingRules: { startTime, endTime, allowedDays: allowedDays.length === 0 ? ["Monday"] : allowedDays },
});
const told = (campaign: Regulated, list?: ListFacts) =>
  breachesOf(campaign, list, law).map(({ rule, field }) => [rule, field.split(".").at(-1)]);

const NEW_YORK = listIn(["America/New_York", "US"]);
const COASTS = listIn(["America/New_York", "US"], ["America/Los_Angeles", "US"]);

test.each([
  ["within the law", LAWFUL, NEW_YORK, []],
  ["exactly as wide as the law", hours("08:00:00", "21:00:00"), NEW_YORK, []],
  ["a second too early", hours("07:59:59", "21:00:00"), NEW_YORK, [["WINDOW", "startTime"]]],
  ["a second too late", hours("08:00:00", "21:00:01"), NEW_YORK, [["WINDOW", "endTime"]]],
  [
    "too wide on both sides",
    hours("06:00:00", "23:00:00"),
    NEW_YORK,
    [
      ["WINDOW", "startTime"],
      ["WINDOW", "endTime"],
    ],
  ],
  ["too early on the other coast", hours("08:00:00", "21:00:00"), COASTS, [["WINDOW", "startTime"]]],
  ["narrow enough for both coasts", hours("11:00:00", "21:00:00"), COASTS, []],
  [
    "on a day that a state closes",
    hours("12:00:00", "17:00:00", "Sunday"),
    listIn(["America/New_York", "US", "US-RI"]),
    [["WINDOW", "allowedDays"]],
  ],
  [
    "wider than a state allows",
    hours("08:00:00", "21:00:00"),
    listIn(["America/New_York", "US", "US-FL"]),
    [["WINDOW", "endTime"]],
  ],
  ["without hours", { ...LAWFUL, dialingRules: null }, NEW_YORK, [["WINDOW", "dialingRules"]]],
  ["that leave no time", hours("19:00:00", "09:00:00"), NEW_YORK, [["WINDOW", "endTime"]]],
  // A window in Tokyo's morning is the evening before in New York.
  ["read on another continent", { ...hours("09:00:00", "10:00:00"), timeZone: "Asia/Tokyo" }, NEW_YORK, []],
  [
    "of the night, by another clock",
    { ...hours("12:00:00", "13:00:00"), timeZone: "Asia/Tokyo" },
    NEW_YORK,
    [
      ["WINDOW", "startTime"],
      ["WINDOW", "endTime"],
    ],
  ],
  ["above 3 % abandoned", { ...LAWFUL, abandonmentThreshold: 0.0301 }, NEW_YORK, [["ABANDONMENT", "abandonmentThreshold"]]],
  [
    "with more calls a day than a state allows",
    { ...LAWFUL, rateLimits: { maxCallsPerContactPerDay: 4, maxCallsPerContactPerWeek: 20 } },
    listIn(["America/New_York", "US", "US-FL"]),
    [["CAP", "maxCallsPerContactPerDay"]],
  ],
  [
    "without caps where a state sets one",
    { ...LAWFUL, rateLimits: null },
    listIn(["America/New_York", "US", "US-FL"]),
    [["CAP", "rateLimits"]],
  ],
] as const)("a campaign %s", (_, campaign, list, expected) => {
  expect(told(campaign, list)).toEqual(expected);
});

test("a list that cannot be read is judged by the campaign's own zone", () => {
  expect(told(hours("07:00:00", "20:00:00"))).toEqual([["WINDOW", "startTime"]]);
  expect(told({ ...hours("07:00:00", "20:00:00"), timeZone: "Europe/London" })).toEqual([["WINDOW", "startTime"]]);
  expect(told(hours("08:00:00", "21:00:00"))).toEqual([]);
});

/** A campaign whose tenant reads its hours in the zone of whoever is called. */
const byCalled = (timeZone: string, startTime: string, endTime: string, ...days: string[]): Regulated => ({
  ...hours(startTime, endTime, ...days),
  timeZone,
  clockOf: "called",
});
const LONDON_TOO = listIn(["America/New_York", "US"], ["Europe/London", "GB"]);

test.each([
  [
    "too early there, though lawful by its own clock",
    byCalled("America/Los_Angeles", "05:00:00", "16:00:00"),
    NEW_YORK,
    ["startTime"],
  ],
  ["too late there, though lawful by its own clock", byCalled("Europe/London", "13:00:00", "23:00:00"), NEW_YORK, ["endTime"]],
  ["lawful on two continents, though not by one clock", byCalled("America/New_York", "12:00:00", "20:00:00"), LONDON_TOO, []],
  ["lawful on both coasts, though not by one clock", byCalled("America/New_York", "08:00:00", "21:00:00"), COASTS, []],
  // By the clock of Arizona they would end at 23:00 or at midnight in New York, by the season.
  ["of a zone without summer time", byCalled("America/Phoenix", "08:00:00", "21:00:00"), NEW_YORK, []],
  [
    "on a day that a state closes, which is another day by its own clock",
    byCalled("Pacific/Kiritimati", "12:00:00", "17:00:00", "Sunday"),
    listIn(["America/New_York", "US", "US-RI"]),
    ["allowedDays"],
  ],
] as const)("hours in the zone of whoever is called, %s", (_, campaign, list, expected) => {
  expect(told(campaign, list)).toEqual(expected.map((field) => ["WINDOW", field]));
});

test("hours in the zone of whoever is called are told by the clock of the place alone, without a list by the campaign's", () => {
  const early = byCalled("America/Los_Angeles", "05:00:00", "16:00:00", "Sunday");
  const [breach] = breachesOf(early, NEW_YORK, law);
  expect(breach?.message).toMatch(/^05:00:00 on Sunday in America\/New_York \(10 of the contacts read\), outside of the law: /);
  expect(breach?.message).not.toContain("Los_Angeles");
  expect(breachesOf(early, COASTS, law).map(({ message }) => message.split(" (")[0])).toEqual([
    "05:00:00 on Sunday in America/New_York",
    "05:00:00 on Sunday in America/Los_Angeles",
  ]);
  expect(breachesOf(early, undefined, law)[0]?.message).toMatch(/^05:00:00 on Sunday in America\/Los_Angeles, /);
  // A zone that cannot be read was told already, and is not needed where the places are known.
  expect(told({ ...early, timeZone: undefined }, NEW_YORK)).toEqual([["WINDOW", "startTime"]]);
  expect(told({ ...early, timeZone: undefined })).toEqual([]);
});

test("a rule with a zone of its own is held against the hours of each place by that place's clock", () => {
  const messages = (zone: string, campaign: Regulated) => {
    const rules = pack.rules.flatMap((rule) =>
      rule.kind === "calling-hours" && rule.jurisdiction === "US" ? [{ ...rule, zone }] : [],
    );
    expect(rules).not.toEqual([]);
    return breachesOf(campaign, COASTS, { ...law, pack: { ...pack, rules } }).map(({ message }) => message.split(" (")[0]);
  };
  expect(messages("America/New_York", byCalled("Europe/London", "08:00:00", "18:00:00"))).toEqual([]);
  expect(messages("America/New_York", byCalled("Europe/London", "07:00:00", "19:00:00"))).toEqual([
    "07:00:00 on Monday in America/New_York",
    "19:00:00 in America/Los_Angeles is 22:00 on Monday in America/New_York",
  ]);
  // Each place has an edge of its own.
  expect(messages("America/Los_Angeles", byCalled("Europe/London", "07:00:00", "12:00:00"))).toEqual([
    "07:00:00 in America/New_York is 04:00 on Monday in America/Los_Angeles",
    "07:00:00 on Monday in America/Los_Angeles",
  ]);
});

const HOUR_MS = 3_600_000;
/** The weeks in which the clocks change in America and in Europe: every twelfth hour, and every hour of the change. */
const CHANGING = ["2026-03-08", "2026-03-29", "2026-10-25", "2026-11-01"].flatMap((sunday) =>
  [-48, -36, -24, -12, 0, 5, 6, 7, 8, 9, 10, 11, 12, 24, 48, 96, 168].map((hour) => Date.parse(sunday) + hour * HOUR_MS),
);

test("the shipped example keeps the law at any hour at which it may be planned", () => {
  const documents = parseAllDocuments(
    readFileSync(new URL("../../../../examples/campaigns/spring-renewals.yaml", import.meta.url), "utf8"),
  );
  const list = listIn(["America/New_York", "US"], ["America/Phoenix", "US"], ["America/Los_Angeles", "US"]);
  for (const now of [Date.UTC(2026, 10, 22, 8), Date.UTC(2026, 10, 22, 6, 30), ...CHANGING])
    for (const document of documents) expect(breachesOf(regulated(document.toJS()), list, { ...law, now })).toEqual([]);
});

test("what a window breaks does not depend on the hour at which it is planned", () => {
  const rules = pack.rules.filter(({ kind }) => kind === "calling-hours").map((rule) => ({ ...rule, effective: undefined }));
  const list = listIn(
    ["America/New_York", "US"],
    ["America/St_Johns", "CA"],
    ["Europe/London", "GB"],
    ["Pacific/Kiritimati", "US"],
  );
  const told = (campaign: Regulated, now: number) =>
    breachesOf(campaign, list, { ...law, now, pack: { ...pack, rules } }).map(({ message }) => message);
  const campaigns = [hours("12:00:00", "20:00:00", "Sunday"), hours("02:15:00", "12:30:00", "Saturday", "Sunday")];
  for (const campaign of campaigns) {
    const expected = told(campaign, NOW);
    expect(expected).not.toEqual([]);
    for (const now of CHANGING) expect(told(campaign, now)).toEqual(expected);
  }
});

test("hours in the zone of whoever is called are lawful through every change of a clock, there and in the campaign's zone", () => {
  for (const now of CHANGING)
    for (const timeZone of ["America/Phoenix", "Australia/Sydney"]) {
      const campaign = byCalled(timeZone, "09:00:00", "21:00:00", "Saturday", "Sunday");
      expect(breachesOf(campaign, LONDON_TOO, { ...law, now }).map(({ message }) => message)).toEqual([]);
    }
});

test("an hour that lies two days on at the place is judged by that day", () => {
  const list = listIn(["Pacific/Kiritimati", "US"]);
  const campaign = { ...hours("23:00:00", "23:30:00", "Friday"), timeZone: "Pacific/Pago_Pago" };
  expect(breachesOf(campaign, list, law)[0]?.message).toMatch(
    "23:00:00 in Pacific/Pago_Pago is 00:00 on Sunday in Pacific/Kiritimati",
  );
});

test("what passes is never a call outside of the hours that the engine would forbid, over a year with its changes of clocks", () => {
  const compiled = compilePack(pack, { geography: createBuiltinGeography() });
  const NUMBERS = [
    "+12125550123",
    "+13055550123",
    "+13125550123",
    "+16025550123",
    "+12135550123",
    "+19075550123",
    "+442071234567",
  ];
  const time = fc
    .integer({ min: 0, max: 95 })
    .map((quarter) => `${String(Math.floor(quarter / 4)).padStart(2, "0")}:${String((quarter % 4) * 15).padStart(2, "0")}:00`);
  let passed = 0;
  let refused = 0;
  fc.assert(
    fc.property(
      fc.constantFrom(...NUMBERS),
      fc.constantFrom("America/New_York", "America/Phoenix", "America/Los_Angeles", "Europe/London"),
      time,
      time,
      fc.integer({ min: 0, max: 364 }),
      (number, timeZone, startTime, endTime, day) => {
        const weekday = new Intl.DateTimeFormat("en-US", { weekday: "long", timeZone });
        const clock = new Intl.DateTimeFormat("en-GB", {
          hour: "2-digit",
          minute: "2-digit",
          second: "2-digit",
          hourCycle: "h23",
          timeZone,
        });
        const place = compiled.place(number, undefined);
        const places = place.zoneNames.map((zone) => ({ zone, jurisdictions: place.jurisdictions, contacts: 1 }));
        const allowedDays = ["Monday", "Wednesday", "Saturday"];
        const campaign: Regulated = { ...LAWFUL, timeZone, dialingRules: { startTime, endTime, allowedDays } };
        const list: ListFacts = { listId: "l", total: 1, read: 1, places, placeless: 0, problem: null };
        if (breachesOf(campaign, list, law).some(({ rule }) => rule === "WINDOW")) {
          refused += 1;
          return;
        }
        passed += 1;
        for (let minute = 0; minute < 1440; minute += 15) {
          const at = NOW + day * 86_400_000 + minute * 60_000;
          const local = clock.format(at);
          if (!allowedDays.includes(weekday.format(at)) || local < startTime || local >= endTime) continue;
          const call = { number, callType: "telemarketing" as const };
          const reasons = decide(call, NO_FACTS, compiled, at).reasons.filter(({ ruleId }) =>
            pack.rules.some((rule) => rule.id === ruleId && rule.kind === "calling-hours" && rule.onHolidays === undefined),
          );
          expect(reasons).toEqual([]);
        }
      },
    ),
    { numRuns: 1500, seed: 3 },
  );
  expect(passed).toBeGreaterThan(30);
  expect(refused).toBeGreaterThan(30);
});
