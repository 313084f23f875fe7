// Records of a file, cell by cell: every line becomes a record or a refusal with line, field and reason; none is skipped, memory is constant.

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
} from "./csv.ts";
import { CUT, ndjsonLines } from "./lines.ts";
import { openSource, type RowFormat } from "./source.ts";

/** A value of a cell, or why it is invalid. */
export type Parsed<T> = { readonly ok: T } | { readonly problem: string };

/** A field of a record and its column names, the documented one first. */
export interface FieldSpec<Field extends string> {
  readonly field: Field;
  readonly names: readonly string[];
  /** The column is required; its cells may still be empty. */
  readonly required?: true;
  /** Tells a value. A second one in a line would be ignored and is refused, in a column or member of its own or in lines that a quote swallowed. */
  readonly sole?: (text: string) => boolean;
  /** Tells of which row a line is, by a text of one form in all of them: lines that a quote swallowed are recognised by it. */
  readonly id?: true;
}

/** How the lines of a file are read. */
export interface RecordFormat<Field extends string> {
  readonly fields: readonly FieldSpec<Field>[];
  /** A file whose first line is already data has only this field, made of all its columns, or what `cells` makes of them. */
  readonly headless?: {
    readonly field: Field;
    readonly looksLikeData: (firstLine: string) => boolean;
    readonly cells?: (record: readonly string[]) => Readonly<Partial<Record<Field, string>>>;
  };
  /** Members of NDJSON that matter elsewhere and would be ignored here: a line that has one is refused for the reason given. */
  readonly refused?: { readonly members: readonly string[]; readonly reason: string };
  /**
   * Why a line must not be read as if a column or member that has no field were not there, such as a second number beside an opt-out. What
   * counts as the text of `also` is kept beside it.
   */
  readonly unread?: {
    readonly reason: (name: string, text: string, read: (field: Field) => string) => Unread | undefined;
    readonly also: Field;
  };
}

/** What a column without a field says, and whether that ends what the line is about. */
export interface Unread {
  readonly reason: string;
  readonly ends?: boolean;
}

/** How a file of records is read. */
export interface RecordOptions {
  readonly format?: RowFormat | undefined;
  readonly delimiter?: string | undefined;
  /** Field to column, where the names differ. */
  readonly mapping?: Readonly<Record<string, string>> | undefined;
  /** What the error says about the earlier lines when the file breaks off; by default that they were imported. */
  readonly done?: string | undefined;
}

/** A line that was refused. */
export interface RefusedLine {
  readonly line: number;
  readonly field: string | undefined;
  readonly reason: string;
}

/** The cells of one line. A cell that cannot be parsed refuses the line. */
export class Cells<Field extends string> {
  readonly line: number;
  /** What its reader should be told about a line that is read. */
  note: string | undefined;
  /** Why the line as a whole is refused, although it has cells. */
  readonly broken: string | undefined;
  /** All cells of a row with too many or too few: none is certainly that of its column. */
  readonly row: readonly string[] | undefined;
  /** What a column without a field says that ends what the line is about. */
  readonly ended: string | undefined;
  readonly #text: (field: Field) => string;
  readonly #kept: ((field: Field) => readonly string[]) | undefined;

  constructor(
    line: number,
    text: (field: Field) => string,
    {
      broken,
      row,
      ended,
      kept,
    }: {
      readonly broken?: string;
      readonly row?: readonly string[];
      readonly ended?: string | undefined;
      readonly kept?: (field: Field) => readonly string[];
    } = {},
  ) {
    this.line = line;
    this.#text = text;
    this.broken = broken;
    this.row = row;
    this.ended = ended;
    this.#kept = kept;
  }

  /** What a field of a refused line may say, also when its cell or the line cannot be read; no empty texts. */
  kept(field: Field): readonly string[] {
    const texts = this.#kept?.(field) ?? [this.#text(field)];
    return texts.map((text) => text.trim()).filter((text) => text !== "");
  }

  /** The text of a cell, empty when it is missing. */
  text(field: Field): string {
    return this.#text(field).trim();
  }

  /** A cell that must not be empty. Throws RefusedCell. */
  need<T>(field: Field, parse: (text: string) => Parsed<T>): T {
    const text = this.text(field);
    if (text === "") throw new RefusedCell(field, `${field} is empty`);
    return this.#parsed(field, parse(text));
  }

  /** A cell that may be empty. Throws RefusedCell. */
  maybe<T>(field: Field, parse: (text: string) => Parsed<T>): T | undefined {
    const text = this.text(field);
    return text === "" ? undefined : this.#parsed(field, parse(text));
  }

  /** Refuses the line. */
  refuse(field: Field, reason: string): never {
    throw new RefusedCell(field, reason);
  }

