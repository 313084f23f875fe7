// The end of the day against a search second by second, on the days when clocks change.

import { expect, test } from "vitest";
import { endOfDay } from "./use-cases.ts";

test.each([
  ["America/New_York", "2026-03-07T20:00:00Z"],
  ["America/New_York", "2026-03-08T06:59:59Z"],
  ["America/New_York", "2026-11-01T04:30:00.123Z"],
  ["America/New_York", "2026-11-02T04:59:59.999Z"],
  ["Asia/Kolkata", "2026-06-15T18:29:59Z"],
  ["Asia/Kathmandu", "2026-06-15T18:15:00Z"],
  // Clocks that skip midnight.
  ["America/Sao_Paulo", "2018-11-03T20:00:00Z"],
  ["Asia/Beirut", "2026-03-28T12:00:00Z"],
  ["America/Havana", "2026-03-08T03:00:00Z"],
  // Half an hour back and forth.
  ["Australia/Lord_Howe", "2026-04-04T05:00:00Z"],
  ["Pacific/Kiritimati", "2026-01-01T00:00:00Z"],
  ["UTC", "2026-12-31T23:59:59.999Z"],
])("in %s after %s the date changes then and not before", (zone, text) => {
  const now = Date.parse(text);
  const date = new Intl.DateTimeFormat("en-CA", { timeZone: zone, dateStyle: "short" });
  const today = date.format(now);
  const end = endOfDay(now, zone);
  expect(end).toBeGreaterThan(now);
  expect(end - now).toBeLessThanOrEqual(25 * 3_600_000);
  expect(date.format(end - 1)).toBe(today);
  expect(date.format(end)).not.toBe(today);
});

test("a zone that is none is refused", () => {
  expect(() => endOfDay(0, "Mars/Base")).toThrow("Mars/Base");
});
