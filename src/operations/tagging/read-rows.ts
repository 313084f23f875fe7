// Reads tagging rows from CSV or NDJSON as a stream: every line becomes a row or a problem with its line number, none is skipped.

import { csvRecords, headerHint, sniffDelimiter, widthProblem } from "../table/csv.ts";
import { ndjsonLines } from "../table/lines.ts";
import { type OpenedSource, openSource, type RowFormat } from "../table/source.ts";
import { type RowProblem, rowOf, type TagRow } from "./assignment.ts";
import type { Field } from "./columns.ts";
import { type ColumnMapping, type Columns, columnNames, findColumns } from "./header.ts";

export interface ReadOptions {
  /** Recognised by the first character when not given. */
  readonly format?: RowFormat | undefined;
  readonly mapping?: ColumnMapping | undefined;
  /** Recognised by the header when not given. */
  readonly delimiter?: string | undefined;
  /** Called once with the columns that no field uses. */
  readonly onIgnoredColumns?: ((names: readonly string[]) => void) | undefined;
}

/** One line of input: a row, or why it is not one. */
export type ReadRow = { readonly row: TagRow } | { readonly line: number; readonly callId: string; readonly problem: RowProblem };

/**
 * Reads rows in constant memory. Line 1 is the first line of the file; a quoted field may span lines, then the row has its first
 * line.
 * @throws OperationError `invalid_input` when the file as a whole cannot be read: encoding, header, a quote that is never closed
 */
export async function* readRows(source: AsyncIterable<Uint8Array>, options: ReadOptions = {}): AsyncGenerator<ReadRow> {
  const opened = await openSource(source, options.format);
  if (opened.format === "ndjson") yield* readNdjson(opened.bytes, options.mapping ?? {});
  else yield* readCsv(opened, options);
}

async function* readCsv(opened: OpenedSource, options: ReadOptions): AsyncGenerator<ReadRow> {
  const mapping = options.mapping ?? {};
  const known = columnNames(mapping);
  const delimiter = options.delimiter ?? opened.delimiter ?? sniffDelimiter(opened.firstLine, known);
  let columns: Columns | undefined;
  for await (const { line, record } of csvRecords(opened.bytes, delimiter, "Nothing was sent.", opened.skip)) {
    if (columns === undefined) {
      columns = findColumns(record, mapping, { line, hint: headerHint(opened.firstLines, known) });
      options.onIgnoredColumns?.(columns.ignored);
    } else yield csvRow(record, line, columns);
  }
}

function csvRow(record: readonly string[], line: number, columns: Columns): ReadRow {
  const cellOf = (field: Field): string => record[columns.at[field] ?? -1] ?? "";
  if (record.length !== columns.width) {
    const message = widthProblem(record.length, columns.width);
    return { line, callId: cellOf("call_id").trim(), problem: { code: "unreadable_row", message } };
  }
  return { row: rowOf(line, ({ name, form }) => form.ofCell(cellOf(name))) };
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
  const row = rowOf(line, ({ name: field, form }) =>
    form.ofMember(members.get(mapping[field] ?? field), (message) => {
      problem ??= { code: "unreadable_row", field, message: `${field} ${message}` };
    }),
  );
  return problem === undefined ? { row } : { line, callId: row.callId, problem };
}
