// What a look at calling windows says of another moment, against the windows themselves.

import fc from "fast-check";
import { expect, test } from "vitest";
import { compilePack, createBuiltinGeography, type RulePack, usCaUk2026 } from "../../../compliance/index.ts";
import { contactsClosed, hoursAt, ZoneCensus, type ZoneWindow } from "./gate.ts";

const NOW = Date.UTC(2026, 2, 2, 15);
const MINUTE = 60_000;

/** Contacts of a zone under the same rules: whether they may be called at the look, and when that turns; undefined: in no four days. */
interface Part {
  readonly contacts: number;
  readonly open: boolean;
  readonly turns: number | undefined;
}

/** The zone's window at the look, as a census makes it. */
function windowOf(parts: readonly Part[]): ZoneWindow {
  const of = (open: boolean) => parts.filter((one) => one.open === open);
  const turns = (open: boolean) => of(open).flatMap((one) => one.turns ?? []);
  const isEndless = (open: boolean) => of(open).some((one) => one.turns === undefined) || turns(open).length === 0;
  const sum = (some: readonly Part[]) => some.reduce((all, { contacts }) => all + contacts, 0);
  return {
    zone: "UTC",
    contacts: sum(parts),
    open: sum(of(true)),
    closes: turns(true).length === 0 ? null : Math.min(...turns(true)),
    until: isEndless(true) ? null : Math.max(...turns(true)),
    opens: turns(false).length === 0 ? null : Math.min(...turns(false)),
    opened: isEndless(false) ? null : Math.max(...turns(false)),
    closed: of(false).length === 0 ? null : NOW - 60 * MINUTE,
  };
}

test("nobody is said to be closed only when nobody is, also where parts of a zone turn one after the other since the look", () => {
  const part = fc.record({
    contacts: fc.integer({ min: 1, max: 5 }),
    open: fc.boolean(),
    turns: fc.option(
      fc.integer({ min: 1, max: 180 }).map((minutes) => NOW + minutes * MINUTE),
      { nil: undefined },
    ),
  });
  const zones = fc.array(fc.array(part, { minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 3 });
  fc.assert(
    fc.property(zones, fc.integer({ min: 0, max: 200 }), (parts, minutes) => {
      const at = NOW + minutes * MINUTE;
      const isOpen = ({ open, turns }: Part) => (turns !== undefined && at >= turns ? !open : open);
      const truly = parts.flat().reduce((sum, one) => sum + (isOpen(one) ? 0 : one.contacts), 0);
      const windows = parts.map(windowOf);
      const told = contactsClosed(windows, at);
      expect(told === null || told <= truly).toBe(true);
      expect(told === 0 && truly > 0).toBe(false);
      if (minutes === 0) expect(told).toBe(truly);
      if (hoursAt(windows, at) === "closed") expect(parts.flat().some(isOpen)).toBe(false);
    }),
    { numRuns: 2000 },
  );
});

test("of a zone of which one part has opened since the look it is not known whether the others have", () => {
  const parts = [30, 90].map((minutes) => ({ contacts: 3, open: false, turns: NOW + minutes * MINUTE }));
  const closed = (minutes: number) => contactsClosed([windowOf(parts)], NOW + minutes * MINUTE);
  expect([closed(0), closed(29), closed(30), closed(89), closed(90)]).toEqual([6, 6, null, null, 0]);
});

// Under the shipped rules.

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

test("says until when a zone is open and when another opens, the one with most contacts first", () => {
  expect(census(LOS_ANGELES, NEW_YORK, NEW_YORK).windows(MORNING)).toEqual([
    {
      zone: "America/New_York",
      contacts: 2,
      open: 2,
      closes: Date.parse("2026-06-17T01:00:00Z"),
      until: Date.parse("2026-06-17T01:00:00Z"),
      opens: null,
      opened: null,
      closed: null,
    },
    {
      zone: "America/Los_Angeles",
      contacts: 1,
      open: 0,
      closes: null,
      until: null,
      opens: Date.parse("2026-06-16T15:00:00Z"),
      opened: Date.parse("2026-06-16T15:00:00Z"),
      closed: Date.parse("2026-06-16T04:00:00Z"),
    },
  ]);
});

test("opens again after the night", () => {
  const [window] = census(NEW_YORK).windows(Date.parse("2026-06-16T05:00:00Z"));
  expect(window).toMatchObject({ open: 0, opens: Date.parse("2026-06-16T12:00:00Z") });
});

test("never opens where nobody knows the clock", () => {
  expect(census(NOWHERE).windows(MORNING)).toEqual([
    { zone: "unknown", contacts: 1, open: 0, closes: null, until: null, opens: null, opened: null, closed: null },
  ]);
});

test("knows the countries of its places", () => {
  expect(census(NEW_YORK, 442079460101).countries).toEqual(new Set(["US", "GB"]));
});

test("counts whom the clock forbids to call: zones that are closed, without those that never open, until they open", () => {
  const windows = census(LOS_ANGELES, NEW_YORK, NEW_YORK, NOWHERE).windows(MORNING);
  expect(contactsClosed(windows, MORNING)).toBe(1);
  expect(contactsClosed(windows, Date.parse("2026-06-16T15:00:00Z"))).toBe(0);
  expect(contactsClosed(windows, Date.parse("2026-06-17T01:30:00Z"))).toBe(2);
  expect(contactsClosed([], MORNING)).toBeNull();
  expect(contactsClosed(census(NEW_YORK).windows(MORNING), MORNING + 4 * 24 * 3_600_000)).toBeNull();
});
