import { describe, expect, test } from "vitest";
import { AnswersToCome } from "../pacing/period.ts";
import { parseScenario } from "./parse.ts";
import { periodOf } from "./period.ts";

const HOUR = 3600;
const shift = { count: 4, shift: { from: "09:00", to: "17:00" } };

describe("the work left in the measured period", () => {
  test("of a campaign with an end: all shifts until then", () => {
    const period = periodOf(parseScenario({ start: "08:00", duration: "5d", agents: [shift], campaignEnds: "5d" }));
    expect(period.hasEnd).toBe(true);
    expect(period.workLeft(0)).toBeCloseTo(5 * 4 * 8 * HOUR);
    expect(period.workLeft(HOUR)).toBeCloseTo(5 * 4 * 8 * HOUR);
    expect(period.workLeft(5 * HOUR)).toBeCloseTo(4 * 4 * HOUR + 4 * 4 * 8 * HOUR);
    expect(period.workLeft(4 * 24 * HOUR + 10 * HOUR)).toBe(0);
  });

  test("of a window of 24 hours: what is left of the day", () => {
    const period = periodOf(parseScenario({ start: "08:00", duration: "5d", agents: [shift], abandonmentWindow: "24h" }));
    expect(period.hasEnd).toBe(true);
    for (const day of [0, 1, 4]) expect(period.workLeft(day * 24 * HOUR + 8 * HOUR)).toBeCloseTo(4 * HOUR);
  });

  test("without an end: the first window, then each day", () => {
    const period = periodOf(parseScenario({ start: "08:00", duration: "60d", agents: [shift] }));
    expect(period.hasEnd).toBe(false);
    expect(period.workLeft(0)).toBeCloseTo(30 * 4 * 8 * HOUR);
    expect(period.workLeft(40 * 24 * HOUR)).toBeCloseTo(4 * 8 * HOUR);
  });

  test("counts calling windows, shifts over midnight, and agents without shifts until the run ends", () => {
    const night = { count: 2, shift: { from: "22:00", to: "02:00" } };
    const open = parseScenario({ start: "21:00", duration: "1d", agents: [night], campaignEnds: "1d" });
    expect(periodOf(open).workLeft(0)).toBeCloseTo(2 * 4 * HOUR);
    const windowed = { ...open, callingWindows: [{ from: "08:00", to: "23:00" }] };
    expect(periodOf(windowed).workLeft(0)).toBeCloseTo(2 * HOUR);
    const always = parseScenario({ start: "09:00", duration: "8h", agents: 3, abandonmentWindow: "24h" });
    expect(periodOf(always).workLeft(2 * HOUR)).toBeCloseTo(3 * 6 * HOUR);
  });
});

test("an expected number of live answers is an end, too", () => {
  const period = periodOf(parseScenario({ expectedAnswers: 400 }));
  expect(period).toMatchObject({ hasEnd: true, expectedAnswers: 400 });
});

test("a list has no more answers to give than its leads and their attempts can bring", () => {
  const list = periodOf(parseScenario({ duration: "4h", campaignEnds: "4h", agents: 5, leads: { count: 300, maxAttempts: 1 } }));
  const toCome = new AnswersToCome(list);
  expect(toCome.left(0, 0, 300, 0.2)).toBeCloseTo(60);
  expect(toCome.left(0, 0, 10, 0.2)).toBeCloseTo(2);
  const again = new AnswersToCome({ ...list, attemptsPerLead: 3 });
  expect(again.left(0, 0, 300, 0.2)).toBeCloseTo(300 * (1 - 0.8 ** 3));
  const { attemptsPerLead: _, ...unknown } = list;
  expect(new AnswersToCome(unknown).left(0, 0, 300, 0.2)).toBe(300);
});
