// What a call did on the wire, and the result of a successful call.

/** One attempt: its status, or why there was none; milliseconds from sending to the end of the reply. */
export interface Attempt {
  readonly status?: number;
  readonly error?: string;
  readonly latencyMs: number;
}

/** What a call did on the wire, whether it ended in a value or in an error. */
export interface CallReport {
  readonly attempts: readonly Attempt[];
  /** Number of attempts answered with 429. */
  readonly rateLimited: number;
  /** Milliseconds spent waiting for the rate budget and for a token, before the first attempt and between attempts. */
  readonly waitedMs: number;
  /**
   * Milliseconds from the first sending to the end, including pauses between attempts, without waiting for the budget. 0 when
   * nothing was sent.
   */
  readonly latencyMs: number;
  /** True when an attempt before the last may have been executed without a reply. */
  readonly earlierUnknown: boolean;
}

/** The result of a successful call. */
export interface RequestResult<T> extends CallReport {
  readonly reply: T;
  readonly status: number;
  /** True when the tenant says that the requested state existed already. */
  readonly already: boolean;
  /** The `ETag` header, as received. */
  readonly etag: string | undefined;
  readonly correlationId: string;
}
