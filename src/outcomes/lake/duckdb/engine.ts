// DuckDB in this process. It is loaded at the first use, so that other commands do not pay for it.

import type { DuckDBConnection, DuckDBInstance, DuckDBResult } from "@duckdb/node-api";
import { installCommand, missingPackage } from "../../../kernel/index.ts";
import { ELSEWHERE, LakeError } from "../error.ts";
import type { SqlValue } from "../lake.ts";

type Duck = typeof import("@duckdb/node-api");

const MAKE_ROOM = "It may have run out of memory, or of disk below the lake's folder: make room and try again.";

/** A connection that is used by one caller at a time. */
export type LakeConnection = DuckDBConnection;

/** Resources that queries may use. */
interface EngineOptions {
  /** Folder for data that does not fit into memory; made when needed. */
  readonly spillFolder: string;
  /** As DuckDB writes it, such as `512MB`. */
  readonly memoryLimit: string;
  readonly threads: number;
}

/** The engine of one lake. */
export class Engine {
  readonly duck: Duck;
  readonly spillFolder: string;
  readonly #instance: DuckDBInstance;
  readonly #idle: LakeConnection[] = [];
  readonly #busy = new Set<Promise<unknown>>();

  private constructor(duck: Duck, instance: DuckDBInstance, spillFolder: string) {
    this.duck = duck;
    this.#instance = instance;
    this.spillFolder = spillFolder;
  }

  /** Loads DuckDB and opens a database in memory. */
  static async open(options: EngineOptions): Promise<Engine> {
    const duck = await import("@duckdb/node-api").catch((thrown: unknown) => {
      throw missingPackage(thrown, installCommand(["@duckdb/node-api"])) ?? thrown;
    });
    const instance = await duck.DuckDBInstance.create(":memory:", {
      memory_limit: options.memoryLimit,
      threads: String(options.threads),
      temp_directory: options.spillFolder,
    });
    const engine = new Engine(duck, instance, options.spillFolder);
    await engine.use((connection) => connection.run("SET GLOBAL TimeZone = 'UTC'"));
    return engine;
  }

  /** A connection for a stream, for this caller only. `release` closes it; the engine closes only after that. */
  async lend(): Promise<{ readonly connection: LakeConnection; readonly release: () => void }> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const connection = await this.#track(this.#instance.connect());
    void this.#track(promise);
    return {
      connection,
      release: () => {
        connection.closeSync();
        resolve();
      },
    };
  }

  /** Lends a connection while `work` runs. Whatever `work` creates on it must be temporary and replaceable. */
  use<T>(work: (connection: LakeConnection) => Promise<T>): Promise<T> {
    return this.#track(this.#use(work));
  }

  async #use<T>(work: (connection: LakeConnection) => Promise<T>): Promise<T> {
    const connection = this.#idle.pop() ?? (await this.#instance.connect());
    try {
      return await work(connection);
    } catch (thrown) {
      throw missingFile(thrown) ?? thrown;
    } finally {
      this.#idle.push(connection);
    }
  }

  #track<T>(work: Promise<T>): Promise<T> {
    const settled: Promise<unknown> = work.then(
      () => this.#busy.delete(settled),
      () => this.#busy.delete(settled),
    );
    this.#busy.add(settled);
    return work;
  }

  /** Closes the engine after the queries that are running: closing it earlier would crash the process. */
  async close(): Promise<void> {
    while (this.#busy.size > 0) await Promise.all(this.#busy);
    for (const connection of this.#idle.splice(0)) connection.closeSync();
    this.#instance.closeSync();
  }
}

/** A text as an SQL literal. A NUL character would end the statement, so it is written as an expression. */
export function literal(text: string): string {
  const parts = text.split("\0").map((part) => `'${part.replaceAll("'", "''")}'`);
  return parts.length === 1 ? (parts[0] ?? "''") : `(${parts.join(" || chr(0) || ")})`;
}

/** A LakeError when DuckDB reports that a file listed by the store does not exist. */
function missingFile(thrown: unknown): LakeError | undefined {
  const [, file] =
    (thrown instanceof Error ? /No files found that match the pattern "([^"]*)"/.exec(thrown.message) : null) ?? [];
  if (file === undefined) return undefined;
  return new LakeError("lake_files_missing", `a file that the store lists is missing in the lake: ${file}`, {
    advice: ELSEWHERE,
    cause: thrown,
  });
}

function brokeOff(where: string): LakeError {
  return new LakeError("incomplete_read", `reading the lake failed ${where}`, { advice: MAKE_ROOM });
}

// Results of DuckDB as rows, blobs and streams.

/** Runs a SELECT and returns its rows as objects of plain values: see OutcomeLake.query. */
export async function rowsOf<Row extends object>(
  engine: Engine,
  connection: LakeConnection,
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
