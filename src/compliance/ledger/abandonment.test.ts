// The ledger against brute force: allowances and forecasts are played through call by call and hour by hour.

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { dayVariation, wilsonInterval } from "../../kernel/index.ts";
import { type AnswerHour, readAbandonment } from "./abandonment.ts";

const HOUR = 3_600_000;
const NOW = Date.parse("2026-06-15T18:00:00Z");
const MONTH = { maxRate: 0.03, windowHours: 720 };
const ends = (hours: number) => ({ now: NOW, dayEnds: NOW + hours * HOUR });

/** The counts of the hour that ended `ago` hours before now. */
const hour = (ago: number, served: number, dropped: number, more: Partial<AnswerHour> = {}): AnswerHour => ({
  start: NOW - (ago + 1) * HOUR,
  served,
  late: 0,
  hangup: 0,
  dropped,
  machine: 0,
  ...more,
});

const hours = fc
  .uniqueArray(
    fc.record({
      ago: fc.integer({ min: 0, max: 760 }),
      served: fc.integer({ min: 0, max: 300 }),
      dropped: fc.oneof(
        { weight: 4, arbitrary: fc.integer({ min: 0, max: 9 }) },
        { weight: 1, arbitrary: fc.integer({ min: 0, max: 40 }) },
      ),
    }),
    { selector: ({ ago }) => ago, maxLength: 40 },
  )
  .map((all) => all.map(({ ago, served, dropped }) => hour(ago, served, dropped)));

/** Live answers and abandoned calls in the 30 days before `at`. */
const windowAt = (series: readonly AnswerHour[], at: number) => {
  const inside = series.filter(({ start }) => start >= at - 720 * HOUR && start < at);
  const abandoned = inside.reduce((all, { dropped, late, hangup }) => all + dropped + late + hangup, 0);
  return { abandoned, live: inside.reduce((all, one) => all + one.served, abandoned) };
};
const within = ({ abandoned, live }: { abandoned: number; live: number }) => abandoned <= 0.03 * live + 1e-9;

describe("allowance", () => {
  test("so many more may be abandoned and no full hour of the day breaks the limit; with one more, one does", () => {
    fc.assert(
      fc.property(hours, fc.integer({ min: 0, max: 24 }), (series, left) => {
        const { certain } = readAbandonment(series, MONTH, ends(left)).allowance;
        const keeps = (more: number) =>
          Array.from({ length: left + 1 }, (_, k) => windowAt(series, NOW + k * HOUR)).every(({ abandoned, live }) =>
            within({ abandoned: abandoned + more, live: live + more }),
          );
        expect(keeps(certain + 1)).toBe(false);
        if (certain > 0) expect(keeps(certain)).toBe(true);
      }),
    );
  });

  test("a campaign over its limit has none, and is back after exactly as many served answers as it lacks", () => {
    fc.assert(
      fc.property(hours, (series) => {
        const { allowance, withinLimit } = readAbandonment(series, MONTH, ends(0));
        const { abandoned, live } = windowAt(series, NOW);
        expect(withinLimit).toBe(within({ abandoned, live }));
        expect(within({ abandoned, live: live + allowance.deficit })).toBe(true);
        if (allowance.deficit > 0) {
          expect(within({ abandoned, live: live + allowance.deficit - 1 })).toBe(false);
          expect(allowance.certain).toBe(0);
        }
      }),
    );
  });
});

