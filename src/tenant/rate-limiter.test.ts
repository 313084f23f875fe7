// The rate limiter on virtual time, against a model of the tenant's own bucket.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createTestClock, type TestClock } from "../../test/support/test-clock.ts";
import { RATE_FAMILIES, type RateFamily } from "../contract/index.ts";
import { Budget, shapeOf, type WindowLimit } from "./budget.ts";
import { BACKGROUND_SHARE, createRateLimiter, type FamilyLimits, type Lane } from "./rate-limiter.ts";

const FAMILY = "outbound-write";
function limits(limit: WindowLimit | undefined): FamilyLimits {
  return Object.fromEntries(
    RATE_FAMILIES.map((family: RateFamily) => [family, family === FAMILY ? limit : undefined]),
  ) as FamilyLimits;
}

/** The tenant's side: full at first, refilled continuously, refuses when empty. */
class ServerBucket {
  refused = 0;
  #tokens: number;
  #at: number;
  readonly #limit: WindowLimit;
  constructor(limit: WindowLimit, now: number) {
    this.#limit = limit;
    this.#tokens = limit.requests;
    this.#at = now;
  }
  take(now: number): void {
    this.#tokens = Math.min(
      this.#limit.requests,
      this.#tokens + ((now - this.#at) * this.#limit.requests) / (this.#limit.seconds * 1000),
    );
    this.#at = now;
    if (this.#tokens >= 1) this.#tokens -= 1;
    else this.refused += 1;
  }
}

async function sendFor(
  clock: TestClock,
  seconds: number,
  limit: WindowLimit,
): Promise<{ sent: number; refused: number; times: number[] }> {
  const limiter = createRateLimiter(limits(limit), clock);
  const server = new ServerBucket(limit, clock.now());
  const start = clock.now();
  const times: number[] = [];
  const worker = async () => {
    for (;;) {
      await limiter.acquire(FAMILY, "tagging");
      if (clock.now() - start >= seconds * 1000) return;
      server.take(clock.now());
      times.push(clock.now() - start);
    }
  };
  await Promise.all(Array.from({ length: 20 }, worker));
  return { sent: times.length, refused: server.refused, times };
}

