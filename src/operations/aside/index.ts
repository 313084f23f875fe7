// Reads input from outside that may be large, deep or slow on a separate thread with limits on time and memory, so that the
// service's main thread keeps answering other requests.

import { setTimeout as sleep } from "node:timers/promises";
import { Worker } from "node:worker_threads";
import { OperationError } from "../error.ts";
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
    return await onThread<Awaited<ReturnType<Read>>>(of, { module: sourceOf(module, from), name, given }, withinMs);
  } finally {
    const next = waiting.shift();
    if (next === undefined) running -= 1;
    else next();
  }
}

/** Built code has another extension than the sources. */
const sourceOf = (module: string, from: string): string => new URL(`${module}${from.endsWith(".ts") ? ".ts" : ".js"}`, from).href;

/** A thread that waits for something to read. It keeps no process alive. */
interface Idle {
  readonly worker: Worker;
  readonly end: NodeJS.Timeout;
}

/** Starting a thread costs much more than reading a file: it loads the code of what it reads. So it is kept for a while. */
const idle: Idle[] = [];

function taken(): Worker {
  const kept = idle.pop();
  if (kept === undefined)
    return new Worker(new URL(sourceOf("./reader-thread", import.meta.url)), {
      resourceLimits: { maxOldGenerationSizeMb: MOST_MEMORY_MB },
    });
  clearTimeout(kept.end);
  forget(kept.worker);
  kept.worker.ref();
  return kept.worker;
}

/** One by one: the worker has listeners of its own, too. */
function forget(worker: Worker): void {
  for (const event of ["message", "error", "exit"]) worker.removeAllListeners(event);
}

function keep(worker: Worker): void {
  forget(worker);
  worker.unref();
  const dropped = () => {
    const at = idle.findIndex((one) => one.worker === worker);
    if (at >= 0) clearTimeout(idle.splice(at, 1)[0]?.end);
  };
  const end = setTimeout(() => {
    dropped();
    void worker.terminate();
  }, KEPT_MS).unref();
  worker.on("error", dropped).on("exit", dropped);
  idle.push({ worker, end });
}

async function onThread<T>(of: string, task: ReaderTask, withinMs: number): Promise<T> {
  const { promise, resolve, reject } = Promise.withResolvers<T>();
  const worker = taken();
  const late = () => reject(tooMuch(of, `takes longer than ${withinMs / 1000} s to read`));
  const latest = setTimeout(late, HELD_UP * withinMs);
  const over = new AbortController();
  const { signal } = over;
  const used = async () => {
    const before = await processorMs(worker);
    for (let left = withinMs; left > 0; left = withinMs - ((await processorMs(worker)) - before))
      await sleep(Math.max(left, LOOK_MS), undefined, { signal });
  };
  // Rejects only when the limit is exceeded.
  used().then(late, () => undefined);
  worker.once("message", resolve);
  worker.once("error", (cause) => {
    const isFull = "code" in cause && cause.code === "ERR_WORKER_OUT_OF_MEMORY";
    reject(isFull ? tooMuch(of, `takes more than ${MOST_MEMORY_MB} MB to read`) : cause);
  });
  worker.once("exit", () => reject(new Error(`the reading of ${of} ended without an answer`)));
  worker.postMessage(task, []);
  try {
    const answer = await promise;
    keep(worker);
    return answer;
  } catch (thrown) {
    await worker.terminate();
    throw thrown;
  } finally {
    over.abort();
    clearTimeout(latest);
  }
}

/** Processor time of the thread, ms; before Node 24.6, or where it is not available, the elapsed time. */
async function processorMs(worker: Worker): Promise<number> {
  try {
    const { user, system } = await worker.cpuUsage();
    return (user + system) / 1000;
  } catch (thrown) {
    // Not running yet, or no longer.
    return thrown instanceof Error && "code" in thrown && thrown.code === "ERR_WORKER_NOT_RUNNING" ? 0 : Number.POSITIVE_INFINITY;
  }
}

function tooMuch(of: string, why: string): OperationError {
  return new OperationError("invalid_input", `the input (${of}) ${why}`, { advice: "Split it into smaller parts." });
}
