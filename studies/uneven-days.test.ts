import { expect, test } from "vitest";
import { scaled } from "../test/support/scale.ts";
import { studyUnevenDays } from "./uneven-days.ts";

const REPETITIONS = scaled(1000, 100);
/** Four standard errors of a share of so many repetitions. */
const NOISE = 4 * Math.sqrt((0.95 * 0.05) / REPETITIONS);

test.each([
  { days: 30, callsPerDay: 400, effect: 0, shape: "even" },
  { days: 14, callsPerDay: 400, effect: 0.2, shape: "even" },
  { days: 30, callsPerDay: 400, effect: 0.5, shape: "skewed" },
] as const)("the ledger's interval and a conversion's hold where days and hours differ: %j", (condition) => {
  const { abandonment, conversion, ...other } = studyUnevenDays(
    { ...condition, bursts: true },
    { repetitions: REPETITIONS, seed: "test" },
  );
  for (const { count, of } of [abandonment, conversion]) {
    expect(of).toBe(REPETITIONS);
    expect(count / of).toBeGreaterThan(0.93 - NOISE);
  }
  // Calls taken as independent: the reason why their interval is shown nowhere.
  expect(other["naive abandonment"].count / REPETITIONS).toBeLessThan(0.75 + NOISE);
});

test("on three days no interval is given, and none is counted as one that holds", () => {
  const result = studyUnevenDays(
    { days: 3, callsPerDay: 400, effect: 0.1, shape: "even", bursts: true },
    { repetitions: 5, seed: "test" },
  );
  expect(result.abandonment).toEqual({ count: 0, of: 0, withheld: 5 });
  expect(result.conversion).toEqual({ count: 0, of: 0, withheld: 5 });
});
