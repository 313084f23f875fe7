// The arithmetic of one rate budget: a token bucket that shrinks when the tenant objects and grows back slowly, and that may be only a part of a
// limit that several processes share. Pure but for its own counters.

import type { Instant } from "../kernel/index.ts";

/** A limit as documented or configured: so many requests in a window. */
export interface WindowLimit {
  readonly requests: number;
  readonly seconds: number;
  /** Nobody publishes the limit: this is where learning begins. What is used up grows until the tenant objects, and stays below that then. */
  readonly learned?: boolean;
}

const WIDE_WINDOW_SECONDS = 10;
const SHRINK = 0.7;
const SMALLEST_SHARE = 0.05;
const MS = 1000;
/** A learned limit grows to so many times its beginning at most, */
const LEARN_MOST = 8;
/** and by its beginning in so many windows of use. */
const LEARN_WINDOWS = 60;
/** What a tenant objected to is tried again after a long time: by this part of the growth. */
const LEARN_AGAIN = 1 / 60;

/**
 * Steady rate and burst for a limit.
 * For a window of a second: 99.5 % of the rate, and a burst of a tenth so that a stalled process (garbage collection, a busy machine) catches up
 * instead of losing its share. For a window of a minute the two together never exceed the limit in any minute: there a 429 costs up to a minute.
 */
export function shapeOf(limit: WindowLimit): { readonly perMs: number; readonly burst: number } {
  if (limit.seconds < WIDE_WINDOW_SECONDS) {
    return { perMs: (limit.requests * 0.995) / (limit.seconds * MS), burst: Math.max(1, limit.requests * 0.1) };
  }
  const burst = Math.max(1, limit.requests * 0.05);
  return { perMs: Math.max(limit.requests * 0.5, limit.requests - burst) / (limit.seconds * MS), burst };
}

/** One family's budget. All methods take constant time. */
export class Budget {
  readonly limit: WindowLimit;
  readonly #perMs: number;
  readonly #burst: number;
  /** Share of the rate that gets back per millisecond: full again after 20 windows of a second, or 5 of a minute. */
  readonly #growthPerMs: number;
  #tokens: number;
  #share = 1;
  /** The largest share: 1, or what was learned. */
  #most = 1;
  /** Of a learned limit: the share that the tenant objected to last. */
  #objected = LEARN_MOST;
  /** The part (0..1) of the limit that is this process's. */
  #part = 1;
  #refilledAt: Instant;
  #pausedUntil: Instant = 0;
  #shrunkAt = Number.NEGATIVE_INFINITY;
  #windowStart: Instant;
  #learnedAt: Instant;
  #inWindow = 0;
  #inWindowBefore = 0;

  constructor(limit: WindowLimit, now: Instant) {
    this.limit = limit;
    const { perMs, burst } = shapeOf(limit);
    this.#perMs = perMs;
    this.#burst = burst;
    this.#tokens = burst;
    this.#growthPerMs = 1 / (limit.seconds * MS * (limit.seconds < WIDE_WINDOW_SECONDS ? 20 : 5));
    this.#refilledAt = now;
    this.#windowStart = now;
    this.#learnedAt = now;
  }

  /** Takes one permit when there is one. */
  take(now: Instant): boolean {
    this.#refill(now);
    if (now < this.#pausedUntil || this.#tokens < 1) return false;
    this.#tokens -= 1;
    // A limit is learned by using it up.
    if (this.limit.learned === true && this.#tokens < 1) this.#learn(now);
    this.#roll(now);
    this.#inWindow += 1;
    return true;
  }

  /** Milliseconds until `take` may succeed; 0 when it would now, infinity while the part is 0. */
  waitMs(now: Instant): number {
    this.#refill(now);
    const pause = Math.max(0, this.#pausedUntil - now);
    const missing = 1 - this.#tokens;
    const filling = missing <= 0 ? 0 : missing / (this.#perMs * this.#share * this.#part);
    return pause + filling;
  }

  /** From now on the budget is this part (0..1) of the limit. @param tokens permits that come along with it; negative ones are taken away */
  resize(now: Instant, part: number, tokens: number): void {
    this.#refill(now);
    this.#part = part;
    this.#tokens = Math.max(0, Math.min(this.#tokens + tokens, this.#size()));
  }

  /** One permit must fit in, however small the part. */
  #size(): number {
    return Math.max(1, this.#burst * this.#part);
  }

  /** The tenant objected (429): nothing for `pauseMs`, then slower. Objections to requests sent before the last shrinking count once. */
  shrink(now: Instant, pauseMs: number): void {
    this.#refill(now);
    this.#tokens = Math.min(this.#tokens, 1);
    this.#pausedUntil = Math.max(this.#pausedUntil, now + pauseMs);
    if (now - this.#shrunkAt < Math.min(this.limit.seconds, 5) * MS) return;
    this.#shrunkAt = now;
    if (this.limit.learned === true) {
      this.#objected = this.#share;
      this.#most = Math.max(SMALLEST_SHARE, this.#share * 0.9);
    }
    this.#share = Math.max(SMALLEST_SHARE, this.#share * SHRINK);
  }

  /** Requests per second at present, and the share (0..1 and above) of the limit that was used over the last window. */
  view(now: Instant): { readonly ratePerSecond: number; readonly usedShare: number; readonly pausedMs: number } {
    this.#refill(now);
    this.#roll(now);
    const windowMs = this.limit.seconds * MS;
    const part = Math.min(1, Math.max(0, (now - this.#windowStart) / windowMs));
    const used = this.#inWindowBefore * (1 - part) + this.#inWindow;
    return {
      ratePerSecond: this.#perMs * this.#share * this.#part * MS,
      usedShare: used / this.limit.requests,
      pausedMs: Math.max(0, this.#pausedUntil - now),
    };
  }

  #refill(now: Instant): void {
    // A clock set back must not lengthen a pause.
    if (now < this.#refilledAt) this.#pausedUntil -= this.#refilledAt - now;
    // Nothing comes in during a pause: it must not end in a burst.
    const elapsed = now - Math.max(this.#refilledAt, this.#pausedUntil);
    // A clock set back gives nothing; a clock set far ahead gives no more than one burst.
    this.#refilledAt = now;
    if (elapsed <= 0) return;
    this.#tokens = Math.min(this.#size(), this.#tokens + elapsed * this.#perMs * this.#share * this.#part);
    this.#share = Math.min(this.#most, this.#share + elapsed * this.#growthPerMs);
  }

  #learn(now: Instant): void {
    const usedFor = Math.min(this.limit.seconds * MS, Math.max(0, now - this.#learnedAt));
    this.#learnedAt = now;
    const growth = usedFor / (this.limit.seconds * MS * LEARN_WINDOWS);
    this.#most = Math.min(LEARN_MOST, this.#most + (this.#most < this.#objected * 0.9 ? growth : growth * LEARN_AGAIN));
  }

  #roll(now: Instant): void {
    const windows = Math.floor((now - this.#windowStart) / (this.limit.seconds * MS));
    if (windows === 0) return;
    this.#inWindowBefore = windows === 1 ? this.#inWindow : 0;
    this.#inWindow = 0;
    this.#windowStart = windows > 0 ? this.#windowStart + windows * this.limit.seconds * MS : now;
  }
}