describe("the limiter", () => {
  it("keeps to another limit from the moment it is exchanged, for calls that wait as well, and not before a pause is over", async () => {
    const clock = createTestClock();
    const limiter = createRateLimiter(limits({ requests: 10, seconds: 1 }), clock);
    const times: number[] = [];
    const start = clock.now();
    const all = Promise.all(
      Array.from({ length: 400 }, async () => {
        await limiter.acquire(FAMILY, "tagging");
        times.push(clock.now() - start);
      }),
    );
    const between = (from: number, to: number) => times.filter((at) => at >= from && at < to).length;
    await clock.sleep(2000);
    limiter.relimit(limits({ requests: 100, seconds: 1 }));
    await clock.sleep(2000);
    limiter.penalize(FAMILY, 3000);
    limiter.relimit(limits({ requests: 20, seconds: 1 }));
    await all;
    expect(between(0, 2000)).toBeLessThanOrEqual(22);
    expect(between(2000, 4000)).toBeGreaterThan(180);
    expect(between(2000, 4000)).toBeLessThanOrEqual(210);
    // The pause that the tenant asked for holds under the new limit too; then at most 20 a second.
    expect(between(4001, 7000)).toBe(0);
    expect(between(8000, 9000)).toBeLessThanOrEqual(22);
    expect(limiter.status(FAMILY).limitPerSecond).toBe(20);
    expect(limiter.shares.shape(FAMILY)).toEqual(shapeOf({ requests: 20, seconds: 1 }));
  });

  it("uses at least 98 % of 100 a second and is never turned away", async () => {
    const { sent, refused } = await sendFor(createTestClock(), 30, { requests: 100, seconds: 1 });
    expect(refused).toBe(0);
    expect(sent).toBeGreaterThanOrEqual(0.98 * 3000);
    expect(sent).toBeLessThanOrEqual(3000 + 10);
  });

  it("never exceeds 100 in any minute for a limit by the minute", async () => {
    const { times, refused } = await sendFor(createTestClock(), 300, { requests: 100, seconds: 60 });
    expect(refused).toBe(0);
    const fullest = Math.max(...times.map((from, index) => times.slice(index).filter((time) => time < from + 60_000).length));
    expect(fullest).toBeLessThanOrEqual(100);
    expect(times.length).toBeGreaterThan(450);
  });

  it("serves lanes by precedence and a lane in order", async () => {
    const clock = createTestClock();
    const limiter = createRateLimiter(limits({ requests: 10, seconds: 1 }), clock);
    while (limiter.tryAcquire(FAMILY, "tagging"));
    const served: string[] = [];
    const lanes: Lane[] = ["extraction", "tagging", "tagging", "pacing", "stop", "opt-out", "refresh", "watch"];
    const all = lanes.map((lane, index) => limiter.acquire(FAMILY, lane).then(() => served.push(`${lane} ${index}`)));
    const again = limiter.acquire(FAMILY, "tagging", undefined, true).then(() => served.push("tagging again"));
    expect(limiter.status(FAMILY).waiting).toBe(9);
    await Promise.all([...all, again]);
    expect(served).toEqual([
      "stop 4",
      "opt-out 5",
      "pacing 3",
      "watch 7",
      "tagging again",
      "tagging 1",
      "tagging 2",
      "refresh 6",
      "extraction 0",
    ]);
  });

  it("lets nobody overtake those who wait", async () => {
    const clock = createTestClock();
    const limiter = createRateLimiter(limits({ requests: 100, seconds: 1 }), clock);
    while (limiter.tryAcquire(FAMILY, "tagging"));
    const waiting = limiter.acquire(FAMILY, "tagging");
    clock.skip(500);
    expect(limiter.tryAcquire(FAMILY, "stop")).toBe(false);
    await waiting;
    expect(limiter.tryAcquire(FAMILY, "stop")).toBe(true);
  });

  it("forgets aborted waiters and gives their permits to others", async () => {
    const clock = createTestClock();
    const limiter = createRateLimiter(limits({ requests: 10, seconds: 1 }), clock);
    while (limiter.tryAcquire(FAMILY, "tagging"));
    const controller = new AbortController();
    const leaving = Array.from({ length: 100 }, () => limiter.acquire(FAMILY, "stop", controller.signal));
    const staying = limiter.acquire(FAMILY, "extraction");
    controller.abort(new Error("enough"));
    const ends = await Promise.allSettled(leaving);
    expect(ends.every((end) => end.status === "rejected" && end.reason.message === "enough")).toBe(true);
    expect(limiter.status(FAMILY).waiting).toBe(1);
    await staying;
    expect(clock.sleeps.length).toBeLessThan(5);
    await expect(limiter.acquire(FAMILY, "stop", controller.signal)).rejects.toThrow("enough");
  });

  it("gives what keeps figures young no more than its share, whoever else wants the rest, and lists no less than theirs", async () => {
    const clock = createTestClock();
    const limiter = createRateLimiter(limits({ requests: 100, seconds: 60 }), clock);
    const until = clock.now() + 600_000;
    const sent = { refresh: 0, extraction: 0 };
    const worker = async (lane: keyof typeof sent) => {
      for (;;) {
        await limiter.acquire(FAMILY, lane);
        if (clock.now() >= until) return;
        sent[lane] += 1;
      }
    };
    await Promise.all([worker("refresh"), worker("refresh"), worker("extraction"), worker("extraction")]);
    const all = sent.refresh + sent.extraction;
    expect(all).toBeGreaterThan(900);
    expect(sent.refresh / all).toBeGreaterThan(0.4);
    expect(sent.refresh).toBeLessThanOrEqual(BACKGROUND_SHARE * 1000);
    const alone = clock.now();
    for (let i = 0; i < 100; i++) await limiter.acquire(FAMILY, "refresh");
    expect(clock.now() - alone).toBeGreaterThan(100_000);
    // Who waits for the share holds up nobody who does not.
    const waits = limiter.acquire(FAMILY, "refresh");
    expect(limiter.tryAcquire(FAMILY, "extraction")).toBe(true);
    await waits;
  });

  it("gives watches and refreshes half of a budget together, and one in four to refreshes", async () => {
    const clock = createTestClock();
    const limiter = createRateLimiter(limits({ requests: 100, seconds: 60 }), clock);
    const until = clock.now() + 600_000;
    const sent = { watch: 0, refresh: 0 };
    const worker = async (lane: keyof typeof sent) => {
      for (;;) {
        await limiter.acquire(FAMILY, lane);
        if (clock.now() >= until) return;
        sent[lane] += 1;
      }
    };
    await Promise.all([worker("watch"), worker("watch"), worker("watch"), worker("refresh")]);
    expect(sent.watch + sent.refresh).toBeGreaterThan(450);
    expect(sent.watch + sent.refresh).toBeLessThanOrEqual(BACKGROUND_SHARE * 1000);
    expect(sent.watch / sent.refresh).toBeGreaterThan(2.8);
    expect(sent.watch / sent.refresh).toBeLessThan(3.2);
  });

  it("has one timer however many wait", async () => {
    const clock = createTestClock();
    const limiter = createRateLimiter(limits({ requests: 1000, seconds: 1 }), clock);
    await Promise.all(Array.from({ length: 2000 }, () => limiter.acquire(FAMILY, "tagging")));
    // One sleep for each permit at most: the first 100 come from the burst.
    expect(clock.sleeps.length).toBeLessThanOrEqual(1901);
  });

  it("pauses after a 429, then goes slower, and recovers", async () => {
    const clock = createTestClock();
    const limiter = createRateLimiter(limits({ requests: 100, seconds: 1 }), clock);
    await limiter.acquire(FAMILY, "tagging");
    const before = limiter.status(FAMILY).ratePerSecond ?? 0;
    for (let i = 0; i < 50; i++) limiter.penalize(FAMILY, 2000);
    const paused = limiter.status(FAMILY);
    expect(paused.pausedMs).toBe(2000);
    expect(paused.ratePerSecond).toBeCloseTo(before * 0.7);
    const at = clock.now();
    await limiter.acquire(FAMILY, "stop");
    await limiter.acquire(FAMILY, "stop");
    expect(clock.now() - at).toBeGreaterThanOrEqual(2000);
    clock.skip(1000);
    const growing = limiter.status(FAMILY).ratePerSecond ?? 0;
    expect(growing).toBeGreaterThan(before * 0.7);
    expect(growing).toBeLessThan(before * 0.8);
    clock.skip(20_000);
    expect(limiter.status(FAMILY).ratePerSecond).toBeCloseTo(before);
  });

  it("shows how much of the budget is used", async () => {
    const clock = createTestClock();
    const limiter = createRateLimiter(limits({ requests: 100, seconds: 1 }), clock);
    for (let i = 0; i < 200; i++) await limiter.acquire(FAMILY, "tagging");
    expect(limiter.status(FAMILY).usedShare).toBeGreaterThan(0.85);
    expect(limiter.status(FAMILY).usedShare).toBeLessThan(1.1);
    clock.skip(5000);
    expect(limiter.status(FAMILY).usedShare).toBe(0);
  });

  it("stands aside when a limit is off", async () => {
    const limiter = createRateLimiter(limits(undefined), createTestClock());
    for (let i = 0; i < 1000; i++) expect(limiter.tryAcquire(FAMILY, "tagging")).toBe(true);
    await limiter.acquire(FAMILY, "tagging");
    expect(limiter.status(FAMILY)).toMatchObject({ limitPerSecond: undefined, waiting: 0 });
  });
});

