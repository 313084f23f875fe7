// Runs the command line: in this process, in surroundings of its own, or as a user's shell would, as a process.

import { realpathSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import { PassThrough, Writable } from "node:stream";
import { fileURLToPath } from "node:url";
import { runCommandLine } from "../../src/cli/index.ts";
import type { Clock } from "../../src/kernel/index.ts";
import { systemClock } from "../../src/tenant/index.ts";
import { requireSaid } from "./messages.ts";
import { type Program, type ProgramOptions, type ProgramResult, SURROUNDINGS, startProgram } from "./program.ts";
import { programFile } from "./programs-setup.ts";
import { TEMPORARY } from "./temporary.ts";

/** The program of the checkout, which loads each source by itself. */
export const BIN = fileURLToPath(new URL("../../bin/outdial.mjs", import.meta.url));

export type CliResult = ProgramResult;
export type CliProcess = Program;

export interface CliOptions extends ProgramOptions {
  /** Another program than the one that the run has bundled of this checkout's sources. */
  readonly bin?: string;
  /** Time, for a command line in this process. */
  readonly clock?: Clock;
  /** What a person at a terminal answers, for a command line in this process: it reads and complains there. */
  readonly answers?: string;
}

/** Starts the CLI; `ended` settles when it has. */
export function startCli(args: readonly string[], options: CliOptions): CliProcess {
  const program = startProgram(options.bin ?? programFile("main"), args, options);
  const ended = program.ended.then(async (result) => {
    await requireSaid(args, result, String(options.input ?? ""));
    return result;
  });
  // Whoever kills a program does not wait for what it said.
  ended.catch(() => undefined);
  return { ...program, ended };
}

/** Runs the command line to its end as a process: where the process is the point. */
export function runCliProcess(args: readonly string[], options: CliOptions): Promise<CliResult> {
  return startCli(args, options).ended;
}

/** A command line under way in this process. */
export interface CliRun {
  /** Settles when it has ended; `signal` is always null. */
  readonly ended: Promise<CliResult>;
  /** What Ctrl-C does, the first time. */
  interrupt(): void;
  /** What it has written so far. */
  stdout(): string;
  stderr(): string;
  /** Its standard input, when `openInput` keeps it open. */
  readonly input: PassThrough;
}

const HOME_FOLDER = process.cwd();
let inside = 0;

/** Makes a folder the process's own while commands run in it, as it is for a user: then messages show paths as they were written. */
function enter(cwd: string): () => void {
  if (inside > 0 && process.cwd() !== realpathSync(cwd))
    throw new Error("commands at the same time in one process need one folder");
  inside += 1;
  process.chdir(cwd);
  return () => {
    inside -= 1;
    if (inside === 0) process.chdir(HOME_FOLDER);
  };
}

/**
 * Starts the command line in this process, through the function that the program itself calls. DBOS is one for a process: two commands that run
 * jobs at the same time, and what is killed, need processes.
 */
export function beginCli(args: readonly string[], options: Omit<CliOptions, "bin">): CliRun {
  const input = new PassThrough();
  input.on("error", () => undefined);
  const attended = options.answers !== undefined;
  if (attended) input.write(options.answers);
  else if (options.openInput === true) input.write(options.input ?? "");
  else input.end(options.input ?? "");
  const written = { stdout: "", stderr: "" };
  const collecting = (name: "stdout" | "stderr") =>
    new Writable({
      decodeStrings: false,
      write(chunk: string | Buffer, _encoding, done) {
        written[name] += chunk.toString();
        done();
      },
    });
  const stops = new Set<(by: "SIGINT") => void>();
  const leave = enter(options.cwd);
  const ended = runCommandLine(args, {
    env: { ...SURROUNDINGS, ...options.env },
    cwd: process.cwd(),
    clock: options.clock ?? systemClock,
    stdin: attended ? Object.assign(input, { isTTY: true }) : input,
    stdout: collecting("stdout"),
    stderr: attended ? Object.assign(collecting("stderr"), { isTTY: true }) : collecting("stderr"),
    onInterrupt(stop) {
      stops.add(stop);
      return { [Symbol.dispose]: () => void stops.delete(stop) };
    },
  })
    .then(async (code) => {
      await requireSaid(args, written, String(options.input ?? ""));
      return { code, signal: null, ...written };
    })
    .finally(leave);
  return {
    ended,
    input,
    stdout: () => written.stdout,
    stderr: () => written.stderr,
    interrupt() {
      for (const stop of stops) stop("SIGINT");
      stops.clear();
    },
  };
}

/** Runs the command line to its end in this process. */
export function runCli(args: readonly string[], options: Omit<CliOptions, "bin">): Promise<CliResult> {
  return beginCli(args, options).ended;
}

/** An empty folder, removed with everything in it when disposed of. */
export async function workFolder(): Promise<{ path: string } & AsyncDisposable> {
  const path = await mkdtemp(join(TEMPORARY, "outdial-test-"));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
}
