// Rows as one Parquet file with one row group. The lake's parts are written here for every page, since passing rows to a database
// first costs several times as much; merging, reading and exports use DuckDB. The existing Parquet writers in JavaScript take
// values as boxed numbers and objects: measured with these columns, the fastest (hyparquet-writer 0.17) costs three to four times
// as much per row, which would make encoding the most expensive step of a retrieval. Source: the Apache Parquet format,
// parquet.thrift.

import { ByteSink } from "./byte-sink.ts";
import { type ColumnPages, type ColumnSpec, writeColumn } from "./column.ts";
import { encodeStruct, type ThriftStruct, type ThriftValue } from "./thrift.ts";

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
