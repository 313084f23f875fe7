import { describe, expect, test } from "vitest";
import { parseRulePack } from "../../pack/parse.ts";
import { weekdayOf } from "../../time/civil.ts";
import { easter, election, FEDERAL, goodFriday, thanksgiving } from "./holidays.ts";
import { usCaUk2026 } from "./pack.ts";
import { TO_CONFIRM } from "./writing.ts";

const pack = usCaUk2026();
const rule = (id: string) => pack.rules.find((candidate) => candidate.id === id);

test("the pack is a valid one", () => {
  expect(parseRulePack(pack, "us-ca-uk-2026").id).toBe("us-ca-uk-2026");
  expect(pack.emergencies).toEqual([]);
});

test("every state, territory and province is listed once, either with hours of its own or as having none", () => {
  const withHours = new Set(pack.rules.filter(({ kind }) => kind === "calling-hours").map(({ jurisdiction }) => jurisdiction));
  const states = pack.jurisdictions.filter(({ id }) => /^(US|CA)-[A-Z]{2}$/.test(id));
  expect(states).toHaveLength(51 + 5 + 13);
  for (const { id, noOwnHours } of states) expect(withHours.has(id), id).toBe(noOwnHours !== true);
});

test("rules that began lately begin on their day", () => {
  const effective = (id: string) => rule(id)?.effective;
  expect(effective("us-ct-hours")).toBe("2023-10-01");
  expect(effective("us-md-cap")).toBe("2024-01-01");
  expect(effective("us-or-hours")).toBe("2026-01-01");
  expect(effective("us-ok-cap")).toBe("2022-11-01");
  expect(effective("revocation-deadline")).toBe("2025-04-11");
});

test("what a lawyer should confirm is marked, rule by rule", () => {
  const marked = pack.rules.filter(({ note }) => note?.includes(TO_CONFIRM)).map(({ id }) => id);
  const open = [
    "us-abandonment", // the FCC's proposals of October 2025
    "consent-revocation", // "revoke all" after 2027-01-31
    "us-collection-calls", // a change of Regulation F
    "us-nv-hours",
    "us-mi-hours",
    "us-mn-hours",
    "us-ky-hours",
    "us-al-hours",
    "gb-abandoned-quiet",
    "ca-abandonment",
    "internal-list", // retention
  ];
  expect(marked).toEqual(expect.arrayContaining(open));
  expect(pack.jurisdictions.find(({ id }) => id === "US")?.note).toContain(TO_CONFIRM);
});

test("every rule cites its source, and none that only tables support pretends to be a statute", () => {
  for (const { citation, confidence, id } of pack.rules) {
    expect(citation, id).not.toBe("");
    if (citation.startsWith("policy")) expect(confidence, id).toBe("policy");
    if (citation.startsWith("tables")) expect(["tables", "unconfirmed"], id).toContain(confidence);
  }
});

describe("calendars", () => {
  const days = (name: string, year: string) => pack.calendars[name]?.days.filter((day) => day.startsWith(year));

  test("federal holidays as kept, from the Office of Personnel Management's tables", () => {
    expect(days("US", "2026")).toEqual([
      "2026-01-01",
      "2026-01-19",
      "2026-02-16",
      "2026-05-25",
      "2026-06-19",
      "2026-07-03",
      "2026-09-07",
      "2026-10-12",
      "2026-11-11",
      "2026-11-26",
      "2026-12-25",
    ]);
    expect(days("US", "2027")?.slice(-2)).toEqual(["2027-12-24", "2027-12-31"]);
    expect(days("US", "2028")?.slice(0, 2)).toEqual(["2028-01-17", "2028-02-21"]);
  });

  test("Alabama closes both the day and the day kept for it, and keeps its own days", () => {
    expect(days("US-AL", "2026")).toEqual(expect.arrayContaining(["2026-04-27", "2026-06-01", "2026-07-03", "2026-07-04"]));
    expect(days("US-AL", "2027")).toEqual(expect.arrayContaining(["2027-07-04", "2027-07-05"]));
  });

  test("Pennsylvania has the thirteen days of 44 P.S. 11 and what federal law adds", () => {
    expect(days("US-PA", "2025")).toHaveLength(14);
    expect(days("US-PA", "2026")).toEqual(expect.arrayContaining(["2026-04-03", "2026-06-14", "2026-11-03"]));
    expect(days("US-PA", "2027")).toEqual(expect.arrayContaining(["2027-03-26", "2027-06-14", "2027-11-02"]));
  });

  test("Utah has Pioneer Day, Rhode Island its independence and Victory Day", () => {
    expect(days("US-UT", "2027")).toEqual(expect.arrayContaining(["2027-07-23", "2027-07-24"]));
    expect(days("US-RI", "2026")).toEqual(expect.arrayContaining(["2026-05-04", "2026-08-10"]));
  });
});

describe("rules of holidays", () => {
  // Gregorian Easter Sundays as printed in almanacs.
  test.each([
    [2024, "2024-03-31"],
    [2025, "2025-04-20"],
    [2026, "2026-04-05"],
    [2027, "2027-03-28"],
    [2028, "2028-04-16"],
    [2029, "2029-04-01"],
    [2038, "2038-04-25"],
    [2285, "2285-03-22"],
  ])("Easter of %i is %s", (year, date) => {
    expect(new Date(easter(year) * 86_400_000).toISOString().slice(0, 10)).toBe(date);
  });

  test("Good Friday is a Friday, Thanksgiving a Thursday of 22 to 28 November, election day a Tuesday of 2 to 8 November", () => {
    for (let year = 2000; year < 2100; year++) {
      expect(weekdayOf(goodFriday(year))).toBe(5);
      const day = new Date(thanksgiving(year) * 86_400_000);
      expect([day.getUTCDay(), day.getUTCMonth()]).toEqual([4, 10]);
      expect(day.getUTCDate()).toBeGreaterThan(21);
      expect(day.getUTCDate()).toBeLessThan(29);
      const vote = new Date(election(year) * 86_400_000);
      expect([vote.getUTCDay(), vote.getUTCMonth()]).toEqual([2, 10]);
      expect(vote.getUTCDate()).toBeGreaterThan(1);
      expect(vote.getUTCDate()).toBeLessThan(9);
    }
  });

  test("no federal holiday is kept at a weekend", () => {
    const kept = pack.calendars["US"]?.days.map((date) => new Date(date).getUTCDay()) ?? [];
    expect(kept).toHaveLength(16 * FEDERAL.length);
    expect(kept.some((day) => day === 0 || day === 6)).toBe(false);
  });
});
