// Items of a run as durable steps, some of them at once: the chunks of a job, the windows of a retrieval.

import type { StopReason } from "./reason.ts";

/**
 * Begins item after item while the earlier ones go well. After one that stopped or failed, no further item begins, and those under way are waited for:
 * none still runs when this returns or throws.
 * @param atOnce items under way at once; 1 keeps their order
 * @param begin does an item as one step
 * @param stopOf why nothing more is to begin after an item that ended so
 * @returns what ended, in the order of the items, and why it stopped before the last of them; rejects as the first item that failed
 */
export async function overlapping<Item, Ended>(
  items: readonly Item[],
  atOnce: number,
  begin: (item: Item) => Promise<Ended>,
  stopOf: (ended: Ended) => StopReason | undefined,
): Promise<{ readonly ended: readonly Ended[]; readonly stop: StopReason | undefined }> {
  const begun: Promise<Ended>[] = [];
  // A step may only depend on results of steps that were awaited before it in the same order every time; otherwise a replay would
  // diverge.
  for (const [index, item] of items.entries()) {
    const earlier = begun[index - atOnce];
    if (earlier !== undefined) {
      const [ended] = await Promise.allSettled([earlier]);
      if (ended.status === "rejected" || stopOf(ended.value) !== undefined) break;
    }
    const beginning = begin(item);
    // The failure is thrown where it is awaited; until then it must not count as unhandled.
    beginning.catch(() => undefined);
    begun.push(beginning);
  }
  const settled = await Promise.allSettled(begun);
  const ended = settled.map((one) => {
    if (one.status === "rejected") throw one.reason;
    return one.value;
  });
  return { ended, stop: ended.map(stopOf).find((stop) => stop !== undefined) };
}