  #parsed<T>(field: Field, parsed: Parsed<T>): T {
    if ("ok" in parsed) return parsed.ok;
    throw new RefusedCell(field, `${field}: ${parsed.problem}`);
  }
}

/** Why a line is refused; never leaves `readRecords`. */
class RefusedCell extends Error {
  readonly field: string | undefined;

  constructor(field: string | undefined, reason: string) {
    super(reason);
    this.field = field;
  }
}

/**
 * Reads records. @param parse makes a record from the cells of a line
 * @param rescue makes what is still to be kept of a refused line from what its cells `kept`
 * @throws OperationError `invalid_input` when the file as a whole cannot be read
 */
export async function* readRecords<Field extends string, T>(
  source: AsyncIterable<Uint8Array>,
  format: RecordFormat<Field>,
  parse: (cells: Cells<Field>) => T,
  options: RecordOptions = {},
  rescue?: (cells: Cells<Field>) => T,
): AsyncGenerator<
  { readonly line: number; readonly record: T; readonly note?: string } | (RefusedLine & { readonly rescued?: T })
> {
  for await (const cells of readCells(source, format, options)) {
    if (!(cells instanceof Cells)) yield cells;
    else
      try {
        if (cells.broken !== undefined) throw new RefusedCell(undefined, cells.broken);
        const record = parse(cells);
        yield { line: cells.line, record, ...(cells.note === undefined ? {} : { note: cells.note }) };
      } catch (thrown) {
        if (!(thrown instanceof RefusedCell)) throw thrown;
        yield {
          line: cells.line,
          field: thrown.field,
          reason: thrown.message,
          ...(rescue === undefined ? {} : { rescued: rescue(cells) }),
        };
      }
  }
}

async function* readCells<Field extends string>(
  source: AsyncIterable<Uint8Array>,
  format: RecordFormat<Field>,
  options: RecordOptions,
): AsyncGenerator<Cells<Field> | RefusedLine> {
  const { mapping = {} } = options;
  const fields = renamed(format.fields, mapping);
  // Whoever says which column of a field counts has left the others out.
  const leftOut = new Set(format.fields.flatMap(({ field, names }) => (mapping[field] === undefined ? [] : names)));
  const opened = await openSource(source, options.format);
  if (opened.format === "ndjson") {
    yield* readNdjson(opened.bytes, fields, leftOut, format);
    return;
  }
  if (/^\s*</.test(opened.firstLine))
    throw new OperationError("invalid_input", "line 1: the file is XML or a web page; CSV or NDJSON is wanted", {
      advice: "Where the file can be downloaded as flat text, too, take that.",
    });
  const known = new Set(fields.flatMap(({ names }) => names));
  const delimiter = options.delimiter ?? opened.delimiter ?? sniffDelimiter(opened.firstLine, known);
  const { headless } = format;
  const bare = headless?.looksLikeData(opened.firstLine) === true ? headless.field : undefined;
  let at: ReadonlyMap<Field, number> | undefined;
  let others: readonly (readonly [name: string, index: number])[] = [];
  let width = 0;
  const key = fields.find((spec) => spec.sole !== undefined || spec.id === true);
  const columnOf = (field: Field | undefined) => (field === undefined ? undefined : at?.get(field)) ?? -1;
  const isOther = (text: string, own: string) => text.trim() !== own.trim() && key?.sole?.(text) === true;
  /** Whether the lines of a record are rows of the file, of which each is refused. */
  const areSwallowed = (record: readonly string[], lines: readonly CsvRecord[]): boolean => {
    if (lines.length < 2 || bare !== undefined) return lines.length > 1;
    if (key?.sole === undefined) return key !== undefined && areRows(lines, columnOf(key.field), width);
    if (record.length !== width) return true;
    const own = record[columnOf(key.field)] ?? "";
    const texts = record.filter((cell) => !(cell === own && key.sole?.(own) === true));
    return texts.some((cell) =>
      linesOf({ line: 0, record: [cell] }, delimiter).some((one) => one.record.some((text) => isOther(text, own))),
    );
  };
  /** A line that is refused; the cell of a column may have been moved by every cell that is too many or missing. */
  const broken = ({ line, record }: CsvRecord, why: string, isSwallowed: boolean) => {
    const more = record.length - width;
    const kept = (field: Field) => {
      const from = columnOf(field);
      const moved = from < 0 ? [] : record.slice(Math.max(0, from + Math.min(0, more)), from + Math.max(0, more) + 1);
      return isSwallowed && field === (bare ?? key?.field) ? [...moved, record.join(","), ...record] : moved;
    };
    return new Cells(line, () => "", { broken: why, kept, ...(more === 0 || bare !== undefined ? {} : { row: record }) });
  };
  for await (const read of csvRecords(
    opened.bytes,
    delimiter,
    options.done ?? "What was read before it is in; reading the mended file adds the rest.",
    opened.skip,
  )) {
    const { line, record } = read;
    const lines = linesOf(read, delimiter);
    if (bare === undefined && at === undefined) {
      at = findFields(record, fields, line, headerHint(opened.firstLines, known));
      const taken = new Set(at.values());
      others = record
        .map((name, index) => [name.trim(), index] as const)
        .filter(([name, index]) => !taken.has(index) && !leftOut.has(name.toLowerCase()));
      width = record.length;
    } else if (areSwallowed(record, lines)) for (const one of lines) yield broken(one, SWALLOWED, true);
    else if (bare !== undefined) {
      const made = headless?.cells?.(record);
      yield new Cells(line, (field) => (made !== undefined ? (made[field] ?? "") : field === bare ? record.join(",") : ""), {
        kept: (field) => (field === bare ? [record.join(","), ...record] : []),
      });
    } else if (record.length !== width) yield broken(read, widthProblem(record.length, width), false);
    else
      yield withUnread(
        new Cells(line, (field) => record[columnOf(field)] ?? ""),
        others.map(([name, index]) => [name, record[index] ?? ""]),
        format.unread,
      );
  }
}

