// Reads tagging rows from CSV or NDJSON as a stream: every line ends as a row or as a problem with its line number, none is skipped.

import { pipeline } from "node:stream/promises";
import { parse } from "csv-parse";
import { messageOf } from "../../kernel/index.ts";
import { OperationError } from "../error.ts";
import type { RowProblem, TagRow } from "./assignment.ts";
import { type ColumnMapping, type Columns, type Field, findColumns, sniffDelimiter, splitTags } from "./columns.ts";

/** Largest row in bytes; a longer one is a file that is not what it seems. */
const MAX_ROW_BYTES = 1024 * 1024;
const PEEK_BYTES = 64 * 1024;

export type RowFormat = "csv" | "ndjson";

export interface ReadOptions {
  /** Told apart by the first character when not given. */
  readonly format?: RowFormat | undefined;
  readonly mapping?: ColumnMapping | undefined;
  /** Told by the header when not given. */
  readonly delimiter?: string | undefined;
  /** Called once with the columns that no field uses. */
  readonly onIgnoredColumns?: ((names: readonly string[]) => void) | undefined;
}

/** One line of input: a row, or why it is none. */
export type ReadRow = { readonly row: TagRow } | { readonly line: number; readonly callId: string; readonly problem: RowProblem };

/**
 * Reads rows in constant memory. Line 1 is the first line of the file; a quoted field may span lines, the row then has its first.
 * @throws OperationError `invalid_input` when the file as a whole cannot be read: encoding, header, a quote that is never closed
 */