describe("a budget", () => {
  const limit = fc.record({ requests: fc.integer({ min: 1, max: 5000 }), seconds: fc.constantFrom(1, 60) });

  it("gives no more than its rate and burst, whatever the clock does", () => {
    fc.assert(
      fc.property(limit, fc.array(fc.integer({ min: -5000, max: 5000 }), { maxLength: 300 }), (window, steps) => {
        const { perMs, burst } = shapeOf(window);
        let now = 1_000_000;
        let forward = 0;
        let taken = 0;
        const budget = new Budget(window, now);
        for (const step of steps) {
          now += step;
          forward += Math.max(0, step);
          while (budget.take(now)) taken += 1;
        }
        expect(taken).toBeLessThanOrEqual(burst + forward * perMs + 1e-6);
      }),
    );
  });

  it("does not pause longer because the clock was set back", () => {
    const budget = new Budget({ requests: 100, seconds: 1 }, 10_000_000);
    budget.shrink(10_000_000, 2000);
    expect(budget.waitMs(10_000_000 - 3_600_000)).toBeLessThan(2100);
  });

  it("keeps its promise of a wait", () => {
    fc.assert(
      fc.property(limit, fc.array(fc.integer({ min: 0, max: 3000 }), { maxLength: 50 }), (window, pauses) => {
        let now = 1_000_000;
        const budget = new Budget(window, now);
        for (const pause of pauses) {
          if (pause % 7 === 0) budget.shrink(now, pause);
          while (budget.take(now));
          now += Math.ceil(budget.waitMs(now) + 1e-6);
          expect(budget.take(now)).toBe(true);
        }
      }),
    );
  });
});
