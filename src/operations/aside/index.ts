// Reads input from outside that may be large, deep or slow on a separate thread with limits on time and memory, so that the
// service's main thread keeps answering other requests.

import { setTimeout as sleep } from "node:timers/promises";
import { OperationError } from "../error.ts";
import { moduleUrl, Thread } from "../thread.ts";
import type { ReaderTask } from "./task.ts";

/** Processor time limit of the thread, ms: no legitimate input takes nearly as long. */
const LONGEST_MS = 10_000;
/** On a busy machine this may take so many times as long. */
const HELD_UP = 10;
/** How often the processor time of a thread is checked, ms. */
const LOOK_MS = 100;
const MOST_MEMORY_MB = 256;
/** Number of concurrent threads; further calls wait. */
const THREADS = 2;
/** A thread that has had nothing to read for so long ends, ms. */
const KEPT_MS = 60_000;

let running = 0;
const waiting: (() => void)[] = [];

/** A function for a thread: it takes data and returns data. */
export interface Reader {
  /** What it reads, for people. */
  readonly of: string;
  /** Name of the function, which its module exports. */
  readonly name: string;
  /** The module, without extension, relative to `from`. */
  readonly module: string;
  /** `import.meta.url` of the calling module. */
  readonly from: string;
}

/**
 * Runs a reading function on a separate thread.
 * @param reader where the function of this type is
 * @throws OperationError `invalid_input` when reading takes too much time or memory
 * @param options.withinMs processor time limit, ms
 */
export async function readAside<Read extends (given: never) => Promise<unknown>>(
  reader: Reader,
  given: Parameters<Read>[0],
  { withinMs = LONGEST_MS }: { readonly withinMs?: number } = {},
): Promise<Awaited<ReturnType<Read>>> {
  if (running >= THREADS) await new Promise<void>((resolve) => waiting.push(resolve));
  else running += 1;
  const { of, name, module, from } = reader;
  try {
    return await onThread<Awaited<ReturnType<Read>>>(of, { module: moduleUrl(module, from).href, name, given }, withinMs);
  } finally {
    const next = waiting.shift();
    if (next === undefined) running -= 1;
    else next();
  }
}

/** A thread that waits for something to read. It keeps no process alive. */
interface Idle {
  readonly thread: Thread<ReaderTask, unknown>;
  readonly end: NodeJS.Timeout;
}

/** Starting a thread costs much more than reading a file: it loads the code of what it reads. So it is kept for a while. */
const idle: Idle[] = [];

function taken(): Thread<ReaderTask, unknown> {
  for (let kept = idle.pop(); kept !== undefined; kept = idle.pop()) {
    clearTimeout(kept.end);
    if (!kept.thread.isGone) return kept.thread;
  }
  const limits = { maxOldGenerationSizeMb: MOST_MEMORY_MB };
  return new Thread({ what: "the reading", module: "./reader-thread", from: import.meta.url, limits });
}

function keep(thread: Thread<ReaderTask, unknown>): void {
  const end = setTimeout(() => {
    idle.splice(
      idle.findIndex((one) => one.thread === thread),
      1,
    );
    void thread.end(new Error("it had nothing to read"));
  }, KEPT_MS).unref();
  idle.push({ thread, end });
}

async function onThread<T>(of: string, task: ReaderTask, withinMs: number): Promise<T> {
  const { promise: limit, reject } = Promise.withResolvers<never>();
  const thread = taken();
  const late = () => reject(tooMuch(of, `takes longer than ${withinMs / 1000} s to read`));
  const latest = setTimeout(late, HELD_UP * withinMs);
  const over = new AbortController();
  const { signal } = over;
  const used = async () => {
    const before = await processorMs(thread);
    for (let left = withinMs; left > 0; left = withinMs - ((await processorMs(thread)) - before))
      await sleep(Math.max(left, LOOK_MS), undefined, { signal });
  };
  // Rejects only when the limit is exceeded.
  used().then(late, () => undefined);
  try {
    const answer = await Promise.race([thread.ask(task), limit]);
    keep(thread);
    return answer as T;
  } catch (thrown) {
    await thread.end(new Error(`the reading of ${of} was ended`));
    const isFull = thrown instanceof Error && "code" in thrown && thrown.code === "ERR_WORKER_OUT_OF_MEMORY";
    throw isFull ? tooMuch(of, `takes more than ${MOST_MEMORY_MB} MB to read`) : thrown;
  } finally {
    over.abort();
    clearTimeout(latest);
  }
}

/** Processor time of the thread, ms; before Node 24.6, or where it is not available, the elapsed time. */
async function processorMs(thread: Thread<ReaderTask, unknown>): Promise<number> {
  try {
    return await thread.processorMs();
  } catch (thrown) {
    // Not running yet, or no longer.
    return thrown instanceof Error && "code" in thrown && thrown.code === "ERR_WORKER_NOT_RUNNING" ? 0 : Number.POSITIVE_INFINITY;
  }
}

function tooMuch(of: string, why: string): OperationError {
  return new OperationError("invalid_input", `the input (${of}) ${why}`, { advice: "Split it into smaller parts." });
}