/** The cells, or those of a line that is refused because something in it has no field. */
function withUnread<Field extends string>(
  cells: Cells<Field>,
  others: readonly (readonly [name: string, text: string])[],
  unread: RecordFormat<Field>["unread"],
): Cells<Field> {
  if (unread === undefined) return cells;
  const read = (field: Field) => cells.kept(field)[0] ?? "";
  const found = others.flatMap(([name, text]) => {
    const one = text.trim() === "" ? undefined : unread.reason(name, text.trim(), read);
    return one === undefined ? [] : [{ text, ...one }];
  });
  if (found.length === 0) return cells;
  const kept = (field: Field) => [...cells.kept(field), ...(field === unread.also ? found.map(({ text }) => text) : [])];
  return new Cells(cells.line, () => "", { broken: found[0]?.reason ?? "", ended: found.find(({ ends }) => ends)?.text, kept });
}

async function* readNdjson<Field extends string>(
  source: AsyncIterable<Uint8Array>,
  fields: readonly FieldSpec<Field>[],
  leftOut: ReadonlySet<string>,
  { refused, unread }: Pick<RecordFormat<Field>, "refused" | "unread">,
): AsyncGenerator<Cells<Field> | RefusedLine> {
  const namesOf = (field: Field) => fields.find((spec) => spec.field === field)?.names ?? [];
  for await (const read of ndjsonLines(source)) {
    if ("problem" in read) {
      const { line, problem: broken, text } = read;
      yield new Cells(line, () => "", { broken, kept: (field) => namesOf(field).flatMap((name) => valuesIn(text, name)) });
      continue;
    }
    const unused = refused?.members.find((name) => read.members.has(name));
    if (unused !== undefined) {
      yield { line: read.line, field: unused, reason: `${unused}: ${refused?.reason}` };
      continue;
    }
    const members = new Map([...read.members].map(([name, value]) => [name.toLowerCase(), value]));
    const found = (of: ReadonlyMap<string, unknown>, field: Field) => namesOf(field).flatMap((name) => member(of, name) ?? []);
    if (members.size < read.members.size) {
      const kept = (field: Field) =>
        [...read.members].flatMap(([name, value]) => found(new Map([[name.toLowerCase(), value]]), field).map(textIn));
      yield new Cells(read.line, () => "", { broken: "the line has a member twice, in other letters", kept });
      continue;
    }
    const text = (field: Field) => {
      const [value, second] = found(members, field);
      if (second !== undefined && second !== value && fields.some((spec) => spec.field === field && spec.sole !== undefined))
        throw new RefusedCell(field, `${field} is there under two names with two values`);
      if (value === undefined) return "";
      if (typeof value === "string") return value;
      if (typeof value === "number" && Math.abs(value) > Number.MAX_SAFE_INTEGER) throw new RefusedCell(field, `${field} ${CUT}`);
      if (typeof value === "boolean" || typeof value === "number") return String(value);
      throw new RefusedCell(field, `${field} is ${Array.isArray(value) ? "an array" : "an object"}; a string is wanted`);
    };
    // Of a field that is there under two names the first is read.
    const used = new Set(
      fields.flatMap(({ names }) => names.find((name) => member(members, name) !== undefined)?.split(".")[0] ?? []),
    );
    const others = [...members].flatMap(([name, value]) =>
      used.has(name) || leftOut.has(name) || value === null || value === undefined ? [] : leaves(name, value),
    );
    yield withUnread(new Cells(read.line, text, { kept: (field) => found(members, field).map(textIn) }), others, unread);
  }
}

