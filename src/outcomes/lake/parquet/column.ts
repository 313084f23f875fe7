// One column of a Parquet row group as pages: with a dictionary where values repeat, plain where they do not. Source: the Apache
// Parquet format, "Encodings" and "Data Pages".

import type { ByteSink } from "./byte-sink.ts";

/** A column of rows. `binary`: bytes that rarely repeat, one per character of a text. `instant`: ms since the epoch. */
export type ColumnSpec<Row> = { readonly name: string } & (
  | { readonly type: "text"; readonly value: (row: Row, at: number) => string | undefined }
  | { readonly type: "binary"; readonly value: (row: Row, at: number) => string | undefined }
  | { readonly type: "instant" | "double" | "int32"; readonly value: (row: Row, at: number) => number | undefined }
);

/** The content of a column's pages, without their headers. */
export interface ColumnPages {
  /** Length of the dictionary page at the sink's beginning, bytes; 0 when there is none. */
  readonly dictionaryBytes: number;
  readonly dictionaryValues: number;
  readonly nulls: number;
  /** Smallest and largest instant in ms; NaN for other types and without values. */
  readonly least: number;
  readonly greatest: number;
}

/** A dictionary has at most so many values, and at most one for every two rows: a larger one saves nothing. */
const MAX_DICTIONARY = 4096;
/** Dictionary index of a row without a value. */
const ABSENT = 0xffff;

/** Writes the dictionary, if any, and after it the data page of a column. Every column may have missing values. */
export function writeColumn<Row>(sink: ByteSink, column: ColumnSpec<Row>, rows: readonly Row[]): ColumnPages {
  sink.clear();
  switch (column.type) {
    case "text": {
      const values = valuesOf(rows, column.value);
      const shared = dictionaryOf(values);
      return shared === undefined ? writeTexts(sink, values, "utf8") : writeShared(sink, shared);
    }
    case "binary":
      return writeTexts(sink, valuesOf(rows, column.value), "latin1");
    case "instant":
    case "double":
    case "int32":
      return writeNumbers(sink, valuesOf(rows, column.value), column.type);
  }
}

/** Plain loops, here and below: they run over every row of every column. */
function valuesOf<Row, Value>(rows: readonly Row[], valueOf: (row: Row, at: number) => Value): Value[] {
  const values: Value[] = [];
  for (let at = 0; at < rows.length; at++) values.push(valueOf(rows[at] as Row, at));
  return values;
}

const NO_RANGE = { least: Number.NaN, greatest: Number.NaN };
const NO_DICTIONARY = { dictionaryBytes: 0, dictionaryValues: 0 };

function writeShared(sink: ByteSink, { values, places, nulls }: Dictionary): ColumnPages {
  for (const value of values.keys()) sink.text(value, "utf8");
  const dictionaryBytes = sink.length;
  writeLevels(sink, places.length, nulls, (at) => places[at] !== ABSENT);
  writePlaces(sink, places, values.size, nulls);
  return { dictionaryBytes, dictionaryValues: values.size, nulls, ...NO_RANGE };
}

function writeTexts(sink: ByteSink, values: readonly (string | undefined)[], encoding: "utf8" | "latin1"): ColumnPages {
  const nulls = countAbsent(values);
  writeLevels(sink, values.length, nulls, (at) => values[at] !== undefined);
  for (const value of values) if (value !== undefined) sink.text(value, encoding);
  return { ...NO_DICTIONARY, nulls, ...NO_RANGE };
}

function writeNumbers(
  sink: ByteSink,
  values: readonly (number | undefined)[],
  type: "instant" | "double" | "int32",
): ColumnPages {
  const nulls = countAbsent(values);
  writeLevels(sink, values.length, nulls, (at) => values[at] !== undefined);
  let [least, greatest] = [Number.NaN, Number.NaN];
  for (const value of values) {
    if (value === undefined) continue;
    if (type === "double") sink.double(value);
    else if (type === "int32") sink.int32(value);
    else {
      sink.int64(value * 1000);
      if (!(value >= least)) least = value;
      if (!(value <= greatest)) greatest = value;
    }
  }
  return { ...NO_DICTIONARY, nulls, least, greatest };
}

function countAbsent(values: readonly unknown[]): number {
  let nulls = 0;
  for (const value of values) if (value === undefined) nulls += 1;
  return nulls;
}

/** The distinct values in order of their first row, and the index of each row's value. */
interface Dictionary {
  readonly values: ReadonlyMap<string, number>;
  readonly places: Uint16Array;
  readonly nulls: number;
}

/** Undefined when there are too many values, or none. */
function dictionaryOf(column: readonly (string | undefined)[]): Dictionary | undefined {
  const values = new Map<string, number>();
  const places = new Uint16Array(column.length);
  let nulls = 0;
  let last: string | undefined;
  let lastPlace = ABSENT;
  for (let at = 0; at < column.length; at++) {
    const value = column[at];
    if (value === undefined) {
      nulls += 1;
      places[at] = ABSENT;
      continue;
    }
    if (value !== last) {
      last = value;
      lastPlace = values.get(value) ?? values.size;
      if (lastPlace === values.size) {
        values.set(value, lastPlace);
        // Ids differ in every row: this is detected early.
        if (values.size > MAX_DICTIONARY || (values.size > 64 && values.size * 2 > at)) return undefined;
      }
    }
    places[at] = lastPlace;
  }
  return values.size === 0 ? undefined : { values, places, nulls };
}

/** Which rows have a value: definition levels 0 and 1. */
function writeLevels(sink: ByteSink, count: number, nulls: number, has: (at: number) => boolean): void {
  const start = sink.length;
  sink.int32(0);
  if (nulls === 0 || nulls === count) writeRun(sink, count, nulls === 0 ? 1 : 0);
  else
    writePacked(
      sink,
      Uint8Array.from({ length: count }, (_, at) => (has(at) ? 1 : 0)),
      1,
    );
  sink.patchInt32(start, sink.length - start - 4);
}

function writePlaces(sink: ByteSink, places: Uint16Array, distinct: number, nulls: number): void {
  const width = Math.max(1, 32 - Math.clz32(distinct - 1));
  sink.byte(width);
  const count = places.length - nulls;
  if (distinct === 1) {
    writeRun(sink, count, 0);
    return;
  }
  const kept = nulls === 0 ? places : places.filter((place) => place !== ABSENT);
  writePacked(sink, kept, width);
}

/** A run of one value of at most one byte. */
function writeRun(sink: ByteSink, count: number, value: number): void {
  sink.varint(count * 2);
  sink.byte(value);
}

/** Values of `width` bits each, lowest bits first, in groups of eight. */
function writePacked(sink: ByteSink, values: Uint8Array | Uint16Array, width: number): void {
  const groups = Math.ceil(values.length / 8);
  sink.varint(groups * 2 + 1);
  let [bits, held] = [0, 0];
  for (let at = 0; at < groups * 8; at++) {
    bits |= (values[at] ?? 0) << held;
    held += width;
    while (held >= 8) {
      sink.byte(bits & 0xff);
      bits >>>= 8;
      held -= 8;
    }
  }
}
