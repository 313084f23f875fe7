// NDJSON result rows to a file or to stdout.

import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { messageOf } from "../kernel/index.ts";
import { OperationError } from "../operations/index.ts";
import type { Io } from "./io.ts";

export interface Output extends AsyncDisposable {
  /** Writes one row; waits while the reader is slow. */
  line(row: object): Promise<void>;
}

/** Opens PATH for writing, `-` for stdout. Throws `invalid_input` when the file cannot be written. */
export async function openOutput(path: string, io: Io): Promise<Output> {
  if (path === "-") {
    return { line: (row) => io.data(JSON.stringify(row)), [Symbol.asyncDispose]: async () => {} };
  }
  const stream = createWriteStream(path, { mode: 0o600 });
  try {
    await once(stream, "open");
  } catch (thrown) {
    throw new OperationError("invalid_input", `cannot write ${path}: ${messageOf(thrown)}`);
  }
  return {
    async line(row) {
      if (!stream.write(`${JSON.stringify(row)}\n`)) await once(stream, "drain");
    },
    async [Symbol.asyncDispose]() {
      stream.end();
      await once(stream, "finish");
    },
  };
}
