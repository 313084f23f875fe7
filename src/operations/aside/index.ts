// Reads input from outside that may be large, deep or slow in a process of its own with limits on time and memory, so that the
// service keeps answering other requests, and lives on when the input takes more memory than there is.

import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { OperationError } from "../error.ts";
import { moduleUrl } from "../thread.ts";
import { type BoundedTask, MOST_MEMORY_MB, type ReaderAnswer } from "./task.ts";

/** Processor time limit of a reading, ms: no legitimate input takes nearly as long. */
const LONGEST_MS = 10_000;
/** Number of concurrent readings; further calls wait. */
const MOST = 2;
/** A process that has had nothing to read for so long ends, ms. */
const KEPT_MS = 60_000;

let running = 0;
const waiting: (() => void)[] = [];

/** A function for a process: it takes data and returns data. */
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
 * Runs a reading function in a separate process.
 * @param reader where the function of this type is
 * @throws OperationError `invalid_input` when reading takes too much time or memory
 * @param options.withinMs processor time limit, ms
 */
export async function readAside<Read extends (given: never) => Promise<unknown>>(
  reader: Reader,
  given: Parameters<Read>[0],
  { withinMs = LONGEST_MS }: { readonly withinMs?: number } = {},
): Promise<Awaited<ReturnType<Read>>> {
  if (running >= MOST) await new Promise<void>((resolve) => waiting.push(resolve));
  else running += 1;
  const { of, name, module, from } = reader;
  try {
    const child = taken();
    const told = await answerOf(child, { module: moduleUrl(module, from).href, name, given, withinMs });
    if ("answer" in told) {
      keep(child);
      return told.answer as Awaited<ReturnType<Read>>;
    }
    child.kill("SIGKILL");
    if ("failed" in told) throw new Error(told.failed);
    throw tooMuch(of, told.over === "time" ? `takes longer than ${withinMs / 1000} s` : `takes more than ${MOST_MEMORY_MB} MB`);
  } finally {
    const next = waiting.shift();
    if (next === undefined) running -= 1;
    else next();
  }
}

/** What reads; the bundle has it as a file of its own. */
const PROGRAM = { module: "./reader-process", from: import.meta.url };

/** A process that waits for something to read. It keeps no other process alive, and ends with the one that started it. */
interface Idle {
  readonly child: ChildProcess;
  readonly end: NodeJS.Timeout;
}

/** Starting a process costs much more than reading a file: it loads the code of what it reads. So it is kept for a while. */
const idle: Idle[] = [];

function taken(): ChildProcess {
  for (let kept = idle.pop(); kept !== undefined; kept = idle.pop()) {
    clearTimeout(kept.end);
    if (kept.child.connected && kept.child.exitCode === null && kept.child.signalCode === null) return kept.child;
  }
  const child = fork(moduleUrl(PROGRAM.module, PROGRAM.from), {
    execArgv: [],
    serialization: "advanced",
    stdio: ["ignore", "ignore", "ignore", "ipc"],
  });
  // Who waits for it is told; one that is idle is not taken again.
  return child.on("error", () => undefined);
}

function keep(child: ChildProcess): void {
  child.unref();
  child.channel?.unref();
  const end = setTimeout(() => {
    idle.splice(
      idle.findIndex((one) => one.child === child),
      1,
    );
    child.kill("SIGKILL");
  }, KEPT_MS).unref();
  idle.push({ child, end });
}

async function answerOf(child: ChildProcess, task: BoundedTask): Promise<ReaderAnswer> {
  child.ref();
  child.channel?.ref();
  const over = new AbortController();
  try {
    const answer = once(child, "message", over).then(([told]: unknown[]) => told as ReaderAnswer);
    const end = once(child, "exit", over).then(([code]: unknown[]): ReaderAnswer => {
      // It begins with no mistake of its own: what ends it otherwise is an allocation that it cannot make.
      return code === 1 ? { failed: "the reading ended without an answer" } : { over: "memory" };
    });
    child.send(task);
    return await Promise.race([answer, end]);
  } finally {
    over.abort();
  }
}

function tooMuch(of: string, why: string): OperationError {
  return new OperationError("invalid_input", `the input (${of}) ${why} to read`, { advice: "Split it into smaller parts." });
}
