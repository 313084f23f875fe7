import { expect, test } from "vitest";
import { scaled } from "../test/support/scale.ts";
import { STUDY_INTERVALS, type StudyCount, studyIntervals } from "./intervals.ts";

const REPETITIONS = scaled(1000, 30);
const share = ({ count, of }: StudyCount) => count / of;
/** Four standard errors of a share of so many repetitions; intervals of one report count as one. */
const noise = (expected: number) => 4 * Math.sqrt((expected * (1 - expected)) / REPETITIONS);

test.each([
  { days: 7, callsPerDay: 400, effect: 0.2, lists: 3 },
  { days: 14, callsPerDay: 400, effect: 0.3, lists: 6 },
  { days: 30, callsPerDay: 200, effect: 0, lists: 20 },
])("intervals and verdicts hold what they say, also when days differ: %j", (condition) => {
  const result = studyIntervals({ ...condition, lasting: 0 }, { repetitions: REPETITIONS, seed: "test" });
  for (const name of STUDY_INTERVALS) {
    if (result[name].of === 0) continue;
    expect(share(result[name]), name).toBeGreaterThan(0.93 - noise(0.95));
    expect(share(result[name]), name).toBeLessThan(0.97 + noise(0.95));
  }
  for (const name of ["previous", "all comparisons"] as const) expect(share(result[name]), name).toBeLessThan(0.06 + noise(0.06));
  for (const name of ["trend", "new level"] as const)
    if (result[name].of > 0) expect(share(result[name]), name).toBeLessThan(0.06 + noise(0.06));
});

test("effects of days that last are neither a trend nor a new level", () => {
  const result = studyIntervals(
    { days: 21, callsPerDay: 500, effect: 0.2, lasting: 0.6, lists: 5 },
    { repetitions: REPETITIONS, seed: "test" },
  );
  expect(share(result.trend)).toBeLessThan(0.08 + noise(0.08));
  expect(share(result["new level"])).toBeLessThan(0.08 + noise(0.08));
});

test("intervals that take all calls as independent would not hold", () => {
  const result = studyIntervals(
    { days: 14, callsPerDay: 800, effect: 0.2, lasting: 0, lists: 6 },
    { repetitions: REPETITIONS, seed: "test" },
  );
  expect(share(result["naive conversion"])).toBeLessThan(0.8);
  expect(share(result["naive previous"])).toBeGreaterThan(0.15);
  expect(share(result["naive lists"])).toBeGreaterThan(0.3);
});
