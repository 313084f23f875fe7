// Results of DuckDB as rows, blobs and streams.

import type { DuckDBResult } from "@duckdb/node-api";
import type { SqlValue } from "../lake.ts";
import { brokeOff, type Connection, Engine } from "./engine.ts";

/** Runs a SELECT and returns its rows as objects of plain values: see OutcomeLake.query. */
export async function rowsOf<Row extends object>(
  engine: Engine,
  connection: Connection,
  sql: string,
  parameters: readonly SqlValue[],
): Promise<Row[]> {
  // Not as a stream: a stream does not distinguish a failure from its end.
  return plainRows(engine, await connection.run(sql, [...parameters]));
}

/**
 * The row of a SELECT that always has exactly one, such as an aggregate. Read as a stream, which keeps nothing in memory; an
 * interrupted stream has no row. Throws LakeError `incomplete_read`.
 */
export async function oneRowOf<Row extends object>(engine: Engine, sql: string): Promise<Row> {
  const [row] = await engine.use(async (connection) => plainRows<Row>(engine, await connection.stream(sql)));
  if (row === undefined) throw brokeOff("before its only row");
  return row;
}

/**
 * The BLOB of a SELECT with exactly one row and column, copied into memory of its own; empty for NULL. Throws LakeError
 * `incomplete_read`.
 */
export async function oneBlobOf(engine: Engine, sql: string): Promise<Uint8Array<ArrayBuffer>> {
  return engine.use(async (connection) => {
    const result = await connection.stream(sql);
    const chunk = await result.fetchChunk();
    if (chunk === null || chunk.rowCount === 0) throw brokeOff("before its only row");
    const vector = chunk.getColumnVector(0);
    if (!(vector instanceof engine.duck.DuckDBBlobVector)) throw new Error("a BLOB was asked for");
    const bytes = ownBytes(vector.getItemBytes(0));
    // This is DuckDB's own memory, and would otherwise stay until the next garbage collection.
    chunk.reset();
    await result.fetchChunk();
    return bytes;
  });
}

/** For a BLOB of at most this many bytes the client returns a view of the chunk's memory, for a longer one a copy. */
const INLINE_BYTES = 12;

function ownBytes(bytes: Uint8Array | null): Uint8Array<ArrayBuffer> {
  if (bytes === null) return new Uint8Array();
  const { buffer, byteOffset, byteLength } = bytes;
  const own = buffer instanceof ArrayBuffer && byteLength > INLINE_BYTES;
  return own ? new Uint8Array(buffer, byteOffset, byteLength) : new Uint8Array(bytes);
}

async function plainRows<Row extends object>(engine: Engine, result: DuckDBResult): Promise<Row[]> {
  const convert = plainValues(engine, result);
  const names = result.deduplicatedColumnNames();
  const rows: Row[] = [];
  for await (const columns of chunksOf(result)) {
    const count = columns[0]?.length ?? 0;
    for (let at = 0; at < count; at++) {
      const row: Record<string, unknown> = {};
      for (const [i, name] of names.entries()) row[name] = convert[i]?.(columns[i]?.[at]);
      rows.push(row as Row);
    }
  }
  return rows;
}

/**
 * The chunks of a SELECT as columns, on a connection of its own. With the client, a stream that is interrupted, for lack of
 * memory for example, ends like a complete one, so the rows are counted. Throws LakeError `incomplete_read` after the last
 * available chunk.
 */
export async function* streamOf(engine: Engine, select: string): AsyncGenerator<unknown[][]> {
  const { connection, release } = await engine.lend();
  try {
    const { rows: expected } = await oneRowOf<{ rows: number }>(engine, `SELECT count(*) AS rows FROM (${select})`);
    let rows = 0;
    for await (const columns of chunksOf(await connection.stream(select))) {
      rows += columns[0]?.length ?? 0;
      yield columns;
    }
    if (rows !== expected) throw brokeOff(`after ${rows} of ${expected} rows`);
  } finally {
    // A stream that is not read to its end keeps its connection busy, so the connection is not reused.
    release();
  }
}

/** The chunks of a result as columns of values, in the types of DuckDB's client. */
async function* chunksOf(result: DuckDBResult): AsyncGenerator<unknown[][]> {
  for (;;) {
    const chunk = await result.fetchChunk();
    if (chunk === null || chunk.rowCount === 0) return;
    const columns = chunk.getColumns();
    // This is DuckDB's own memory, and would otherwise stay until the next garbage collection.
    chunk.reset();
    yield columns;
  }
}

/** For each column, a function that converts the client's values to plain ones. */
function plainValues(engine: Engine, result: DuckDBResult): ((value: unknown) => unknown)[] {
  const { DuckDBTypeId: id } = engine.duck;
  return result.columnTypes().map((type) => {
    switch (type.typeId) {
      case id.BIGINT:
      case id.UBIGINT:
      case id.HUGEINT:
      case id.UHUGEINT:
        return (value) => (typeof value === "bigint" ? Number(value) : null);
      case id.DECIMAL:
        return (value) => (value instanceof engine.duck.DuckDBDecimalValue ? value.toDouble() : null);
      case id.TIMESTAMP:
      case id.TIMESTAMP_TZ:
        return microsToMs;
      case id.DATE:
        return (value) => (value instanceof engine.duck.DuckDBDateValue ? value.toString() : null);
      default:
        return (value) => value;
    }
  });
}

/** A TIMESTAMP of the client (microseconds) as ms since the epoch. */
export function microsToMs(value: unknown): number | null {
  if (typeof value !== "object" || value === null || !("micros" in value) || typeof value.micros !== "bigint") return null;
  return Number(value.micros / 1000n);
}
