// Files and streams that commands write: NDJSON result rows to a file or to stdout, and whole texts to a file.

import { once } from "node:events";
import { constants, ftruncateSync } from "node:fs";
import { type FileHandle, open, rm, writeFile } from "node:fs/promises";
import { fileTrouble } from "../kernel/index.ts";
import { OperationError } from "../operations/index.ts";
import type { Io } from "./io.ts";

export interface Output {
  readonly isStdout: boolean;
  /** Writes one row; waits while the reader is slow. */
  line(row: object): Promise<void>;
  /** Writes one line unchanged; waits while the reader is slow. */
  text(line: string): Promise<void> | undefined;
}

/** A file that was opened and not yet emptied: the first line empties it. */
export interface OpenOutput extends Output {
  /** Closes the file, which has only the lines that were written, also when there was none. */
  end(): Promise<void>;
  /** Closes the file: without a line it is as it was before, and removed when it was not there. */
  leave(): Promise<void>;
}

/**
 * Does the work with an output to PATH, `-` for stdout, undefined without a path. The file is opened at once: one that cannot be written is told before
 * anything is done. What it had stays until the first line is written, or until the work ends without one; a work that is refused before loses nothing.
 * Throws `invalid_input` when the file cannot be written.
 */
export async function withOutput<T>(path: string, io: Io, work: (output: Output) => Promise<T>): Promise<T>;
export async function withOutput<T>(
  path: string | undefined,
  io: Io,
  work: (output: Output | undefined) => Promise<T>,
): Promise<T>;
export async function withOutput<T>(path: string | undefined, io: Io, work: (output: never) => Promise<T>): Promise<T> {
  const given = work as (output: Output | undefined) => Promise<T>;
  if (path === undefined) return given(undefined);
  const output = await openOutput(path, io);
  let done: T;
  try {
    done = await given(output);
  } catch (thrown) {
    await output.leave().catch(() => undefined);
    throw thrown;
  }
  await output.end();
  return done;
}

/** Opens PATH, or `-` for stdout. Throws `invalid_input` when the file cannot be written. */
export async function openOutput(path: string, io: Io): Promise<OpenOutput> {
  if (path === "-") {
    const [end, leave] = [async () => {}, async () => {}];
    return { isStdout: true, line: (row) => io.data(JSON.stringify(row)), text: (line) => io.data(line), end, leave };
  }
  const trouble = (thrown: unknown) => new OperationError("invalid_input", `cannot write ${path}: ${fileTrouble(thrown)}`);
  const { handle, isNew } = await opened(path).catch((thrown: unknown) => {
    throw trouble(thrown);
  });
  // Devices and pipes have nothing to empty.
  const isFile = (await handle.stat()).isFile();
  const stream = handle.createWriteStream();
  // A full disk may be reported when nobody waits for a write: then the next write, or closing the file, throws the error. Once.
  let broken: Error | undefined;
  let told = false;
  let begun = false;
  stream.on("error", (thrown) => {
    broken ??= thrown;
  });
  const tell = () => {
    if (broken === undefined || told) return;
    told = true;
    throw trouble(broken);
  };
  const until = async (event: "drain" | "finish") => {
    if (broken === undefined) await once(stream, event).catch(() => undefined);
    tell();
  };
  const begin = () => {
    if (begun) return;
    begun = true;
    if (isFile) ftruncateSync(handle.fd);
  };
  const text = (line: string) => {
    tell();
    begin();
    return stream.write(`${line}\n`) ? undefined : until("drain");
  };
  const close = async () => {
    stream.end();
    await until("finish");
  };
  return {
    isStdout: false,
    text,
    async line(row) {
      await text(JSON.stringify(row));
    },
    async end() {
      begin();
      await close();
    },
    async leave() {
      await close();
      if (isNew && !begun) await rm(path, { force: true });
    },
  };
}

async function opened(path: string): Promise<{ readonly handle: FileHandle; readonly isNew: boolean }> {
  try {
    return { handle: await open(path, "wx", 0o600), isNew: true };
  } catch (thrown) {
    if (!(thrown instanceof Error && "code" in thrown && thrown.code === "EEXIST")) throw thrown;
    return { handle: await open(path, constants.O_WRONLY | constants.O_CREAT, 0o600), isNew: false };
  }
}

/** Writes a file, by default one that only its owner may read. Throws `invalid_input` when it cannot be written. */
export async function writeText(path: string, text: string, mode = 0o600): Promise<void> {
  try {
    await writeFile(path, text, { mode });
  } catch (thrown) {
    throw new OperationError("invalid_input", `cannot write ${path}: ${fileTrouble(thrown)}`);
  }
}