/** The texts within a member, each with its name. */
function leaves(name: string, value: unknown): (readonly [name: string, text: string])[] {
  if (typeof value !== "object" || value === null) return [[name, textIn(value)]];
  const isPlain = Array.isArray(value) && value.every((one) => typeof one !== "object");
  return isPlain ? [[name, textIn(value)]] : Object.entries(value).flatMap(([part, one]) => leaves(`${name}.${part}`, one));
}

const textIn = (value: unknown) =>
  Array.isArray(value) ? value.join(", ") : typeof value === "string" ? value : JSON.stringify(value);

/** The values of a member in a line that is no object, as far as they can be told. */
function valuesIn(text: string, name: string): string[] {
  const member = new RegExp(`"${name.replace(/\W/g, "\\$&")}"\\s*:\\s*(?:"((?:[^"\\\\]|\\\\.)*)"|([^\\s,"}\\]]+))`, "gi");
  return [...text.matchAll(member)].map(([, quoted, bare]) => quoted ?? bare ?? "");
}

/** A member by its name; `a.b` is the member b of the object a. */
function member(members: ReadonlyMap<string, unknown>, name: string): unknown {
  const [first = "", ...rest] = members.has(name) ? [name] : name.split(".");
  let value = members.get(first);
  for (const part of rest) {
    if (typeof value !== "object" || value === null) return undefined;
    value = new Map<string, unknown>(Object.entries(value)).get(part);
  }
  return value;
}

/** The pairs FIELD=COLUMN of a command or a query; undefined when there are none. Whether the fields exist is checked where the file is read. Throws `invalid_input`. */
export function columnMapping(pairs: readonly string[]): Readonly<Record<string, string>> | undefined {
  if (pairs.length === 0) return undefined;
  const named = pairs.map((pair): [string, string] => {
    const at = pair.indexOf("=");
    const [field, column] = [pair.slice(0, at).trim(), pair.slice(at + 1).trim()];
    if (at < 1 || column === "") throw new OperationError("invalid_input", `column mapping "${pair}" is not FIELD=COLUMN`);
    return [field, column];
  });
  return Object.fromEntries(named);
}

/** Throws `invalid_input` for a mapping of a field that there is not: its column would be passed over. */
export function requireFields(mapping: Readonly<Record<string, string>>, allowed: readonly string[]): void {
  const name = Object.keys(mapping).find((field) => !allowed.includes(field));
  if (name === undefined) return;
  const near = nearest(name, allowed);
  throw new OperationError(
    "invalid_input",
    `there is no field ${name}; fields are ${allowed.join(", ")}${near === undefined ? "" : `; did you mean ${near}?`}`,
  );
}

/** The fields with the columns that a mapping gives them. Throws `invalid_input` for an unknown field. */
function renamed<Field extends string>(
  fields: readonly FieldSpec<Field>[],
  mapping: Readonly<Record<string, string>>,
): readonly FieldSpec<Field>[] {
  requireFields(
    mapping,
    fields.map(({ field }) => field),
  );
  return fields.map((spec) => {
    const name = mapping[spec.field];
    return name === undefined ? spec : { ...spec, names: [name.toLowerCase()], required: true };
  });
}

/** The index of each field in a header. Throws `invalid_input` when a required one is missing. */
function findFields<Field extends string>(
  header: readonly string[],
  fields: readonly FieldSpec<Field>[],
  line: number,
  hint: string,
): ReadonlyMap<Field, number> {
  const names = header.map((cell) => cell.trim().toLowerCase());
  const at = new Map<Field, number>();
  for (const { field, names: wanted, required, sole } of fields) {
    const [index, second] = wanted.map((name) => onlyColumn(header, name, line)).filter((found) => found >= 0);
    if (sole !== undefined && index !== undefined && second !== undefined)
      throw new OperationError(
        "invalid_input",
        `line ${line}: ${header[index]} and ${header[second]} are both columns of the ${field}`,
        {
          advice: `Say which one counts: --column ${field}=NAME (column=${field}=NAME), or put the others into lines of their own.`,
        },
      );
    if (index !== undefined) at.set(field, index);
    else if (required === true) {
      const near = nearest(field, names);
      throw new OperationError(
        "invalid_input",
        `line ${line}: there is no column ${wanted[0] ?? field} in the header (${header.join(", ").slice(0, 300)})`,
        {
          advice: `${hint}${near === undefined ? "" : `Did you mean ${near}? `}Columns are ${fields.map((spec) => spec.names[0]).join(", ")}; rename others with --column FIELD=NAME.`,
        },
      );
    }
  }
  return at;
}
