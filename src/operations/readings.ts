// What was read of the tenant and kept: when, and why the latest attempt failed.

import type { Instant } from "../kernel/index.ts";
import type { TenantReading } from "../store/index.ts";

/** When something of the tenant was read last. */
export interface ReadingTimes {
  /** Null: never. */
  readonly readAt: Instant | null;
  /** Why the latest attempt failed; the data known is older. Null when it did not. */
  readonly failed: { readonly code: string; readonly message: string; readonly at: Instant } | null;
}

/** @param reading undefined: it was never tried */
export function timesOf(reading: TenantReading | undefined): ReadingTimes {
  const { readAt = null, problem = null, triedAt = null } = reading ?? {};
  return { readAt, failed: problem === null || triedAt === null ? null : { ...problem, at: triedAt } };
}
