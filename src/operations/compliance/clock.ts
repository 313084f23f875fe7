// Whether this machine's clock may decide about calling hours.

import { durationText } from "../../kernel/index.ts";
import type { TenantLink } from "../../tenant/port.ts";
import { OperationError } from "../error.ts";

/** Most difference between this machine's clock and the tenant's with which calls are permitted, ms. */
const MOST_SKEW_MS = 30_000;

/** What to do about a wrong clock. */
export const SET_CLOCK =
  "Synchronise this machine's clock (NTP): it decides about calling hours. outdial doctor compares it with the tenant's.";

/** What is wrong with the clock; undefined when it is right, or nothing can be compared. @param skewMs as in TenantLink */
export function clockTrouble(skewMs: number | null): string | undefined {
  if (skewMs === null || Math.abs(skewMs) <= MOST_SKEW_MS) return undefined;
  return skewWords(skewMs);
}

/** A difference of clocks in words. */
export const skewWords = (skewMs: number): string =>
  `this machine's clock is ${durationText(Math.abs(skewMs))} ${skewMs > 0 ? "behind" : "ahead of"} the tenant's`;

/** Throws OperationError `clock_off`. */
export function requireClock({ skewMs }: Pick<TenantLink, "skewMs">): void {
  const trouble = clockTrouble(skewMs());
  if (trouble !== undefined) throw new OperationError("clock_off", trouble, { advice: SET_CLOCK });
}
