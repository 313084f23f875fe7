// Whether a failed attempt is repeated: a ladder of early returns over facts, no I/O.

import type { RetryClass } from "../contract/index.ts";
import type { RandomStream } from "../kernel/index.ts";
import { backoffMs, politeMs, type RetrySettings } from "./retry-timing.ts";

/**
 * How an attempt failed: a status; no connection, so that nothing was sent; a connection, reply or time lost after sending;
 * or a reply of success that cannot be read (empty, cut off, not JSON; for a read also JSON of another form than promised).
 */
export type AttemptFailure =
  | { readonly kind: "status"; readonly status: number; readonly retryAfterMs: number | undefined }
  | { readonly kind: "not_sent" }
  | { readonly kind: "lost" }
  | { readonly kind: "unreadable" };

/** What decides whether a failed attempt is repeated. */
export interface RetryFacts {
  readonly failure: AttemptFailure;
  readonly retryClass: RetryClass;
  /** True when the request carried an `X-Idempotency-Key`. */
  readonly keyed: boolean;
  /** Attempts so far that failed otherwise than by 429, this one included. */
  readonly failures: number;
  /** 429s so far, this one included. */
  readonly rateLimited: number;
  /** Milliseconds left until the deadline. */
  readonly remainingMs: number;
}

type RetryDecision = { readonly retry: true; readonly delayMs: number } | { readonly retry: false; readonly because: string };

const no = (because: string): RetryDecision => ({ retry: false, because });

/** True when the tenant may have carried the request out although we hold no good answer. */
export function mayHaveExecuted(failure: AttemptFailure): boolean {
  if (failure.kind === "not_sent") return false;
  // A refusal is an answer; only a server's own failure leaves the matter open.
  if (failure.kind === "status") return failure.status >= 500;
  return true;
}

/** True when the same request may be sent again although the last one may have been carried out. */
function mayRepeat(retryClass: RetryClass, keyed: boolean): boolean {
  return retryClass === "safe" || retryClass === "idempotent" || (retryClass === "keyed" && keyed);
}

function isTransient(status: number, retryClass: RetryClass): boolean {
  // 500 is as often a defect as a hiccup: worth another read, not worth repeating a write that may have half happened.
  if (status === 500) return retryClass === "safe";
  return status === 408 || status === 425 || status === 429 || status === 502 || status === 503 || status === 504;
}

/** Contract §1 and §2: what may be repeated, how often, after how long. */
export function decideRetry(facts: RetryFacts, settings: RetrySettings, random: RandomStream): RetryDecision {
  const { failure } = facts;
  const limited = failure.kind === "status" && failure.status === 429;
  // The answer is about the request itself: the same request gets the same answer.
  if (failure.kind === "status" && !isTransient(failure.status, facts.retryClass)) return no("the answer is final");
  // A write without a key whose outcome is unknown is settled by reading back, never by sending it again.
  if (mayHaveExecuted(failure) && !mayRepeat(facts.retryClass, facts.keyed))
    return no("the outcome is unknown and a repetition could act twice");
  // Being turned away costs the tenant nothing and is no sign of failure: it has its own, larger allowance.
  if (limited && facts.rateLimited > settings.maxRateLimited) return no(`429 came ${facts.rateLimited} times`);
  if (!limited && facts.failures >= settings.maxAttempts)
    return no(facts.failures === 1 ? "1 attempt failed" : `${facts.failures} attempts failed`);
  const asked = failure.kind === "status" ? failure.retryAfterMs : undefined;
  // Returning before the asked time would only be turned away again.
  if (asked !== undefined && asked > settings.maxRetryAfterMs) return no(`the tenant asks to wait ${Math.round(asked / 1000)} s`);
  const delayMs =
    asked === undefined ? backoffMs(limited ? facts.rateLimited : facts.failures, settings, random) : politeMs(asked, random);
  if (delayMs >= facts.remainingMs) return no("the deadline comes first");
  return { retry: true, delayMs };
}
