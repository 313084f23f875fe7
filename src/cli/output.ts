// Files and streams that commands write: NDJSON result rows to a file or to stdout, and whole texts to a file.

import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { writeFile } from "node:fs/promises";
import { fileTrouble } from "../kernel/index.ts";
import { OperationError } from "../operations/index.ts";
import type { Io } from "./io.ts";

export interface Output extends AsyncDisposable {
  /** Writes one row; waits while the reader is slow. */
  line(row: object): Promise<void>;
  /** Writes one line unchanged; waits while the reader is slow. */
  text(line: string): Promise<void> | undefined;
}

/** Opens PATH for writing, `-` for stdout; undefined without a path. Throws `invalid_input` when the file cannot be written. */
export async function openOutput(path: string, io: Io): Promise<Output>;
export async function openOutput(path: string | undefined, io: Io): Promise<Output | undefined>;
export async function openOutput(path: string | undefined, io: Io): Promise<Output | undefined> {
  if (path === undefined) return undefined;
  if (path === "-") {
    return { line: (row) => io.data(JSON.stringify(row)), text: (line) => io.data(line), [Symbol.asyncDispose]: async () => {} };
  }
  const stream = createWriteStream(path, { mode: 0o600 });
  const trouble = (thrown: unknown) => new OperationError("invalid_input", `cannot write ${path}: ${fileTrouble(thrown)}`);
  try {
    await once(stream, "open");
  } catch (thrown) {
    throw trouble(thrown);
  }
  // A full disk may be reported when nobody waits for a write: then the next write, or closing the file, throws the error. Once.
  let broken: Error | undefined;
  let told = false;
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
  const text = (line: string) => {
    tell();
    return stream.write(`${line}\n`) ? undefined : until("drain");
  };
  return {
    text,
    async line(row) {
      await text(JSON.stringify(row));
    },
    async [Symbol.asyncDispose]() {
      stream.end();
      await until("finish");
    },
  };
}

/** Writes a file, by default one that only its owner may read. Throws `invalid_input` when it cannot be written. */
export async function writeText(path: string, text: string, mode = 0o600): Promise<void> {
  try {
    await writeFile(path, text, { mode });
  } catch (thrown) {
    throw new OperationError("invalid_input", `cannot write ${path}: ${fileTrouble(thrown)}`);
  }
}
