import { expect, test } from "vitest";
import flatRuleSet from "../../../test/data/compliance/flat-rule-set.json" with { type: "json" };
import {
  campaignOverlay,
  compilePack,
  convertFlatRuleSet,
  createBuiltinGeography,
  decide,
  diffPacks,
  formatInstant,
  mergePacks,
  parseRulePack,
  type Rule,
  type RulePack,
  replay,
  toFlatRuleSet,
  usCaUk2026,
} from "../index.ts";

const flat = () => parseRulePack(flatRuleSet, "flat.json");
const copy = <T>(value: T): T => structuredClone(value);
const faultOf = (run: () => unknown): string => {
  try {
    run();
  } catch (thrown) {
    expect(thrown).toMatchObject({ code: "invalid_pack" });
    return String(thrown);
  }
  throw new Error("nothing was refused");
};
const overlay = (rules: Rule[], more: Partial<RulePack> = {}): RulePack => ({
  format: "outdial-rule-pack/1",
  id: "acme",
  title: "Acme",
  version: "3",
  base: "flat-rule-set-2026",
  jurisdictions: [],
  rules,
  calendars: {},
  emergencies: [],
  geography: "builtin",
  ...more,
});
const day: [string, string][] = [["09:00", "17:00"]];
const nineToFive: Rule = {
  kind: "calling-hours",
  id: "acme-hours",
  jurisdiction: "US",
  binds: ["telemarketing"],
  citation: "house rule 1",
  confidence: "policy",
  week: { sun: [], mon: day, tue: day, wed: day, thu: day, fri: day, sat: [] },
  violation: "HOURS_ACME",
};
const NEW_YORK = { number: "+12125550123", callType: "telemarketing" } as const;
const ask = (
  pack: RulePack,
  at: string,
  facts = {},
  call: { number: string; callType: "telemarketing" | "collection" } = NEW_YORK,
) => {
  const { rules, next } = decide(call, facts, compilePack(pack), Date.parse(at));
  return { rules, next: next === null ? null : formatInstant(next) };
};

test("a flat rule set becomes a pack and the pack the same flat rule set", () => {
  expect(toFlatRuleSet(flat())).toEqual(flatRuleSet.ruleset);
  expect(toFlatRuleSet(convertFlatRuleSet(flatRuleSet.ruleset, "inner"))).toEqual(flatRuleSet.ruleset);
});

test("a pack reads back from its own JSON, and the shipped pack has no fault", () => {
  expect(parseRulePack(copy(flat()), "again")).toEqual(flat());
  expect(parseRulePack(usCaUk2026(), "shipped").id).toBe("us-ca-uk-2026");
});

test("every fault of a pack is reported with its path, what is wrong and what is allowed", () => {
  const pack = copy(flat());
  const [first, second] = pack.rules;
  if (first?.kind !== "calling-hours" || second === undefined || pack.geography === "builtin")
    throw new Error("unexpected rules");
  first.week.mon = [["21:00", "08:00"]];
  first.week.tue = [
    ["08:00", "12:00"],
    ["11:00", "13:00"],
  ];
  second.jurisdiction = "US-XY";
  pack.rules.push({ ...first, id: "again", week: { ...first.week, mon: [], tue: [] } }, { ...second });
  pack.emergencies.push({ jurisdiction: "US-NY", start: "2026-02-02T00:00:00Z", end: "2026-02-01T00:00:00Z" });
  const area = pack.geography.areaCodes["212"];
  if (area === undefined) throw new Error("no 212");
  area.zones = ["America/New_Yrok"];
  const said = faultOf(() => parseRulePack(pack, "mine.json"));
  for (const part of [
    "mine.json",
    "rules.0 (us-hours).week.mon.0: opens at 21:00 and closes at 08:00",
    "rules.0 (us-hours).week.tue.1: opens at 11:00, before the window above it closes at 12:00",
    "rule id relationship occurs twice",
    "(again): is in force at the same time as us-hours",
    "US-XY is not listed in jurisdictions",
    "emergencies.",
    "is not after the start",
    "geography.areaCodes.212: America/New_Yrok is not a time zone",
  ])
    expect(said).toContain(part);
});

test("misspelt words of a pack come with the word that was meant", () => {
  const said = faultOf(() => parseRulePack({ ...copy(flat()), emergancies: [] }, "mine.json"));
  expect(said).toContain("did you mean emergencies?");
  const flatFault = copy(flatRuleSet) as { ruleset: { npa: Record<string, { state: string; zones: string[] }> } };
  const area = flatFault.ruleset.npa["212"];
  if (area !== undefined) area.state = "XX";
  expect(faultOf(() => parseRulePack(flatFault, "flat.json"))).toContain("npa.212.state: names XX");
});