export async function* readRows(source: AsyncIterable<Uint8Array>, options: ReadOptions = {}): AsyncGenerator<ReadRow> {
  const { head, rest } = await peek(source);
  refuseEncodings(head);
  const text = new TextDecoder().decode(head);
  const format = options.format ?? (/^\s*\{/.test(text) ? "ndjson" : "csv");
  if (text.trim() === "")
    throw new OperationError("invalid_input", "the input is empty", { advice: "Give a CSV file with a header line, or NDJSON." });
  if (format === "ndjson") yield* readNdjson(rest, options.mapping ?? {});
  else yield* readCsv(rest, text, options);
}

/** Reads enough of the source to judge it, and gives the whole back as a stream. */
async function peek(source: AsyncIterable<Uint8Array>): Promise<{ head: Uint8Array; rest: AsyncIterable<Uint8Array> }> {
  const iterator = source[Symbol.asyncIterator]();
  const chunks: Uint8Array[] = [];
  let size = 0;
  while (size < PEEK_BYTES) {
    const { value, done } = await iterator.next();
    if (done === true) break;
    chunks.push(value);
    size += value.byteLength;
  }
  async function* rest() {
    try {
      yield* chunks;
      for (;;) {
        const { value, done } = await iterator.next();
        if (done === true) return;
        yield value;
      }
    } finally {
      await iterator.return?.();
    }
  }
  return { head: Buffer.concat(chunks), rest: rest() };
}

function refuseEncodings(head: Uint8Array): void {
  const [a, b] = head;
  if ((a === 0xff && b === 0xfe) || (a === 0xfe && b === 0xff)) {
    throw new OperationError("invalid_input", "the file is UTF-16; outdial reads UTF-8", { advice: "Save it as 'CSV UTF-8'." });
  }
  if (a === 0x1f && b === 0x8b) {
    throw new OperationError("invalid_input", "the file is compressed with gzip", {
      advice: "Pipe it in: gzip -dc FILE | outdial tag - …",
    });
  }
  if (a === 0x50 && b === 0x4b) {
    throw new OperationError("invalid_input", "the file is a ZIP archive or a spreadsheet, not CSV", {
      advice: "Export the sheet as 'CSV UTF-8'.",
    });
  }
}

async function* readCsv(source: AsyncIterable<Uint8Array>, head: string, options: ReadOptions): AsyncGenerator<ReadRow> {
  const mapping = options.mapping ?? {};
  const firstLine = head.replace(/^\uFEFF/, "").split(/\r\n|\n|\r/, 1)[0] ?? "";
  const parser = parse({
    bom: true,
    info: true,
    delimiter: options.delimiter ?? sniffDelimiter(firstLine, mapping),
    record_delimiter: ["\r\n", "\n", "\r"],
    relax_column_count: true,
    relax_quotes: true,
    skip_empty_lines: true,
    max_record_size: MAX_ROW_BYTES,
  });
  const fed = pipeline(source, parser);
  // Whoever reads the parser sees its failure; the same one here is then nobody's unhandled one.
  fed.catch(() => undefined);
  let columns: Columns | undefined;
  let lastLine = 0;
  try {
    for await (const { record, info } of parser as AsyncIterable<{ record: string[]; info: { lines: number } }>) {
      const line = Math.max(lastLine + 1, info.lines - newlinesIn(record));
      lastLine = line;
      if (columns === undefined) {
        columns = findColumns(record, mapping);
        options.onIgnoredColumns?.(columns.ignored);
      } else yield csvRow(record, line, columns);
    }
    await fed;
  } catch (thrown) {
    if (thrown instanceof OperationError) throw thrown;
    throw unreadable(thrown, lastLine);
  }
}

function unreadable(thrown: unknown, lastLine: number): OperationError {
  const code = typeof thrown === "object" && thrown !== null && "code" in thrown ? String(thrown.code) : "";
  const from = `line ${lastLine + 1}`;
  if (code === "CSV_QUOTE_NOT_CLOSED") {
    return new OperationError(
      "invalid_input",
      `${from}: a quoted field is opened here or below and never closed, so the rest of the file cannot be read`,
      {
        advice: 'Close the quote, or double it ("") if it belongs to the text. Nothing was sent.',
      },
    );
  }
  if (code === "CSV_MAX_RECORD_SIZE") {
    return new OperationError("invalid_input", `${from}: a row is longer than ${MAX_ROW_BYTES} bytes`, {
      advice: "Look for a quote that is opened and not closed. Nothing was sent.",
    });
  }
  if (!code.startsWith("CSV_"))
    return new OperationError("invalid_input", `the input broke off: ${messageOf(thrown)}`, {
      advice: "Nothing was sent.",
      cause: thrown,
    });
  return new OperationError("invalid_input", `${from}: the file cannot be read: ${messageOf(thrown)}`, { cause: thrown });
}

function newlinesIn(record: readonly string[]): number {
  let count = 0;
  for (const cell of record) {
    for (let i = cell.indexOf("\n"); i >= 0; i = cell.indexOf("\n", i + 1)) count += 1;
  }
  return count;
}

function csvRow(record: readonly string[], line: number, columns: Columns): ReadRow {
  const cell = (field: Field) => {
    const index = columns.at[field];
    return index === undefined ? "" : (record[index] ?? "");
  };
  const callId = cell("call_id").trim();
  if (record.length !== columns.width) {
    const message = `the row has ${record.length} fields where the header has ${columns.width}; a separator inside a text needs quotes around the text`;
    return { line, callId, problem: { code: "unreadable_row", message } };
  }
  return {
    row: {
      line,
      callId,
      dispositionCodeId: cell("disposition_code_id").trim(),
      reasonCodeId: cell("reason_code_id").trim(),
      notes: cell("notes"),
      tags: splitTags(cell("tags")),
    },
  };
}

async function* readNdjson(source: AsyncIterable<Uint8Array>, mapping: ColumnMapping): AsyncGenerator<ReadRow> {
  let line = 0;
  for await (const text of lines(source)) {
    line += 1;
    if (text === undefined)
      yield { line, callId: "", problem: { code: "unreadable_row", message: `the line is longer than ${MAX_ROW_BYTES} bytes` } };
    else if (text.trim() !== "") yield ndjsonRow(text, line, mapping);
  }
}

/** Lines of a stream of bytes; undefined stands for a line that is too long to keep. */
async function* lines(source: AsyncIterable<Uint8Array>): AsyncGenerator<string | undefined> {
  const decoder = new TextDecoder();
  let pending: Uint8Array[] = [];
  let size = 0;
  const take = (tail: Uint8Array): string | undefined => {
    const whole =
      size + tail.byteLength > MAX_ROW_BYTES
        ? undefined
        : decoder.decode(pending.length === 0 ? tail : Buffer.concat([...pending, tail]));
    pending = [];
    size = 0;
    return whole?.replace(/\r$/, "");
  };
  for await (const chunk of source) {
    let start = 0;
    for (let end = chunk.indexOf(10); end >= 0; end = chunk.indexOf(10, start)) {
      yield take(chunk.subarray(start, end));
      start = end + 1;
    }
    const tail = chunk.subarray(start);
    size += tail.byteLength;
    if (size <= MAX_ROW_BYTES) pending.push(tail);
  }
  if (size > 0) yield take(new Uint8Array());
}

function ndjsonRow(text: string, line: number, mapping: ColumnMapping): ReadRow {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (thrown) {
    return {
      line,
      callId: "",
      problem: { code: "unreadable_row", message: `the line is not JSON: ${messageOf(thrown).slice(0, 200)}` },
    };
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return { line, callId: "", problem: { code: "unreadable_row", message: "the line is not a JSON object" } };
  }
  const members = new Map<string, unknown>(Object.entries(value));
  let problem: RowProblem | undefined;
  const textOf = (field: Field): string => {
    const member = members.get(mapping[field] ?? field);
    if (member === undefined || member === null) return "";
    if (typeof member === "string") return member;
    if (typeof member === "number" && Number.isSafeInteger(member) && field !== "notes") return String(member);
    problem ??= {
      code: "unreadable_row",
      field,
      message: `${field} is ${Array.isArray(member) ? "an array" : typeof member === "number" ? `the number ${member}` : `a JSON ${typeof member}`}; a string is wanted`,
    };
    return "";
  };
  const tagsOf = (): string[] => {
    const member = members.get(mapping.tags ?? "tags");
    if (!Array.isArray(member)) return splitTags(textOf("tags"));
    if (member.every((tag) => typeof tag === "string"))
      return [...new Set(member.map((tag) => tag.trim()))].filter((tag) => tag !== "");
    problem ??= { code: "unreadable_row", field: "tags", message: "tags holds something that is not a string" };
    return [];
  };
  const row: TagRow = {
    line,
    callId: textOf("call_id").trim(),
    dispositionCodeId: textOf("disposition_code_id").trim(),
    reasonCodeId: textOf("reason_code_id").trim(),
    notes: textOf("notes"),
    tags: tagsOf(),
  };
  return problem === undefined ? { row } : { line, callId: row.callId, problem };
}
