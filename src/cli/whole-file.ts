// Output files that appear whole or not at all: written under another name beside their place, put there at the end.

import { rename, rm } from "node:fs/promises";
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
  const partial = path === "-" ? "-" : `${path}.${process.pid}.partial`;
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
      if (!(await close()) || path === "-") return;
      try {
        await rename(partial, path);
      } catch (thrown) {
        await rm(partial, { force: true });
        throw new OperationError("invalid_input", `cannot write ${path}: ${fileTrouble(thrown)}`);
      }
    },
    async [Symbol.asyncDispose]() {
      if ((await close()) && path !== "-") await rm(partial, { force: true });
    },
  };
}
