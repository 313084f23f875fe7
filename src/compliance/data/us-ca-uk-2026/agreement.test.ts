// The shipped pack against the cases of the evaluation conventions, which were written for a smaller rule set: where both speak of the same
// rule they must decide alike, and where they do not the reason stands here.

import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import cases from "../../../../test/data/compliance/cases.json" with { type: "json" };
import flatRuleSet from "../../../../test/data/compliance/flat-rule-set.json" with { type: "json" };
import { scaled } from "../../../../test/support/scale.ts";
import {
  type CompiledPack,
  compilePack,
  createBuiltinGeography,
  decide,
  formatInstant,
  parseQuestion,
  parseRulePack,
  usCaUk2026,
} from "../../index.ts";

/** Rules that the conventions leave out: consent to sales calls that a dialer places, or to mobiles, Pennsylvania's hours of October 2026, New York City's two collection calls. */
const UNKNOWN_TO_THE_CONVENTIONS =
  "us-md-consent us-fl-consent us-ok-consent us-la-consent us-la-mobile-consent us-az-consent us-wy-consent us-pa-hours us-ny-nyc-collection-calls".split(
    " ",
  );

let small: CompiledPack;
let shipped: CompiledPack;
/** The shipped pack without the rules of which the conventions know nothing; the same in an August with an emergency. */
let shared: CompiledPack;
let sharedInAugust: CompiledPack;
beforeAll(() => {
  small = compilePack(parseRulePack(flatRuleSet, "flat-rule-set.json"));
  const geography = createBuiltinGeography();
  const pack = parseRulePack(usCaUk2026(), "us-ca-uk-2026");
  shipped = compilePack(pack, { geography });
  const known = { ...pack, rules: pack.rules.filter(({ id }) => !UNKNOWN_TO_THE_CONVENTIONS.includes(id)) };
  shared = compilePack(known, { geography });
  const emergencies = [{ jurisdiction: "US-NY", start: "2026-08-01T00:00:00Z", end: "2026-08-08T00:00:00Z" }];
  sharedInAugust = compilePack({ ...known, emergencies }, { geography });
});

function ask(pack: CompiledPack, input: unknown) {
  const { call, facts, at } = parseQuestion(input);
  const { decision, rules, next } = decide(call, facts, pack, at);
  return { decision, rules, next: next === null ? null : formatInstant(next) };
}

/** The conventions leave open days that Louisiana's statute names, and calls to customers in New York's emergencies, which only one of its two sections leaves out. */
const shut = ({ convention, title }: (typeof cases)[number]) =>
  title === "Louisiana is open on Washington's Birthday" || (convention === "emergencies" && title.startsWith("a relationship"));
const alike = cases.filter((one) => !shut(one));

test.each(alike)("$convention: $title", ({ input, expect: expected }) => {
  expect(ask(sharedInAugust, input)).toEqual(expected);
});

test("without the declared emergency, which is the only difference, its cases are allowed", () => {
  const differing = alike.filter(
    ({ input, expect: expected }) => JSON.stringify(ask(shared, input)) !== JSON.stringify(expected),
  );
  expect(differing.length).toBeGreaterThan(0);
  expect(differing.every(({ input }) => input.number.startsWith("+1212") && input.at.startsWith("2026-08-0"))).toBe(true);
});

