// Tables: columns are declared once and give text for a terminal, objects for JSON, and CSV.

import { cellText, csvLine } from "../operations/index.ts";
import type { Io } from "./io.ts";
import { printableWhole } from "./text.ts";

export interface Column<Row> {
  readonly title: string;
  readonly value: (row: Row) => unknown;
  /** Where cells and title stand; left by default. */
  readonly align?: "left" | "right";
  /** Characters that it has at least. */
  readonly least?: number;
  /** Never cut to fit a terminal: what other commands are given. Numbers, to the right, never are. */
  readonly isWhole?: true;
}

export interface Table<Row> {
  /** Aligned lines, the titles first. @param width of the terminal, into which the widest columns are cut; undefined cuts none */
  readonly lines: (rows: readonly Row[], width?: number) => string[];
  readonly objects: (rows: readonly Row[]) => Record<string, unknown>[];
  readonly csv: (rows: readonly Row[]) => string[];
}

export const TABLE_FORMATS = ["table", "json", "csv"] as const;

/** @param widest characters after which a cell is cut @param heads false leaves the titles out of the lines */
export function table<Row>(
  columns: readonly Column<Row>[],
  { widest = Number.POSITIVE_INFINITY, heads = true }: { readonly widest?: number; readonly heads?: boolean } = {},
): Table<Row> {
  const titles = columns.map(({ title }) => title);
  const valuesOf = (row: Row) => columns.map(({ value }) => value(row));
  const shown = (value: unknown) => {
    const text = printableWhole(cellText(value));
    return text.length > widest ? `${text.slice(0, widest - 1)}…` : text;
  };
  return {
    lines(rows, room) {
      const cells = [...(heads ? [titles.map(printableWhole)] : []), ...rows.map((row) => valuesOf(row).map(shown))];
      const widths = columns.map(({ least = 0 }, i) => Math.max(least, ...cells.map((line) => (line[i] ?? "").length)));
      if (room !== undefined) fit(widths, columns, room);
      const pads = columns.map(({ align }, i) => {
        const width = widths[i] ?? 0;
        return (whole: string) => {
          const text = whole.length > width ? `${whole.slice(0, width - 1)}…` : whole;
          return align === "right" ? text.padStart(width) : text.padEnd(width);
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

/** Characters below which a column of text is not cut: at first, and where a table of many columns would not fit then. */
const LEAST_TEXT = [12, 6] as const;

/** Takes from the widest columns of text until all fit. Numbers and short columns stay whole: half a number is a wrong one. */
function fit(widths: number[], columns: readonly Pick<Column<never>, "align" | "isWhole">[], room: number): void {
  const over = () => widths.reduce((sum, width) => sum + width + 2, -2) - room;
  for (const least of LEAST_TEXT)
    while (over() > 0) {
      const widest = widths.reduce(
        (best, width, i) =>
          columns[i]?.align !== "right" && columns[i]?.isWhole !== true && width > least && width > (widths[best] ?? 0)
            ? i
            : best,
        -1,
      );
      if (widest < 0) break;
      widths[widest] = (widths[widest] ?? 0) - 1;
    }
}

export type Fields = Readonly<Record<string, unknown>>;

/** The table of rows whose fields are known only when they are there: a column for each, numbers to the right. */
export function tableOf(rows: readonly Fields[]): Table<Fields> {
  const isNumeric = (name: string) => rows.every((row) => typeof row[name] === "number" || cellText(row[name]) === "");
  const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))].map(
    (name): Column<Fields> => ({ title: name, value: (row) => row[name], align: isNumeric(name) ? "right" : "left" }),
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
