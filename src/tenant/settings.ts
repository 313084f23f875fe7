// Retry and time-out settings, for every profile.

import type { RetrySettings } from "./retry-timing.ts";

/** Retry and time-out settings, and the largest reply. */
export interface CallSettings {
  readonly retry: RetrySettings;
  readonly headersMs: number;
  readonly bodyMs: number;
  readonly maxBodyBytes: number;
}
