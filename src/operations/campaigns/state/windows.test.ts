// Calling windows of a list's zones under the shipped rules.

import { expect, it } from "vitest";
import { compilePack, createBuiltinGeography, type RulePack, usCaUk2026 } from "../../../compliance/index.ts";
import { contactsClosed, ZoneCensus } from "./gate.ts";

const geography = createBuiltinGeography();
const compile = (pack: RulePack) => compilePack(pack, { geography });
const census = (...numbers: number[]) => {
  const made = new ZoneCensus(usCaUk2026(), compile, "telemarketing");
  for (const number of numbers) made.add(number, undefined);
  return made;
};
const [NEW_YORK, LOS_ANGELES, NOWHERE] = [12125550101, 12135550101, 18005550101];
/** A Tuesday, 09:30 in New York, 06:30 in Los Angeles. */
const MORNING = Date.parse("2026-06-16T13:30:00Z");

it("says until when a zone is open and when another opens, the one with most contacts first", () => {
  expect(census(LOS_ANGELES, NEW_YORK, NEW_YORK).windows(MORNING)).toEqual([
    { zone: "America/New_York", contacts: 2, open: 2, until: Date.parse("2026-06-17T01:00:00Z"), opens: null, closed: null },
    {
      zone: "America/Los_Angeles",
      contacts: 1,
      open: 0,
      until: null,
      opens: Date.parse("2026-06-16T15:00:00Z"),
      closed: Date.parse("2026-06-16T04:00:00Z"),
    },
  ]);
});

it("opens again after the night", () => {
  const [window] = census(NEW_YORK).windows(Date.parse("2026-06-16T05:00:00Z"));
  expect(window).toMatchObject({ open: 0, opens: Date.parse("2026-06-16T12:00:00Z") });
});

it("never opens where nobody knows the clock", () => {
  expect(census(NOWHERE).windows(MORNING)).toEqual([
    { zone: "unknown", contacts: 1, open: 0, until: null, opens: null, closed: null },
  ]);
});

it("knows the countries of its places", () => {
  expect(census(NEW_YORK, 442079460101).countries).toEqual(new Set(["US", "GB"]));
});

it("counts whom the clock forbids to call: zones that are closed, without those that never open, until they open", () => {
  const windows = census(LOS_ANGELES, NEW_YORK, NEW_YORK, NOWHERE).windows(MORNING);
  expect(contactsClosed(windows, MORNING)).toBe(1);
  expect(contactsClosed(windows, Date.parse("2026-06-16T15:00:00Z"))).toBe(0);
  expect(contactsClosed(windows, Date.parse("2026-06-17T01:30:00Z"))).toBe(2);
  expect(contactsClosed([], MORNING)).toBeNull();
  expect(contactsClosed(census(NEW_YORK).windows(MORNING), MORNING + 4 * 24 * 3_600_000)).toBeNull();
});
