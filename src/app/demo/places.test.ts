// Whom the demo calls: at any time of the year somebody may be called, for the demo's two hours, and there are numbers for everybody.

import { expect, test } from "vitest";
import { mayCall } from "../../compliance/index.ts";
import { clockRules, numberOf, placesAwake } from "./places.ts";
import { PEOPLE } from "./scenario.ts";

/** So that every minute of an hour and every hour of a week comes up. */
const STEP_MS = 97 * 60_000;
const LIVED_MS = 75 * 60_000;

test("at any time of a year there are places that may be called, with a number for everybody", async () => {
  const pack = await clockRules();
  const open = (prefix: string, at: number) => mayCall({ number: `${prefix}0123`, callType: "telemarketing" }, {}, pack, at);
  // A year whose 31 December is followed by the new year; minutes that are no multiple of the steps in which the places are looked at.
  const [from, to] = [Date.UTC(2027, 11, 30, 0, 8), Date.UTC(2029, 0, 2)];
  for (let now = from; now < to; now += STEP_MS) {
    const { places, openMs } = placesAwake(pack, { now, livedMs: LIVED_MS, people: PEOPLE });
    const at = new Date(now).toISOString();
    expect([at, places.every(({ prefix }) => open(prefix, now) && open(prefix, now + 6_000_000))]).toEqual([at, true]);
    expect([at, places.every(({ prefix }) => open(prefix, now - openMs))]).toEqual([at, true]);
    expect(() => numberOf(places, PEOPLE - 1)).not.toThrow();
  }
});

test("there are as many places as everybody needs numbers, however few have been open for as long as the first", async () => {
  const pack = await clockRules();
  const now = Date.UTC(2028, 5, 14, 17);
  const { places } = placesAwake(pack, { now, livedMs: LIVED_MS, people: 55_000 });
  expect(places.length).toBeGreaterThan(5);
  expect(() => numberOf(places, 54_999)).not.toThrow();
});

test("numbers are each person's own, and too many people are refused", () => {
  const places = [
    { zone: "Pacific/Guam", prefix: "+1671555" },
    { zone: "Pacific/Saipan", prefix: "+1670555" },
  ];
  const numbers = Array.from({ length: 20_000 }, (_, n) => numberOf(places, n).phoneNumber);
  expect(new Set(numbers).size).toBe(20_000);
  expect(numbers.every((one) => one.length === 12)).toBe(true);
  expect(() => numberOf(places, 20_000)).toThrow("no number for person 20001");
});
