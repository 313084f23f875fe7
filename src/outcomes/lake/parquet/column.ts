// One column of a Parquet row group as pages: a dictionary where values repeat, plain values where they do not.
// Source: the Apache Parquet format, "Encodings" and "Data Pages".

import type { ByteSink } from "./byte-sink.ts";

/** A column of rows. `binary`: bytes that hardly repeat, each a character of a text. `instant`: ms since the epoch. */
export type ColumnSpec<Row> = { readonly name: string } & (
  | { readonly type: "text" | "binary"; readonly value: (row: Row, at: number) => string | undefined }
  | { readonly type: "instant" | "double" | "int32"; readonly value: (row: Row, at: number) => number | undefined }
);

/** What a column's pages consist of, before their headers. */
export interface ColumnPages {
  /** Bytes of the dictionary page, at the sink's beginning; 0 when there is none. */
  readonly dictionaryBytes: number;
  readonly dictionaryValues: number;
  readonly nulls: number;
  /** Of instants, in ms; NaN for other types and without values. */
  readonly least: number;
  readonly greatest: number;
}

/** A dictionary has at most so many values, and at most one for two rows: beyond that it saves nothing. */
const MAX_DICTIONARY = 4096;
/** Place of a row without a value. */
const ABSENT = 0xffff;

/** Writes the dictionary, if any, and behind it the data page of a column. Every column may lack values. */
export function writeColumn<Row>(sink: ByteSink, column: ColumnSpec<Row>, rows: readonly Row[]): ColumnPages {
  sink.clear();
  const shared = column.type === "text" ? dictionaryOf(column.value, rows) : undefined;
  return shared === undefined ? writePlain(sink, column, rows) : writeShared(sink, shared);
}

function writeShared(sink: ByteSink, { values, places }: Dictionary): ColumnPages {
  for (const value of values.keys()) sink.text(value, "utf8");
  const dictionaryBytes = sink.length;
  const nulls = writeLevels(
    sink,
    Uint8Array.from(places, (place) => (place === ABSENT ? 0 : 1)),
  );
  writePlaces(sink, places, values.size, nulls);
  return { dictionaryBytes, dictionaryValues: values.size, nulls, least: Number.NaN, greatest: Number.NaN };
}

function writePlain<Row>(sink: ByteSink, column: ColumnSpec<Row>, rows: readonly Row[]): ColumnPages {
  const present = Uint8Array.from(rows, (row, at) => (column.value(row, at) === undefined ? 0 : 1));
  const nulls = writeLevels(sink, present);
  let [least, greatest] = [Number.NaN, Number.NaN];
  for (const [at, row] of rows.entries()) {
    const value = column.value(row, at);
    if (value === undefined) continue;
    if (typeof value === "string") sink.text(value, column.type === "binary" ? "latin1" : "utf8");
    else if (column.type === "double") sink.double(value);
    else if (column.type === "int32") sink.int32(value);
    else {
      sink.int64(value * 1000);
      if (!(value >= least)) least = value;
      if (!(value <= greatest)) greatest = value;
    }
  }
  return { dictionaryBytes: 0, dictionaryValues: 0, nulls, least, greatest };
}

/** The distinct values in order of their first row, and each row's place among them. */
interface Dictionary {
  readonly values: ReadonlyMap<string, number>;
  readonly places: Uint16Array;
}

/** Undefined when there are too many values, or none. */
function dictionaryOf<Row>(valueOf: (row: Row, at: number) => string | undefined, rows: readonly Row[]): Dictionary | undefined {
  const values = new Map<string, number>();
  const places = new Uint16Array(rows.length);
  let last: string | undefined;
  let lastPlace = ABSENT;
  for (const [at, row] of rows.entries()) {
    const value = valueOf(row, at);
    if (value !== last) {
      last = value;
      lastPlace = value === undefined ? ABSENT : (values.get(value) ?? values.size);
      if (value !== undefined && lastPlace === values.size) {
        values.set(value, lastPlace);
        // Ids differ from row to row: that is found out early.
        if (values.size > MAX_DICTIONARY || (values.size > 64 && values.size * 2 > at)) return undefined;
      }
    }
    places[at] = lastPlace;
  }
  return values.size === 0 ? undefined : { values, places };
}

/** Which rows have a value: definition levels 0 and 1. @returns how many have none */
function writeLevels(sink: ByteSink, present: Uint8Array): number {
  let values = 0;
  for (const one of present) values += one;
  if (values === present.length || values === 0) {
    const start = sink.length;
    sink.int32(0);
    writeRun(sink, present.length, values === 0 ? 0 : 1);
    sink.patchInt32(start, sink.length - start - 4);
  } else {
    const groups = Math.ceil(present.length / 8);
    const start = sink.length;
    sink.int32(0);
    writePacked(sink, present, groups, 1);
    sink.patchInt32(start, sink.length - start - 4);
  }
  return present.length - values;
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
  writePacked(sink, kept, Math.ceil(count / 8), width);
}

/** A run of one value, which fits into a byte. */
function writeRun(sink: ByteSink, count: number, value: number): void {
  sink.varint(count * 2);
  sink.byte(value);
}

/** Values of `width` bits, lowest bits first, in groups of eight. */
function writePacked(sink: ByteSink, values: Uint8Array | Uint16Array, groups: number, width: number): void {
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
