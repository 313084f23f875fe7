// Rows as one Parquet file with one row group. The lake's parts are written here for every page, since passing rows to a database
// first costs several times as much; merging, reading and exports use DuckDB. The existing Parquet writers in JavaScript take
// values as boxed numbers and objects: measured with these columns, the fastest (hyparquet-writer 0.17) costs three to four times
// as much per row, which would make encoding the most expensive step of a retrieval. Source: the Apache Parquet format,
// parquet.thrift.

// Collects bytes in a buffer that grows and is reused, so that writing many files leaves no garbage.

const FIRST_SIZE = 64 * 1024;

/** A buffer that grows as bytes are written. */
class ByteSink {
  #bytes = Buffer.allocUnsafeSlow(FIRST_SIZE);
  #view = viewOf(this.#bytes);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  clear(): void {
    this.#length = 0;
  }

  /** The collected bytes; valid until the next change. */
  view(): Buffer {
    return this.#bytes.subarray(0, this.#length);
  }

  byte(value: number): void {
    this.#reserve(1);
    this.#bytes[this.#length++] = value;
  }

  int32(value: number): void {
    this.#reserve(4);
    this.#view.setInt32(this.#length, value, true);
    this.#length += 4;
  }

  /** A whole number up to 2^53 as 64 bits. */
  int64(value: number): void {
    this.#reserve(8);
    const high = Math.floor(value / 0x1_0000_0000);
    this.#view.setInt32(this.#length, (value - high * 0x1_0000_0000) | 0, true);
    this.#view.setInt32(this.#length + 4, high, true);
    this.#length += 8;
  }

  double(value: number): void {
    this.#reserve(8);
    this.#view.setFloat64(this.#length, value, true);
    this.#length += 8;
  }

  varint(value: number): void {
    let rest = value;
    for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) this.byte((rest % 0x80) | 0x80);
    this.byte(rest);
  }

  bytes(value: Uint8Array): void {
    this.#reserve(value.length);
    this.#bytes.set(value, this.#length);
    this.#length += value.length;
  }

  /** A text after its length in bytes. In `latin1` each character is one byte. */
  text(value: string, encoding: "utf8" | "latin1"): void {
    this.#reserve(4 + value.length * 3);
    const at = this.#length + 4;
    const written = this.#bytes.write(value, at, encoding);
    this.#view.setInt32(this.#length, written, true);
    this.#length += 4 + written;
  }

  /** Overwrites four bytes at `at`. */
  patchInt32(at: number, value: number): void {
    this.#view.setInt32(at, value, true);
  }

  #reserve(more: number): void {
    const needed = this.#length + more;
    if (needed <= this.#bytes.length) return;
    const larger = Buffer.allocUnsafeSlow(Math.max(needed, this.#bytes.length * 2));
    this.#bytes.copy(larger, 0, 0, this.#length);
    this.#bytes = larger;
    this.#view = viewOf(larger);
  }
}

function viewOf({ buffer, byteOffset, byteLength }: Buffer): DataView {
  return new DataView(buffer, byteOffset, byteLength);
}

// One column of a Parquet row group as pages: with a dictionary where values repeat, plain where they do not. Source: the Apache
// Parquet format, "Encodings" and "Data Pages".

/** A column of rows. `binary`: bytes that rarely repeat, one per character of a text. `instant`: ms since the epoch. */
export type ColumnSpec<Row> = { readonly name: string } & (
  | { readonly type: "text"; readonly value: (row: Row, at: number) => string | undefined }
  | { readonly type: "binary"; readonly value: (row: Row, at: number) => string | undefined }
  | { readonly type: "instant" | "double" | "int32"; readonly value: (row: Row, at: number) => number | undefined }
);

/** The content of a column's pages, without their headers. */
interface ColumnPages {
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
function writeColumn<Row>(sink: ByteSink, column: ColumnSpec<Row>, rows: readonly Row[]): ColumnPages {
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

const MAGIC = Buffer.from("PAR1");
const FORMAT_VERSION = 1;
/** Constants of parquet.thrift: physical types, encodings, pages, repetition, the codec "none". */
const TYPES = { int32: 1, instant: 2, double: 5, text: 6, binary: 6 } as const;
const PLAIN = 0;
const RLE = 3;
const RLE_DICTIONARY = 8;
const DATA_PAGE = 0;
const DICTIONARY_PAGE = 2;
const OPTIONAL = 1;
const UNCOMPRESSED = 0;
const UTF8 = 0;
const TIMESTAMP_MICROS = 10;

/** Makes Parquet files, one at a time. */
export class ParquetWriter {
  readonly #file = new ByteSink();
  readonly #pages = new ByteSink();

  /**
   * The bytes of a file; valid until the next one is made.
   * @param metadata texts by name, kept in the file's footer
   */
  encode<Row>(columns: readonly ColumnSpec<Row>[], rows: readonly Row[], metadata: Readonly<Record<string, string>>): Buffer {
    const file = this.#file;
    file.clear();
    file.bytes(MAGIC);
    const chunks = columns.map((column) => this.#chunk(column, rows));
    const group: ThriftStruct = [
      [1, { list: chunks.map(({ chunk }) => ({ struct: chunk })) }],
      [2, { i64: chunks.reduce((sum, { bytes }) => sum + bytes, 0) }],
      [3, { i64: rows.length }],
    ];
    const footer = encodeStruct([
      [1, { i32: FORMAT_VERSION }],
      [2, { list: [root(columns.length), ...columns.map(schemaOf)] }],
      [3, { i64: rows.length }],
      [4, { list: [{ struct: group }] }],
      [
        5,
        {
          list: Object.entries(metadata).map(([key, value]) => ({
            struct: [[1, { text: key }] as const, [2, { text: value }] as const],
          })),
        },
      ],
      [6, { text: "outdial" }],
      // Column order "type-defined": without it, readers ignore minimum and maximum.
      [7, { list: columns.map(() => ({ struct: [[1, { struct: [] }] as const] })) }],
    ]);
    file.bytes(footer);
    file.int32(footer.length);
    file.bytes(MAGIC);
    return file.view();
  }

  #chunk<Row>(column: ColumnSpec<Row>, rows: readonly Row[]): { readonly chunk: ThriftStruct; readonly bytes: number } {
    const pages = writeColumn(this.#pages, column, rows);
    const bytes = this.#pages.view();
    const start = this.#file.length;
    const hasDictionary = pages.dictionaryBytes > 0;
    if (hasDictionary) {
      this.#page(bytes.subarray(0, pages.dictionaryBytes), DICTIONARY_PAGE, [
        7,
        {
          struct: [
            [1, { i32: pages.dictionaryValues }],
            [2, { i32: PLAIN }],
          ],
        },
      ]);
    }
    const dataStart = this.#file.length;
    const encoding = hasDictionary ? RLE_DICTIONARY : PLAIN;
    this.#page(bytes.subarray(pages.dictionaryBytes), DATA_PAGE, [
      5,
      {
        struct: [
          [1, { i32: rows.length }],
          [2, { i32: encoding }],
          [3, { i32: RLE }],
          [4, { i32: RLE }],
        ],
      },
    ]);
    const size = this.#file.length - start;
    const about: ThriftStruct = [
      [1, { i32: TYPES[column.type] }],
      [2, { list: [{ i32: encoding }, { i32: RLE }, ...(hasDictionary ? [{ i32: PLAIN }] : [])] }],
      [3, { list: [{ text: column.name }] }],
      [4, { i32: UNCOMPRESSED }],
      [5, { i64: rows.length }],
      [6, { i64: size }],
      [7, { i64: size }],
      [9, { i64: dataStart }],
      [11, hasDictionary ? { i64: start } : undefined],
      [12, { struct: statisticsOf(pages) }],
    ];
    return {
      chunk: [
        [2, { i64: start }],
        [3, { struct: about }],
      ],
      bytes: size,
    };
  }

  #page(bytes: Uint8Array, type: number, header: ThriftStruct[number]): void {
    this.#file.bytes(encodeStruct([[1, { i32: type }], [2, { i32: bytes.length }], [3, { i32: bytes.length }], header]));
    this.#file.bytes(bytes);
  }
}

