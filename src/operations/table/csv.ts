// CSV as a stream of records, each with the line on which it begins.

import { pipeline } from "node:stream/promises";
import { messageOf, OutdialError } from "../../kernel/index.ts";
import { OperationError } from "../error.ts";

/** Largest row in bytes; a file with a longer row is not a CSV of the expected kind. */
export const MAX_ROW_BYTES = 1024 * 1024;

/**
 * A record of a CSV file; line 1 is the first line of the file. A quoted field may span lines; then this is the record's first
 * line.
 */
export interface CsvRecord {
  readonly line: number;
  readonly record: readonly string[];
}

/**
 * Reads records in constant memory, the header included.
 * @param skip number of lines at the beginning that are not records
 * @param done what an error's advice says about the earlier rows, such as "Nothing was sent."
 * @throws OperationError `invalid_input` when the file as a whole cannot be read
 */
export async function* csvRecords(
  source: AsyncIterable<Uint8Array>,
  delimiter: string,
  done: string,
  skip = 0,
): AsyncGenerator<CsvRecord> {
  // What is parsed is ahead of what is read: only the parser knows where it fails.
  let parsed = skip;
  const { parse } = await import("csv-parse");
  const parser = parse({
    bom: true,
    info: true,
    delimiter,
    record_delimiter: ["\r\n", "\n", "\r"],
    relax_column_count: true,
    relax_quotes: true,
    skip_empty_lines: true,
    max_record_size: MAX_ROW_BYTES,
    from_line: skip + 1,
    on_record(record: string[], { lines }: { lines: number }) {
      parsed = lines;
      return record;
    },
  });
  const fed = pipeline(source, parser);
  // The code that reads from the parser gets the failure; here the same failure must not count as unhandled.
  fed.catch(() => undefined);
  let lastLine = 0;
  try {
    for await (const { record, info } of parser as AsyncIterable<{ record: string[]; info: { lines: number } }>) {
      lastLine = Math.max(lastLine + 1, info.lines - newlinesIn(record));
      yield { line: lastLine, record };
    }
    await fed;
  } catch (thrown) {
    if (thrown instanceof OutdialError) throw thrown;
    throw unreadable(thrown, parsed, done);
  }
}

function unreadable(thrown: unknown, lastLine: number, done: string): OperationError {
  const code = typeof thrown === "object" && thrown !== null && "code" in thrown ? String(thrown.code) : "";
  const from = `line ${lastLine + 1}`;
  if (code === "CSV_QUOTE_NOT_CLOSED") {
    return new OperationError(
      "invalid_input",
      `${from}: a quoted field is opened here or below and never closed, so the rest of the file cannot be read`,
      {
        advice: `Close the quote, or double it ("") if it belongs to the text. ${done}`,
      },
    );
  }
  if (code === "CSV_MAX_RECORD_SIZE") {
    return new OperationError("invalid_input", `${from}: a row is longer than ${MAX_ROW_BYTES} bytes`, {
      advice: `Look for a quote that is opened and not closed. ${done}`,
    });
  }
  if (!code.startsWith("CSV_"))
    return new OperationError("invalid_input", `the input broke off: ${messageOf(thrown)}`, {
      advice: done,
      cause: thrown,
    });
  return new OperationError("invalid_input", `${from}: the file cannot be read: ${messageOf(thrown)}`, { cause: thrown });
}

/**
 * The lines of a record of several, each with its cells: rows of the file when a quote swallowed them, because it is closed too late or was opened by
 * mistake. Of a record of one line none.
 */
export function linesOf({ line, record }: CsvRecord, delimiter: string): readonly CsvRecord[] {
  if (!record.some((cell) => /[\r\n]/.test(cell))) return [];
  return record
    .join(delimiter)
    .split(/\r\n|[\r\n]/)
    .map((text, at) => ({ line: line + at, record: text.split(delimiter).map((cell) => cell.replaceAll(/^\s*"|"\s*$/g, "")) }))
    .filter((one) => one.record.some((cell) => cell.trim() !== ""));
}

/** Whether lines are rows: several with as many cells as the header has, and with an id of the first one's form in its column. */
export function areRows(lines: readonly CsvRecord[], id: number, width: number): boolean {
  const own = formOf(lines[0]?.record[id] ?? "");
  return lines.filter(({ record }) => record.length >= width && formOf(record[id] ?? "") === own).length > 1;
}

const formOf = (id: string) => `${/\d/.test(id)} ${id.replaceAll(/[\p{L}\p{N}]+/gu, "x")}`;

export const SWALLOWED =
  "it is within a quoted text of several lines, whose quote is closed too late, or begins a text that needs none; close it, or double it";

function newlinesIn(record: readonly string[]): number {
  let count = 0;
  for (const cell of record) {
    for (let i = cell.indexOf("\n"); i >= 0; i = cell.indexOf("\n", i + 1)) count += 1;
  }
  return count;
}

/**
 * The index of a column in a header, by its name in lower case; -1 when it is missing. Throws `invalid_input` when it is there
 * twice, in whatever letters: nobody knows which of the two is meant.
 */
export function onlyColumn(header: readonly string[], wanted: string, line: number): number {
  const found = header.flatMap((cell, at) => (cell.trim().toLowerCase() === wanted ? [at] : []));
  const [first = -1, second] = found;
  if (second === undefined) return first;
  const names = found.map((at) => JSON.stringify(header[at]?.trim())).join(" and ");
  throw new OperationError("invalid_input", `line ${line}: the header has one column twice: ${names}`, {
    advice: "Remove or rename one of the two.",
  });
}

/** Where the header may be, when the first line is not one: reports are exported with a title above. */
export function headerHint(lines: readonly string[], known: ReadonlySet<string>): string {
  const at = lines.findIndex((line, index) => index > 0 && mostKnown(line, known).found > 1);
  return at < 0 ? "" : `Line ${at + 1} looks like the header: remove what stands above it. `;
}

/** The message of a record whose fields do not fit the header. */
export function widthProblem(fields: number, width: number): string {
  return `the row has ${fields} ${fields === 1 ? "field" : "fields"} where the header has ${width}; a separator inside a text needs quotes around the text`;
}

/**
 * The separator of a CSV file: of comma, semicolon and tab, the one that splits the header line into the most known columns
 * (lower case).
 */
export function sniffDelimiter(headerLine: string, known: ReadonlySet<string>): string {
  return mostKnown(headerLine, known).delimiter;
}

function mostKnown(headerLine: string, known: ReadonlySet<string>): { readonly delimiter: string; readonly found: number } {
  let best = ",";
  let most = 0;
  for (const delimiter of [",", ";", "\t"]) {
    const found = headerLine.split(delimiter).filter((cell) => known.has(cell.trim().replaceAll('"', "").toLowerCase())).length;
    if (found > most) [best, most] = [delimiter, found];
  }
  return { delimiter: best, found: most };
}
