import { expect, test } from "vitest";
import { isEverOver, lastQuietEnd, type QuietHours, quietUntil } from "./quiet-hours.ts";

const NIGHTS: QuietHours = { zone: "Europe/Berlin", periods: [{ from: 22 * 60, to: 7 * 60 }] };
const AND_WEEKENDS: QuietHours = { ...NIGHTS, periods: [...NIGHTS.periods, { from: 0, to: 1440, days: [0, 6] }] };
const at = (text: string) => Date.parse(text);
const told = (instant: number | undefined) => (instant === undefined ? undefined : new Date(instant).toISOString());

test.each([
  ["the evening before", NIGHTS, "2026-11-23T20:59:59Z", undefined],
  ["its first instant", NIGHTS, "2026-11-23T21:00:00Z", "2026-11-24T06:00:00.000Z"],
  ["after midnight", NIGHTS, "2026-11-24T05:59:59Z", "2026-11-24T06:00:00.000Z"],
  ["its end", NIGHTS, "2026-11-24T06:00:00Z", undefined],
  ["the night in which the clock goes back", NIGHTS, "2026-10-24T21:00:00Z", "2026-10-25T06:00:00.000Z"],
  ["the night in which it goes forward", NIGHTS, "2026-03-28T22:00:00Z", "2026-03-29T05:00:00.000Z"],
  [
    "periods that meet are one: Friday's night, the week-end, Sunday's night",
    AND_WEEKENDS,
    "2026-11-20T21:30:00Z",
    "2026-11-23T06:00:00.000Z",
  ],
  ["Saturday noon", AND_WEEKENDS, "2026-11-21T11:00:00Z", "2026-11-23T06:00:00.000Z"],
  ["Monday noon", AND_WEEKENDS, "2026-11-23T11:00:00Z", undefined],
] as const)("quiet hours: %s", (_, hours, instant, until) => {
  expect(told(quietUntil(hours, at(instant)))).toBe(until);
});

test("the last end is that of the night before, also just after it", () => {
  expect(told(lastQuietEnd(NIGHTS, at("2026-11-24T06:00:00Z")))).toBe("2026-11-24T06:00:00.000Z");
  expect(told(lastQuietEnd(NIGHTS, at("2026-11-24T20:00:00Z")))).toBe("2026-11-24T06:00:00.000Z");
  const saturdays = { zone: "UTC", periods: [{ from: 0, to: 0, days: [6] }] };
  expect(told(lastQuietEnd(saturdays, at("2026-11-27T23:00:00Z")))).toBe("2026-11-22T00:00:00.000Z");
});

test("hours that are never over are known", () => {
  expect(isEverOver(AND_WEEKENDS)).toBe(true);
  expect(
    isEverOver({
      periods: [
        { from: 0, to: 720 },
        { from: 720, to: 0 },
      ],
    }),
  ).toBe(false);
  expect(isEverOver({ periods: [{ from: 480, to: 480 }] })).toBe(false);
});
