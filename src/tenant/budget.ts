// The arithmetic of one rate budget: a token bucket that shrinks when the tenant answers 429 and grows back slowly. It may be a
// part of a limit that several processes share. Pure apart from its own counters.

import type { Instant } from "../kernel/index.ts";

/** A rate limit: requests per second, requests per minute, or off. */
export type LimitSetting = { readonly perSecond: number } | { readonly perMinute: number } | "off";

/** A documented or configured limit: a number of requests in a window. */
export interface WindowLimit {
  readonly requests: number;
  readonly seconds: number;
  /**
   * The limit is not published: this is where learning begins. A budget that is used up grows until the tenant answers 429, and
   * then stays below that rate.
   */
  readonly learned?: boolean;
}

const WIDE_WINDOW_SECONDS = 10;
const SHRINK = 0.7;
const SMALLEST_SHARE = 0.05;
const MS = 1000;
/** A learned limit grows to at most so many times its beginning. */
const LEARN_MOST = 8;
/** It grows by its beginning in so many fully used windows. */
const LEARN_WINDOWS = 60;
/** A rate that the tenant answered with 429 is approached again more slowly: by this part of the growth. */
const LEARN_AGAIN = 1 / 60;

/**
 * Steady rate and burst for a limit. For a window of a second: 99.5 % of the rate, and a burst of a tenth, so that a process that
 * was stalled (garbage collection, a busy machine) can catch up. For a window of a minute rate and burst together never exceed
 * the limit in any minute, since a 429 costs up to a minute there.
 */
export function shapeOf(limit: WindowLimit): { readonly perMs: number; readonly burst: number } {
  if (limit.seconds < WIDE_WINDOW_SECONDS) {
    return { perMs: (limit.requests * 0.995) / (limit.seconds * MS), burst: Math.max(1, limit.requests * 0.1) };
  }
  const burst = Math.max(1, limit.requests * 0.05);
  return { perMs: Math.max(limit.requests * 0.5, limit.requests - burst) / (limit.seconds * MS), burst };
}

const growthOf = ({ seconds }: WindowLimit): number => 1 / (seconds * MS * (seconds < WIDE_WINDOW_SECONDS ? 20 : 5));

/** One family's budget. All methods take constant time. */
export class Budget {
  #limit: WindowLimit;
  #perMs: number;
  #burst: number;
  /** The share of the rate that is regained per millisecond: full again after 20 windows of a second, or 5 of a minute. */
  #growthPerMs: number;
  #tokens: number;
  #share = 1;
  /** The largest share: 1, or what was learned. */
  #most = 1;
  /** Of a learned limit: the share at which the tenant last answered 429. */
  #objected = LEARN_MOST;
  /** The part (0..1) of the limit that this process has. */
  #part = 1;
  #refilledAt: Instant;
  #pausedUntil: Instant = 0;
  #shrunkAt = Number.NEGATIVE_INFINITY;
  #windowStart: Instant;
  #learnedAt: Instant;
  #inWindow = 0;
  #inWindowBefore = 0;
  /** Whether a permit was asked for in vain since the last one was taken. */
  #isShort = false;
  readonly #whole: Budget | undefined;

  /** @param whole the budget that this one is a share of: it goes slower and faster with it */
  constructor(limit: WindowLimit, now: Instant, whole?: Budget) {
    this.#limit = limit;
    this.#whole = whole;
    const { perMs, burst } = shapeOf(limit);
    this.#perMs = perMs;
    this.#burst = burst;
    this.#tokens = burst;
    this.#growthPerMs = growthOf(limit);
    this.#refilledAt = now;
    this.#windowStart = now;
    this.#learnedAt = now;
  }

  get limit(): WindowLimit {
    return this.#limit;
  }

