// NDJSON result rows to a file or to stdout.

import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { messageOf } from "../kernel/index.ts";
import { OperationError } from "../operations/index.ts";
import type { Io } from "./io.ts";

export interface Output extends AsyncDisposable {
  /** Writes one row; waits while the reader is slow. */
  line(row: object): Promise<void>;
  /** Writes one line as it is; waits while the reader is slow. */
  text(line: string): Promise<void> | undefined;
}

/** Opens PATH for writing, `-` for stdout. Throws `invalid_input` when the file cannot be written. */
export async function openOutput(path: string, io: Io): Promise<Output> {
  if (path === "-") {
    return { line: (row) => io.data(JSON.stringify(row)), text: (line) => io.data(line), [Symbol.asyncDispose]: async () => {} };
  }
  const stream = createWriteStream(path, { mode: 0o600 });
  try {
    await once(stream, "open");
  } catch (thrown) {
    throw new OperationError("invalid_input", `cannot write ${path}: ${messageOf(thrown)}`);
  }
  const text = (line: string) => (stream.write(`${line}\n`) ? undefined : once(stream, "drain").then(() => undefined));
  return {
    text,
    async line(row) {
      await text(JSON.stringify(row));
    },
    async [Symbol.asyncDispose]() {
      stream.end();
      await once(stream, "finish");
    },
  };
}
