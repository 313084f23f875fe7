// Ten business days, counted against a calendar written down by hand, and the states of a revocation on its way.

import fc from "fast-check";
import { expect, test } from "vitest";
import { businessDeadline, readRevocationClock } from "./revocation-clock.ts";

const HOUR = 3_600_000;
const HOLIDAYS = new Set(["2026-07-03", "2026-11-11", "2026-11-26", "2026-12-25", "2027-01-01", "2027-12-24", "2027-12-31"]);
const rule = { businessDays: 10, holidays: HOLIDAYS };

test.each([
  ["2026-06-26", "2026-07-13"],
  ["2026-11-20", "2026-12-07"],
  ["2026-06-27", "2026-07-13"],
  ["2026-06-28", "2026-07-13"],
  ["2026-03-02", "2026-03-16"],
  ["2026-12-24", "2027-01-11"],
  ["2027-12-23", "2028-01-10"],
])("a request of %s must be carried out by %s", (requested, last) => {
  expect(businessDeadline(requested, 10, HOLIDAYS)).toBe(last);
});

test("between request and deadline lie exactly ten business days, the last of which is the deadline", () => {
  const dayAfter = (date: string, days: number) => new Date(Date.parse(date) + days * 86_400_000).toISOString().slice(0, 10);
  const isBusiness = (date: string) => !new Date(date).toUTCString().startsWith("S") && !HOLIDAYS.has(date);
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 900 }), fc.integer({ min: 1, max: 30 }), (offset, count) => {
      const requested = dayAfter("2026-01-01", offset);
      const deadline = businessDeadline(requested, count, HOLIDAYS);
      let business = 0;
      for (let day = dayAfter(requested, 1); day <= deadline; day = dayAfter(day, 1)) if (isBusiness(day)) business += 1;
      expect([business, isBusiness(deadline)]).toEqual([count, true]);
    }),
  );
});

test("what is no date is refused", () => {
  for (const date of ["2026-6-1", "", "2026-13-01", "tomorrow"]) {
    expect(() => businessDeadline(date, 10, HOLIDAYS)).toThrow("is not a date");
  }
});

const revokedAt = Date.parse("2026-06-26T15:00:00Z");
const targets = [
  { system: "dialer", hours: 1 },
  { system: "crm", hours: 24 },
  { system: "partner", hours: 2000 },
];
const clock = (hours: number, acknowledged: Record<string, number> = {}) =>
  readRevocationClock(
    {
      revokedAt,
      acknowledgements: Object.entries(acknowledged).map(([system, at]) => ({ system, at: revokedAt + at * HOUR })),
    },
    targets,
    rule,
    revokedAt + hours * HOUR,
  );
const states = (hours: number, acknowledged: Record<string, number> = {}) =>
  clock(hours, acknowledged).systems.map(({ state }) => state);

test("each system has its own target, and none reaches past the deadline", () => {
  expect(clock(0)).toMatchObject({ deadline: "2026-07-13", open: true, overdue: false, nextDue: revokedAt + HOUR });
  expect(states(0.5)).toEqual(["due", "due", "due"]);
  expect(states(2)).toEqual(["overdue", "due", "due"]);
  expect(clock(2).overdue).toBe(true);
  expect(states(2, { dialer: 0.5 })).toEqual(["done", "due", "due"]);
  expect(states(3, { dialer: 2 })).toEqual(["late", "due", "due"]);
  expect(clock(3, { dialer: 2 })).toMatchObject({ overdue: false, nextDue: revokedAt + 24 * HOUR });
  const [, , partner] = clock(0).systems;
  expect(partner?.target).toBe(Date.parse("2026-07-13T10:00:00Z"));
  expect(clock(18 * 24, { dialer: 0, crm: 0 }).overdue).toBe(true);
  expect(clock(18 * 24, { dialer: 0, crm: 0, partner: 300 })).toMatchObject({ open: false, overdue: false, nextDue: undefined });
});

test("a request in the evening of the west is of the day it was made there", () => {
  const at = Date.parse("2026-06-27T02:00:00Z");
  expect(readRevocationClock({ revokedAt: at, acknowledgements: [] }, [], rule, at).deadline).toBe("2026-07-13");
  const monday = Date.parse("2026-06-30T02:00:00Z");
  expect(readRevocationClock({ revokedAt: monday, acknowledgements: [] }, [], rule, monday).deadline).toBe("2026-07-14");
});
