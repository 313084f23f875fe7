// Output files that appear complete or not at all: written under another name in the same folder, and renamed at the end. An
// existing file stays until then, and the new file can only be read by its owner, whatever the old one was. Devices and pipes
// cannot be renamed to: they are written directly.

import { rename, rm, stat, writeFile } from "node:fs/promises";
import { createInterface } from "node:readline";
import { Readable } from "node:stream";
import { fileTrouble } from "../kernel/index.ts";
import { OperationError } from "../operations/index.ts";
import type { Io } from "./io.ts";
import { type OpenOutput, openOutput } from "./output.ts";

/** A file being written. Disposing of it before `keep` removes it. */
export interface WholeFile extends AsyncDisposable {
  text(line: string): Promise<void> | undefined;
  /** Closes the file and renames it to its name. */
  keep(): Promise<void>;
}

/**
 * Begins the file PATH, or `-` for stdout, whose output cannot be withdrawn. Throws `invalid_input` when it cannot be written.
 */
export async function openWholeFile(path: string, io: Io): Promise<WholeFile> {
  const partial = await partialOf(path);
  let output: OpenOutput | undefined = await openOutput(partial, io);
  const close = async () => {
    const open = output;
    output = undefined;
    await open?.end();
    return open !== undefined;
  };
  return {
    text: (line) => output?.text(line),
    async keep() {
      const open = await close().catch(async (thrown: unknown) => {
        if (partial !== path) await rm(partial, { force: true });
        throw thrown;
      });
      if (open && partial !== path) await put(partial, path);
    },
    async [Symbol.asyncDispose]() {
      const open = output !== undefined;
      // The file is removed anyway: an error in writing its last line does not matter.
      await close().catch(() => undefined);
      if (open && partial !== path) await rm(partial, { force: true });
    },
  };
}

/**
 * Writes bytes as they come as one whole file; lines of text to `-`, which is stdout. Throws `invalid_input` when it cannot be written, and what reading them
 * throws.
 */
export async function writeBytes(path: string, bytes: AsyncIterable<Uint8Array> | Iterable<Uint8Array>, io: Io): Promise<void> {
  if (path === "-") {
    for await (const line of createInterface({ input: Readable.from(bytes) })) await io.data(line);
    return;
  }
  const partial = await partialOf(path);
  let failed: unknown;
  async function* read() {
    try {
      yield* bytes;
    } catch (thrown) {
      failed = thrown;
      throw thrown;
    }
  }
  try {
    await writeFile(partial, read(), { mode: 0o600 });
  } catch (thrown) {
    if (partial !== path) await rm(partial, { force: true });
    throw failed ?? new OperationError("invalid_input", `cannot write ${path}: ${fileTrouble(thrown)}`);
  }
  if (partial !== path) await put(partial, path);
}

/** Where it is written first: at the path itself when that cannot be renamed to. */
async function partialOf(path: string): Promise<string> {
  if (path === "-") return path;
  const there = await stat(path).catch(() => undefined);
  return there === undefined || there.isFile() ? `${path}.${process.pid}.partial` : path;
}

async function put(partial: string, path: string): Promise<void> {
  try {
    await rename(partial, path);
  } catch (thrown) {
    await rm(partial, { force: true });
    throw new OperationError("invalid_input", `cannot write ${path}: ${fileTrouble(thrown)}`);
  }
}
