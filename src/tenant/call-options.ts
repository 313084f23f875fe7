// What a call of a tenant can be told, whatever it asks.

import type { Lock } from "./locked.ts";
import type { Lane } from "./rate-limiter.ts";

/** What any call can be told besides its content. */
export interface CallOptions {
  /** Ends the call, wherever it is. */
  readonly signal?: AbortSignal | undefined;
  /** Ends the call unless a request of it is on the wire: its waits end at once, a request that was sent is waited for, nothing is repeated. */
  readonly halt?: AbortSignal | undefined;
  /**
   * Asked immediately before each request leaves, after every wait for a token or the budget. Undefined lets it leave; a promise is waited for,
   * then the call waits for the budget again and asks again.
   */
  readonly confirmed?: (() => Promise<void> | undefined) | undefined;
  /** Precedence among the calls that wait for the same budget. Default: tagging for outbound writes, extraction for lists, else pacing. */
  readonly lane?: Lane | undefined;
  /** Milliseconds from now, all waiting included, after which the call ends with `deadline_exceeded`. Default: none (see `retry.totalMs`). */
  readonly deadlineMs?: number | undefined;
  /** The lock of the version that a write builds upon. */
  readonly lock?: Lock | undefined;
  /** The same as text, sent as `If-Match`. */
  readonly ifMatch?: string | undefined;
  /** Makes a repetition of the same write harmless, where the operation takes one (1 to 200 printable characters). */
  readonly idempotencyKey?: string | undefined;
}
