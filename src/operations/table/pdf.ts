// A table as a PDF: the rows of its CSV over pages, each with the column headers. Columns that do not fit a page's width go on
// further pages, with the first column repeated.

import { setImmediate as nextTurn } from "node:timers/promises";
import { installCommand, missingPackage, unmarkedCell } from "../../kernel/index.ts";
import { OperationError } from "../error.ts";
import { BOLD, codesNote, FONT, hasCodes, plain, registerFonts } from "../pdf-text.ts";
import { csvRecords } from "./csv.ts";

/** Limits for rows, columns, and lines of a cell; the PDF says how many more there are. */
export const MOST_PDF_ROWS = 2000;
const MOST_COLUMNS = 60;
const MOST_LINES = 8;
/** Longest text of a cell, characters. */
const LONGEST = 1000;

const MARGIN = 36;
const SIZE = 7;
const LEADING = 9;
const GAP = 6;
const NARROWEST = 34;
const WIDEST = 190;
const INK = "#1c2430";
const QUIET = "#5b6675";
const LINE = "#d5dae1";

/** The text above a table. */
interface TableHead {
  readonly title: string;
  /** The period that the table covers; undefined when it has none. */
  readonly period?: string | undefined;
  /** IANA zone of the times. */
  readonly zone: string;
  readonly filters?: string | undefined;
  /** ISO 8601. */
  readonly madeAt: string;
  readonly madeBy: string;
}

/** The width of a text, points. */
type Measure = (text: string) => number;

interface Drawn {
  readonly name: string;
  /** Its index in a row. */
  readonly at: number;
  readonly width: number;
}

/**
 * Groups of columns that fit a page side by side, each group with the table's first column; columns without any value are left
 * out.
 */
export function columnSets(
  header: readonly string[],
  rows: readonly (readonly string[])[],
  page: number,
  measure: Measure,
): Drawn[][] {
  const columns = header.slice(0, MOST_COLUMNS).flatMap((name, at) => {
    if (rows.length > 0 && rows.every((row) => (row[at] ?? "") === "")) return [];
    const wanted = Math.max(measure(name), ...rows.slice(0, 200).map((row) => measure((row[at] ?? "").slice(0, 100))));
    return [{ name, at, width: Math.min(WIDEST, Math.max(NARROWEST, wanted)) }];
  });
  const [first, ...rest] = columns;
  if (first === undefined) return [];
  const sets: Drawn[][] = [[first]];
  let used = first.width;
  for (const column of rest) {
    if (used + GAP + column.width > page) {
      sets.push([first]);
      used = first.width;
    }
    sets.at(-1)?.push(column);
    used += GAP + column.width;
  }
  return sets;
}

/** The lines of a cell: broken at spaces where possible, else anywhere; beyond MOST_LINES the text is cut and marked. */
export function linesOf(text: string, width: number, measure: Measure): string[] {
  const lines: string[] = [];
  for (const paragraph of text.split("\n")) {
    let line = "";
    for (const word of paragraph.split(/(?<= )/)) {
      if (measure((line + word).trimEnd()) <= width) {
        line += word;
        continue;
      }
      if (line !== "") lines.push(line.trimEnd());
      line = "";
      for (const one of word) {
        if (line !== "" && measure(line + one) > width) {
          lines.push(line);
          line = "";
        }
        line += one;
      }
    }
    lines.push(line.trimEnd());
    if (lines.length > MOST_LINES) break;
  }
  return lines.length > MOST_LINES ? [...lines.slice(0, MOST_LINES - 1), "(cut)"] : lines;
}

/** An instant as the clocks of a zone show it. */
const timeIn = (timeZone: string, at: string): string =>
  new Intl.DateTimeFormat("sv-SE", { timeZone, dateStyle: "short", timeStyle: "medium" }).format(new Date(at));

const countOf = (drawn: number, all: number): string =>
  drawn < all ? `the first ${drawn} of ${all} rows` : `${all} ${all === 1 ? "row" : "rows"}`;

/**
 * The PDF of a table. Lets other requests run between the rows.
 * @param of how many there are, including those that are not drawn; a row may have more cells than the header
 * @throws OutdialError `missing_package`
 */
