// Splits a long range into windows that can be read in parallel and resumed one by one. Pure.

import { DAY_MS, type Instant } from "../../kernel/index.ts";

/** A stretch of time, both ends inclusive. */
export interface TimeWindow {
  readonly from: Instant;
  readonly to: Instant;
}

/**
 * Splits at UTC midnights, like the lake's partitions. Neighbours share the instant between them: the vendor may use fractions of
 * a millisecond, and a call that appears in both is stored once.
 */
export function splitWindows(range: TimeWindow): TimeWindow[] {
  const windows: TimeWindow[] = [];
  for (let from = range.from; ; ) {
    const midnight = (Math.floor(from / DAY_MS) + 1) * DAY_MS;
    if (midnight >= range.to) return [...windows, { from, to: range.to }];
    windows.push({ from, to: midnight });
    from = midnight;
  }
}
