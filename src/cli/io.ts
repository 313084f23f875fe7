// The streams of a command: stdout is data, stderr is talk and progress. The one place of the CLI that writes to either.

import { once } from "node:events";
import { pathFrom, type Surroundings } from "./surroundings.ts";

export interface Io extends Pick<Surroundings, "env" | "cwd" | "clock" | "stdin" | "onInterrupt"> {
  readonly json: boolean;
  readonly quiet: boolean;
  /** True when stderr is a terminal that can redraw a line. */
  readonly live: boolean;
  /** True when what is said is read by a person at a terminal, and by no log. */
  readonly attended: boolean;
  /** True when there is a person at a terminal who can be asked. */
  readonly canAsk: boolean;
  /** Columns of the terminal that stdout is; undefined when it is none. */
  readonly width: number | undefined;
  /** Where questions are put and talk is written. */
  readonly stderr: Surroundings["stderr"];
  /** A path of the user's as a file to open. */
  path(given: string): string;
  /** One line of data on stdout; waits while the reader is slow. */
  data(line: string): Promise<void>;
  /** A line of talk on stderr, unless --quiet; without control characters. */
  say(line: string): void;
  /** Redraws the progress line on a terminal. */
  progress(line: string): void;
  /** An error line, even with --quiet; without control characters. */
  complain(line: string): void;
  /** The process ends with this command although something of it cannot be ended. */
  leave(): void;
}

/** Messages quote files and answers: nothing in them may steer the terminal. Lines and tabs stay. */
function harmless(text: string): string {
  return text.replaceAll(/(?![\n\t])[\p{Cc}\p{Cf}]/gu, "�");
}

/** @param options from the global flags */
export function createIo(
  options: { json?: boolean | undefined; quiet?: boolean | undefined },
  { env, cwd, clock, stdin, stdout, stderr, onInterrupt, leave }: Surroundings,
): Io {
  const quiet = options.quiet === true;
  const live = stderr.isTTY === true && !quiet && env["NO_COLOR"] === undefined && env["TERM"] !== "dumb";
  let drawn = false;
  // A reader that goes away (| head) must not end the process in the middle: the command stops at its next line and closes what is open.
  let broken: Error | undefined;
  stdout.on("error", (thrown: Error) => {
    broken ??= thrown;
    // Failed, even when nothing is written any more.
    process.exitCode = 1;
  });
  const clear = () => {
    if (drawn) stderr.write("\r\u001b[2K");
    drawn = false;
  };
  return {
    env,
    cwd,
    clock,
    stdin,
    stderr,
    onInterrupt,
    json: options.json === true,
    quiet,
    live,
    attended: stderr.isTTY === true && !quiet,
    canAsk: stdin.isTTY === true && stderr.isTTY === true,
    width: stdout.isTTY === true ? stdout.columns : undefined,
    path: (given) => pathFrom(cwd, given),
    async data(line) {
      clear();
      if (broken !== undefined) throw broken;
      if (!stdout.write(`${line}\n`)) await once(stdout, "drain");
    },
    say(line) {
      if (quiet) return;
      clear();
      stderr.write(`${harmless(line)}\n`);
    },
    progress(line) {
      if (!live) return;
      clear();
      stderr.write(line.slice(0, (stderr.columns ?? 80) - 1));
      drawn = true;
    },
    complain(line) {
      clear();
      stderr.write(`${harmless(line)}\n`);
    },
    leave: () => leave?.(),
  };
}
