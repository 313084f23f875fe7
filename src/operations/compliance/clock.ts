// Whether this machine's clock may decide about calling hours.

import { type Clock, durationText } from "../../kernel/index.ts";
import type { TenantLink } from "../../tenant/port.ts";
import { OperationError } from "../error.ts";

/** Most difference between this machine's clock and the tenant's with which calls are permitted, ms. */
const MOST_SKEW_MS = 30_000;

/** What to do about a wrong clock. */
export const SET_CLOCK =
  "Synchronise this machine's clock (NTP): it decides about calling hours. outdial doctor compares it with the tenant's.";

/** What is wrong with the clock; undefined when it is right, or nothing can be compared. @param skewMs as in TenantLink */
export function clockTrouble(skewMs: number | null, whose?: string): string | undefined {
  if (skewMs === null || Math.abs(skewMs) <= MOST_SKEW_MS) return undefined;
  return skewWords(skewMs, whose);
}

/** A difference of clocks in words. @param whose the other clock */
export const skewWords = (skewMs: number, whose = "the tenant's"): string =>
  `this machine's clock is ${durationText(Math.abs(skewMs))} ${skewMs > 0 ? "behind" : "ahead of"} ${whose}`;

/** Throws OperationError `clock_off`. */
export function requireClock({ skewMs }: Pick<TenantLink, "skewMs">): void {
  const trouble = clockTrouble(skewMs());
  if (trouble !== undefined) throw new OperationError("clock_off", trouble, { advice: SET_CLOCK });
}

/**
 * The same where no tenant is asked: this machine's clock against the database's. @param at the database's clock, ms since the epoch
 */
export async function requireStoreClock(clock: Clock, at: () => Promise<number>): Promise<void> {
  const asked = clock.now();
  const theirs = await at();
  // Slow answers say little; a wrong clock is wrong by more than they take.
  const skewMs = theirs < asked ? theirs - asked : Math.max(0, theirs - clock.now());
  const trouble = clockTrouble(skewMs, "the database's");
  if (trouble !== undefined) throw new OperationError("clock_off", trouble, { advice: SET_CLOCK });
}
