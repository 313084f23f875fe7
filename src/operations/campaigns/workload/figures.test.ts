// The arithmetic of the work that is left.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { callbackCounts, callingHoursAt, callingLeft, occupancyOf, paceOf } from "./figures.ts";

const MINUTE = 60_000;
const NOW = Date.UTC(2026, 2, 2, 15);
const window = (minutesAgo: number, callsPlaced: number | null, windowMinutes = 30) => ({
  at: NOW - minutesAgo * MINUTE,
  receivedAt: NOW,
  windowMinutes,
  callsPlaced,
});

describe("the pace", () => {
  it("is that of windows that do not overlap, and lies in its interval", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(150), fc.nat(5000)), { maxLength: 40 }), (given) => {
        const pace = paceOf(
          given.map(([ago, calls]) => window(ago, calls)),
          NOW,
        );
        if (pace === undefined) return;
        expect(pace.windows).toBeLessThanOrEqual(6);
        expect(pace.hours).toBeCloseTo(pace.windows / 2, 10);
        expect(pace.perHour).toBeCloseTo(pace.dials / pace.hours, 6);
        expect(pace.low).toBeGreaterThanOrEqual(0);
        expect(pace.low).toBeLessThan(pace.perHour);
        expect(pace.high).toBeGreaterThan(pace.perHour);
      }),
    );
  });

  it("counts each call once, however often its window is read, and no window without a call", () => {
    const often = Array.from({ length: 90 }, (_, i) => window(i, 600));
    expect(paceOf(often, NOW)).toMatchObject({ perHour: 1200, dials: 1200, hours: 1, windows: 2 });
    const row = [0, 30, 60, 90].map((ago) => window(ago, 600));
    expect(paceOf([...row, window(120, 0), window(150, 600)], NOW)).toMatchObject({ perHour: 1200, windows: 3 });
  });

  it("does not take a window in which calls began or ended for a slow one", () => {
    // 600 an hour, from twelve minutes into a window to three minutes into another.
    expect(paceOf([window(60, 30), window(90, 300), window(120, 180)], NOW)).toMatchObject({ perHour: 600, windows: 1 });
    expect(paceOf([window(0, 300), window(30, 20), window(60, 0)], NOW)).toMatchObject({ perHour: 600, windows: 1 });
    expect(paceOf([window(0, 30), window(30, 0)], NOW)).toBeUndefined();
    // Nobody looked between the two.
    expect(paceOf([window(0, 300), window(60, 300)], NOW)).toBeUndefined();
  });

  it("is known less surely the more the windows differ", () => {
    const even = paceOf([window(0, 600), window(30, 600), window(60, 600), window(90, 1)], NOW);
    const uneven = paceOf([window(0, 100), window(30, 600), window(60, 1100), window(90, 1)], NOW);
    expect((uneven?.high ?? 0) - (uneven?.low ?? 0)).toBeGreaterThan(5 * ((even?.high ?? 0) - (even?.low ?? 0)));
    expect(uneven?.low).toBe(0);
  });

  it.each([
    ["nothing was read", []],
    ["no call was placed", [window(0, 0), window(30, 0)]],
    ["the calls are not told", [window(0, null)]],
    ["it is longer ago than three hours", [window(170, 400)]],
    ["the window is not told", [{ ...window(0, 400), windowMinutes: null }]],
  ])("is not known where %s", (_, readings) => {
    expect(paceOf(readings, NOW)).toBeUndefined();
  });
});

it("the hours are in the interval of the pace, and without an end where the pace may be nothing", () => {
  fc.assert(
    fc.property(
      fc.nat(1e6),
      fc.double({ min: 1, max: 1e5, noNaN: true }),
      fc.double({ min: 0, max: 0.9, noNaN: true }),
      (n, perHour, off) => {
        const left = callingHoursAt(n, { perHour, low: perHour * (1 - off), high: perHour * (1 + off) });
        expect(left.low).toBeLessThanOrEqual(left.hours);
        expect(left.high).toBeGreaterThanOrEqual(left.hours);
      },
    ),
  );
  expect(callingHoursAt(10, { perHour: 5, low: 0, high: 20 })).toEqual({ hours: 2, low: 0.5, high: null });
});

describe("occupancy", () => {
  const at = (minutesAgo: number, working: number | null, wrapUp: number, available: number | null) => ({
    at: NOW - minutesAgo * MINUTE,
    receivedAt: NOW,
    agents: { loggedIn: null, available, working, wrapUp },
  });

  it("is a share, whatever is told", () => {
    const count = fc.nat(500);
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(60), count, count, count), { maxLength: 30 }), (given) => {
        const told = occupancyOf(
          given.map((one) => at(...one)),
          NOW,
        );
        if (told === undefined) return;
        expect(told.busy).toBeGreaterThanOrEqual(0);
        expect(told.busy).toBeLessThanOrEqual(told.staffed);
      }),
    );
  });

  it("weighs each reading with its time, not with how often somebody looked", () => {
    const often = Array.from({ length: 10 }, (_, i) => at(4 - i / 10, 10, 0, 0));
    // Three minutes of nobody busy, three of everybody: the ten readings of one minute count as one minute, the last as three.
    const told = occupancyOf([at(8, 0, 0, 10), ...often.slice(0, 1)], NOW);
    expect(told).toMatchObject({ busy: 30, staffed: 60, readings: 2 });
    expect(occupancyOf([at(8, 0, 0, 10), ...often], NOW)?.busy).toBeCloseTo(39, 6);
  });

  it("is not known of one reading, of none that tells agents, nor where nobody was there", () => {
    expect(occupancyOf([at(1, 3, 0, 1)], NOW)).toBeUndefined();
    expect(occupancyOf([at(2, null, 0, 1), at(1, 3, 0, null)], NOW)).toBeUndefined();
    expect(occupancyOf([at(2, 0, 0, 0), at(1, 0, 0, 0)], NOW)).toBeUndefined();
    expect(occupancyOf([at(45, 3, 0, 1), at(40, 3, 0, 1)], NOW)).toBeUndefined();
  });
});

it("callbacks are due when their time has come; one without a readable time waits and is never due", () => {
  const due = (minutes: number) => ({ dueAt: new Date(NOW + minutes * MINUTE).toISOString() });
  const all = [due(-5), due(0), due(10), due(60), due(61), { dueAt: undefined }, { dueAt: "soon" }];
  expect(callbackCounts(all, NOW)).toEqual({ waiting: 7, due: 2, withinHour: 2, next: NOW + 10 * MINUTE });
  expect(callbackCounts([], NOW)).toEqual({ waiting: 0, due: 0, withinHour: 0, next: null });
});

it("calling time is what is left of the run that is open, with the next opening", () => {
  const runs = [
    { from: NOW, to: NOW + 90 * MINUTE },
    { from: NOW + 600 * MINUTE, to: NOW + 1200 * MINUTE },
  ];
  expect(callingLeft(runs, NOW + 30 * MINUTE)).toEqual({
    now: { hours: 1, until: NOW + 90 * MINUTE },
    opens: NOW + 600 * MINUTE,
    perDay: 11.5,
  });
  expect(callingLeft(runs, NOW + 90 * MINUTE)).toMatchObject({ now: null, opens: NOW + 600 * MINUTE });
  expect(callingLeft([], NOW)).toEqual({ now: null, opens: null, perDay: 0 });
});
