// The surroundings of a command line: environment, working folder, streams, and how it is told to stop. The process's own in
// production; a test passes its own, so that many command lines can run in one process.

import { fstatSync, writeSync } from "node:fs";
import { resolve } from "node:path";
import { type Readable, Writable } from "node:stream";
import { isatty } from "node:tty";
import { format } from "node:util";
import type { Clock } from "../kernel/index.ts";
import { systemClock } from "../tenant/system-clock.ts";

/** An output stream: `columns` is the width when it is a terminal. */
export type OutStream = Writable & {
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
  readonly rows?: number | undefined;
};

/** Signals that do not end a service. */
export type ServiceSignal = (typeof SERVICE_SIGNALS)[number];
const SERVICE_SIGNALS = ["SIGHUP", "SIGUSR1", "SIGUSR2"] as const;

export interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The working folder: relative paths of arguments, flags and configuration start here. */
  readonly cwd: string;
  /** The present time, and waiting. */
  readonly clock: Clock;
  readonly stdin: Readable & { readonly isTTY?: boolean | undefined };
  readonly stdout: OutStream;
  readonly stderr: OutStream;
  /**
   * Calls `stop` once when SIGINT, SIGTERM, SIGQUIT or SIGHUP (a terminal that was closed) comes, until disposed of; a further one of the
   * first three ends the process at once.
   */
  readonly onInterrupt: (stop: (by: "SIGINT" | "SIGTERM") => void) => Disposable;
  /**
   * Tells of signals that do not end a service, until disposed of. SIGHUP is among them, unless a terminal of the process is gone: then it
   * stops as before.
   */
  readonly onServiceSignal?: (tell: (signal: ServiceSignal) => void) => Disposable;
  /** Gives what libraries would print by themselves to `tell` instead, until disposed of: warnings, lines, an error that nobody caught. */
  readonly onStray?: (tell: (level: "info" | "warn" | "error", text: string) => void) => Disposable;
  /**
   * Called when something that cannot be ended is left over: then the process ends as soon as the command line has its exit code.
   */
  readonly leave?: () => void;
}

/** Node's own stream to a file takes a write of which the disk took a part for a whole one. */
function ownStdout(): OutStream {
  const { fd } = process.stdout;
  if (!fstatSync(fd).isFile()) return process.stdout;
  return new Writable({
    write(chunk: Uint8Array, _encoding, done) {
      try {
        for (let at = 0; at < chunk.length; ) at += writeSync(fd, chunk, at);
        done();
      } catch (thrown) {
        done(thrown instanceof Error ? thrown : new Error(String(thrown)));
      }
    },
  });
}

/** The folder of the process; the root when it has been removed: a stop is given all the same. */
function folderOfProcess(): string {
  try {
    return process.cwd();
  } catch {
    return "/";
  }
}

/** The process's own. */
export function processSurroundings(): Surroundings {
  const terminals = [0, 1, 2].filter((fd) => isatty(fd));
  // Windows sends it for nothing else.
  const isLeft = () => process.platform === "win32" || terminals.some((fd) => !isatty(fd));
  // A reader of messages who goes away, or a closed terminal, ends no work: the messages are lost.
  process.stderr.on("error", () => undefined);
  let serves = false;
  let stops = 0;
  // What comes while the parts of a service are being loaded waits for them.
  const early = new Set<ServiceSignal>();
  const keep = (signal: NodeJS.Signals) => {
    if (signal === "SIGHUP" && isLeft()) process.kill(process.pid, "SIGTERM");
    else early.add(signal as ServiceSignal);
  };
  if (process.argv.includes("serve")) for (const signal of SERVICE_SIGNALS) process.on(signal, keep);
  return {
    env: process.env,
    cwd: folderOfProcess(),
    clock: systemClock,
    stdin: process.stdin,
    stdout: ownStdout(),
    stderr: process.stderr,
    onInterrupt(stop) {
      const [pressed, told] = [() => stop("SIGINT"), () => stop("SIGTERM")];
      // A closed terminal sends it twice, by the system and by the shell.
      let isHung = false;
      const hung = () => {
        if (isHung || (serves && !isLeft())) return;
        isHung = true;
        told();
      };
      stops += 1;
      process.once("SIGINT", pressed).once("SIGTERM", told).once("SIGQUIT", told).on("SIGHUP", hung);
      return {
        [Symbol.dispose]() {
          stops -= 1;
          process.off("SIGINT", pressed).off("SIGTERM", told).off("SIGQUIT", told).off("SIGHUP", hung);
        },
      };
    },
    onServiceSignal(tell) {
      serves = true;
      const hung = () => {
        if (!isLeft()) tell("SIGHUP");
        // Nothing is there yet that could be stopped in order.
        else if (stops === 0) process.kill(process.pid, "SIGTERM");
      };
      // Without a listener Node opens its debugger at SIGUSR1, and ends at SIGUSR2.
      const [first, second] = [() => tell("SIGUSR1"), () => tell("SIGUSR2")];
      process.on("SIGHUP", hung).on("SIGUSR1", first).on("SIGUSR2", second);
      for (const signal of SERVICE_SIGNALS) process.off(signal, keep);
      for (const signal of early) tell(signal);
      return {
        [Symbol.dispose]() {
          serves = false;
          process.off("SIGHUP", hung).off("SIGUSR1", first).off("SIGUSR2", second);
        },
      };
    },
    onStray(tell) {
      const printers = process.listeners("warning");
      const warned = (warning: Error) => tell("warn", `${warning.name}: ${warning.message}`);
      process.removeAllListeners("warning").on("warning", warned);
      const own = { ...console };
      const taken =
        (level: "info" | "warn" | "error") =>
        (...said: readonly unknown[]) =>
          tell(level, format(...said));
      Object.assign(console, { log: taken("info"), info: taken("info"), debug: taken("info") });
      Object.assign(console, { warn: taken("warn"), error: taken("error") });
      const uncaught = (thrown: Error) => {
        tell("error", `the process ends because of an error that nobody caught: ${thrown.stack ?? String(thrown)}`);
        // oxlint-disable-next-line unicorn/no-process-exit -- as Node does with an error that nobody caught
        process.exit(1);
      };
      process.once("uncaughtException", uncaught);
      return {
        [Symbol.dispose]() {
          process.off("uncaughtException", uncaught).off("warning", warned);
          for (const printer of printers) process.on("warning", printer);
          Object.assign(console, own);
        },
      };
    },
  };
}

/**
 * A path given by the user, as a path to open. It stays as it was written when the working folder is the process's own, so that
 * messages show it that way.
 */
export function pathFrom(cwd: string, path: string): string {
  return path === "-" || cwd === folderOfProcess() ? path : resolve(cwd, path);
}
