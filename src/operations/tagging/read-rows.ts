// Reads tagging rows from CSV or NDJSON as a stream: every line becomes a row or a problem with its line number, none is skipped.

import { nearest } from "../../kernel/index.ts";
import { OperationError } from "../error.ts";
import {
  areRows,
  type CsvRecord,
  csvRecords,
  headerHint,
  linesOf,
  onlyColumn,
  SWALLOWED,
  sniffDelimiter,
  widthProblem,
} from "../table/csv.ts";
import { ndjsonLines } from "../table/lines.ts";
import { requireFields } from "../table/records.ts";
import { type OpenedSource, openSource, type RowFormat } from "../table/source.ts";
import { type RowProblem, rowOf, type TagRow } from "./assignment.ts";
import { type Field, TAG_COLUMNS } from "./columns.ts";

// Which column of a file holds which field.

const FIELDS: readonly Field[] = TAG_COLUMNS.map(({ name }) => name);

/** Field → name of its column, where it differs from the field's own name. */
type ColumnMapping = Readonly<Record<string, string>>;

/** The index of each field in the header, and the unused columns. */
interface Columns {
  readonly at: Readonly<Partial<Record<Field, number>>>;
  readonly width: number;
  readonly ignored: readonly string[];
}

/**
 * Finds the fields in a header row. Names are compared without case and outer white space. Throws `invalid_input`.
 * @param place.hint where the header may be instead
 */
function findColumns(
  header: readonly string[],
  mapping: ColumnMapping,
  { line, hint: elsewhere }: { readonly line: number; readonly hint: string },
): Columns {
  const names = header.map((cell) => cell.trim());
  const at: Partial<Record<Field, number>> = {};
  for (const { name: field, isRequired } of TAG_COLUMNS) {
    const wanted = (mapping[field] ?? field).toLowerCase();
    const index = onlyColumn(header, wanted, line);
    if (index >= 0) at[field] = index;
    else if (isRequired === true || mapping[field] !== undefined) {
      const near = nearest(wanted, names);
      const hint = near === undefined ? "" : `; did you mean ${near}? Then pass --column ${field}=${near}`;
      throw new OperationError(
        "invalid_input",
        `line ${line}: there is no column ${mapping[field] ?? field} in the header (${names.join(", ").slice(0, 300)})${hint}`,
        {
          advice: `${elsewhere}The header must name ${listed(true)}; ${listed(false)} are optional.`,
        },
      );
    }
  }
  const used = new Set(Object.values(at));
  return { at, width: names.length, ignored: names.filter((name, index) => name !== "" && !used.has(index)) };
}

/** The column names to look for, in lower case. */
function columnNames(mapping: ColumnMapping): ReadonlySet<string> {
  return new Set(FIELDS.map((field) => (mapping[field] ?? field).toLowerCase()));
}

function listed(required: boolean): string {
  const names = TAG_COLUMNS.filter(({ isRequired }) => (isRequired === true) === required).map(({ name }) => name);
  return new Intl.ListFormat("en-GB").format(names);
}

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
export async function* readTagRows(source: AsyncIterable<Uint8Array>, options: ReadOptions = {}): AsyncGenerator<ReadRow> {
  requireFields(options.mapping ?? {}, FIELDS);
  const opened = await openSource(source, options.format);
  if (opened.format === "ndjson") yield* readNdjson(opened.bytes, options.mapping ?? {});
  else yield* readCsv(opened, options);
}

async function* readCsv(opened: OpenedSource, options: ReadOptions): AsyncGenerator<ReadRow> {
  const mapping = options.mapping ?? {};
  const known = columnNames(mapping);
  const delimiter = options.delimiter ?? opened.delimiter ?? sniffDelimiter(opened.firstLine, known);
  let columns: Columns | undefined;
  for await (const read of csvRecords(opened.bytes, delimiter, "Nothing was sent.", opened.skip)) {
    if (columns === undefined) {
      columns = findColumns(read.record, mapping, { line: read.line, hint: headerHint(opened.firstLines, known) });
      options.onIgnoredColumns?.(columns.ignored);
    } else yield* csvRows(read, linesOf(read, delimiter), columns);
  }
}

function* csvRows(read: CsvRecord, lines: readonly CsvRecord[], { at, width }: Columns): Generator<ReadRow> {
  const { line, record } = read;
  const cellOf = (field: Field, cells = record): string => cells[at[field] ?? -1] ?? "";
  const refused = (one: CsvRecord, message: string): ReadRow => ({
    line: one.line,
    callId: cellOf("call_id", one.record).trim(),
    problem: { code: "unreadable_row", message },
  });
  if (areRows(lines, at.call_id ?? -1, width)) for (const one of lines) yield refused(one, SWALLOWED);
  else if (record.length !== width) yield refused(read, widthProblem(record.length, width));
  else yield { row: rowOf(line, ({ name, form }) => form.ofCell(cellOf(name))) };
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
