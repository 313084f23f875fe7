// Decides whether a failed attempt is repeated, by early returns over facts. No I/O.

import type { RetryClass } from "../contract/index.ts";
import type { RandomStream } from "../kernel/index.ts";
import { backoffMs, politeMs, type RetrySettings } from "./retry-timing.ts";

/**
 * How an attempt failed: by its status; without a connection, so that nothing was sent; by a lost connection, lost reply or
 * time-out after sending; or by an unreadable successful reply (empty, cut off, not JSON; for a read also JSON of another form
 * than expected).
 */
export type AttemptFailure =
  | { readonly kind: "status"; readonly status: number; readonly retryAfterMs: number | undefined }
  | { readonly kind: "not_sent" }
  | { readonly kind: "lost" }
  | { readonly kind: "unreadable" };

/** The facts on which the repetition is decided. */
export interface RetryFacts {
  readonly failure: AttemptFailure;
  readonly retryClass: RetryClass;
  /** True when the request carried an `X-Idempotency-Key`. */
  readonly keyed: boolean;
  /** Failed attempts so far, not counting 429s, including this one. */
  readonly failures: number;
  /** 429s so far, including this one. */
  readonly rateLimited: number;
  /** Milliseconds left until the deadline. */
  readonly remainingMs: number;
}

type RetryDecision = { readonly retry: true; readonly delayMs: number } | { readonly retry: false; readonly because: string };

const no = (because: string): RetryDecision => ({ retry: false, because });

/** True when the tenant may have executed the request although there is no usable answer. */
export function mayHaveExecuted(failure: AttemptFailure): boolean {
  if (failure.kind === "not_sent") return false;
  // A refusal is an answer; only a 5xx leaves it open.
  if (failure.kind === "status") return failure.status >= 500;
  return true;
}

/** True when the same request may be sent again although the last one may have been executed. */
function mayRepeat(retryClass: RetryClass, keyed: boolean): boolean {
  return retryClass === "safe" || retryClass === "idempotent" || (retryClass === "keyed" && keyed);
}

function isTransient(status: number, retryClass: RetryClass): boolean {
  // A 500 is as often a defect as a temporary fault: a read is repeated, a write that may be half done is not.
  if (status === 500) return retryClass === "safe";
  return status === 408 || status === 425 || status === 429 || status === 502 || status === 503 || status === 504;
}

/** Decides by contract §1 and §2: what may be repeated, how often, after which pause. */
export function decideRetry(facts: RetryFacts, settings: RetrySettings, random: RandomStream): RetryDecision {
  const { failure } = facts;
  const limited = failure.kind === "status" && failure.status === 429;
  // The answer is about the request itself: the same request would get the same answer.
  if (failure.kind === "status" && !isTransient(failure.status, facts.retryClass))
    return no("the same request would be answered the same");
  // A write without a key whose outcome is unknown is settled by reading back, never by repeating it.
  if (mayHaveExecuted(failure) && !mayRepeat(facts.retryClass, facts.keyed))
    return no("the outcome is unknown and a repetition could act twice");
  // A 429 costs the tenant nothing and is not a failure: it has a larger allowance of its own.
  if (limited && facts.rateLimited > settings.maxRateLimited) return no(`429 came ${facts.rateLimited} times`);
  if (!limited && facts.failures >= settings.maxAttempts)
    return no(facts.failures === 1 ? "1 attempt failed" : `${facts.failures} attempts failed`);
  const asked = failure.kind === "status" ? failure.retryAfterMs : undefined;
  // Coming back earlier than asked would only give another 429.
  if (asked !== undefined && asked > settings.maxRetryAfterMs) return no(`the tenant asks to wait ${Math.round(asked / 1000)} s`);
  const delayMs =
    asked === undefined ? backoffMs(limited ? facts.rateLimited : facts.failures, settings, random) : politeMs(asked, random);
  if (delayMs >= facts.remainingMs) return no("the deadline comes first");
  return { retry: true, delayMs };
}
