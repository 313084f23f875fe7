// The streams of a command: stdout is data, stderr is talk and progress. The one place of the CLI that writes to either.

import { once } from "node:events";

export interface Io {
  readonly json: boolean;
  readonly quiet: boolean;
  /** True when stderr is a terminal that can redraw a line. */
  readonly live: boolean;
  /** One line of data on stdout; waits while the reader is slow. */
  data(line: string): Promise<void>;
  /** A line of talk on stderr, unless --quiet. */
  say(line: string): void;
  /** Redraws the progress line on a terminal. */
  progress(line: string): void;
  /** An error line, even with --quiet. */
  complain(line: string): void;
}

/** @param options from the global flags */
export function createIo(options: { json?: boolean | undefined; quiet?: boolean | undefined }): Io {
  const quiet = options.quiet === true;
  const live = process.stderr.isTTY && !quiet && process.env["NO_COLOR"] === undefined && process.env["TERM"] !== "dumb";
  let drawn = false;
  // A reader that goes away (| head) must not end the process in the middle: the command stops at its next line and closes what is open.
  let broken: Error | undefined;
  process.stdout.on("error", (thrown: Error) => {
    broken ??= thrown;
    // Failed, even when nothing is written any more.
    process.exitCode = 1;
  });
  const clear = () => {
    if (drawn) process.stderr.write("\r\u001b[2K");
    drawn = false;
  };
  return {
    json: options.json === true,
    quiet,
    live,
    async data(line) {
      clear();
      if (broken !== undefined) throw broken;
      if (!process.stdout.write(`${line}\n`)) await once(process.stdout, "drain");
    },
    say(line) {
      if (quiet) return;
      clear();
      process.stderr.write(`${line}\n`);
    },
    progress(line) {
      if (!live) return;
      clear();
      process.stderr.write(line.slice(0, process.stderr.columns - 1));
      drawn = true;
    },
    complain(line) {
      clear();
      process.stderr.write(`${line}\n`);
    },
  };
}
