// What a command line runs in: environment, working folder, streams, and how it is told to stop. The process's own in production; a test gives
// its own, so that many command lines can run in one process.

import { resolve } from "node:path";
import type { Readable, Writable } from "node:stream";
import type { Clock } from "../kernel/index.ts";
import { systemClock } from "../tenant/system-clock.ts";

/** A stream that people may look at: `columns` is the width of a terminal. */
export type OutStream = Writable & {
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
  readonly rows?: number | undefined;
};

export interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The working folder: relative paths of arguments, flags and configuration are told from it. */
  readonly cwd: string;
  /** Time: what counts as now, and how to wait. */
  readonly clock: Clock;
  readonly stdin: Readable & { readonly isTTY?: boolean | undefined };
  readonly stdout: OutStream;
  readonly stderr: OutStream;
  /** Calls `stop` once when SIGINT or SIGTERM comes, until disposed of; a signal after that ends a process at once. */
  readonly onInterrupt: (stop: (by: "SIGINT" | "SIGTERM") => void) => Disposable;
  /** Told that something which cannot be ended is left over: a process ends at once when the command line has its exit code. */
  readonly leave?: () => void;
}

/** The process's own. */
export function processSurroundings(): Surroundings {
  return {
    env: process.env,
    cwd: process.cwd(),
    clock: systemClock,
    stdin: process.stdin,
    stdout: process.stdout,
    stderr: process.stderr,
    onInterrupt(stop) {
      const [pressed, told] = [() => stop("SIGINT"), () => stop("SIGTERM")];
      process.once("SIGINT", pressed).once("SIGTERM", told);
      return { [Symbol.dispose]: () => void process.off("SIGINT", pressed).off("SIGTERM", told) };
    },
  };
}

/**
 * A path of the user's as a file to open. It stays as it was written where the working folder is the process's own, and messages show it so.
 */
export function pathFrom(cwd: string, path: string): string {
  return path === "-" || cwd === process.cwd() ? path : resolve(cwd, path);
}