describe("the shipped pack is stricter", () => {
  const stricter: [why: string, input: { number: string; callType: string; at: string }, rules: string[]][] = [
    [
      "Creighton, Saskatchewan, lives by Manitoba's clock and has 306 numbers",
      { number: "+13065550100", callType: "telemarketing", at: "2026-06-17T02:45:00Z" },
      ["HOURS_CRTC"],
    ],
    [
      "Nevada's evening ends at 20:00 (NRS 598.0918(3))",
      { number: "+17025550131", callType: "telemarketing", at: "2026-06-17T03:00:00Z" },
      ["HOURS_STATE"],
    ],
    [
      "Indiana's autodialed messages begin at 9",
      { number: "+13175550131", callType: "prerecorded", at: "2026-06-16T12:30:00Z" },
      ["CONSENT_REQUIRED", "HOURS_STATE"],
    ],
    [
      "Massachusetts bans recorded messages",
      { number: "+16175550131", callType: "prerecorded", at: "2026-06-16T15:00:00Z" },
      ["CONSENT_REQUIRED", "RECORDED_BANNED"],
    ],
    [
      "Rhode Island closes state and federal holidays alike, such as its independence",
      { number: "+14015550131", callType: "telemarketing", at: "2026-05-04T15:00:00Z" },
      ["HOLIDAY"],
    ],
    [
      "Louisiana closes every day that R.S. 1:55 names, Washington's Birthday among them",
      { number: "+15045550131", callType: "telemarketing", at: "2026-02-16T18:00:00Z" },
      ["CONSENT_REQUIRED", "HOLIDAY"],
    ],
    [
      "Utah closes Presidents' Day",
      { number: "+18015550131", callType: "telemarketing", at: "2026-02-16T18:00:00Z" },
      ["HOLIDAY"],
    ],
  ];
  test.each(stricter)("%s", (_why, input, rules) => {
    expect(ask(shipped, input)).toMatchObject({ decision: "deny", rules });
    const inBoth = input.number.slice(2, 5) in flatRuleSet.ruleset.npa;
    if (inBoth) expect(ask(small, input).rules).not.toEqual(rules);
  });

  test("Pennsylvania's exemption wants a relationship of the last twelve months", () => {
    const input = { number: "+12155550131", callType: "telemarketing", at: "2026-11-03T16:00:00Z" };
    const bought = (date: string) => ask(shipped, { ...input, ebr: { kind: "transaction", date } }).rules;
    expect(bought("2025-11-03")).toEqual([]);
    expect(bought("2025-11-02")).toEqual(["HOLIDAY"]);
  });
});

describe("a relationship is no consent", () => {
  const ebr = { kind: "transaction", date: "2026-06-01" };
  const given = (level: string) => ({ level, at: "2026-01-05T00:00:00Z" });

  test("in the United Kingdom only the subscriber's word to this caller lifts the Telephone Preference Service", () => {
    const listed = { number: "+442079460018", callType: "telemarketing", at: "2026-06-16T12:30:00Z", dnc: { national: true } };
    const rules = (facts: object) => ask(shipped, { ...listed, ...facts }).rules;
    expect(rules({})).toEqual(["DNC_NATIONAL"]);
    expect(rules({ ebr })).toEqual(["DNC_NATIONAL"]);
    expect(rules({ consent: given("written") })).toEqual([]);
    expect(rules({ ebr, consent: given("express") })).toEqual([]);
    expect(ask(shipped, { ...listed, number: "+12125550131", at: "2026-06-16T15:00:00Z", ebr }).rules).toEqual([]);
    // The small rule set says nothing of it.
    expect(ask(small, { ...listed, ebr }).rules).toEqual([]);
  });

  test("in Maryland a sales call that a dialer places needs consent in writing, from the law's first day", () => {
    const call = { number: "+14105550131", callType: "telemarketing", at: "2026-06-16T15:00:00Z" };
    const rules = (facts: object) => ask(shipped, { ...call, ...facts }).rules;
    expect(rules({})).toEqual(["CONSENT_REQUIRED"]);
    expect(rules({ ebr, consent: given("express") })).toEqual(["CONSENT_REQUIRED"]);
    expect(rules({ ebr, consent: given("written") })).toEqual([]);
    expect(rules({ ebr, callType: "collection" })).toEqual([]);
    expect(rules({ at: "2023-12-29T15:00:00Z" })).toEqual([]);
  });
});

