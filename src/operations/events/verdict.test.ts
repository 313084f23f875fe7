import fc from "fast-check";
import { expect, test } from "vitest";
import { createRandom, type RandomStream } from "../../kernel/index.ts";
import { type AttemptEnd, judge, MAX_ATTEMPTS, MAX_RETRY_DELAY_MS, retryDelay } from "./verdict.ts";

const NOW = Date.UTC(2026, 2, 2, 15);
const verdict = (end: AttemptEnd, attempts = 1, lastStatus: number | null = null) =>
  judge(end, { attempts, lastStatus }, NOW, createRandom(1, "verdict"));

test.each([200, 201, 202, 204])("%i is a delivery", (status) => {
  expect(verdict({ status })).toEqual({ kind: "delivered", status });
});

test.each([203, 205, 206, 299, 300, 301, 302, 303, 307, 308, 400, 401, 403, 404, 408, 422, 429, 500, 502, 503, 504])(
  "%i is tried again",
  (status) => {
    const judged = verdict({ status });
    expect(judged).toMatchObject({ kind: "failed", status, error: expect.stringContaining(String(status)) });
    if (judged.kind !== "failed") throw new Error("unreachable");
    expect(judged.nextAttemptAt).toBeGreaterThan(NOW);
  },
);

test("a receiver without an answer is tried again", () => {
  expect(verdict({ error: "no answer within 5000 ms" })).toMatchObject({ kind: "failed", error: "no answer within 5000 ms" });
  expect(verdict({ error: "no answer within 5000 ms" })).not.toHaveProperty("status");
});

test.each([400, 409, 413, 415, 422])("%i is about the event: final after three attempts within half a minute", (status) => {
  const [first, second, third] = [verdict({ status }, 1), verdict({ status }, 2, status), verdict({ status }, 3, status)];
  for (const judged of [first, second]) {
    if (judged.kind !== "failed") throw new Error("it is final too early");
    expect(judged.refused).toBe(true);
    expect(judged.nextAttemptAt).toBeGreaterThan(NOW);
    expect(judged.nextAttemptAt).toBeLessThan(NOW + 17_000);
  }
  expect(third).toMatchObject({ kind: "dead", status, refused: true, nextAttemptAt: null });
});

test("attempts at a receiver that was away are not counted as refusals", () => {
  expect(verdict({ status: 422 }, 9, 503)).toMatchObject({ kind: "failed", refused: true });
  expect(verdict({ status: 422 }, 9, null)).toMatchObject({ kind: "failed", refused: true });
  expect(verdict({ status: 422 }, 10, 422)).toMatchObject({ kind: "dead" });
});

test.each([401, 403, 404, 408, 429, 500, 503])("%i is about the receiver: every event would get it", (status) => {
  expect(verdict({ status }, 5, status)).toMatchObject({ kind: "failed" });
  expect(verdict({ status })).not.toHaveProperty("refused");
});

test("410 asks for the receiver to be switched off and keeps the event", () => {
  expect(verdict({ status: 410 }, MAX_ATTEMPTS)).toMatchObject({ kind: "failed", gone: true, nextAttemptAt: NOW + 60_000 });
  expect(verdict({ status: 500 })).not.toHaveProperty("gone");
});

test("the last attempt makes a dead letter", () => {
  expect(verdict({ status: 500 }, MAX_ATTEMPTS - 1)).toMatchObject({ kind: "failed" });
  expect(verdict({ status: 500 }, MAX_ATTEMPTS)).toMatchObject({ kind: "dead", status: 500, nextAttemptAt: null });
});

test.each([
  ["seconds", "120", NOW + 120_000],
  ["a date", new Date(NOW + 600_000).toUTCString(), NOW + 600_000],
  ["longer than any delay", "99999999", NOW + MAX_RETRY_DELAY_MS],
])("Retry-After as %s holds for the event and the receiver", (_, retryAfter, at) => {
  for (const status of [429, 503]) expect(verdict({ status, retryAfter })).toMatchObject({ nextAttemptAt: at, pauseUntil: at });
});

test.each([undefined, "", "soon", "-5", "0", new Date(NOW - 1000).toUTCString()])(
  "Retry-After of %o says nothing",
  (retryAfter) => {
    const judged = verdict({ status: 503, retryAfter });
    expect(judged).toMatchObject({ kind: "failed", pauseUntil: 0 });
    if (judged.kind !== "failed" || judged.nextAttemptAt === null) throw new Error("unreachable");
    expect(judged.nextAttemptAt - NOW).toBeLessThan(10_000);
  },
);

test("Retry-After of other statuses is not heeded", () => {
  expect(verdict({ status: 500, retryAfter: "3600" })).toMatchObject({ pauseUntil: 0 });
});

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