test("rules of one's own bind beside the base's: all must allow", () => {
  const merged = mergePacks(flat(), overlay([nineToFive]));
  expect(merged.id).toBe("flat-rule-set-2026+acme");
  expect(ask(merged, "2026-06-19T20:30:00Z")).toEqual({ rules: [], next: "2026-06-19T20:30:00Z" });
  expect(ask(merged, "2026-06-19T21:00:00Z")).toEqual({ rules: ["HOURS_ACME"], next: "2026-06-22T13:00:00Z" });
  expect(ask(merged, "2026-06-20T01:30:00Z")).toEqual({ rules: ["HOURS_ACME", "HOURS_FEDERAL"], next: "2026-06-22T13:00:00Z" });
});

test("what may loosen the base is refused unless it is named", () => {
  const laxer: Rule = { ...nineToFive, id: "us-hours", binds: ["telemarketing", "prerecorded"], violation: "HOURS_FEDERAL" };
  expect(faultOf(() => mergePacks(flat(), overlay([laxer])))).toContain('name "us-hours" in loosens');
  expect(faultOf(() => mergePacks(flat(), overlay([laxer], { loosens: ["us-hours"] })))).toContain(
    "us-hours is loosened without a reason; write it as note of the rule or of the pack",
  );
  const reasoned = overlay([{ ...laxer, note: "counsel of 2026-05-04" }], { loosens: ["us-hours"] });
  expect(ask(mergePacks(flat(), reasoned), "2026-06-19T12:30:00Z").rules).toEqual(["HOURS_FEDERAL"]);

  // Named and not restated: the rule ends.
  const ended = mergePacks(flat(), overlay([], { loosens: ["national-registry"], note: "no sales calls here" }));
  expect(ask(ended, "2026-06-19T15:00:00Z", { dnc: { national: true } }).rules).toEqual([]);

  expect(faultOf(() => mergePacks(flat(), overlay([], { loosens: ["national-registry"] })))).toContain("without a reason");
  expect(faultOf(() => mergePacks(flat(), overlay([], { loosens: ["national-registery"] })))).toContain(
    "did you mean national-registry?",
  );
  expect(faultOf(() => mergePacks(flat(), overlay([], { calendars: { US: { days: ["2026-12-24"] } } })))).toContain(
    'name "US" in loosens',
  );
  const lifting = { jurisdictions: [{ id: "US-FL", exempt: ["express" as const] }] };
  expect(faultOf(() => mergePacks(flat(), overlay([], lifting)))).toContain('name "US-FL" in loosens');
});

test("a proclaimed holiday and an emergency take effect through an overlay", () => {
  const merged = mergePacks(
    flat(),
    overlay([], {
      calendars: { "US-LA": { days: ["2026-12-24"] } },
      emergencies: [{ jurisdiction: "US-NY", start: "2026-12-01T00:00:00Z" }],
    }),
  );
  const louisiana = { number: "+15045550101", callType: "telemarketing" } as const;
  expect(ask(merged, "2026-12-24T18:00:00Z", {}, louisiana)).toEqual({ rules: ["HOLIDAY"], next: "2026-12-26T14:00:00Z" });
  expect(ask(merged, "2026-12-02T18:00:00Z")).toEqual({ rules: ["EMERGENCY"], next: null });
});

test("rules are in force by the local date of the person called", () => {
  const coming: Rule = { ...nineToFive, effective: "2026-09-01", ends: "2026-09-30" };
  const merged = mergePacks(flat(), overlay([coming]));
  expect(ask(merged, "2026-08-31T22:00:00Z").rules).toEqual([]);
  // One o'clock at night by UTC on the first of September is still August in New York.
  expect(ask(merged, "2026-09-01T00:30:00Z").rules).toEqual([]);
  expect(ask(merged, "2026-09-01T22:00:00Z")).toEqual({ rules: ["HOURS_ACME"], next: "2026-09-02T13:00:00Z" });
  // Wednesday evening, the 30th: the rule has ended before its next window would open.
  expect(ask(merged, "2026-09-30T22:00:00Z")).toEqual({ rules: ["HOURS_ACME"], next: "2026-10-01T12:00:00Z" });
});