describe("what only the shipped pack covers", () => {
  const at = "2026-06-16T16:00:00Z";
  test("states beyond the small rule set, and rules from their first day", () => {
    const rules = (number: string, when: string) => ask(shared, { number, callType: "telemarketing", at: when }).rules;
    expect(rules("+13075550131", "2026-06-17T02:30:00Z")).toEqual(["HOURS_STATE"]); // Wyoming 20:30
    expect(rules("+16125550131", "2026-06-16T13:30:00Z")).toEqual(["HOURS_STATE"]); // Minnesota 8:30
    expect(rules("+16055550131", "2026-06-14T18:00:00Z")).toEqual(["DAY_CLOSED"]); // South Dakota, Sunday
    expect(rules("+15035550131", "2025-12-31T04:30:00Z")).toEqual([]); // Oregon 20:30, before its rule
    expect(rules("+15035550131", "2026-01-03T04:30:00Z")).toEqual(["HOURS_STATE"]);
    expect(rules("+14055550131", "2022-10-29T01:30:00Z")).toEqual([]); // Oklahoma 20:30
    expect(rules("+14055550131", "2022-11-05T01:30:00Z")).toEqual(["HOURS_STATE"]);
  });

  test("new overlays, territories, provinces", () => {
    for (const number of ["+17295550131", "+14365550131", "+17875550131", "+15065550131", "+14715550131"])
      expect(ask(shipped, { number, callType: "collection", at }).decision, number).toBe("allow");
  });

  test("the Navajo Nation's two clocks bind Arizona's 928, an address narrows", () => {
    const evening = { number: "+19285550131", callType: "telemarketing", at: "2026-06-17T03:30:00Z" };
    const landline = { ...evening, lineType: "landline" };
    expect(ask(shipped, landline).rules).toEqual(["HOURS_FEDERAL"]);
    expect(ask(shipped, { ...landline, postal: "86042" }).rules).toEqual([]);
    expect(ask(shipped, { ...landline, postal: "86515" }).rules).toEqual(["HOURS_FEDERAL"]);
  });

  test("an address that is nowhere, a personal number and an unassigned code are refused", () => {
    const rules = (number: string, postal?: string) => ask(shipped, { number, postal, callType: "telemarketing", at }).rules;
    expect(rules("+12125550131", "09001")).toEqual(["UNRESOLVED_LOCATION"]);
    expect(rules("+15005550131")).toEqual(["UNRESOLVED_LOCATION"]);
    expect(rules("+14565550131")).toEqual(["UNRESOLVED_LOCATION"]);
    expect(rules("+14565550131", "10001")).toEqual(["UNRESOLVED_LOCATION"]);
    expect(rules("+19995550131")).toEqual(["INVALID_NUMBER"]);
  });

  test("a country that the pack does not cover is refused, Jersey is not", () => {
    expect(ask(shipped, { number: "+33142685300", callType: "telemarketing", at }).rules).toContain("COUNTRY_NOT_COVERED");
    expect(ask(shipped, { number: "+18765550131", callType: "telemarketing", at }).rules).toContain("COUNTRY_NOT_COVERED");
    expect(ask(shipped, { number: "+441534555013", callType: "telemarketing", at }).decision).toBe("allow");
  });
});

test("a text that may name several numbers is allowed only where each of them is, whatever the hour", () => {
  const numbers = [
    "+12125550131",
    "+13125550131",
    "+19075550131",
    "+442079460018",
    "+6465550160",
    "+16465550160",
    "+18005550131",
  ];
  fc.assert(
    fc.property(
      fc.uniqueArray(fc.constantFrom(...numbers), { minLength: 2, maxLength: 3 }),
      fc.constantFrom("telemarketing", "prerecorded", "collection"),
      fc.integer({ min: 0, max: 24 * 60 }),
      (chosen, callType, minutes) => {
        const at = new Date(Date.UTC(2026, 5, 16) + minutes * 60_000).toISOString();
        const together = ask(shipped, { number: chosen.join(" / "), callType, at });
        const apart = chosen.map((number) => ask(shipped, { number, callType, at }));
        if (together.decision === "allow") expect(apart.map(({ decision }) => decision)).toEqual(apart.map(() => "allow"));
        // A place is named with one fault.
        const rules = apart.flatMap((one) => one.rules.filter((rule) => !/LOCATION|COVERED/.test(rule)));
        expect(together.rules).toEqual(expect.arrayContaining(rules));
      },
    ),
    { numRuns: scaled(2000, 200) },
  );
});
