// Runs the command line: in this process, in surroundings of its own, or as a user's shell would, as a process.

import { type ChildProcess, spawn } from "node:child_process";
import { realpathSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import { PassThrough, Writable } from "node:stream";
import { fileURLToPath } from "node:url";
import { runCommandLine } from "../../src/cli/index.ts";
import type { Clock } from "../../src/kernel/index.ts";
import { systemClock } from "../../src/tenant/index.ts";
import { TEMPORARY } from "./temporary.ts";

const BIN = fileURLToPath(new URL("../../bin/outdial.mjs", import.meta.url));

/** What a user's shell says to a program. */
const SURROUNDINGS = { PATH: process.env["PATH"], HOME: process.env["HOME"], USER: "tester", TERM: "dumb" };
/**
 * What the processes that a test starts have of this one's environment besides: everything but outdial's own settings and the database's, so that they
 * have its time as well when the clock or the zone of the whole run is another one.
 */
const INHERITED = Object.fromEntries(
  Object.entries(process.env).filter(
    ([name]) => !/^(OUTDIAL_|CXONE_|DATABASE_|PG|OTEL_|NO_COLOR$|FORCE_COLOR$|VITEST|NODE_ENV$|TEST_S|TRACEPARENT$)/.test(name),
  ),
);

export interface CliResult {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CliProcess {
  readonly child: ChildProcess;
  readonly ended: Promise<CliResult>;
  /** What stderr said so far. */
  stderr(): string;
}

export interface CliOptions {
  readonly cwd: string;
  /** Another program than this checkout's. */
  readonly bin?: string;
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly input?: string | Buffer;
  /** Stdin stays open, for the test to write to. */
  readonly openInput?: boolean;
  /** Time, for a command line in this process. */
  readonly clock?: Clock;
}

/** Starts the CLI; `ended` settles when it has. */
export function startCli(args: readonly string[], options: CliOptions): CliProcess {
  const child = spawn(process.execPath, [options.bin ?? BIN, ...args], {
    cwd: options.cwd,
    env: { ...INHERITED, ...SURROUNDINGS, ...options.env },
    stdio: ["pipe", "pipe", "pipe"],
  });
  let stdout = "";
  let stderr = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  child.stdin.on("error", () => undefined);
  if (options.openInput === true) child.stdin.write(options.input ?? "");
  else child.stdin.end(options.input ?? "");
  const ended = new Promise<CliResult>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code, signal) => resolve({ code, signal, stdout, stderr }));
  });
  return { child, ended, stderr: () => stderr };
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
  if (options.openInput === true) input.write(options.input ?? "");
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
  const stops = new Set<() => void>();
  const leave = enter(options.cwd);
  const ended = runCommandLine(args, {
    env: { ...SURROUNDINGS, ...options.env },
    cwd: process.cwd(),
    clock: options.clock ?? systemClock,
    stdin: input,
    stdout: collecting("stdout"),
    stderr: collecting("stderr"),
    onInterrupt(stop) {
      stops.add(stop);
      return { [Symbol.dispose]: () => void stops.delete(stop) };
    },
  })
    .then((code) => ({ code, signal: null, ...written }))
    .finally(leave);
  return {
    ended,
    input,
    stdout: () => written.stdout,
    stderr: () => written.stderr,
    interrupt() {
      for (const stop of stops) stop();
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