test("a campaign's own hours are read by its own clock, its limits by the hour", () => {
  const policy = campaignOverlay("camp_1", {
    timeZone: "America/Chicago",
    dialingRules: {
      startTime: "09:00:30",
      endTime: "18:00:00",
      allowedDays: ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday"],
    },
    rateLimits: { maxCallsPerContactPerDay: 1, maxCallsPerContactPerWeek: 3, maxCallsPerDay: 2 },
  });
  const merged = mergePacks(flat(), policy);
  expect(ask(merged, "2026-06-15T14:00:45Z")).toEqual({ rules: ["HOURS_CAMPAIGN"], next: "2026-06-15T14:01:00Z" });
  expect(ask(merged, "2026-06-13T18:00:00Z")).toEqual({ rules: ["HOURS_CAMPAIGN"], next: "2026-06-15T14:01:00Z" });
  const at = (text: string) => ({ at: Date.parse(text) });
  expect(ask(merged, "2026-06-16T15:00:00Z", { attempts: [at("2026-06-15T20:00:00Z")] })).toEqual({
    rules: ["RATE_CAMPAIGN"],
    next: "2026-06-16T20:00:00Z",
  });
  // Where the dialer reads the hours in the zone of whoever is called, ten in the morning in Chicago is eleven in New York.
  const dialed = { startTime: "11:00:00", endTime: "18:00:00", allowedDays: ["Monday"] };
  const called = mergePacks(
    flat(),
    campaignOverlay("camp_1", { timeZone: "America/Chicago", clockOf: "called", dialingRules: dialed }),
  );
  expect(ask(called, "2026-06-15T14:59:00Z")).toEqual({ rules: ["HOURS_CAMPAIGN"], next: "2026-06-15T15:00:00Z" });
  expect(ask(called, "2026-06-15T15:00:00Z").rules).toEqual([]);
  const three = [at("2026-06-10T20:00:00Z"), at("2026-06-11T20:00:00Z"), at("2026-06-12T20:00:00Z")];
  expect(ask(merged, "2026-06-16T15:00:00Z", { attempts: three })).toEqual({
    rules: ["RATE_CAMPAIGN"],
    next: "2026-06-17T20:00:00Z",
  });
  expect(ask(merged, "2026-06-16T15:00:00Z", { campaignCalls: { date: "2026-06-16", placed: 2 } })).toEqual({
    rules: ["RATE_CAMPAIGN_TOTAL"],
    next: "2026-06-17T14:01:00Z",
  });
  expect(ask(merged, "2026-06-16T15:00:00Z", { campaignCalls: { date: "2026-06-15", placed: 9 } }).rules).toEqual([]);
  const dialingRules = { startTime: "18:00:00", endTime: "09:00:00", allowedDays: ["Monday"] };
  expect(faultOf(() => campaignOverlay("camp_1", { timeZone: "America/Chicago", dialingRules }))).toContain(
    "18:00:00 to 09:00:00",
  );
});

test("differences between packs are named where they are", () => {
  const after = copy(flat());
  const hours = after.rules.find(({ id }) => id === "us-fl-hours");
  if (hours?.kind !== "calling-hours") throw new Error("no Florida hours");
  hours.week.sun = [];
  after.rules = after.rules.filter(({ id }) => id !== "us-or-cap");
  after.calendars["US-LA"]?.days.push("2026-12-24");
  expect(diffPacks(flat(), flat())).toEqual([]);
  expect(diffPacks(flat(), after).map(({ section, id, field, after: now }) => [section, id, field, now === undefined])).toEqual([
    ["rules", "us-fl-hours", "week.sun", false],
    ["rules", "us-or-cap", "", true],
    ["calendars", "US-LA", "days", false],
  ]);
});

test("a replay tells which recorded decisions another pack would change", () => {
  const input = { number: "+12125550123", callType: "telemarketing", at: "2026-06-19T21:00:00Z" };
  const recorded = { line: 1, id: "a", input, decision: "allow", rules: [], next: "2026-06-19T21:00:00Z" };
  expect(replay(recorded, compilePack(flat())).change).toBeUndefined();
  expect(replay(recorded, compilePack(mergePacks(flat(), overlay([nineToFive]))))).toMatchObject({
    id: "a",
    change: "decision",
    after: { decision: "deny", rules: ["HOURS_ACME"], next: "2026-06-22T13:00:00Z" },
  });
  expect(() => replay({ input }, compilePack(flat()))).toThrow(
    "not a recorded decision: decision: missing; one of allow, deny is needed; rules: missing; a list is needed",
  );
});

test("a country without rules and a country with an overlay's", () => {
  const geography = createBuiltinGeography();
  const shipped = usCaUk2026();
  const berlin = { number: "+493012345678", callType: "telemarketing" } as const;
  const at = Date.parse("2026-06-15T18:30:00Z");
  expect(decide(berlin, {}, compilePack(shipped, { geography }), at).rules).toEqual(["COUNTRY_NOT_COVERED"]);
  const german = mergePacks(shipped, overlay([{ ...nineToFive, jurisdiction: "DE" }], { base: shipped.id }));
  const decision = decide(berlin, {}, compilePack(german, { geography }), at);
  expect(decision.rules).toEqual(["HOURS_ACME"]);
  expect(decision.zones).toContain("Europe/Berlin");
  // A German postal code looks like a ZIP and is none.
  expect(decide({ ...berlin, postal: "10115" }, {}, compilePack(german, { geography }), at).zones).toContain("Europe/Berlin");
});