async function tablePdf(
  head: TableHead,
  header: readonly string[],
  given: readonly (readonly string[])[],
  of: { readonly rows: number; readonly columns: number },
): Promise<Uint8Array> {
  const { default: PdfDocument } = await import("pdfkit").catch((thrown: unknown) => {
    throw missingPackage(thrown, installCommand(["pdfkit"])) ?? thrown;
  });
  let isCoded = false;
  const written = (text: string) => {
    isCoded ||= hasCodes(text);
    return plain(text);
  };
  const rows = given.slice(0, MOST_PDF_ROWS).map((row) => row.map((cell) => written(cell.slice(0, LONGEST))));
  const columns = header.slice(0, MOST_COLUMNS).map(written);
  for (let at = columns.length; at < Math.min(MOST_COLUMNS, of.columns); at++) columns.push(`column ${at + 1}, without a name`);
  const told = [
    ...(head.period === undefined ? [] : [`Period: ${head.period}`]),
    ...(head.filters === undefined ? [] : [`Filters: ${head.filters}`]),
    `Made ${timeIn(head.zone, head.madeAt)} by ${head.madeBy}; time zone ${head.zone}; ${countOf(rows.length, of.rows)}${of.columns > MOST_COLUMNS ? `, of each the first ${MOST_COLUMNS} of ${of.columns} columns` : ""}.`,
  ].map(written);
  const doc = new PdfDocument({
    size: "A4",
    layout: "landscape",
    margin: MARGIN,
    bufferPages: true,
    autoFirstPage: true,
    info: { Title: plain(head.title), Producer: "outdial", CreationDate: new Date(head.madeAt) },
  });
  await registerFonts(doc, [head.title, ...told, ...columns, ...rows.flat()]);
  const chunks: Uint8Array[] = [];
  doc.on("data", (chunk: Uint8Array) => chunks.push(chunk));
  const ended = new Promise<void>((resolve, reject) => doc.on("end", resolve).on("error", reject));
  const [left, right, bottom] = [MARGIN, doc.page.width - MARGIN, doc.page.height - MARGIN - 14];
  const measure = measured((text) => doc.font(FONT).fontSize(SIZE).widthOfString(text));
  const put = (text: string, x: number, y: number) => doc.text(text, x, y, { lineBreak: false });

  doc
    .font(BOLD)
    .fontSize(14)
    .fillColor(INK)
    .text(plain(head.title), left, MARGIN, { width: right - left });
  doc.font(FONT).fontSize(8).fillColor(QUIET);
  for (const text of [...told, ...(isCoded ? [codesNote("the CSV")] : [])])
    doc.text(text.slice(0, 2 * LONGEST), { width: right - left });

  let y = doc.y + LEADING;
  const sets = columnSets(columns, rows, right - left, measure);
  for (const [place, set] of sets.entries()) {
    const columnsHead = () => {
      doc.font(BOLD).fontSize(SIZE).fillColor(INK);
      const height = row(
        set,
        set.map(({ name }) => name),
      );
      doc
        .moveTo(left, y + height - 2)
        .lineTo(right, y + height - 2)
        .strokeColor(INK)
        .lineWidth(0.5)
        .stroke();
      y += height;
    };
    const newPage = () => {
      doc.addPage();
      y = MARGIN;
      columnsHead();
    };
    if (place > 0) newPage();
    else columnsHead();
    for (const [i, cells] of rows.entries()) {
      const values = set.map(({ at }) => cells[at] ?? "");
      const height = heightOf(set, values);
      if (y + height > bottom) newPage();
      doc.font(FONT).fontSize(SIZE).fillColor(INK);
      row(set, values);
      y += height;
      doc
        .moveTo(left, y - 2)
        .lineTo(right, y - 2)
        .strokeColor(LINE)
        .lineWidth(0.25)
        .stroke();
      if (i % 50 === 49) await nextTurn();
    }
  }
  const { start, count: pages } = doc.bufferedPageRange();
  for (let page = start; page < start + pages; page++) {
    doc.switchToPage(page);
    doc.page.margins.bottom = 0;
    doc.font(FONT).fontSize(SIZE).fillColor(QUIET);
    put(plain(head.title).slice(0, 120), left, bottom + 8);
    const number = `Page ${page - start + 1} of ${pages}`;
    put(number, right - measure(number), bottom + 8);
  }
  doc.end();
  await ended;
  return Buffer.concat(chunks);

  function heightOf(set: readonly Drawn[], values: readonly string[]): number {
    return Math.max(1, ...set.map(({ width }, i) => linesOf(values[i] ?? "", width, measure).length)) * LEADING + 4;
  }

  /** Draws a row at `y`. @returns its height */
  function row(set: readonly Drawn[], values: readonly string[]): number {
    let x = left;
    let most = 1;
    for (const [i, { width }] of set.entries()) {
      const lines = linesOf(values[i] ?? "", width, measure);
      for (const [at, text] of lines.entries()) if (text !== "") put(text, x, y + at * LEADING);
      most = Math.max(most, lines.length);
      x += width + GAP;
    }
    return most * LEADING + 4;
  }
}

/** The sum of the characters' widths, each measured once; with kerning the drawn text is hardly narrower. */
function measured(width: Measure): Measure {
  const known = new Map<string, number>();
  const of = (one: string) => {
    const found = known.get(one) ?? width(one);
    known.set(one, found);
    return found;
  };
  return (text) => {
    let sum = 0;
    for (const one of text) sum += of(one);
    return sum;
  };
}

/** Most characters of a table that are drawn. */
const MOST_TEXT = 8_000_000;

/**
 * The PDF of a table from its CSV; the first row is the header.
 * @param all number of rows, when the CSV has only the first of them
 * @throws OperationError `invalid_input`, OutdialError `missing_package`
 */
export async function tablePdfOf(head: TableHead, csv: AsyncIterable<Uint8Array>, all?: number): Promise<Uint8Array> {
  let header: readonly string[] | undefined;
  const rows: string[][] = [];
  let read = 0;
  let columns = 0;
  let text = 0;
  for await (const { record } of csvRecords(csv, ",", "No PDF was made.")) {
    columns = Math.max(columns, record.length);
    if (header === undefined) {
      header = record;
      continue;
    }
    read += 1;
    if (read > MOST_PDF_ROWS) continue;
    // Removes the mark with which the CSV keeps a spreadsheet from executing a text.
    const cells = record.slice(0, MOST_COLUMNS).map((cell) => unmarkedCell(cell.slice(0, LONGEST)));
    text += cells.reduce((sum, cell) => sum + cell.length, 0);
    if (text > MOST_TEXT)
      throw new OperationError("invalid_input", `the table has more than ${MOST_TEXT} characters, too many for a PDF`, {
        advice: "Use the CSV, or search for fewer rows.",
      });
    rows.push(cells);
  }
  if (header === undefined) throw new OperationError("invalid_input", "the CSV has no header: there is no table to draw");
  return await tablePdf(head, header, rows, { rows: Math.max(all ?? 0, read), columns });
}