  /** From now on another limit holds. Permits beyond its burst are gone; a pause and what 429s have taught stay. */
  relimit(now: Instant, limit: WindowLimit): void {
    this.#refill(now);
    this.#roll(now);
    this.#limit = limit;
    const { perMs, burst } = shapeOf(limit);
    this.#perMs = perMs;
    this.#burst = burst;
    this.#growthPerMs = growthOf(limit);
    // A limit that is given is not exceeded by what was learned.
    if (limit.learned !== true) [this.#most, this.#share] = [1, Math.min(1, this.#share)];
    this.#tokens = Math.min(this.#tokens, this.#size());
  }

  /** Takes one permit. False when there is none. */
  take(now: Instant): boolean {
    this.#refill(now);
    if (now < this.#pausedUntil || this.#tokens < 1) {
      this.#isShort ||= now >= this.#pausedUntil;
      return false;
    }
    this.#tokens -= 1;
    // A limit is learned only while the budget is used up: more was asked for than it gave.
    if (this.limit.learned === true && this.#isShort) this.#learn(now);
    this.#isShort = false;
    this.#roll(now);
    this.#inWindow += 1;
    return true;
  }

  /** Whether the tenant asked for a pause that is not over. */
  isPaused(now: Instant): boolean {
    this.#refill(now);
    return now < this.#pausedUntil;
  }

  /** Counts a permit that was taken in spite of a pause. */
  takeInSpite(now: Instant): void {
    this.#tokens = Math.max(0, this.#tokens - 1);
    this.#roll(now);
    this.#inWindow += 1;
  }

  /** The tenant has answered during a pause that it asked for. */
  endPause(now: Instant): void {
    this.#refill(now);
    this.#pausedUntil = Math.min(this.#pausedUntil, now);
  }

  /** Milliseconds until `take` may succeed; 0 when it would now, Infinity while the part is 0. */
  waitMs(now: Instant): number {
    this.#refill(now);
    const pause = Math.max(0, this.#pausedUntil - now);
    const missing = 1 - this.#tokens;
    const filling = missing <= 0 ? 0 : missing / this.#rate();
    return pause + filling;
  }

  /**
   * Sets the part (0..1) of the limit that the budget has from now on. @param tokens permits added with it; negative to take
   * permits away
   */
  resize(now: Instant, part: number, tokens: number): void {
    this.#refill(now);
    this.#part = part;
    this.#tokens = Math.max(0, Math.min(this.#tokens + tokens, this.#size()));
  }

  /** Permits per millisecond at present. */
  #rate(): number {
    return this.#perMs * (this.#whole ?? this).#share * this.#part;
  }

  /** Room for at least one permit, however small the part. */
  #size(): number {
    return Math.max(1, this.#burst * this.#part);
  }

  /**
   * The tenant answered 429: no permits for `pauseMs`, then a lower rate. Several 429s to requests from before the last reduction
   * count once.
   */
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

  /** The present rate in requests per second, and the share (0..1 and above) of the limit that was used over the last window. */
  view(now: Instant): { readonly ratePerSecond: number; readonly usedShare: number; readonly pausedMs: number } {
    this.#refill(now);
    this.#roll(now);
    const windowMs = this.limit.seconds * MS;
    const part = Math.min(1, Math.max(0, (now - this.#windowStart) / windowMs));
    const used = this.#inWindowBefore * (1 - part) + this.#inWindow;
    return {
      ratePerSecond: this.#rate() * MS,
      usedShare: used / this.limit.requests,
      pausedMs: Math.max(0, this.#pausedUntil - now),
    };
  }

  #refill(now: Instant): void {
    // A clock that is set back must not lengthen a pause.
    if (now < this.#refilledAt) this.#pausedUntil -= this.#refilledAt - now;
    // No permits accrue during a pause, so that it does not end in a burst.
    const elapsed = now - Math.max(this.#refilledAt, this.#pausedUntil);
    // A clock that is set back gives no permits; one that is set far ahead gives one burst at most.
    this.#refilledAt = now;
    if (elapsed <= 0) return;
    this.#tokens = Math.min(this.#size(), this.#tokens + elapsed * this.#rate());
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
