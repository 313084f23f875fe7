import fc from "fast-check";
import { expect, test } from "vitest";
import { scaled } from "../../../test/support/scale.ts";
import { DAY_MS, HOUR_MS } from "../../kernel/index.ts";
import { addMonths, formatInstant, parseDay, textOfDay, weekdayOf } from "./civil.ts";
import { Zone } from "./zone.ts";

const ZONES = [
  "America/New_York",
  "America/St_Johns",
  "America/Phoenix",
  "America/Adak",
  "Australia/Lord_Howe",
  "Africa/Casablanca",
  "America/Havana",
  "Asia/Kathmandu",
  "Pacific/Apia",
  "Europe/London",
];
const instant = (from: string, to: string) => fc.integer({ min: Date.parse(from), max: Date.parse(to) });

test("local times are those that Intl tells, in any year and zone, in any order of asking", () => {
  const zones = new Map(ZONES.map((name) => [name, new Zone(name)]));
  const formats = new Map(
    ZONES.map((name) => [
      name,
      new Intl.DateTimeFormat("sv-SE", { timeZone: name, dateStyle: "short", timeStyle: "medium", hourCycle: "h23" }),
    ]),
  );
  fc.assert(
    fc.property(fc.constantFrom(...ZONES), instant("1990-01-01T00:00:00Z", "2040-01-01T00:00:00Z"), (name, at) => {
      const second = Math.floor(at / 1000) * 1000;
      const local = second + (zones.get(name)?.offset(second) ?? Number.NaN);
      expect(new Date(local).toISOString().slice(0, 19).replace("T", " ")).toBe(formats.get(name)?.format(second));
    }),
    { numRuns: scaled(3000, 300) },
  );
});

test("a stretch ends where the offset changes", () => {
  const zone = new Zone("America/New_York");
  expect(formatInstant(zone.stretchEnd(Date.parse("2026-06-01T00:00:00Z")))).toBe("2026-11-01T06:00:00Z");
  expect(zone.offset(Date.parse("2026-11-01T05:59:59.999Z"))).toBe(-4 * HOUR_MS);
  expect(zone.offset(Date.parse("2026-11-01T06:00:00Z"))).toBe(-5 * HOUR_MS);
});

test("a wall-clock time in a skipped hour is met when the clock has jumped over it, one in a repeated hour twice", () => {
  const zone = new Zone("America/New_York");
  const at = (text: string) => Date.parse(text);
  const halfPastTwo = (local: number) => {
    const day = Math.floor(local / DAY_MS) * DAY_MS;
    const wanted = day + 2.5 * HOUR_MS;
    return local <= wanted ? wanted : local;
  };
  expect(formatInstant(zone.first(at("2026-03-08T05:00:00Z"), at("2026-03-09T00:00:00Z"), halfPastTwo))).toBe(
    "2026-03-08T07:00:00Z",
  );
  const onlyHalfPastOne = (local: number) =>
    local <= at("2026-11-01T01:30:00Z") ? at("2026-11-01T01:30:00Z") : Number.POSITIVE_INFINITY;
  expect(formatInstant(zone.first(at("2026-11-01T04:00:00Z"), at("2026-11-02T00:00:00Z"), onlyHalfPastOne))).toBe(
    "2026-11-01T05:30:00Z",
  );
  expect(formatInstant(zone.first(at("2026-11-01T05:30:01Z"), at("2026-11-02T00:00:00Z"), onlyHalfPastOne))).toBe(
    "2026-11-01T06:30:00Z",
  );
});

test("the first instant of a local date is where a zone's clock first shows it", () => {
  const havana = new Zone("America/Havana");
  const wanted = parseDay("2026-03-08", "day");
  const from = Date.parse("2026-03-07T12:00:00Z");
  // Midnight of that day is skipped in Havana: the day begins at 01:00.
  expect(formatInstant(havana.firstDay(from, from + 3 * DAY_MS, (day) => day >= wanted))).toBe("2026-03-08T05:00:00Z");
});

test("months are added on the calendar and clamped to a shorter month", () => {
  const plus = (text: string, months: number) => textOfDay(addMonths(parseDay(text, "day"), months));
  expect(plus("2026-08-31", 18)).toBe("2028-02-29");
  expect(plus("2026-08-31", 6)).toBe("2027-02-28");
  expect(plus("2026-12-15", 3)).toBe("2027-03-15");
  expect(plus("2026-01-31", 0)).toBe("2026-01-31");
});

test("dates read and write back, and what is no date is refused", () => {
  fc.assert(
    fc.property(fc.integer({ min: -20_000, max: 60_000 }), (day) => {
      expect(parseDay(textOfDay(day), "day")).toBe(day);
      expect(weekdayOf(day)).toBe(new Date(day * DAY_MS).getUTCDay());
    }),
  );
  for (const text of ["2026-02-29", "2026-13-01", "2026-6-01", "2026-06-31", "20260601", "garbage", "2026-06-00", "2026-00-10"]) {
    expect(() => parseDay(text, "scrubbedOn")).toThrow(/scrubbedOn/);
  }
});

test("a zone that does not exist is refused by name", () => {
  expect(() => new Zone("America/New_Yrok")).toThrow(/America\/New_Yrok/);
});
