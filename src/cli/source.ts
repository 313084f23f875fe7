// The input of a command: a file or stdin, as a stream of bytes.

import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { basename, resolve } from "node:path";
import { messageOf } from "../kernel/index.ts";
import { OperationError, parseMapping, type RowFormat, type TagSource } from "../operations/index.ts";
import type { Io } from "./io.ts";
import { oneOf } from "./options.ts";

export interface SourceFlags {
  readonly column: readonly string[];
  readonly format?: string;
  readonly delimiter?: string;
}

/** A file or stdin. */
export interface Input {
  /** For people: the file's name or "stdin". */
  readonly name: string;
  bytes(): AsyncIterable<Uint8Array>;
  readonly rereadable: boolean;
}

/** Opens FILE or `-`. Throws `invalid_input` when it cannot be read. */
export async function openInput(file: string, io: Pick<Io, "stdin">): Promise<Input> {
  if (file === "-") return { name: "stdin", bytes: () => io.stdin, rereadable: false };
  const place = resolve(file);
  try {
    if (!(await stat(file)).isFile()) throw new OperationError("invalid_input", `${file} is not a file`);
  } catch (thrown) {
    if (thrown instanceof OperationError) throw thrown;
    throw new OperationError("invalid_input", `cannot read ${file}: ${messageOf(thrown)}`);
  }
  return { name: basename(file), bytes: () => createReadStream(place), rereadable: true };
}

/** The format and delimiter that flags name. Throws `invalid_input`. */
export function formatOf(flags: Pick<SourceFlags, "format" | "delimiter">): {
  readonly format: RowFormat | undefined;
  readonly delimiter: string | undefined;
} {
  const format = flags.format === undefined ? undefined : oneOf<RowFormat>("--format", flags.format, ["csv", "ndjson"]);
  const delimiter = flags.delimiter === "\\t" ? "\t" : flags.delimiter;
  if (delimiter !== undefined && delimiter.length !== 1)
    throw new OperationError("invalid_input", `--delimiter ${JSON.stringify(delimiter)} is not one character`);
  return { format, delimiter };
}

/** The pairs `field=column` of --column; undefined when there are none. Whether the fields exist is checked where the file is read. */
export function columnMapping(pairs: readonly string[]): Readonly<Record<string, string>> | undefined {
  if (pairs.length === 0) return undefined;
  const mapping: Record<string, string> = {};
  for (const pair of pairs) {
    const at = pair.indexOf("=");
    if (at < 1 || at === pair.length - 1)
      throw new OperationError("invalid_input", `column mapping "${pair}" is not FIELD=COLUMN`);
    mapping[pair.slice(0, at).trim()] = pair.slice(at + 1).trim();
  }
  return mapping;
}

/** The rows of `outdial tag`: FILE or `-`. Throws `invalid_input` when it cannot be read. */
export async function tagSource(
  file: string,
  flags: SourceFlags,
  io: Pick<Io, "stdin">,
  onIgnoredColumns: (names: readonly string[]) => void,
): Promise<TagSource> {
  const { format, delimiter } = formatOf(flags);
  const mapping = parseMapping(flags.column);
  const read = { format, delimiter, mapping: Object.keys(mapping).length === 0 ? undefined : mapping, onIgnoredColumns };
  return { ...(await openInput(file, io)), read };
}