describe("forecast", () => {
  /** The window `k` hours on, when each dialed hour brings `live` answers of which `abandoned` are lost. */
  const future = (series: readonly AnswerHour[], k: number, live: number, abandoned: number) => {
    const old = windowAt(series, NOW + k * HOUR);
    const slots = new Set(
      series
        .filter(({ start, served, dropped }) => start >= NOW - 168 * HOUR && served + dropped > 0)
        .map(({ start }) => (start / HOUR) % 24),
    );
    const dialed = Array.from({ length: k }, (_, i) => (NOW / HOUR + i) % 24).filter((slot) => slots.has(slot)).length;
    return { abandoned: old.abandoned + abandoned * dialed, live: old.live + live * dialed };
  };

  test("going on like this, every full hour before the forecast is within the limit and the next one is not", () => {
    fc.assert(
      fc.property(hours, (series) => {
        const { forecast, pace } = readAbandonment(series, MONTH, ends(6));
        const ok = (k: number) => within(future(series, k, pace.livePerHour, pace.abandonedPerHour));
        const broken = Array.from({ length: 721 }, (_, k) => k).find((k) => !ok(k));
        if (broken === undefined) expect(forecast.exhaustedAt).toBeNull();
        else if (broken === 0) expect(forecast.exhaustedAt).toBe(NOW);
        else {
          expect(forecast.exhaustedAt).toBeGreaterThanOrEqual(NOW + (broken - 1) * HOUR);
          expect(forecast.exhaustedAt).toBeLessThanOrEqual(NOW + broken * HOUR);
        }
      }),
    );
  });

  test("the sustainable rate keeps the limit for 30 days, a little more does not", () => {
    fc.assert(
      fc.property(hours, (series) => {
        const { forecast, pace, withinLimit } = readAbandonment(series, MONTH, ends(6));
        const keeps = (rate: number) =>
          Array.from({ length: 721 }, (_, k) => future(series, k, pace.livePerHour, rate * pace.livePerHour)).every(
            ({ abandoned, live }) => abandoned <= 0.03 * live + 1e-6,
          );
        if (withinLimit && keeps(0)) expect(keeps(forecast.sustainableRate)).toBe(true);
        if (forecast.sustainableRate < 0.03 && pace.livePerHour > 0) expect(keeps(forecast.sustainableRate + 0.01)).toBe(false);
        expect(forecast.sustainableToday).toBeGreaterThanOrEqual(forecast.sustainableRate);
        expect(forecast.sustainableToday).toBeLessThanOrEqual(0.03);
      }),
      { numRuns: 30 },
    );
  });

  test("an hour of 6 % on a month of 1 %: three hours of every day until the budget is gone", () => {
    const day = (daysAgo: number) => [0, 1, 2].map((h) => hour(daysAgo * 24 + h, 99, 1));
    const series = Array.from({ length: 30 }, (_, i) => day(i)).flat();
    series[0] = hour(0, 94, 6);
    const { pace, forecast, allowance, rate } = readAbandonment(series, MONTH, ends(3));
    expect(rate).toMatchObject({ numerator: 95, denominator: 9000 });
    expect(pace).toMatchObject({ hours: 1, livePerHour: 100, abandonedPerHour: 6 });
    expect(pace.burnRate).toBeCloseTo(2);
    // 0.03 × 9000 − 95 = 175 left, of which each abandoned answer uses 0.97.
    expect(allowance.certain).toBe(180);
    // Three dialed hours a day, the 22nd to 24th from now; each brings 6 and loses 1, so that 35 of them use up 175: the 36th breaks it.
    expect(forecast.exhaustedAt).toBe(NOW + (11 * 24 + 23) * HOUR);
    // Just before the bad hour leaves the window, 89 new hours share the 270 allowed with its 6.
    expect(forecast.sustainableRate).toBeCloseTo(264 / 8900);
  });

  test("a window over its limit tells when it recovers if nobody is abandoned any more", () => {
    const { forecast } = readAbandonment([hour(0, 90, 10), hour(30, 200, 0)], MONTH, ends(6));
    // 10 of 300: 34 answers are lacking. The hour of day of the calls of 30 hours ago comes again 18 hours from now and brings 100.
    expect(forecast.exhaustedAt).toBe(NOW);
    expect(forecast.recoversAt).toBe(NOW + 18 * HOUR);
  });
});

