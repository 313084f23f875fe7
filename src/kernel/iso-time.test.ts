import fc from "fast-check";
import { expect, test } from "vitest";
import { isDay, parseInstant } from "./index.ts";

test("a day is one of the calendar", () => {
  for (const day of ["2026-02-28", "2024-02-29", "2000-02-29", "2026-12-31", "1970-01-01"]) expect(isDay(day), day).toBe(true);
  for (const day of [
    "2026-02-29",
    "2026-02-30",
    "1900-02-29",
    "2026-04-31",
    "2026-13-01",
    "2026-00-10",
    "2026-01-00",
    "2026-1-1",
    "",
    " 2026-01-01",
  ])
    expect(isDay(day), day).toBe(false);
});

test("an instant is written with its offset, on a day of the calendar", () => {
  expect(parseInstant("2026-03-08T09:00:00-05:00")).toBe(Date.UTC(2026, 2, 8, 14));
  expect(parseInstant("2026-03-08T09:00Z")).toBe(Date.UTC(2026, 2, 8, 9));
  for (const text of [
    "2026-02-30T00:00:00Z",
    "2026-02-29T09:00:00+01:00",
    "2026-04-31T09:00Z",
    "2026-03-08T09:00:00",
    "2026-03-08",
    "x",
  ])
    expect(parseInstant(text), text).toBeUndefined();
});

test("every year, month and day: what is taken is what Date writes for them, and what it would move to another day is not", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1900, max: 2199 }),
      fc.integer({ min: 0, max: 13 }),
      fc.integer({ min: 0, max: 32 }),
      (year, month, day) => {
        const text = `${year}-${String(month).padStart(2, "0")}-${String(day).padStart(2, "0")}`;
        const date = new Date(Date.UTC(year, month - 1, day));
        const exists = date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
        expect(isDay(text)).toBe(exists);
        expect(parseInstant(`${text}T12:00:00Z`)).toBe(exists ? date.getTime() + 43_200_000 : undefined);
      },
    ),
    { numRuns: 2000 },
  );
});
