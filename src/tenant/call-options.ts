// Options of any call to a tenant.

import type { Lock } from "./locked.ts";
import type { Lane } from "./rate-limiter.ts";

/** Options of a call, besides its content. */
export interface CallOptions {
  /** Aborts the call at any point. */
  readonly signal?: AbortSignal | undefined;
  /** Ends the call gracefully: waiting ends at once, a request that was sent is waited for, and nothing is repeated. */
  readonly halt?: AbortSignal | undefined;
  /**
   * Called immediately before each request is sent, after every wait for a token or the budget. When it returns undefined the
   * request is sent. A promise is awaited; then the call waits for the budget again and asks again.
   */
  readonly confirmed?: (() => Promise<void> | undefined) | undefined;
  /**
   * Precedence among calls that wait for the same budget. Default: tagging for outbound writes, extraction for lists, otherwise
   * pacing.
   */
  readonly lane?: Lane | undefined;
  /**
   * Milliseconds from now, including all waiting, after which the call ends with `deadline_exceeded`. Default: none (see
   * `retry.totalMs`).
   */
  readonly deadlineMs?: number | undefined;
  /** The lock of the version that a write is based on. */
  readonly lock?: Lock | undefined;
  /** The tag of that version as text, sent as `If-Match`. */
  readonly ifMatch?: string | undefined;
  /** Makes it harmless to repeat the same write, for operations that take a key (1 to 200 printable characters). */
  readonly idempotencyKey?: string | undefined;
}
