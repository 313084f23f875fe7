// What is repeated and what is not, for every class and failure.

import { describe, expect, it } from "vitest";
import { createRandom } from "../kernel/index.ts";
import { type AttemptFailure, decideRetry, mayHaveExecuted, type RetryFacts } from "./retry-decision.ts";

const SETTINGS = {
  maxAttempts: 3,
  maxRateLimited: 4,
  baseDelayMs: 100,
  maxDelayMs: 1000,
  maxRetryAfterMs: 30_000,
  totalMs: 60_000,
};
const status = (code: number, retryAfterMs?: number): AttemptFailure => ({ kind: "status", status: code, retryAfterMs });
const LOST: AttemptFailure = { kind: "lost" };
const NOT_SENT: AttemptFailure = { kind: "not_sent" };
const UNREADABLE: AttemptFailure = { kind: "unreadable" };

function decide(failure: AttemptFailure, facts: Partial<RetryFacts> = {}) {
  const all: RetryFacts = {
    failure,
    retryClass: "safe",
    keyed: false,
    failures: 1,
    rateLimited: 0,
    remainingMs: 60_000,
    ...facts,
  };
  return decideRetry(all, SETTINGS, createRandom(1, "test"));
}

describe("decideRetry", () => {
  it.each([
    ["safe", false, { lost: true, notSent: true, unreadable: true, s429: true, s500: true, s503: true }],
    ["idempotent", false, { lost: true, notSent: true, unreadable: true, s429: true, s500: false, s503: true }],
    ["keyed", true, { lost: true, notSent: true, unreadable: true, s429: true, s500: false, s503: true }],
    ["keyed", false, { lost: false, notSent: true, unreadable: false, s429: true, s500: false, s503: false }],
    ["once", false, { lost: false, notSent: true, unreadable: false, s429: true, s500: false, s503: false }],
    ["once", true, { lost: false, notSent: true, unreadable: false, s429: true, s500: false, s503: false }],
  ] as const)("%s, key %s", (retryClass, keyed, expected) => {
    const again = (failure: AttemptFailure) => decide(failure, { retryClass, keyed }).retry;
    expect({
      lost: again(LOST),
      notSent: again(NOT_SENT),
      unreadable: again(UNREADABLE),
      s429: again(status(429)),
      s500: again(status(500)),
      s503: again(status(503)),
    }).toEqual(expected);
  });

  it.each([400, 401, 403, 404, 409, 412, 422, 428, 301, 501])("takes %d for a final answer", (code) => {
    expect(decide(status(code)).retry).toBe(false);
  });

  it("stops after the allowed attempts, counting 429s apart", () => {
    expect(decide(LOST, { failures: 2 }).retry).toBe(true);
    expect(decide(LOST, { failures: 3 }).retry).toBe(false);
    expect(decide(status(429), { failures: 3, rateLimited: 4 }).retry).toBe(true);
    expect(decide(status(429), { rateLimited: 5 }).retry).toBe(false);
  });

  it("waits as long as asked, but neither beyond the cap nor beyond the deadline", () => {
    const polite = decide(status(429, 5000), { rateLimited: 1 });
    expect(polite.retry && polite.delayMs).toBeGreaterThanOrEqual(5000);
    expect(decide(status(503, 30_001)).retry).toBe(false);
    expect(decide(status(429, 5000), { rateLimited: 1, remainingMs: 4000 }).retry).toBe(false);
  });
});

it("knows which failures leave the outcome open", () => {
  expect([LOST, UNREADABLE, status(500), status(503)].map(mayHaveExecuted)).toEqual([true, true, true, true]);
  expect([NOT_SENT, status(429), status(409), status(401)].map(mayHaveExecuted)).toEqual([false, false, false, false]);
});
