// When a failed delivery is tried again: growing delays over about a day, then the event is a dead letter. Pure.
//
// attempt 1 2 3 4 5 6 7 8 9 10 … 14
// delay 5s 15s 45s 2m15s 6m45s 20m15s 1h01m 3h02m 4h 4h …
//
// - The first delays are short, because most failures are a restart of the receiver or a lost connection.
// - They grow threefold, so that a receiver that is down for hours gets a dozen requests, not a thousand.
// - They stop growing at four hours, so that a receiver repaired in the morning has its events by noon.
// - They add up to 24 and a half hours: an outage repaired within a working day loses nothing.
// - Each is moved by up to a tenth either way, so that events that failed together do not come back together. A tenth is less
//   than the growth, so every delay is longer than the one before until the longest is reached.

import type { RandomStream } from "../../kernel/index.ts";

const FIRST_MS = 5_000;
const GROWTH = 3;
const LONGEST_MS = 4 * 3_600_000;
const JITTER = 0.1;

/** Attempts at one event before it is a dead letter. */
export const MAX_ATTEMPTS = 14;

/** The longest wait between two attempts at one event, ms. */
export const MAX_RETRY_DELAY_MS = LONGEST_MS * (1 + JITTER);

/**
 * How long to wait before the next attempt, ms; undefined when the event is to be given up.
 * @param attempts attempts made so far, the failed one included (1 or more)
 */
export function retryDelay(attempts: number, random: RandomStream): number | undefined {
  if (attempts >= MAX_ATTEMPTS) return undefined;
  const nominal = Math.min(LONGEST_MS, FIRST_MS * GROWTH ** (attempts - 1));
  return Math.round(nominal * (1 - JITTER + 2 * JITTER * random.next()));
}
