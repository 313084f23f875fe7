import fc from "fast-check";
import { expect, test } from "vitest";
import { createRandom, type RandomStream } from "../../kernel/index.ts";
import { MAX_ATTEMPTS, MAX_RETRY_DELAY_MS, retryDelay } from "./retry-schedule.ts";

const HOUR = 3_600_000;

/** All delays of an event that never gets through. */
function delays(random: RandomStream): number[] {
  const all: number[] = [];
  for (let attempts = 1; ; attempts++) {
    const delay = retryDelay(attempts, random);
    if (delay === undefined) return all;
    all.push(delay);
    if (all.length > 1000) throw new Error("the schedule has no end");
  }
}

/** Any randomness, the two ends of its range included. */
const randoms = fc.oneof(
  fc.integer().map((seed) => createRandom(seed, "retries")),
  fc.constantFrom(0, 0.5, 1 - 2 ** -32).map((value): RandomStream => ({ next: () => value, int: () => 0 })),
);

test("attempts are bounded: one more than there are delays", () => {
  fc.assert(fc.property(randoms, (random) => delays(random).length === MAX_ATTEMPTS - 1));
  expect(retryDelay(MAX_ATTEMPTS + 5, createRandom(1, "retries"))).toBeUndefined();
});

test("each delay is longer than the one before, until the longest is reached", () => {
  fc.assert(
    fc.property(randoms, (random) => {
      const all = delays(random);
      for (const [i, delay] of all.entries()) {
        const before = all[i - 1] ?? 0;
        expect(delay).toBeLessThanOrEqual(MAX_RETRY_DELAY_MS);
        if (before < 3.5 * HOUR) expect(delay).toBeGreaterThan(before);
        else expect(delay).toBeGreaterThan(3.5 * HOUR);
      }
    }),
  );
});

test("all delays together are about a day", () => {
  fc.assert(
    fc.property(randoms, (random) => {
      const total = delays(random).reduce((sum, delay) => sum + delay, 0);
      expect(total).toBeGreaterThanOrEqual(22 * HOUR);
      expect(total).toBeLessThanOrEqual(27.1 * HOUR);
    }),
  );
  const middle = delays({ next: () => 0.5, int: () => 0 }).reduce((sum, delay) => sum + delay, 0);
  expect(middle / HOUR).toBeCloseTo(24.6, 1);
});

test("events that failed together are spread", () => {
  const random = createRandom(1, "retries");
  const first = Array.from({ length: 100 }, () => retryDelay(1, random));
  expect(new Set(first).size).toBeGreaterThan(80);
});
