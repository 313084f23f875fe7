// The documented request limits by rate family: contract §2.

import type { RateFamily, RateLimit } from "./operation.ts";

/** The documented limits on requests, by family. */
export const RATE_LIMITS: Readonly<Record<RateFamily, RateLimit>> = {
  "outbound-write": { requests: 100, seconds: 1, per: "client" },
  "outbound-read": { requests: 100, seconds: 60, per: "client" },
  campaigns: { requests: 100, seconds: 60, per: "client" },
  "dialer-write": { requests: 100, seconds: 60, per: "tenant" },
  other: { requests: 100, seconds: 1, per: "client" },
};
/** Families of operations that share a limit. */
export const RATE_FAMILIES = Object.keys(RATE_LIMITS) as RateFamily[];
