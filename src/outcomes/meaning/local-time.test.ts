import fc from "fast-check";
import { expect, test } from "vitest";
import { scaled } from "../../../test/support/scale.ts";
import { WEEKDAYS } from "../../kernel/index.ts";
import { localTime, parseInstant } from "./local-time.ts";

const ZONES = [
  "UTC",
  "America/New_York",
  "Asia/Kolkata",
  "Australia/Lord_Howe",
  "Africa/Cairo",
  "Asia/Kathmandu",
  "America/Havana",
  "Pacific/Apia",
];

test("day, weekday and hour are those that Intl shows", () => {
  const zones = new Map(
    ZONES.map((zone) => [
      zone,
      {
        time: localTime(zone),
        shown: new Intl.DateTimeFormat("sv-SE", { timeZone: zone, dateStyle: "short", timeStyle: "medium" }),
        name: new Intl.DateTimeFormat("en-US", { timeZone: zone, weekday: "long" }),
      },
    ]),
  );
  fc.assert(
    fc.property(fc.constantFrom(...ZONES), fc.integer({ min: Date.UTC(1985, 0), max: Date.UTC(2040, 0) }), (zone, at) => {
      const { time, shown, name } = zones.get(zone) ?? { time: localTime(zone) };
      const { day, hour, weekday } = time.local(at);
      expect(`${day} ${String(hour).padStart(2, "0")}`).toBe(shown?.format(at).slice(0, 13));
      expect(WEEKDAYS[weekday]).toBe(name?.format(at));
    }),
    { numRuns: scaled(2000, 200) },
  );
});

test("a day begins at its first instant, through every change of the clock", () => {
  for (const zone of ZONES) {
    const time = localTime(zone);
    for (let n = Date.UTC(2023, 0) / 86_400_000; n < Date.UTC(2027, 0) / 86_400_000; n++) {
      const day = new Date(n * 86_400_000).toISOString().slice(0, 10);
      const start = time.startOfDay(day);
      expect(time.local(start).day).toBe(day);
      expect(time.local(start - 1).day < day).toBe(true);
    }
  }
});

test("both hours of a clock set back are hour 1, and the skipped hour does not occur", () => {
  const time = localTime("America/New_York");
  const local = (at: number) => time.local(at);
  expect(
    ["2026-11-01T05:30:00Z", "2026-11-01T06:30:00Z", "2026-11-01T07:30:00Z"].map((at) => local(Date.parse(at)).hour),
  ).toEqual([1, 1, 2]);
  expect(["2026-03-08T06:30:00Z", "2026-03-08T07:30:00Z"].map((at) => local(Date.parse(at)).hour)).toEqual([1, 3]);
});

test("instants are read from days of a zone and from times with an offset, and nothing else", () => {
  const time = localTime("America/New_York");
  expect(parseInstant("--from", "2026-03-08", time)).toBe(Date.parse("2026-03-08T05:00:00Z"));
  expect(parseInstant("--from", "2026-03-08T09:00:00-05:00", time)).toBe(Date.parse("2026-03-08T14:00:00Z"));
  for (const text of ["2026-13-01", "2026-02-29", "yesterday", "2026-03-08T09:00:00", ""])
    expect(() => parseInstant("--from", text, time)).toThrow("--from");
});
