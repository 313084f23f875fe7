// The times of stored readings of the tenant, and why the latest attempt failed.

import type { Instant } from "../kernel/index.ts";
import type { ReadingProblem, TenantReading } from "../store/index.ts";

/** When a thing at the tenant was last read. */
interface ReadingTimes {
  /** Null: never. */
  readonly readAt: Instant | null;
  /** Why the latest attempt failed, so that the stored data is older; null when it did not fail. */
  readonly failed: (ReadingProblem & { readonly at: Instant }) | null;
}

/** @param reading undefined when it was never tried */
export function timesOf(reading: TenantReading | undefined): ReadingTimes {
  const { readAt = null, problem = null, triedAt = null } = reading ?? {};
  return { readAt, failed: problem === null || triedAt === null ? null : { ...problem, at: triedAt } };
}
