// Reads tagging rows from CSV or NDJSON as a stream: every line ends as a row or as a problem with its line number, none is skipped.

import { csvRecords, sniffDelimiter, widthProblem } from "../table/csv.ts";
import { ndjsonLines } from "../table/lines.ts";
import { type OpenedSource, openSource, type RowFormat } from "../table/source.ts";
import type { RowProblem, TagRow } from "./assignment.ts";
import { type ColumnMapping, type Columns, columnNames, type Field, findColumns, splitTags } from "./columns.ts";

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
  const opened = await openSource(source, options.format);
  if (opened.format === "ndjson") yield* readNdjson(opened.bytes, options.mapping ?? {});
  else yield* readCsv(opened, options);
}

async function* readCsv({ firstLine, bytes }: OpenedSource, options: ReadOptions): AsyncGenerator<ReadRow> {
  const mapping = options.mapping ?? {};
  const delimiter = options.delimiter ?? sniffDelimiter(firstLine, columnNames(mapping));
  let columns: Columns | undefined;
  for await (const { line, record } of csvRecords(bytes, delimiter, "Nothing was sent.")) {
    if (columns === undefined) {
      columns = findColumns(record, mapping);
      options.onIgnoredColumns?.(columns.ignored);
    } else yield csvRow(record, line, columns);
  }
}

function csvRow(record: readonly string[], line: number, columns: Columns): ReadRow {
  const cell = (field: Field) => {
    const index = columns.at[field];
    return index === undefined ? "" : (record[index] ?? "");
  };
  const callId = cell("call_id").trim();
  if (record.length !== columns.width) {
    const message = widthProblem(record.length, columns.width);
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
  for await (const read of ndjsonLines(source)) {
    const { line } = read;
    if ("problem" in read) yield { line, callId: "", problem: { code: "unreadable_row", message: read.problem } };
    else yield ndjsonRow(read.members, line, mapping);
  }
}

function ndjsonRow(members: ReadonlyMap<string, unknown>, line: number, mapping: ColumnMapping): ReadRow {
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
