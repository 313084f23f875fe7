// Tables: columns are declared once and used for text on a terminal, objects for JSON, and CSV.

import { cellText, csvLine } from "../kernel/index.ts";
import type { Io } from "./io.ts";
import { cut, printableWhole } from "./text.ts";
import { toned } from "./tone.ts";

export interface Column<Row> {
  readonly title: string;
  readonly value: (row: Row) => unknown;
  /** Alignment of cells and title; left by default. */
  readonly align?: "left" | "right";
  /** Least width in characters. */
  readonly least?: number;
  /** Never cut to fit a terminal: for values that are passed to other commands. Right-aligned numbers are never cut either. */
  readonly isWhole?: true;
  /** The cell is a word for a state, which may have a colour. */
  readonly isState?: true;
}

export interface Table<Row> {
  /**
   * Aligned lines, the titles first. @param width of the terminal: the widest columns are cut to fit; when that is not enough,
   * each row takes several lines. Undefined cuts nothing @param colour whether states are coloured
   */
  readonly lines: (rows: readonly Row[], width?: number, colour?: boolean) => string[];
  readonly objects: (rows: readonly Row[]) => Record<string, unknown>[];
  readonly csv: (rows: readonly Row[]) => string[];
}

const TABLE_FORMATS = ["table", "json", "csv"] as const;

/** @param widest characters after which a cell is cut @param heads false omits the titles from the lines */
export function table<Row>(
  columns: readonly Column<Row>[],
  { widest = Number.POSITIVE_INFINITY, heads = true }: { readonly widest?: number; readonly heads?: boolean } = {},
): Table<Row> {
  const titles = columns.map(({ title }) => title);
  const valuesOf = (row: Row) => columns.map(({ value }) => value(row));
  const shown = (value: unknown) => {
    const text = printableWhole(cellText(value));
    return Number.isFinite(widest) ? cut(text, widest) : text;
  };
  return {
    lines(rows, room, colour = false) {
      const body = rows.map((row) => valuesOf(row).map(shown));
      const cells = heads ? [titles.map(printableWhole), ...body] : body;
      const natural = (isPadded: boolean) =>
        columns.map(({ least = 0 }, i) => Math.max(isPadded ? least : 0, ...cells.map((line) => (line[i] ?? "").length)));
      let widths = natural(true);
      if (room !== undefined && over(widths, room) > 0) {
        shortenTimes(body);
        widths = natural(false);
        const isTime = columns.map((_, i) => body.every((line) => line[i] === "" || SHORT_TIME.test(line[i] ?? "")));
        fit(widths, columns, isTime, room);
        if (over(widths, room) > 0) return blocks(titles, body, room);
      }
      const pads = columns.map(({ align, isState }, i) => {
        const width = widths[i] ?? 0;
        return (whole: string) => {
          const text = cut(whole, width);
          const padded = align === "right" ? text.padStart(width) : text.padEnd(width);
          return isState === true ? toned(padded, colour) : padded;
        };
      });
      return cells.map((line) =>
        line
          .map((text, i) => pads[i]?.(text) ?? text)
          .join("  ")
          .trimEnd(),
      );
    },
    objects: (rows) => rows.map((row) => Object.fromEntries(columns.map(({ title, value }) => [title, value(row)]))),
    csv: (rows) => (columns.length === 0 ? [] : [csvLine(titles), ...rows.map((row) => csvLine(valuesOf(row)))]),
  };
}

/** Widths below which text columns are not cut: the next stage is used when a table would still not fit, the last one also shortens times. */
const STAGES = [
  { least: 12, cutsTimes: false },
  { least: 6, cutsTimes: false },
  { least: 6, cutsTimes: true },
] as const;

/** By how many characters a line is too long for a terminal with `room`. */
const over = (widths: readonly number[], room: number) => widths.reduce((sum, width) => sum + width + 2, -2) - room;

const TIME = /^(\d{4}-\d\d-\d\dT\d\d:\d\d):\d\d(?:\.\d+)?Z$/;
const SHORT_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\dZ$/;

/** Used when there is not enough room: shortens times to the minute. */
function shortenTimes(body: string[][]): void {
  for (const line of body) for (const [i, text] of line.entries()) line[i] = text.replace(TIME, "$1Z");
}

/**
 * Cuts the widest text columns until all fit, as far as possible. Numbers and short columns stay whole, because a cut number is a
 * wrong one.
 */
function fit(
  widths: number[],
  columns: readonly Pick<Column<never>, "align" | "isWhole">[],
  isTime: readonly boolean[],
  room: number,
): void {
  for (const { least, cutsTimes } of STAGES) {
    const isCut = columns.map(({ align, isWhole }, i) => align !== "right" && isWhole !== true && (cutsTimes || !isTime[i]));
    while (over(widths, room) > 0) {
      const widest = widths.reduce(
        (best, width, i) => (isCut[i] === true && width > least && width > (widths[best] ?? 0) ? i : best),
        -1,
      );
      if (widest < 0) break;
      widths[widest] = (widths[widest] ?? 0) - 1;
    }
  }
}

/** Rows with more columns than fit a terminal: a line for each non-empty cell, an empty line between rows. */
function blocks(titles: readonly string[], body: readonly (readonly string[])[], room: number): string[] {
  const width = Math.max(...titles.map((title) => title.length));
  const indent = width === 0 ? 0 : width + 2;
  return body.flatMap((line, n) => [
    ...(n === 0 ? [] : [""]),
    ...line.flatMap((text, i) => {
      if (text === "") return [];
      const start = indent === 0 ? "" : `${printableWhole(titles[i] ?? "").padEnd(width)}  `;
      const parts = text.match(new RegExp(`.{1,${Math.max(8, room - indent)}}`, "gu")) ?? [];
      return parts.map((part, k) => `${k === 0 ? start : " ".repeat(indent)}${k === 0 ? part : part.trimStart()}`);
    }),
  ]);
}

export type Fields = Readonly<Record<string, unknown>>;

/** A table of rows whose fields are only known at run time: a column for each field, numbers right-aligned. */
export function tableOf(rows: readonly Fields[]): Table<Fields> {
  const isNumeric = (name: string) => rows.every((row) => typeof row[name] === "number" || cellText(row[name]) === "");
  const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))].map(
    (name): Column<Fields> => ({
      title: name,
      value: (row) => row[name],
      align: isNumeric(name) ? "right" : "left",
      ...(name === "id" && { isWhole: true }),
    }),
  );
  return table(columns, { widest: 60 });
}

/** Writes rows in a format. */
export async function writeTable<Row>(
  { lines, objects, csv }: Table<Row>,
  rows: readonly Row[],
  format: (typeof TABLE_FORMATS)[number],
  io: Io,
): Promise<void> {
  if (format === "json") await io.data(JSON.stringify({ rows: objects(rows) }));
  else if (format === "csv") await io.data(csv(rows));
  else if (rows.length > 0) await io.data(lines(rows, io.width));
}
