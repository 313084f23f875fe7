// A limited wait for something that may not answer.

import type { Clock } from "../kernel/index.ts";

/** Parts of a wait: each is over no sooner than the process has listened once more. */
const TURNS = 10;

/**
 * What `work` comes to; or, when that takes longer than `ms`, what `late` gives or throws. A process that was itself held up has heard
 * nothing meanwhile: its time counts in turns, so that an answer that has arrived comes first.
 * @param signal ends the wait with its reason
 */
export async function inTime<T, L = never>(
  clock: Pick<Clock, "sleep">,
  ms: number,
  work: Promise<T>,
  late: () => L,
  signal?: AbortSignal,
): Promise<T | L> {
  const over = new AbortController();
  const ends = signal === undefined ? over.signal : AbortSignal.any([over.signal, signal]);
  const limit = async () => {
    for (let turn = 0; turn < TURNS; turn++) await clock.sleep(ms / TURNS, ends);
    return late();
  };
  const limited = limit();
  limited.catch(() => undefined);
  work.catch(() => undefined);
  try {
    return await Promise.race([work, limited]);
  } finally {
    // With a reason, since the default one, an exception with a stack, costs more.
    over.abort("answered");
  }
}
