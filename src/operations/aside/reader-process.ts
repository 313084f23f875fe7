// The process: has a thread that reads, and ends with its first reading that fails. One allocation that is too large ends the whole process, whatever limits a
// thread has: it must not be that of the service.

import { setTimeout as sleep } from "node:timers/promises";
import { messageOf } from "../../kernel/index.ts";
import { Thread } from "../thread.ts";
import { type BoundedTask, MOST_MEMORY_MB, type ReaderAnswer, type ReaderTask } from "./task.ts";

/** On a busy machine a reading may take so many times as long. */
const HELD_UP = 10;
/** How often its processor time is checked, ms. */
const LOOK_MS = 100;

const limits = { maxOldGenerationSizeMb: MOST_MEMORY_MB };
const thread = new Thread<ReaderTask, unknown>({
  what: "the reading",
  module: "./reader-thread",
  from: import.meta.url,
  limits,
});

process.on("disconnect", () => process.exit());
process.on("message", (task: BoundedTask) => void read(task).then((answer) => process.send?.(answer)));

async function read({ withinMs, ...task }: BoundedTask): Promise<ReaderAnswer> {
  const over = new AbortController();
  const { signal } = over;
  const late = { over: "time" } as const;
  const used = async () => {
    const before = await processorMs();
    for (let left = withinMs; left > 0; left = withinMs - ((await processorMs()) - before))
      await sleep(Math.max(left, LOOK_MS), undefined, { signal });
    return late;
  };
  try {
    const latest = sleep(HELD_UP * withinMs, late, { signal });
    return await Promise.race([thread.ask(task).then((answer) => ({ answer })), used(), latest]);
  } catch (thrown) {
    const isFull = thrown instanceof Error && "code" in thrown && thrown.code === "ERR_WORKER_OUT_OF_MEMORY";
    return isFull ? { over: "memory" } : { failed: messageOf(thrown) };
  } finally {
    over.abort();
  }
}

/** Processor time of the thread, ms; before Node 24.6, or where it is not available, the elapsed time. */
async function processorMs(): Promise<number> {
  try {
    return await thread.processorMs();
  } catch (thrown) {
    // Not running yet, or no longer.
    return thrown instanceof Error && "code" in thrown && thrown.code === "ERR_WORKER_NOT_RUNNING" ? 0 : Number.POSITIVE_INFINITY;
  }
}
