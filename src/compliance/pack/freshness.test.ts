import { describe, expect, test } from "vitest";
import { describeDifferences, freshnessOf, type Rule, type RulePack, readingOf, usCaUk2026 } from "../index.ts";

const pack = (rules: Rule[], calendars: RulePack["calendars"] = {}): RulePack => ({
  format: "outdial-rule-pack/1",
  id: "p",
  title: "P",
  version: "1",
  jurisdictions: [{ id: "US-FL", title: "Florida" }],
  rules,
  calendars,
  emergencies: [],
  geography: "builtin",
});
const cap = (more: object = {}): Rule => ({
  kind: "attempt-cap",
  id: "fl-cap",
  jurisdiction: "US-FL",
  binds: ["telemarketing"],
  max: 3,
  period: { hours: 24 },
  scope: "subject",
  violation: "FREQ_24H",
  citation: "Fla. Stat. 501.616(6)",
  confidence: "statute",
  ...more,
});
const at = (date: string) => Date.parse(`${date}T12:00:00Z`);

describe("freshness", () => {
  test("a rule is stale on the first day after so many, and when nobody says when it was read", () => {
    const read = pack([cap({ lookedUp: "2026-01-01" })]);
    expect(freshnessOf(read, at("2026-06-30"), 180).rules).toEqual([]);
    expect(freshnessOf(read, at("2026-07-01"), 180).rules).toEqual([
      {
        id: "fl-cap",
        jurisdiction: "US-FL",
        citation: "Fla. Stat. 501.616(6)",
        confidence: "statute",
        lookedUp: "2026-01-01",
        days: 181,
      },
    ]);
    const two = pack([
      cap({ id: "old", lookedUp: "2025-01-01" }),
      cap({ id: "older", lookedUp: "2024-01-01" }),
      cap({ id: "unknown" }),
    ]);
    expect(freshnessOf(two, at("2026-07-01"), 180).rules.map(({ id, days }) => [id, days])).toEqual([
      ["unknown", null],
      ["older", 912],
      ["old", 546],
    ]);
    expect(freshnessOf(pack([cap({ confidence: "policy" })]), at("2026-07-01"), 180).rules).toEqual([]);
  });

  test("a rule whose law nobody has read is told, whatever the day, and claims no reading of it", () => {
    const of = (confidence: Rule["confidence"], lookedUp?: string) =>
      cap({ id: confidence, confidence, ...(lookedUp === undefined ? {} : { lookedUp }) });
    const read = "2026-06-01";
    const rules = [
      of("statute", read),
      of("quotation", read),
      of("summary", read),
      of("tables", read),
      of("unconfirmed"),
      of("policy"),
    ];
    expect(rules.map(readingOf)).toEqual([
      "text read 2026-06-01",
      "text not read; quotation of 2026-06-01",
      "text not read; summary of 2026-06-01",
      "text not read; tables of 2026-06-01",
      "text not read",
      "no law",
    ]);
    expect(readingOf(of("statute"))).toBe("text read on no known day");
    const found = freshnessOf(pack(rules), at("2026-07-01"), 180);
    expect(found.rules).toEqual([]);
    expect(found.unread.map(({ id, lookedUp }) => [id, lookedUp])).toEqual([
      ["quotation", read],
      ["summary", read],
      ["tables", read],
      ["unconfirmed", null],
    ]);
  });

  test("calendars that end soon or have ended are named", () => {
    const days = { a: { days: ["2029-12-25", "2026-01-01"] }, b: { days: ["2026-07-04"] }, none: { days: [] } };
    expect(freshnessOf(pack([], days), at("2026-07-01"), 180).calendars).toEqual([
      { calendar: "b", lastDay: "2026-07-04", daysLeft: 3 },
    ]);
    expect(freshnessOf(pack([], days), at("2030-01-01"), 180).calendars.map(({ daysLeft }) => daysLeft < 0)).toEqual([
      true,
      true,
    ]);
  });

  test("of the shipped pack nothing is stale in the month after it was read, all of it is two years later", () => {
    const shipped = usCaUk2026();
    expect(freshnessOf(shipped, at("2026-12-22"), 180).rules).toEqual([]);
    // Rules of which nothing was read, and choices of the pack, have no reading that could be too old.
    const read = shipped.rules.filter(({ lookedUp }) => lookedUp !== undefined);
    expect(freshnessOf(shipped, at("2028-12-22"), 180).rules).toHaveLength(read.length);
  });
});

describe("differences in sentences", () => {
  const said = (before: RulePack, after: RulePack) => describeDifferences(before, after);

  test("a pack and itself say nothing", () => {
    expect(said(usCaUk2026(), usCaUk2026())).toEqual([]);
  });

  test("new rules, rules that end, and what changes of a rule, by the names that people use", () => {
    const before = pack([cap()]);
    expect(said(before, pack([]))).toEqual([
      "Florida: rule fl-cap ends: at most 3 calls in 24 hours, about one subject (Fla. Stat. 501.616(6)).",
    ]);
    expect(said(pack([]), before)).toEqual([
      "Florida: new rule fl-cap: at most 3 calls in 24 hours, about one subject; binds telemarketing calls (Fla. Stat. 501.616(6), statute).",
    ]);
    expect(said(before, pack([cap({ max: 2, exempt: ["ebr", "written"], effective: "2027-01-01" })]))).toEqual([
      "Florida, rule fl-cap: at most 3 calls in 24 hours, about one subject becomes at most 2 calls in 24 hours, about one subject; " +
        "what lifts it: nothing becomes lifted by a relationship or consent in writing; in force: nothing becomes from 2027-01-01.",
    ]);
    expect(said(before, pack([cap({ note: "read again" })]))).toEqual([
      "Florida, rule fl-cap: its note or the names of what it reports change.",
    ]);
    expect(said(before, pack([cap({ jurisdiction: "*", id: "all" }), cap()]))[0]).toMatch(/^Everywhere: new rule all/);
  });

  test("calendars, emergencies and what lifts a whole jurisdiction", () => {
    const before = pack([], { ut: { days: ["2026-06-19"] } });
    const after: RulePack = {
      ...pack([], { ut: { days: ["2026-06-15"] } }),
      jurisdictions: [{ id: "US-FL", title: "Florida", exempt: ["written"] }],
      emergencies: [{ jurisdiction: "US-NY", start: "2026-08-01T00:00:00Z" }],
    };
    expect(said(before, after)).toEqual([
      "Calendar ut: adds 2026-06-15.",
      "Calendar ut: drops 2026-06-19.",
      "The jurisdictions, what lifts all rules of one, or the places of cities change.",
      "The declared emergencies change.",
    ]);
  });
});
