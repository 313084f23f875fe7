// Time as a parameter. Pure code receives instants; code that waits receives a Clock and never touches a timer of its own.

/** Milliseconds since the Unix epoch. */
export type Instant = number;

/** A source of time that can also wait. The system clock, a sandbox's virtual clock and a test's manual clock implement it. */
export interface Clock {
  /** The present instant, ms since the epoch. */
  now(): Instant;
  /** Resolves after `ms` of this clock's time; rejects with the signal's reason when aborted. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/**
 * The wait before a repetition, ms: the first, twice as long each time, and at last always the longest.
 * @param turn how many waits were before it, from 0
 */
export const doubledMs = (firstMs: number, mostMs: number, turn: number): number =>
  Math.min(mostMs, firstMs * 2 ** Math.max(0, turn));

/** Whether what was looked at then need not be looked at yet: not when the clock was set back since, for nobody knows how long that is ago. */
export const isWithin = (ms: number, then: Instant, now: Instant): boolean => now >= then && now - then < ms;

/**
 * How far what was seen then is from now, ms: a time that lies ahead, after a clock was set back or by one that is off, is as doubtful as one that is as
 * long ago.
 */
export const agoOf = (then: Instant, now: Instant): number => Math.abs(now - then);