function root(columns: number): ThriftValue {
  return {
    struct: [
      [4, { text: "schema" }],
      [5, { i32: columns }],
    ],
  };
}

function schemaOf({ name, type }: { readonly name: string; readonly type: ColumnSpec<never>["type"] }): ThriftValue {
  // Instants are microseconds adjusted to UTC: DuckDB's TIMESTAMP WITH TIME ZONE. The older converted type says the same.
  const micros: ThriftValue = { struct: [[2, { struct: [] }]] };
  const instant: ThriftValue = {
    struct: [
      [
        8,
        {
          struct: [
            [1, { bool: true }],
            [2, micros],
          ],
        },
      ],
    ],
  };
  const text: ThriftValue = { struct: [[1, { struct: [] }]] };
  return {
    struct: [
      [1, { i32: TYPES[type] }],
      [3, { i32: OPTIONAL }],
      [4, { text: name }],
      [6, type === "text" ? { i32: UTF8 } : type === "instant" ? { i32: TIMESTAMP_MICROS } : undefined],
      [10, type === "text" ? text : type === "instant" ? instant : undefined],
    ],
  };
}

function statisticsOf({ nulls, least, greatest }: ColumnPages): ThriftStruct {
  return [
    [3, { i64: nulls }],
    [5, Number.isNaN(greatest) ? undefined : { bytes: micros(greatest) }],
    [6, Number.isNaN(least) ? undefined : { bytes: micros(least) }],
  ];
}

