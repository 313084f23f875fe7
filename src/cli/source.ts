// The input of a command: a file or stdin, as a stream of bytes.

import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { basename, resolve } from "node:path";
import { fileTrouble, jsonTrouble, OutdialError, repeatedMember } from "../kernel/index.ts";
import { boundedFileText, boundedText, columnMapping, OperationError } from "../operations/index.ts";
import type { ValuesOf } from "./command.ts";
import type { rowOptions } from "./declare.ts";
import { interruptible } from "./interrupt.ts";
import type { Io } from "./io.ts";

/** The options for reading rows. */
export type RowOptions = ValuesOf<ReturnType<typeof rowOptions>>;

/** A file or stdin. */
export interface Input {
  /** The file's name or "stdin", for people. */
  readonly name: string;
  bytes(): AsyncIterable<Uint8Array>;
  /** Bytes; absent for stdin. */
  readonly size?: number;
  readonly rereadable: boolean;
}

/** Opens FILE or `-`. Throws `invalid_input` when it cannot be read. */
export async function openInput(file: string, io: Pick<Io, "stdin">): Promise<Input> {
  if (file === "-") return { name: "stdin", bytes: () => io.stdin, rereadable: false };
  const place = resolve(file);
  let size = 0;
  try {
    const found = await stat(file);
    size = found.size;
    if (!found.isFile()) throw new OperationError("invalid_input", `${file} is not a file`);
  } catch (thrown) {
    if (thrown instanceof OperationError) throw thrown;
    throw new OperationError("invalid_input", `cannot read ${file}: ${fileTrouble(thrown)}`);
  }
  return { name: basename(file), bytes: () => createReadStream(place), size, rereadable: true };
}

/** FILE or `-` with the options for reading it. Throws `invalid_input`. */
export async function rowSource(file: string, { column, format, delimiter }: RowOptions, io: Pick<Io, "stdin">) {
  return { ...(await openInput(file, io)), read: { format, delimiter, mapping: columnMapping(column) } };
}

/** Characters of a file's name that the API takes. */
export const MOST_OF_NAME = 200;

/**
 * FILE or `-` for the API, how much of it was read told as it goes, and the way it is read. Throws `invalid_input`.
 * @param done what was done of it when Ctrl-C ends the reading; without it the input does not end with Ctrl-C
 */
export async function rowsToSend(
  file: string,
  { column, format, delimiter }: RowOptions,
  io: Pick<Io, "stdin" | "progress" | "signal">,
  done?: string,
) {
  const opened = await openInput(file, io);
  const input = done === undefined ? opened : interruptible(io, opened, done);
  const { name, size, rereadable } = input;
  async function* bytes() {
    let read = 0;
    for await (const chunk of input.bytes()) {
      read += chunk.byteLength;
      io.progress(`reading ${name} · ${size === undefined ? `${read} bytes` : `${Math.floor((100 * read) / size)} %`}`);
      yield chunk;
    }
  }
  const breaksOff = done === undefined ? {} : ({ breaksOff: true } as const);
  return {
    file: { bytes, rereadable, size, ...breaksOff },
    read: { name: name.slice(0, MOST_OF_NAME), format, delimiter, column },
  };
}

/** The whole text of a file. Throws `invalid_input`. @param what a name of the file for people, such as "the proof" */
export async function readFileText(path: string, what?: string): Promise<string> {
  try {
    return await boundedFileText(path);
  } catch (thrown) {
    throw new OutdialError("invalid_input", `cannot read ${what === undefined ? "" : `${what} `}${path}: ${fileTrouble(thrown)}`);
  }
}

/** The whole text of FILE or `-`. Throws `invalid_input`. */
export async function readText(path: string, io: Pick<Io, "stdin">, what?: string): Promise<string> {
  if (path !== "-") return await readFileText(path, what);
  return boundedText(io.stdin).catch((thrown: unknown) => {
    throw new OutdialError(
      "invalid_input",
      `cannot read ${what === undefined ? "" : `${what} from `}stdin: ${fileTrouble(thrown)}`,
    );
  });
}

/** The value of a JSON text. Throws `invalid_input`. @param wrong the message for invalid JSON, before the reason */
export function parseJson(json: string, wrong: string): unknown {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch (thrown) {
    throw new OutdialError("invalid_input", `${wrong}: ${jsonTrouble(thrown)}`);
  }
  const twice = repeatedMember(json, value);
  if (twice !== undefined) throw new OutdialError("invalid_input", `${wrong}: it gives ${JSON.stringify(twice)} twice`);
  return value;
}
