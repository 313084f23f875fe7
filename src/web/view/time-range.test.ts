// The part of the time shown: what is in the address, and how it is zoomed and moved.

import fc from "fast-check";
import { expect, test } from "vitest";
import { moved, part, rangeOf, rangeQuery, timeTrouble, zoomed } from "./time-range.ts";

const MINUTE = 60_000;
const END = Date.UTC(2026, 2, 2, 15);
const SHOWN = { from: END - 60 * MINUTE, to: END };
const of = (from: number, to: number) => ({ from: END - from * MINUTE, to: END - to * MINUTE });

test("an address names it, and what it names is read back", () => {
  const query = rangeQuery(of(40, 20));
  expect(query).toEqual({ from: "2026-03-02T14:20:00Z", to: "2026-03-02T14:40:00Z" });
  expect(rangeOf({ ...query }, SHOWN)).toEqual(of(40, 20));
  expect(rangeQuery(undefined)).toEqual({ from: undefined, to: undefined });
});

test.each([
  ["nothing", {}],
  ["no times", { from: "yesterday", to: "today" }],
  ["a day that no calendar has", { from: "2026-02-30T14:20:00Z", to: "2026-03-02T14:40:00Z" }],
  ["an end before its beginning", { from: "2026-03-02T14:40:00Z", to: "2026-03-02T14:20:00Z" }],
  ["more than is shown", { from: "2000-01-01T00:00:00Z", to: "2100-01-01T00:00:00Z" }],
  ["another day", { from: "2026-03-01T14:20:00Z", to: "2026-03-01T14:40:00Z" }],
])("an address with %s shows all", (_, query) => {
  expect(rangeOf(query, SHOWN)).toBeUndefined();
});

test.each([
  ["nothing", {}, undefined],
  ["one time", { from: "2026-03-02T14:20", to: "" }, undefined],
  ["times in order", { from: "2026-03-02T14:20:00Z", to: "2026-03-02T14:40:00Z" }, undefined],
  [
    "a day that no calendar has",
    { from: "2026-02-30T00:00:00Z", to: "" },
    "From “2026-02-30T00:00:00Z” in the address is no time, and limits nothing.",
  ],
  ["words", { from: "yesterday", to: "2026-03-02" }, "From “yesterday” in the address is no time, and limits nothing."],
  [
    "times the wrong way round",
    { from: "2026-12-01", to: "2026-01-01" },
    "From in the address is not before Before: no time lies between them.",
  ],
])("what is wrong with an address with %s is told", (_, query, said) => {
  expect(timeTrouble(query, { from: "From", to: "Before" })).toBe(said);
});

test("zooming keeps the middle, and ends at five minutes and at all of it", () => {
  expect(zoomed(undefined, 0.5, SHOWN)).toEqual(of(45, 15));
  expect(zoomed(of(45, 15), 0.5, SHOWN)).toEqual(of(37.5, 22.5));
  expect(zoomed(of(45, 15), 2, SHOWN)).toBeUndefined();
  expect(zoomed(of(32.5, 27.5), 0.5, SHOWN)).toEqual(of(32.5, 27.5));
});

test("moving keeps the length, and stops at the ends", () => {
  expect(moved(of(40, 20), 0.5, SHOWN)).toEqual(of(30, 10));
  expect(moved(of(40, 20), 5, SHOWN)).toEqual(of(20, 0));
  expect(moved(of(40, 20), -5, SHOWN)).toEqual(of(60, 40));
});

test("whatever is chosen lies within the time shown and is long enough", () => {
  const at = fc.integer({ min: -200, max: 200 });
  fc.assert(
    fc.property(at, at, (a, b) => {
      const chosen = part(of(Math.max(a, b), Math.min(a, b)), SHOWN);
      if (chosen === undefined) return;
      expect(chosen.from).toBeGreaterThanOrEqual(SHOWN.from);
      expect(chosen.to).toBeLessThanOrEqual(SHOWN.to);
      expect(chosen.to - chosen.from).toBeGreaterThanOrEqual(5 * MINUTE);
    }),
  );
});
