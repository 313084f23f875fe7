// The streams of a command: data on stdout, messages and progress on stderr. No other place of the CLI writes to either.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { OutdialError } from "../kernel/index.ts";
import type { ServiceLogger } from "../server/index.ts";
import { EXIT } from "./exit.ts";
import { pathFrom, type Surroundings } from "./surroundings.ts";
import { cut, wrapped } from "./text.ts";
import { takesColour } from "./tone.ts";

/** One line or several. */
export type Lines = string | readonly string[];

export interface Io
  extends Pick<Surroundings, "env" | "cwd" | "clock" | "stdin" | "onInterrupt" | "onServiceSignal">,
    Disposable {
  /** True with --json, and with --log-format json. */
  readonly json: boolean;
  /** The log of --log-format json: every message is one of its lines. */
  readonly logger: ServiceLogger | undefined;
  /** True when --yes answers questions. */
  readonly yes: boolean;
  readonly quiet: boolean;
  /** True when stderr is a terminal that can redraw a line. */
  readonly live: boolean;
  /** True when messages are read by a person at a terminal, not written to a log. */
  readonly attended: boolean;
  /** True when a person at a terminal can be asked. */
  readonly canAsk: boolean;
  /** True when stdout may have colours: a terminal without NO_COLOR, or FORCE_COLOR. */
  readonly colour: boolean;
  /** Columns of the terminal at stdout; undefined when it is not a terminal. */
  readonly width: number | undefined;
  /** The stream for questions and messages. */
  readonly stderr: Surroundings["stderr"];
  /** The tenant and store that a question is about, for the person who answers it; undefined without them. */
  readonly about: () => Promise<string | undefined>;
  /** A path given by the user, as a path to open. */
  path(given: string): string;
  /**
   * Aborts at the first SIGINT, SIGTERM or SIGQUIT, or when the terminal is closed, which then does not end the process; a second one does. Active from its first use
   * until the command ends; what the command throws after an abort is reported as an interruption.
   */
  readonly signal: AbortSignal;
  /** The error that `signal` was aborted with; undefined when it was not. */
  readonly interruption: unknown;
  /** True when Ctrl-C was pressed, even if the command ignored it. */
  readonly pressed: boolean;
  /** Writes lines of data to stdout; waits while the reader is slow. */
  data(lines: Lines): Promise<void>;
  /**
   * Prints one JSON object with --json, else text. Either may be a function, for values that are expensive or not always
   * possible.
   * @param none printed instead of text when that has no lines
   */
  answer(json: Given<object>, text: Given<Lines>, none?: string): Promise<void>;
  /**
   * Prints the text of each row; with --json one object with all of them as `items`, also when there are none. @param told.json
   * the JSON of a row @param told.none printed when there is no row @param told.fits cuts lines to the terminal's width
   */
  each<Row extends object>(
    rows: Iterable<Row>,
    text: (row: Row) => Lines,
    told?: { readonly json?: (row: Row) => object; readonly none?: string; readonly fits?: true },
  ): Promise<void>;
  /** Prints messages on stderr, unless --quiet; without control characters. */
  readonly say: (lines: Lines) => void;
  /**
   * Redraws the progress line on a terminal; elsewhere prints it from time to time, so that a log shows the progress and what is
   * left.
   */
  progress(line: string): void;
  /** Prints an error line, even with --quiet; without control characters. */
  complain(line: string): void;
  /** Makes the process exit after this command although something in it cannot be ended. */
  leave(): void;
}

type Given<T> = T | (() => T | Promise<T>);
const taken = async <T extends Lines | object>(given: Given<T>): Promise<T> =>
  typeof given === "function" ? await given() : given;

/** Messages quote files and answers: these must not control the terminal. Line breaks and tabs stay. */
function harmless(text: string): string {
  return text.replaceAll(/(?![\n\t])[\p{Cc}\p{Cf}]/gu, "�");
}

/**
 * stdout cannot be written. Does not have the code of the system's error, because a store or a tenant that is being read at the
 * time would mistake it for its own.
 */
export class StdoutError extends Error {
  override readonly name = "StdoutError";
  /** True when its reader has closed it. */
  readonly closed: boolean;

  constructor(cause: NodeJS.ErrnoException) {
    super(cause.message, { cause });
    this.closed = cause.code === "EPIPE";
  }
}

/** stdout failed: a failure of the command, even when nothing more is written, and told at once. A reader that has read enough is none. */
export function tellStdoutFailure({ code, message }: NodeJS.ErrnoException, tell: (line: string) => void): void {
  if (code === "EPIPE") return;
  process.exitCode = EXIT.failed;
  tell(`outdial: the output could not be written: ${message}`);
}

/** How often progress is printed where no line can be redrawn, ms. */
const PROGRESS_MS = 15_000;

