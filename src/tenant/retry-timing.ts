// How long to wait before the next attempt. Pure arithmetic, with the reason for each rule.

import { doubledMs, type Instant, type RandomStream } from "../kernel/index.ts";

/** Retry settings; milliseconds throughout. */
export interface RetrySettings {
  /** Most attempts for one call, not counting those answered with 429. Default 5. */
  readonly maxAttempts: number;
  /** Most 429s for one call. Default 10. */
  readonly maxRateLimited: number;
  /** First step of the exponential backoff. Default 250. */
  readonly baseDelayMs: number;
  /** Largest step of the backoff. Default 10,000. */
  readonly maxDelayMs: number;
  /** Longest `Retry-After` that is waited for; a longer one ends the call. Default 60,000. */
  readonly maxRetryAfterMs: number;
  /** From the first sending to the end of the last attempt, for calls that bring no deadline of their own. Default 120,000. */
  readonly totalMs: number;
}

const DECIMAL = /^\d{1,12}(\.\d{1,9})?$/;
// IMF-fixdate, and the two older forms that RFC 9110 §5.6.7 obliges recipients to read. Date.parse alone would read "1.5e3" or
// "-1" as a year.
const HTTP_DATE = /^(mon|tue|wed|thu|fri|sat|sun)[a-z]*,?\s.*\d{2}:\d{2}:\d{2}/i;

/**
 * Milliseconds that a `Retry-After` asks for, in either form (seconds or HTTP date); undefined when it is absent or unreadable. A
 * date is compared with the reply's own `Date`, so that a skew between the two clocks cancels out. A moment in the past gives 0.
 */
export function retryAfterMs(retryAfter: string | undefined, date: string | undefined, now: Instant): number | undefined {
  const text = retryAfter?.trim();
  if (text === undefined || text === "") return undefined;
  if (DECIMAL.test(text)) return Number(text) * 1000;
  if (text.length > 64 || !HTTP_DATE.test(text)) return undefined;
  const until = Date.parse(text);
  if (Number.isNaN(until)) return undefined;
  const theirNow = date !== undefined && date.length <= 64 && HTTP_DATE.test(date) ? Date.parse(date) : Number.NaN;
  return Math.max(0, until - (Number.isNaN(theirNow) ? now : theirNow));
}

/**
 * Full jitter: anywhere between 0 and an exponentially growing ceiling, so that callers that failed together do not return
 * together.
 * @param failures failed attempts so far, at least 1
 */
export function backoffMs(failures: number, settings: RetrySettings, random: RandomStream): number {
  return random.next() * doubledMs(settings.baseDelayMs, settings.maxDelayMs, failures - 1);
}

/** The requested wait plus up to a tenth of it (at most a second): never earlier than requested, and not all callers at once. */
export function politeMs(asked: number, random: RandomStream): number {
  return asked + Math.min(1000, asked * 0.1) * random.next();
}
