// The arithmetic of waiting.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createRandom } from "../kernel/index.ts";
import { backoffMs, politeMs, type RetrySettings, retryAfterMs } from "./retry-timing.ts";

const NOW = Date.UTC(2026, 0, 5, 12);
const SETTINGS: RetrySettings = {
  maxAttempts: 5,
  maxRateLimited: 10,
  baseDelayMs: 250,
  maxDelayMs: 10_000,
  maxRetryAfterMs: 60_000,
  totalMs: 120_000,
};

describe("Retry-After", () => {
  it.each([
    ["3", 3000],
    [" 0 ", 0],
    ["1.5", 1500],
    ["Mon, 05 Jan 2026 12:00:07 GMT", 7000],
    ["Monday, 05-Jan-26 12:00:07 GMT", 7000],
    ["Mon Jan  5 12:00:07 2026 GMT", 7000],
    ["Mon, 05 Jan 2026 11:00:00 GMT", 0],
  ])("understands %j", (text, expected) => {
    expect(retryAfterMs(text, undefined, NOW)).toBe(expected);
  });

  it.each([[""], ["soon"], ["-5"], ["1e9"], ["NaN"], ["0x10"], ["Mon, 99 Foo 2026 99:99:99 GMT"], ["1".repeat(40)], [undefined]])(
    "takes %j for no wish at all",
    (text) => {
      expect(retryAfterMs(text, undefined, NOW)).toBeUndefined();
    },
  );

  it("measures a date against the tenant's own clock", () => {
    expect(retryAfterMs("Mon, 05 Jan 2026 15:00:10 GMT", "Mon, 05 Jan 2026 15:00:00 GMT", NOW)).toBe(10_000);
    expect(retryAfterMs("Mon, 05 Jan 2026 12:00:10 GMT", "yesterday", NOW)).toBe(10_000);
  });

  it("gives a finite, non-negative number or nothing for any text", () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.date({ noInvalidDate: true }).map((date) => date.toUTCString()),
        ),
        fc.string(),
        (text, date) => {
          const ms = retryAfterMs(text, date, NOW);
          expect(ms === undefined || (Number.isFinite(ms) && ms >= 0)).toBe(true);
        },
      ),
    );
  });
});

describe("waits", () => {
  it("stay below a ceiling that doubles up to its cap", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2000 }), fc.integer(), (failures, seed) => {
        const wait = backoffMs(failures, SETTINGS, createRandom(seed, "test"));
        expect(wait).toBeGreaterThanOrEqual(0);
        expect(wait).toBeLessThanOrEqual(Math.min(10_000, 250 * 2 ** (failures - 1)));
      }),
    );
  });

  it("use the whole range below the ceiling", () => {
    const random = createRandom(1, "test");
    const waits = Array.from({ length: 500 }, () => backoffMs(3, SETTINGS, random));
    expect(Math.min(...waits)).toBeLessThan(50);
    expect(Math.max(...waits)).toBeGreaterThan(950);
  });

  it("are never shorter than asked and little longer", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 60_000 }), fc.integer(), (asked, seed) => {
        const wait = politeMs(asked, createRandom(seed, "test"));
        expect(wait).toBeGreaterThanOrEqual(asked);
        expect(wait).toBeLessThanOrEqual(asked + 1000);
      }),
    );
  });
});