/** @param options from the global flags @param told.interrupted printed when Ctrl-C has stopped the command */
export function createIo(
  options: { json?: unknown; quiet?: unknown; yes?: unknown; pager?: unknown; color?: unknown },
  { env, cwd, clock, stdin, stdout, stderr, onInterrupt, onServiceSignal, leave }: Surroundings,
  {
    interrupted = "interrupted",
    about = async () => undefined,
    logger,
  }: { interrupted?: string | undefined; about?: Io["about"]; logger?: ServiceLogger | undefined } = {},
): Io {
  const quiet = options.quiet === true;
  const live = stderr.isTTY === true && logger === undefined && !quiet && env["TERM"] !== "dumb";
  let drawn = false;
  // When the reader goes away (| head), the process must not end at once: the command stops at its next line and closes what is
  // open.
  let broken: Error | undefined;
  stdout.on("error", (thrown: NodeJS.ErrnoException) => {
    broken ??= thrown;
    tellStdoutFailure(thrown, talk);
  });
  const drained = (stream: Surroundings["stdout"]) =>
    once(stream, "drain").catch((thrown: NodeJS.ErrnoException) => {
      throw new StdoutError(thrown);
    });
  const clear = () => {
    if (drawn) stderr.write("\r\u001b[2K");
    drawn = false;
  };
  let pressed = false;
  const listen: Surroundings["onInterrupt"] = (end) =>
    onInterrupt((by) => {
      pressed ||= by === "SIGINT";
      end(by);
    });
  let stop: AbortController | undefined;
  let listening: Disposable | undefined;
  const data = async (lines: Lines) => {
    for (const line of typeof lines === "string" ? [lines] : lines) {
      clear();
      if (broken !== undefined) throw new StdoutError(broken);
      if (!stdout.write(`${line}\n`)) await drained(stdout);
    }
  };
  // Text longer than the screen goes through the user's pager, as git does. A pager reads keys from the terminal, not from stdin.
  const paged = async (lines: Lines): Promise<boolean> => {
    const rows = stdout.isTTY === true && options.pager !== false ? (stdout.rows ?? 0) : 0;
    const all = (typeof lines === "string" ? [lines] : lines).flatMap((line) => line.split("\n"));
    const pager = env["OUTDIAL_PAGER"] ?? env["PAGER"] ?? "less";
    if (rows === 0 || all.length < rows || pager === "" || pager === "cat" || env["TERM"] === "dumb") return false;
    clear();
    return page(pager, `${all.join("\n")}\n`, { LESS: "FRX", ...env });
  };
  const say = (lines: Lines) => {
    if (quiet) return;
    clear();
    for (const line of typeof lines === "string" ? [lines] : lines) talk(line, "info");
  };
  /** Wraps lines when stderr is a terminal. */
  const talk = (line: string, level: "info" | "error" = "error") => {
    if (logger !== undefined) return logger.log(level, line);
    // A terminal whose size nobody has set has no columns.
    const room = stderr.isTTY === true ? stderr.columns || undefined : undefined;
    for (const part of harmless(line).split("\n")) stderr.write(`${wrapped(part, room).join("\n")}\n`);
  };
  let saidAt = clock.now();
  const sayNowAndThen = (line: string) => {
    const now = clock.now();
    if (now - saidAt < PROGRESS_MS) return;
    saidAt = now;
    say(line);
  };
  const json = options.json === true || logger !== undefined;
  const width = stdout.isTTY === true ? stdout.columns || undefined : undefined;
  return {
    env,
    cwd,
    clock,
    stdin,
    stderr,
    about,
    logger,
    onInterrupt: listen,
    ...(onServiceSignal === undefined ? {} : { onServiceSignal }),
    json,
    yes: options.yes === true,
    quiet,
    live,
    attended: stderr.isTTY === true && logger === undefined && !quiet,
    canAsk: stdin.isTTY === true && stderr.isTTY === true,
    colour: takesColour(options.color, stdout, env),
    width,
    path: (given) => pathFrom(cwd, given),
    get signal() {
      if (stop !== undefined) return stop.signal;
      const controller = new AbortController();
      stop = controller;
      listening = listen(() => controller.abort(new OutdialError("interrupted", interrupted)));
      return controller.signal;
    },
    get interruption() {
      return stop?.signal.reason;
    },
    get pressed() {
      return pressed;
    },
    data,
    async answer(value, text, none) {
      if (json) return await data(JSON.stringify(await taken(value)));
      const lines = [await taken(text)].flat().flatMap((line) => line.split("\n").flatMap((one) => wrapped(one, width)));
      if (!(await paged(lines))) await data(lines);
      if (lines.length === 0 && none !== undefined) say(none);
    },
    async each(rows, text, { json: part, none, fits } = {}) {
      const all = [...rows];
      if (json) return await data(JSON.stringify({ items: all.map((row) => part?.(row) ?? row) }));
      const fitting = (line: string) => (fits === true && width !== undefined ? [cut(line, width)] : wrapped(line, width));
      const lines = all.flatMap((row) => [text(row)].flat().flatMap(fitting));
      if (!(await paged(lines))) await data(lines);
      if (all.length === 0 && none !== undefined) say(none);
    },
    say,
    progress(line) {
      if (!live) return sayNowAndThen(line);
      clear();
      stderr.write(line.slice(0, (stderr.columns || 80) - 1));
      drawn = true;
    },
    complain(line) {
      clear();
      talk(line);
    },
    leave: () => leave?.(),
    [Symbol.dispose]: () => listening?.[Symbol.dispose](),
  };
}

// Shows a long answer in the user's pager.

/** @returns false when the pager cannot be started: then the text must be printed directly */
export async function page(pager: string, text: string, env: Readonly<Record<string, string | undefined>>): Promise<boolean> {
  const child = spawn(pager, { shell: true, stdio: ["pipe", "inherit", "inherit"], env: { ...env } });
  const ended = new Promise<boolean>((resolve) => {
    child.once("error", () => resolve(false));
    // 126 and 127: the shell did not find it.
    child.once("close", (code) => resolve(code !== 126 && code !== 127));
  });
  // A person who leaves the pager early has read enough.
  child.stdin.on("error", () => undefined);
  child.stdin.end(text);
  return await ended;
}
