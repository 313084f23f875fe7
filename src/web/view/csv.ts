// Rows of the API as CSV. Pure.

import { csvLine } from "../../kernel/index.ts";

/** Most rows that are written to a file. */
export const MOST_ROWS = 50_000;
/** Most rows of a PDF; the service draws no more. */
export const MOST_PDF_ROWS = 2000;

/** A column for each field that any row has, in order of appearance; lists are written as JSON. Lines end in CR LF (RFC 4180). */
export function csvOf(rows: readonly object[]): string {
  const flat = rows.map((row) => new Map(cellsOf(row)));
  const columns = [...new Set(flat.flatMap((row) => [...row.keys()]))];
  return [columns, ...flat.map((row) => columns.map((column) => row.get(column)))].map((line) => `${csvLine(line)}\r\n`).join("");
}

/** A list stays one cell, so that its length does not create other columns for each row. */
function cellsOf(row: object): (readonly [string, unknown])[] {
  return Object.entries(row).flatMap(([name, value]): (readonly [string, unknown])[] =>
    Array.isArray(value) || typeof value !== "object" || value === null
      ? [[name, value]]
      : cellsOf(value).map(([inner, leaf]) => [`${name}.${inner}`, leaf]),
  );
}
