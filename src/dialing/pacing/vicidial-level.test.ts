import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type LevelStep, nextLevel } from "./create.ts";

const quiet = { method: "AVERAGE", callsToday: 0, dropPercentToday: 0 } as const;

describe("the step after idle agents", () => {
  test.each<[Partial<LevelStep>, number]>([
    [{ level: 2, difference: 1.5, agents: 10 }, 2.3],
    [{ level: 2, difference: 1.5, agents: 10, intensity: 20 }, 2.36],
    [{ level: 2, difference: 1.5, agents: 10, intensity: -20 }, 2.24],
    [{ level: 2, difference: -1, agents: 10, intensity: 20 }, 1.84],
    [{ level: 2, difference: -1, agents: 10, intensity: -20 }, 1.76],
    [{ level: 2.8, difference: 2, agents: 10 }, 3],
    [{ level: 2, difference: 1.5, agents: 10, differenceTarget: -1 }, 2.1],
  ])("%o gives %d", (step, level) => {
    expect(nextLevel({ level: 1, difference: 0, agents: 1, ...quiet, ...step })).toBeCloseTo(level, 9);
  });
});

describe("the cuts", () => {
  const over = { level: 2.4, difference: 0, agents: 10, callsToday: 51, dropPercentToday: 3.01 } as const;
  test.each<[Partial<LevelStep>, number]>([
    [{ method: "AVERAGE" }, 1.2],
    [{ method: "HARD_LIMIT" }, 1],
    [{ method: "TAPERED", now: 1530, latest: 2100 }, 1.368],
    [{ method: "TAPERED", now: 959, latest: 2100 }, 2.4],
    [{ method: "TAPERED", now: 2101, latest: 2100 }, 1],
    [{ method: "AVERAGE", callsToday: 50, dropPercentToday: 90 }, 2.4],
    [{ method: "AVERAGE", callsToday: 0, callsLastMinute: 21, dropPercentLastMinute: 50.1 }, 1.2],
    [{ method: "AVERAGE", callsToday: 0, callsLastMinute: 20, dropPercentLastMinute: 90 }, 2.4],
  ])("%o gives %d", (step, level) => {
    expect(nextLevel({ ...over, method: "AVERAGE", ...step })).toBeCloseTo(level, 9);
  });

  test("the taper jumps at the full hour, because hours and minutes are subtracted as decimals", () => {
    const tapered = { ...over, level: 10, maximumLevel: 10, method: "TAPERED", latest: 2100 } as const;
    expect(nextLevel({ ...tapered, now: 1959 })).toBeCloseTo(1.41, 9);
    expect(nextLevel({ ...tapered, now: 2000 })).toBeCloseTo(1, 9);
  });
});

test("the level stays between one and the limit whatever comes", () => {
  const number = (min: number, max: number) => fc.double({ min, max, noNaN: true });
  fc.assert(
    fc.property(
      number(1, 10),
      number(-50, 50),
      number(0, 100),
      number(-99, 99),
      fc.constantFrom("HARD_LIMIT", "AVERAGE", "TAPERED"),
      fc.nat(200),
      number(0, 100),
      (level, difference, agents, intensity, method, callsToday, dropPercentToday) => {
        const next = nextLevel({ level, difference, agents, intensity, method, callsToday, dropPercentToday, now: 1200 });
        expect(next).toBeGreaterThanOrEqual(1);
        expect(next).toBeLessThanOrEqual(3);
      },
    ),
  );
});