describe("definitions", () => {
  const series = [hour(0, 100, 4, { late: 3, hangup: 2, machine: 91 })];

  test("the legal rate is of live answers and counts late connects; hang-ups as the operator reads the rule", () => {
    expect(readAbandonment(series, MONTH, ends(0))).toMatchObject({ live: 109, abandoned: 9 });
    expect(readAbandonment(series, MONTH, { ...ends(0), countEarlyHangups: false })).toMatchObject({ live: 109, abandoned: 7 });
  });

  test("the vendor's rate has machines below the line and no late connects above it; the parts make up the difference", () => {
    for (const countEarlyHangups of [true, false]) {
      const { vendor, rate } = readAbandonment(series, MONTH, { ...ends(0), countEarlyHangups });
      expect(vendor.rate).toMatchObject({ numerator: 6, denominator: 200 });
      expect(vendor.difference).toBeCloseTo(rate.rate - vendor.rate.rate, 12);
      const { lateConnects, machines, earlyHangups } = vendor.parts;
      expect(lateConnects + machines + earlyHangups).toBeCloseTo(vendor.difference, 12);
    }
  });

  test("exactly 3 % is within the limit; a campaign without calls too, with a rate that is not a number", () => {
    expect(readAbandonment([hour(0, 97, 3)], MONTH, ends(0))).toMatchObject({ withinLimit: true, allowance: { certain: 0 } });
    const empty = readAbandonment([], MONTH, ends(5));
    expect(empty).toMatchObject({ live: 0, withinLimit: true, forecast: { exhaustedAt: null, recoversAt: null } });
    expect(empty.rate.rate).toBeNaN();
    expect(empty.allowance.certain).toBe(0);
  });

  test("a 24-hour window forgets yesterday; its forecast still knows the week's hours", () => {
    const day = { maxRate: 0.03, windowHours: 24 };
    const reading = readAbandonment([hour(0, 97, 3), hour(24, 1, 50), hour(23, 100, 0)], day, ends(2));
    expect(reading).toMatchObject({ live: 200, abandoned: 3, window: { from: NOW - 24 * HOUR, to: NOW } });
  });
});

describe("the interval", () => {
  const DAY = 24 * HOUR;

  test("is that of reports over the operator's days, however the calls of a day fall on its hours", () => {
    fc.assert(
      fc.property(hours, fc.integer({ min: 0, max: 24 }), (series, left) => {
        const { rate, live, abandoned } = readAbandonment(series, MONTH, ends(left));
        expect(rate).toMatchObject({ numerator: abandoned, denominator: live });
        // Brute force: the day of an hour is that of its end, counted back from the day's end.
        const days = new Map<number, { successes: number; trials: number }>();
        for (const one of series.filter(({ start }) => start >= NOW - 720 * HOUR)) {
          const day = Math.floor((NOW + left * HOUR - (one.start + HOUR)) / DAY);
          const { successes, trials } = days.get(day) ?? { successes: 0, trials: 0 };
          days.set(day, { successes: successes + one.dropped, trials: trials + one.served + one.dropped });
        }
        const expected = dayVariation([...days].map(([day, of]) => ({ group: 0, day, ...of }))).rate([0]);
        expect(rate.days).toBe(expected.days);
        if (expected.method === "calls") expect(rate).toMatchObject({ low: null, high: null, withheld: "too few days" });
        else {
          expect(rate.withheld).toBeNull();
          expect(rate.low).toBeCloseTo(expected.low, 9);
          expect(rate.high).toBeCloseTo(expected.high, 9);
        }
      }),
      { numRuns: 60 },
    );
  });

  test("is withheld with too few days, also when hours or calls are many, and under a limit of a day", () => {
    const days = (count: number) => Array.from({ length: count * 24 }, (_, ago) => hour(ago, 98, 2));
    expect(readAbandonment(days(3), MONTH, ends(0)).rate).toMatchObject({
      rate: 0.02,
      numerator: 144,
      denominator: 7200,
      days: 3,
      low: null,
      high: null,
      withheld: "too few days",
    });
    expect(readAbandonment(days(4), MONTH, ends(0)).rate).toMatchObject({ days: 4, withheld: null });
    const day = readAbandonment(days(4), { maxRate: 0.03, windowHours: 24 }, ends(6)).rate;
    expect(day).toMatchObject({ days: 2, low: null, high: null, withheld: "too few days" });
    expect(readAbandonment([], MONTH, ends(0)).rate).toMatchObject({ days: 0, low: null, high: null, withheld: "too few days" });
  });

  test("of days with bursts is wider than one of independent calls; pace and the vendor's figure have none", () => {
    const series = Array.from({ length: 20 }, (_, day) => hour(day * 24, 380, day % 5 === 0 ? 20 : 2));
    const { rate, pace, vendor } = readAbandonment(series, MONTH, ends(0));
    const alone = wilsonInterval(rate.numerator, rate.denominator);
    expect((rate.high ?? 0) - (rate.low ?? 1)).toBeGreaterThan(1.5 * (alone.high - alone.low));
    for (const share of [pace.rate, vendor.rate]) expect(Object.keys(share).sort()).toEqual(["denominator", "numerator", "rate"]);
  });
});
