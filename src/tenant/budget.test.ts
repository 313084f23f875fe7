// A limit that nobody publishes: it grows while it is used up, falls when the tenant objects, and stays below what the tenant objected to.

import { expect, test } from "vitest";
import { Budget } from "./budget.ts";

const START = { requests: 5, seconds: 1, learned: true };

/** Sends as fast as the budget allows; the tenant objects to more than `most` in a second. */
function drive(budget: Budget, from: number, seconds: number, most: number): { sent: number; objections: number; now: number } {
  let [now, sent, objections, inSecond] = [from, 0, 0, 0];
  for (let i = 0; i < seconds * 100; i += 1, now += 10) {
    if (i % 100 === 0) inSecond = 0;
    while (budget.take(now)) {
      sent += 1;
      inSecond += 1;
      if (inSecond <= most) continue;
      objections += 1;
      budget.shrink(now, 1000);
    }
  }
  return { sent, objections, now };
}

test("what is used up grows slowly, and what is not used stays where it began", () => {
  const used = new Budget(START, 0);
  drive(used, 0, 120, Number.POSITIVE_INFINITY);
  expect(used.view(120_000).ratePerSecond).toBeGreaterThan(7);
  const idle = new Budget(START, 0);
  idle.take(0);
  expect(idle.view(120_000).ratePerSecond).toBeLessThan(5.2);
  // The burst of so small a limit is one permit: each one that is taken leaves none.
  const slow = new Budget(START, 0);
  for (let now = 0; now < 600_000; now += 500) expect(slow.take(now)).toBe(true);
  expect(slow.view(600_000).ratePerSecond).toBeLessThan(5.2);
});

test("a share of a budget slows down and grows with it", () => {
  const whole = new Budget(START, 0);
  const share = new Budget({ ...START, requests: 2.5 }, 0, whole);
  drive(share, 0, 120, Number.POSITIVE_INFINITY);
  expect(share.view(120_000).ratePerSecond).toBeLessThan(2.6);
  drive(whole, 120_000, 120, Number.POSITIVE_INFINITY);
  const { ratePerSecond } = whole.view(240_000);
  expect(ratePerSecond).toBeGreaterThan(7);
  expect(share.view(240_000).ratePerSecond).toBeCloseTo(ratePerSecond / 2);
});

test("after objections it settles below the tenant's limit and seldom tries it again", () => {
  const budget = new Budget(START, 0);
  const learning = drive(budget, 0, 600, 12);
  const settled = drive(budget, learning.now, 600, 12);
  expect(learning.objections).toBeGreaterThan(0);
  expect(settled.objections).toBeLessThanOrEqual(6);
  expect(settled.sent / 600).toBeGreaterThan(7);
  expect(budget.view(settled.now).ratePerSecond).toBeLessThan(13);
});

test("a limit that is known does not grow", () => {
  const known = new Budget({ requests: 5, seconds: 1 }, 0);
  drive(known, 0, 120, Number.POSITIVE_INFINITY);
  expect(known.view(120_000).ratePerSecond).toBeLessThanOrEqual(5);
});
