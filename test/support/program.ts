// Programs that a test starts as processes.

import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import { programFile } from "./programs-setup.ts";
import { TEMPORARY } from "./temporary.ts";

/** What a user's shell says to a program. What programs keep of one run for the next is kept apart from the user's own. */
export const SURROUNDINGS = {
  PATH: process.env["PATH"],
  HOME: process.env["HOME"],
  XDG_STATE_HOME: join(TEMPORARY, "outdial-state"),
  USER: "tester",
  TERM: "dumb",
};
/**
 * What they have of this process's environment besides: everything but outdial's own settings and the database's, so that they have its time as well
 * when the clock or the zone of the whole run is another one.
 */
const INHERITED = Object.fromEntries(
  Object.entries(process.env).filter(
    ([name]) => !/^(OUTDIAL_|CXONE_|DATABASE_|PG|OTEL_|NO_COLOR$|FORCE_COLOR$|VITEST|NODE_ENV$|TEST_S|TRACEPARENT$)/.test(name),
  ),
);

/** The environment of a program, for what starts one itself. */
export const programEnvironment = (more: Readonly<Record<string, string | undefined>>): Record<string, string> =>
  Object.fromEntries(
    Object.entries({ ...INHERITED, ...SURROUNDINGS, ...more }).filter((one): one is [string, string] => one[1] !== undefined),
  );

export interface ProgramResult {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Program {
  readonly child: ChildProcess;
  readonly ended: Promise<ProgramResult>;
  /** What it said so far. */
  readonly stdout: () => string;
  readonly stderr: () => string;
}

export interface ProgramOptions {
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly input?: string | Buffer;
  /** Stdin stays open, for the test to write to. */
  readonly openInput?: boolean;
  /** What it says on stderr is shown, in place of kept. */
  readonly showErrors?: boolean;
}

/** Starts a program of Node; `ended` settles when it has. */
export function startProgram(file: string, args: readonly string[], options: ProgramOptions): Program {
  const child = spawn(process.execPath, [file, ...args], {
    cwd: options.cwd,
    env: programEnvironment(options.env ?? {}),
    stdio: ["pipe", "pipe", options.showErrors === true ? "inherit" : "pipe"],
  });
  const said = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"] as const) {
    child[name]?.setEncoding("utf8").on("data", (text: string) => {
      said[name] += text;
    });
  }
  child.stdin?.on("error", () => undefined);
  if (options.openInput === true) child.stdin?.write(options.input ?? "");
  else child.stdin?.end(options.input ?? "");
  const ended = new Promise<ProgramResult>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code, signal) => resolve({ code, signal, ...said }));
  });
  return { child, ended, stdout: () => said.stdout, stderr: () => said.stderr };
}

/** Starts a program that the run has bundled. @param name of its file, without extension; what it says on stderr is shown */
export function startBundled(name: string, args: readonly string[], options: Omit<ProgramOptions, "showErrors">): Program {
  return startProgram(programFile(name), args, { ...options, showErrors: true });
}
