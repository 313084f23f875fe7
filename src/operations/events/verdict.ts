// The consequence of an attempt's result for its event: delivered, to be tried again, or dead. Pure.

import type { Instant, RandomStream } from "../../kernel/index.ts";
import { type PostAnswer, REFUSALS } from "./post.ts";

/** The result of one attempt: an HTTP answer, accepted by a mail server, or the reason for failing with its code. */
export type AttemptEnd =
  | (Pick<PostAnswer, "status" | "retryAfter"> & { readonly said?: string | undefined })
  | { readonly accepted: number }
  | { readonly error: string; readonly code?: number | undefined };

/** The receiver took the event. */
interface Delivered {
  readonly kind: "delivered";
  readonly status: number;
}

/** The receiver did not take the event, or no answer came. */
export interface Failed {
  /** `dead`: no further attempt unless the event is replayed. */
  readonly kind: "failed" | "dead";
  readonly status?: number;
  readonly error: string;
  readonly nextAttemptAt: Instant | null;
  /** Until when the receiver asked for a pause; 0 when it did not. */
  readonly pauseUntil: Instant;
  /** The receiver wants no more events (410): it is switched off, and the event waits with the others. */
  readonly gone?: true;
  /** The receiver works and refuses this event: that says nothing about others. */
  readonly refused?: true;
}

/** The verdict on one attempt. */
export type Verdict = Delivered | Failed;

const SUCCESS: ReadonlySet<number> = new Set([200, 201, 202, 204]);
const GONE = 410;
/** Attempts at an event that is refused. A few, because a receiver that is being updated refuses for seconds what is right. */
const REFUSED_ATTEMPTS = 3;
/** Covers the time until the receiver is switched off, and limits the wait after it is switched on again, ms. */
const GONE_PAUSE_MS = 60_000;
/** Statuses whose Retry-After concerns the receiver as a whole. */
const BUSY: ReadonlySet<number> = new Set([429, 503]);
const SECONDS = /^\d{1,9}$/;

/**
 * Judges an attempt.
 * @param before.attempts number of attempts at this event, including this one
 * @param before.lastStatus how the one before was answered; null when there was none, or no answer
 */
export function judge(
  end: AttemptEnd,
  { attempts, lastStatus }: { readonly attempts: number; readonly lastStatus: number | null },
  now: Instant,
  random: RandomStream,
): Verdict {
  if ("accepted" in end) return { kind: "delivered", status: end.accepted };
  if ("error" in end) return failure(end.code, end.error, 0, attempts, now, random);
  const { status } = end;
  if (SUCCESS.has(status)) return { kind: "delivered", status };
  if (status === GONE) {
    const at = now + GONE_PAUSE_MS;
    return { kind: "failed", status, error: "answered 410: gone", nextAttemptAt: at, pauseUntil: at, gone: true };
  }
  if (status >= 300 && status < 400) {
    return failure(
      status,
      `answered ${status}: redirects are not followed; configure the final address`,
      0,
      attempts,
      now,
      random,
    );
  }
  if (REFUSALS.has(status)) {
    // Attempts that the receiver was away for say nothing about the event: one more is made after the first refusal.
    const again = lastStatus === null || !REFUSALS.has(lastStatus);
    const nth = again ? 1 : Math.max(2, attempts);
    const error = `answered ${status}: it refuses this event${end.said === undefined ? "" : `: ${end.said}`}`;
    const judged = failure(status, error, 0, nth >= REFUSED_ATTEMPTS ? MAX_ATTEMPTS : nth, now, random);
    return { ...judged, refused: true };
  }
  const pauseUntil = BUSY.has(status) ? retryAfterInstant(end.retryAfter, now) : 0;
  return failure(status, `answered ${status}; success is 200, 201, 202 or 204`, pauseUntil, attempts, now, random);
}

function failure(
  status: number | undefined,
  error: string,
  pauseUntil: Instant,
  attempts: number,
  now: Instant,
  random: RandomStream,
): Failed {
  const answered = status === undefined ? { error, pauseUntil } : { status, error, pauseUntil };
  const delay = retryDelay(attempts, random);
  if (delay === undefined) return { kind: "dead", nextAttemptAt: null, ...answered };
  return { kind: "failed", nextAttemptAt: Math.max(now + delay, pauseUntil), ...answered };
}

/** Both forms of Retry-After (RFC 9110 §10.2.3), bounded by the longest retry delay; 0 when there is none or it is unreadable. */
function retryAfterInstant(header: string | undefined, now: Instant): Instant {
  const text = header?.trim() ?? "";
  const at = SECONDS.test(text) ? now + Number(text) * 1000 : Date.parse(text);
  return at > now ? Math.min(at, now + MAX_RETRY_DELAY_MS) : 0;
}

// When a failed delivery is tried again: growing delays over about a day, then the event is a dead letter. Pure.
//
// attempt 1 2 3 4 5 6 7 8 9 10 … 14
// delay 5s 15s 45s 2m15s 6m45s 20m15s 1h01m 3h02m 4h 4h …
//
// - The first delays are short, because most failures are a restart of the receiver or a lost connection.
// - They grow threefold, so that a receiver that is down for hours gets a dozen requests, not a thousand.
// - They stop growing at four hours, so that a receiver repaired in the morning has its events by noon.
// - They add up to 24 and a half hours: an outage repaired within a working day loses nothing.
// - Each is moved by up to a tenth either way, so that events that failed together do not come back together. A tenth is less
//   than the growth, so every delay is longer than the one before until the longest is reached.

const FIRST_MS = 5_000;
const GROWTH = 3;
const LONGEST_MS = 4 * 3_600_000;
const JITTER = 0.1;

/** Attempts at one event before it is a dead letter. */
export const MAX_ATTEMPTS = 14;

/** The longest wait between two attempts at one event, ms. */
export const MAX_RETRY_DELAY_MS = LONGEST_MS * (1 + JITTER);

/**
 * How long to wait before the next attempt, ms; undefined when the event is to be given up.
 * @param attempts attempts made so far, the failed one included (1 or more)
 */
export function retryDelay(attempts: number, random: RandomStream): number | undefined {
  if (attempts >= MAX_ATTEMPTS) return undefined;
  const nominal = Math.min(LONGEST_MS, FIRST_MS * GROWTH ** (attempts - 1));
  return Math.round(nominal * (1 - JITTER + 2 * JITTER * random.next()));
}
