// Output files that appear whole or not at all: written under another name beside their place, put there at the end. What was there before stays until
// then, and the new file is its owner's alone whatever the old one was. Devices and pipes have no such place: they are written to as they are.

import { rename, rm, stat, writeFile } from "node:fs/promises";
import { fileTrouble } from "../kernel/index.ts";
import { OperationError } from "../operations/index.ts";
import type { Io } from "./io.ts";
import { type Output, openOutput } from "./output.ts";

/** A file under way. Disposing of it before it was kept removes it. */
export interface WholeFile extends AsyncDisposable {
  text(line: string): Promise<void> | undefined;
  /** Closes the file and puts it in its place. */
  keep(): Promise<void>;
}

/** Begins the file PATH, `-` for stdout, which cannot be taken back. Throws `invalid_input` when it cannot be written. */
export async function openWholeFile(path: string, io: Io): Promise<WholeFile> {
  const partial = await partialOf(path);
  let output: Output | undefined = await openOutput(partial, io);
  const close = async () => {
    const open = output;
    output = undefined;
    await open?.[Symbol.asyncDispose]();
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
      // It is dropped: whether its last line could be written is no news.
      await close().catch(() => undefined);
      if (open && partial !== path) await rm(partial, { force: true });
    },
  };
}

/** Writes bytes as one whole file. Throws `invalid_input` when it cannot be written. */
export async function writeWholeFile(path: string, bytes: Uint8Array): Promise<void> {
  const partial = await partialOf(path);
  try {
    await writeFile(partial, bytes, { mode: 0o600 });
  } catch (thrown) {
    if (partial !== path) await rm(partial, { force: true });
    throw new OperationError("invalid_input", `cannot write ${path}: ${fileTrouble(thrown)}`);
  }
  if (partial !== path) await put(partial, path);
}

/** Where it is written first: the path itself where nothing can be put in its place. */
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