function micros(at: number): Uint8Array {
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64LE(BigInt(at) * 1000n);
  return bytes;
}

// The part of Apache Thrift's compact protocol that the metadata of a Parquet file needs. Pure. Source: Thrift's specification
// "Thrift compact protocol encoding".

/** A value with its type on the wire. Whole numbers up to 2^53. */
type ThriftValue =
  | { readonly bool: boolean }
  | { readonly i32: number }
  | { readonly i64: number }
  | { readonly bytes: Uint8Array }
  | { readonly text: string }
  | { readonly list: readonly ThriftValue[] }
  | { readonly struct: ThriftStruct };

/** Fields by number, ascending; neighbouring numbers differ by at most 15. A field with the value undefined is left out. */
type ThriftStruct = readonly (readonly [id: number, value: ThriftValue | undefined])[];

const TRUE = 1;
const FALSE = 2;
const STOP = 0;
const LONG_LIST = 15;

/** A struct as bytes. */
function encodeStruct(struct: ThriftStruct): Uint8Array {
  const out: number[] = [];
  putStruct(out, struct);
  return Uint8Array.from(out);
}

function putStruct(out: number[], struct: ThriftStruct): void {
  let last = 0;
  for (const [id, value] of struct) {
    if (value === undefined) continue;
    out.push(((id - last) << 4) | typeOf(value));
    last = id;
    // A boolean in a struct is encoded in its type alone.
    if (!("bool" in value)) putValue(out, value);
  }
  out.push(STOP);
}

function putValue(out: number[], value: ThriftValue): void {
  if ("bool" in value) out.push(value.bool ? TRUE : FALSE);
  else if ("i32" in value) putVarint(out, zigzag(value.i32));
  else if ("i64" in value) putVarint(out, zigzag(value.i64));
  else if ("bytes" in value) putBytes(out, value.bytes);
  else if ("text" in value) putBytes(out, Buffer.from(value.text, "utf8"));
  else if ("struct" in value) putStruct(out, value.struct);
  else {
    const [first] = value.list;
    const type = first === undefined ? TRUE : typeOf(first);
    if (value.list.length < LONG_LIST) out.push((value.list.length << 4) | type);
    else {
      out.push((LONG_LIST << 4) | type);
      putVarint(out, value.list.length);
    }
    for (const item of value.list) putValue(out, item);
  }
}

function typeOf(value: ThriftValue): number {
  if ("bool" in value) return value.bool ? TRUE : FALSE;
  if ("i32" in value) return 5;
  if ("i64" in value) return 6;
  if ("list" in value) return 9;
  return "struct" in value ? 12 : 8;
}

function zigzag(value: number): number {
  return value < 0 ? -2 * value - 1 : 2 * value;
}

function putVarint(out: number[], value: number): void {
  let rest = value;
  while (rest >= 0x80) {
    out.push((rest % 0x80) | 0x80);
    rest = Math.floor(rest / 0x80);
  }
  out.push(rest);
}

function putBytes(out: number[], bytes: Uint8Array): void {
  putVarint(out, bytes.length);
  for (const byte of bytes) out.push(byte);
}
