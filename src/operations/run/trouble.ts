// Repeats work that needs the database when that is away or has no room: for work that is not a job and could not be continued as
// one.

import { type Clock, doubledMs, OutdialError } from "../../kernel/index.ts";
import { STORE_TROUBLE } from "./left.ts";

/** Between two attempts, ms: doubling from the first value to the second. */
const FIRST_WAIT_MS = 250;
const LONGEST_WAIT_MS = 1000;

/**
 * Repeats work until the database accepts it.
 * @param given.withinMs after this time the database's error is thrown
 * @param given.onTrouble called once, when the waiting begins
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
  for (let turn = 0; ; turn += 1) {
    try {
      return await work();
    } catch (thrown) {
      if (!(thrown instanceof OutdialError) || !STORE_TROUBLE.has(thrown.code)) throw thrown;
      if (signal?.aborted === true || clock.now() - since > withinMs) throw thrown;
      if (turn === 0) onTrouble?.(thrown);
      await clock.sleep(doubledMs(FIRST_WAIT_MS, LONGEST_WAIT_MS, turn), signal).catch(() => undefined);
    }
  }
}
