// Work that needs the database, gone on with when that is away or has no room: for what has no job that could be gone on with.

import { type Clock, OutdialError } from "../../kernel/index.ts";
import { STORE_TROUBLE } from "./left.ts";

/** Between two attempts, ms: doubling from the first value to the second. */
const FIRST_WAIT_MS = 250;
const LONGEST_WAIT_MS = 1000;

/**
 * Does something again until the database takes it.
 * @param given.withinMs then what the database said is thrown
 * @param given.onTrouble told once, when the waiting begins
 * @param given.signal ends the waiting
 */
export async function throughTrouble<T>(
  work: () => Promise<T>,
  given: {
    readonly clock: Clock;
    readonly withinMs: number;
    readonly onTrouble?: ((thrown: OutdialError) => void) | undefined;
    readonly signal?: AbortSignal | undefined;
  },
): Promise<T> {
  const { clock, withinMs, onTrouble, signal } = given;
  const since = clock.now();
  for (let waitMs = FIRST_WAIT_MS; ; waitMs = Math.min(LONGEST_WAIT_MS, 2 * waitMs)) {
    try {
      return await work();
    } catch (thrown) {
      if (!(thrown instanceof OutdialError) || !STORE_TROUBLE.has(thrown.code)) throw thrown;
      if (signal?.aborted === true || clock.now() - since > withinMs) throw thrown;
      if (waitMs === FIRST_WAIT_MS) onTrouble?.(thrown);
      await clock.sleep(waitMs, signal).catch(() => undefined);
    }
  }
}
