// How long and how often calls are tried, for every profile.

import type { RetrySettings } from "./retry-timing.ts";

/** How long and how often calls are tried, and how much is read. */
export interface CallSettings {
  readonly retry: RetrySettings;
  readonly headersMs: number;
  readonly bodyMs: number;
  readonly maxBodyBytes: number;
}
