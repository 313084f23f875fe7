// The request limiter at the documented limits and at a scenario's.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createRequestLimiter } from "./limits.ts";

const drain = (limiter: ReturnType<typeof createRequestLimiter>, count: number, now: number, client = "a") => {
  let allowed = 0;
  for (let i = 0; i < count; i++) if (limiter.take("outbound-write", client, now).allowed) allowed += 1;
  return allowed;
};

describe("the documented limits", () => {
  it("lets a full window through at once, then refills continuously", () => {
    const limiter = createRequestLimiter();
    expect(drain(limiter, 150, 0)).toBe(100);
    expect(drain(limiter, 150, 500)).toBe(50);
    expect(drain(limiter, 150, 10_000)).toBe(100);
  });

  it("counts clients apart where the limit is per client, together where it is per tenant", () => {
    const limiter = createRequestLimiter();
    expect(drain(limiter, 100, 0, "a")).toBe(100);
    expect(drain(limiter, 100, 0, "b")).toBe(100);
    for (let i = 0; i < 100; i++) limiter.take("dialer-write", "a", 0);
    expect(limiter.take("dialer-write", "b", 0)).toMatchObject({ allowed: false });
    expect(limiter.take("campaigns", "b", 0)).toEqual({ allowed: true });
  });

  it("names whole seconds after which a request passes", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 500 }),
        fc.constantFrom("perSecond" as const, "perMinute" as const),
        fc.array(fc.integer({ min: 0, max: 3000 }), { minLength: 1, maxLength: 80 }),
        (requests, window, waits) => {
          const limiter = createRequestLimiter({ other: { [window]: requests } });
          let now = 0;
          for (let i = 0; i < requests; i++) limiter.take("other", "a", now);
          for (const wait of waits) {
            now += wait;
            const verdict = limiter.take("other", "a", now);
            if (verdict.allowed) continue;
            expect(Number.isInteger(verdict.retryAfterSeconds) && verdict.retryAfterSeconds >= 1).toBe(true);
            now += verdict.retryAfterSeconds * 1000;
            expect(limiter.take("other", "a", now)).toEqual({ allowed: true });
          }
        },
      ),
    );
  });

  it("never exceeds the window's requests plus the refill over any span", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 40 }), { minLength: 1, maxLength: 400 }), (steps) => {
        const limiter = createRequestLimiter({ other: { perSecond: 20 } });
        let now = 0;
        let allowed = 0;
        for (const step of steps) {
          now += step;
          if (limiter.take("other", "a", now).allowed) allowed += 1;
        }
        expect(allowed).toBeLessThanOrEqual(20 + Math.floor((now / 1000) * 20 + 1e-6));
      }),
    );
  });
});

describe("a scenario's limits", () => {
  it("lifts one family, or all", () => {
    const one = createRequestLimiter({ "outbound-write": null });
    expect(drain(one, 1000, 0)).toBe(1000);
    expect(one.limitOf("campaigns")).toMatchObject({ requests: 100 });
    expect(drain(createRequestLimiter("off"), 1000, 0)).toBe(1000);
  });

  it("can change who is counted and nothing else", () => {
    expect(createRequestLimiter({ campaigns: { per: "tenant" } }).limitOf("campaigns")).toEqual({
      requests: 100,
      seconds: 60,
      per: "tenant",
    });
  });

  it("lets a slow trickle through when less than one request a second is allowed", () => {
    const limiter = createRequestLimiter({ other: { perSecond: 0.5 } });
    expect(limiter.take("other", "a", 0)).toEqual({ allowed: true });
    expect(limiter.take("other", "a", 0)).toEqual({ allowed: false, retryAfterSeconds: 2 });
    expect(limiter.take("other", "a", 2000)).toEqual({ allowed: true });
  });

  it("can be replaced, and snapshot and restore keep the buckets", () => {
    const limiter = createRequestLimiter();
    drain(limiter, 100, 0);
    const taken = structuredClone(limiter.snapshot());
    limiter.set({ "outbound-write": { perSecond: 5 } });
    expect(drain(limiter, 100, 0)).toBe(5);
    limiter.restore(taken);
    expect(drain(limiter, 100, 0)).toBe(0);
    expect(drain(limiter, 200, 1000)).toBe(100);
  });
});
