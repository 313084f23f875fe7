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

/** Whether what was looked at then need not be looked at yet: not when the clock was set back since, for nobody knows how long that is ago. */
export const isWithin = (ms: number, then: Instant, now: Instant): boolean => now >= then && now - then < ms;
