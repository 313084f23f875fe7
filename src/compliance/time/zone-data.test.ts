import { beforeAll, expect, test } from "vitest";
import {
  type CompiledPack,
  campaignOverlay,
  compilePack,
  createBuiltinGeography,
  decide,
  mayCall,
  mergePacks,
  parseQuestion,
  type RulePack,
  usCaUk2026,
  zoneOf,
} from "../index.ts";

const geography = createBuiltinGeography();
/** Rules that know of a change in New York that no time-zone data know: to them, those of this machine are old. */
const ahead = (pack: RulePack): RulePack => ({
  ...pack,
  zoneData: {
    version: "2027z",
    changes: [...(pack.zoneData?.changes ?? []), { zones: ["America/New_York"], at: "2027-01-15T12:00:00Z", offset: "-04:00" }],
  },
});
let shipped: CompiledPack;
let old: CompiledPack;
beforeAll(() => {
  shipped = compilePack(usCaUk2026(), { geography, timeZoneData: "test" });
  old = compilePack(ahead(usCaUk2026()), { geography, timeZoneData: "test" });
});

const ask = (pack: CompiledPack, input: object) => {
  const { call, facts, at } = parseQuestion({ callType: "telemarketing", at: "2026-06-16T16:00:00Z", ...input });
  const decision = decide(call, facts, pack, at);
  expect(mayCall(call, facts, pack, at)).toBe(decision.decision === "allow");
  return decision;
};

test("22:15 in Vancouver after British Columbia kept its summer clock is denied, whatever data this machine has", () => {
  const evening = { number: "+16045550142", at: "2026-12-16T05:15:00Z" };
  const knows = zoneOf("America/Vancouver").offset(Date.parse(evening.at)) === -7 * 3_600_000;
  expect(ask(shipped, evening).rules).toEqual(knows ? ["HOURS_CRTC"] : ["ZONE_DATA_OLD"]);
  expect(shipped.outdated.has("America/Vancouver")).toBe(!knows);
});

test("with data that do not know of a change nothing is decided in that zone, and the reason names zone, data and mend", () => {
  for (const at of ["2026-06-16T16:00:00Z", "2027-06-16T16:00:00Z", "2026-06-16T03:00:00Z"]) {
    const denied = ask(old, { number: "+12125550131", at, dnc: { national: true } });
    expect(denied).toMatchObject({ decision: "deny", rules: ["ZONE_DATA_OLD"], next: null, zones: [] });
    expect(denied.reasons[0]?.text).toMatch(
      /^the time-zone data of this machine \(test\) do not know how the clocks of America\/New_York changed.*2027z or newer is needed.*Node/,
    );
  }
  // One such zone among several is enough; other places are decided.
  expect(ask(old, { number: "+18505550117" }).rules).toEqual(["ZONE_DATA_OLD"]);
  expect(ask(old, { number: "+18505550117", postal: "32501", callType: "collection" }).rules).toEqual([]);
  expect(ask(old, { number: "+13125550131" }).rules).toEqual(ask(shipped, { number: "+13125550131" }).rules);
  expect(shipped.zoneTrouble()?.includes("New_York") ?? false).toBe(false);
  expect(old.zoneTrouble()).toContain("America/New_York");
});

test("a rule that reads its own clock there decides nothing either", () => {
  const dialingRules = { startTime: "08:00:00", endTime: "20:00:00", allowedDays: ["Tuesday"] };
  const campaign = campaignOverlay("camp_1", { timeZone: "America/New_York", dialingRules });
  const merged = compilePack(mergePacks(ahead(usCaUk2026()), campaign), { geography });
  expect(ask(merged, { number: "+13125550131" }).rules).toEqual(["ZONE_DATA_OLD"]);
  expect(ask(shipped, { number: "+13125550131" }).decision).toBe("allow");
});

test("an overlay cannot need less than its base, and a pack of its own needs what the tables of places need", () => {
  const overlay = { ...usCaUk2026(), id: "own", base: "us-ca-uk-2026", jurisdictions: [], rules: [], calendars: {} };
  const { zoneData: _, ...silent } = overlay;
  for (const one of [silent, { ...silent, zoneData: { version: "2020a", changes: [] } }]) {
    const merged = mergePacks(ahead(usCaUk2026()), one);
    expect(merged.zoneData?.version).toBe("2027z");
    expect(compilePack(merged, { geography }).outdated.has("America/New_York")).toBe(true);
  }
  const { zoneData: __, ...alone } = usCaUk2026();
  expect([...compilePack(alone, { geography }).outdated]).toEqual([...shipped.outdated]);
  expect(compilePack(alone, { geography }).neededZoneData).toBe("2026c");
});

test("the clocks that the pack expects are those of its own notes", () => {
  // Held against data that claim to be new enough; older ones are what the list is for.
  const { version = "", changes = [] } = usCaUk2026().zoneData ?? {};
  for (const { zones, at, offset } of changes) {
    for (const zone of zones) {
      const told = new Intl.DateTimeFormat("en-US", { timeZone: zone, timeZoneName: "longOffset" }).format(Date.parse(at));
      const is = /GMT([+-]\d\d:\d\d)?$/.exec(told)?.[1] ?? "+00:00";
      expect(is === offset, `${zone} ${is} ${version}`).toBe(!shipped.outdated.has(zone));
    }
  }
});
