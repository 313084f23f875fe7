import { describe, expect, test } from "vitest";
import { referenceBeliefs } from "../../../test/support/pacing.ts";
import { createRandom } from "../../kernel/index.ts";
import { quantileOf } from "./beliefs.ts";
import { CallTable, horizonsOf } from "./hazard-tables.ts";
import { JumpingRate } from "./jumping-rate.ts";
import { LiveRate } from "./live-rate.ts";

const beliefs = referenceBeliefs();
const table = new CallTable(beliefs, horizonsOf(beliefs));

/** Places `perSecond` calls a second for `seconds`; live with the share `rate(t)`, known after their ring time. Tells the estimate every second. */
function observe(estimate: LiveRate, rate: (t: number) => number, perSecond: number, seconds: number, seed = 7): number[] {
  const random = createRandom(seed, "calls");
  const answers: number[] = [];
  const estimates: number[] = [];
  let credit = 0;
  let placedBefore = 0;
  for (let t = 0; t < seconds; t += 0.5) {
    credit += perSecond / 2;
    let placed = 0;
    for (; credit >= 1; credit--) {
      placed += 1;
      if (random.next() < rate(t)) answers.push(t + quantileOf(beliefs.liveRing, random.next()));
    }
    for (let i = answers.length - 1; i >= 0; i--) {
      if (answers[i]! <= t) {
        answers.splice(i, 1);
        estimate.answered();
      }
    }
    estimate.advance(t, placedBefore);
    placedBefore = placed;
    if (Number.isInteger(t)) estimates.push(estimate.rate);
  }
  return estimates;
}

const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length;

test("it comes to the true rate from a wrong belief within a few hundred calls", () => {
  for (const rate of [0.1, 0.3]) {
    const estimates = observe(new LiveRate(table, { prior: 0.2 }), () => rate, 1, 1800);
    expect(mean(estimates.slice(600))).toBeGreaterThan(0.93 * rate);
    expect(mean(estimates.slice(600))).toBeLessThan(1.07 * rate);
  }
});

test("calls that still ring do not bias it: it is right in the first half minute, when only answers have come in", () => {
  const first = Array.from({ length: 20 }, () => new LiveRate(table, { prior: 0.2, priorAttempts: 1 }));
  const estimates = first.map((estimate, i) => observe(estimate, () => 0.2, 40, 15, i).at(-1)!);
  expect(mean(estimates)).toBeGreaterThan(0.185);
  expect(mean(estimates)).toBeLessThan(0.215);
});

test("what is only believed is open, and settled once enough calls have been answered", () => {
  const estimate = new LiveRate(table, { prior: 0.2 });
  expect(estimate.isOpen).toBe(true);
  expect(estimate.rate).toBeCloseTo(0.2, 12);
  // One standard deviation of 40 attempts to either side.
  expect(estimate.low).toBeCloseTo(0.2 - Math.sqrt(0.16 / 41), 2);
  expect(estimate.high).toBeCloseTo(0.2 + Math.sqrt(0.16 / 41), 2);
  observe(estimate, () => 0.2, 3, 900);
  expect(estimate.isOpen).toBe(false);
});

test("a step is followed within minutes, and a steady rate keeps the estimate calm", () => {
  const steady = observe(new LiveRate(table, { prior: 0.2 }), () => 0.2, 3, 7200).slice(3600);
  const spread = Math.sqrt(mean(steady.map((rate) => (rate / 0.2 - 1) ** 2)));
  expect(spread).toBeLessThan(0.06);
  const stepped = observe(new LiveRate(table, { prior: 0.2 }), (t) => (t < 3600 ? 0.2 : 0.3), 3, 5400);
  expect(mean(stepped.slice(4200))).toBeGreaterThan(0.28);
});

test("a rate that jumps between two levels every five minutes is soon followed, and until then it is open which of them holds", () => {
  const estimate = new LiveRate(table, { prior: 0.2 });
  const estimates = observe(estimate, (t) => (t % 600 < 300 ? 0.1 : 0.3), 3, 4 * 3600);
  const late = estimates.flatMap((rate, t) => (t > 7200 && t % 300 > 90 ? [{ rate, isLow: t % 600 < 300 }] : []));
  expect(mean(late.filter(({ isLow }) => isLow).map(({ rate }) => rate))).toBeLessThan(0.13);
  expect(mean(late.filter(({ isLow }) => !isLow).map(({ rate }) => rate))).toBeGreaterThan(0.27);
  // The last jump was up, five minutes ago; half a minute later without an answer it may have jumped down again.
  for (let t = 4 * 3600; t < 4 * 3600 + 60 && !estimate.isOpen; t += 0.5) estimate.advance(t, 2);
  expect(estimate.isOpen).toBe(true);
  expect(estimate.low).toBeLessThan(0.17);
  expect(estimate.high).toBeGreaterThan(0.2);
  expect(estimate.highOfAnswered).toBeGreaterThan(0);
  expect(estimate.highOfAnswered).toBeLessThan(1);
});

test("levels that are known are learned no more, and the rate lies between them", () => {
  const levels = [
    { rate: 0.1, share: 0.5 },
    { rate: 0.3, share: 0.5 },
  ];
  const estimates = observe(new LiveRate(table, { prior: 0.2, levels: { levels, every: 300 } }), () => 0.45, 3, 1800);
  expect(Math.max(...estimates)).toBeLessThanOrEqual(0.3);
  expect(estimates.at(-1)).toBeGreaterThan(0.29);
});

test("jumps between known levels are as frequent as they are said to be", () => {
  // Five minutes of each half hour: a jump every 900 s, the lower level left after 1500 s and the upper one after 300 s.
  const levels = [
    { rate: 0.2, share: 5 / 6 },
    { rate: 0.5, share: 1 / 6 },
  ];
  const left = (from: number, seconds: number) => {
    const rate = new JumpingRate(0.2, { levels, every: 900 });
    rate.restore({ chances: levels.map((_, level) => (level === from ? 1 : 0)), shares: [5 / 6, 1 / 6], seconds: 0 });
    rate.learn(0, 0, seconds);
    return 1 - (rate.snapshot().chances[from] ?? 0);
  };
  expect(left(0, 3)).toBeCloseTo(3 / 1500, 4);
  expect(left(1, 3)).toBeCloseTo(3 / 300, 3);
  const only = new JumpingRate(0.2, { levels: [{ rate: 0.3, share: 1 }], every: 900 });
  only.learn(1, 2, 0);
  expect(only.rate).toBeCloseTo(0.3, 12);
});

describe("state", () => {
  test("goes through JSON and goes on alike", () => {
    const one = new LiveRate(table, { prior: 0.2 });
    observe(one, () => 0.25, 1, 600);
    const two = new LiveRate(table, { prior: 0.5 });
    two.restore(JSON.parse(JSON.stringify(one.snapshot())));
    for (const estimate of [one, two]) {
      estimate.answered();
      estimate.advance(700, 3);
    }
    expect(two.rate).toBe(one.rate);
    expect(two.snapshot()).toEqual(one.snapshot());
  });

  test("of a version that knew no jumps is taken", () => {
    const one = new LiveRate(table, { prior: 0.2 });
    observe(one, () => 0.25, 1, 600);
    const { jumps: _, ...old } = one.snapshot();
    const two = new LiveRate(table, { prior: 0.5 });
    two.restore({ ...old, weight: old.weight.slice(0, 4) });
    expect(two.rate).toBe(one.rate);
    two.answered();
    two.advance(700, 3);
    expect(two.rate).toBeGreaterThan(0.15);
    expect(two.rate).toBeLessThan(0.35);
  });
});
