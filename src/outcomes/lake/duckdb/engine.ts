// DuckDB in this process: opened on first use, so that nothing else pays for loading it; connections, values in and out.

import type { DuckDBConnection, DuckDBInstance, DuckDBResult } from "@duckdb/node-api";
import { installCommand, missingPackage } from "../../../kernel/index.ts";
import { ELSEWHERE, LakeError } from "../error.ts";
import type { SqlValue } from "../lake.ts";

type Duck = typeof import("@duckdb/node-api");

const MAKE_ROOM = "It may have run out of memory, or of disk below the lake's folder: make room and try again.";

/** A connection that is used by one caller at a time. */
export type Connection = DuckDBConnection;

/** How much of the machine queries may take. */
export interface EngineOptions {
  /** Folder for what does not fit into memory; made when it is needed. */
  readonly spillFolder: string;
  /** In DuckDB's words, such as `512MB`. */
  readonly memoryLimit: string;
  readonly threads: number;
}

/** The engine; one for a lake. */
export class Engine {
  readonly duck: Duck;
  readonly spillFolder: string;
  readonly #instance: DuckDBInstance;
  readonly #idle: Connection[] = [];
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

  /** A connection of the caller's own for a stream. `release` closes it; the engine closes only after that. */
  async lend(): Promise<{ readonly connection: Connection; readonly release: () => void }> {
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

  /** Lends a connection for the time of `work`. What `work` creates on it must be temporary and replaceable. */
  use<T>(work: (connection: Connection) => Promise<T>): Promise<T> {
    return this.#track(this.#use(work));
  }

  async #use<T>(work: (connection: Connection) => Promise<T>): Promise<T> {
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

  /** Waits for what is under way: closing beneath it would bring the process down. */
  async close(): Promise<void> {
    while (this.#busy.size > 0) await Promise.all(this.#busy);
    for (const connection of this.#idle.splice(0)) connection.closeSync();
    this.#instance.closeSync();
  }
}

/** A text as an SQL literal. A NUL would end the statement's text, so it is written as what makes one. */
export function literal(text: string): string {
  const parts = text.split("\0").map((part) => `'${part.replaceAll("'", "''")}'`);
  return parts.length === 1 ? (parts[0] ?? "''") : `(${parts.join(" || chr(0) || ")})`;
}

/** DuckDB's own words when a file that the store names is not there. */
function missingFile(thrown: unknown): LakeError | undefined {
  const [, file] =
    (thrown instanceof Error ? /No files found that match the pattern "([^"]*)"/.exec(thrown.message) : null) ?? [];
  if (file === undefined) return undefined;
  return new LakeError("lake_files_missing", `the lake lacks a file that the store names: ${file}`, {
    advice: ELSEWHERE,
    cause: thrown,
  });
}

function brokeOff(where: string): LakeError {
  return new LakeError("incomplete_read", `reading the lake broke off ${where}`, { advice: MAKE_ROOM });
}

/** Runs a SELECT and gives its rows as objects of plain values: see OutcomeLake.query. */
export async function rowsOf<Row extends object>(
  engine: Engine,
  connection: Connection,
  sql: string,
  parameters: readonly SqlValue[],
): Promise<Row[]> {
  // Not as a stream, which does not tell a failure from its end.
  return plainRows(engine, await connection.run(sql, [...parameters]));
}

/**
 * The row of a SELECT that always has exactly one, such as an aggregate over everything. As a stream, which keeps nothing of it: one that broke
 * off has no row. Throws LakeError `incomplete_read`.
 */
export async function oneRowOf<Row extends object>(engine: Engine, sql: string): Promise<Row> {
  const [row] = await engine.use(async (connection) => plainRows<Row>(engine, await connection.stream(sql)));
  if (row === undefined) throw brokeOff("before its only row");
  return row;
}

/** The one BLOB of a SELECT that always has exactly one row, in memory of its own; empty for NULL. Throws LakeError `incomplete_read`. */
export async function oneBlobOf(engine: Engine, sql: string): Promise<Uint8Array<ArrayBuffer>> {
  return engine.use(async (connection) => {
    const result = await connection.stream(sql);
    const chunk = await result.fetchChunk();
    if (chunk === null || chunk.rowCount === 0) throw brokeOff("before its only row");
    const vector = chunk.getColumnVector(0);
    if (!(vector instanceof engine.duck.DuckDBBlobVector)) throw new Error("a BLOB was asked for");
    const bytes = ownBytes(vector.getItemBytes(0));
    // Its memory is DuckDB's own, and would stay until the collector finds the chunk.
    chunk.reset();
    await result.fetchChunk();
    return bytes;
  });
}

/** Of at most so many bytes the client gives a view of the chunk's memory, and of more a copy. */
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
 * The chunks of a SELECT as columns, on a connection of its own. A stream that breaks off in the middle, for want of memory for example, ends like
 * one that is complete (the client knows no difference), so that its rows are counted. Throws LakeError `incomplete_read`, after what there was.
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
    // An abandoned stream keeps its connection busy, so it is not lent again.
    release();
  }
}

/** The chunks of a result as columns of values, as DuckDB's client has them. */
async function* chunksOf(result: DuckDBResult): AsyncGenerator<unknown[][]> {
  for (;;) {
    const chunk = await result.fetchChunk();
    if (chunk === null || chunk.rowCount === 0) return;
    const columns = chunk.getColumns();
    // Its memory is DuckDB's own, and would stay until the collector finds the chunk.
    chunk.reset();
    yield columns;
  }
}

/** By column, what makes a plain value of the client's. */
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

/** A TIMESTAMP of the client as ms since the epoch. */
export function microsToMs(value: unknown): number | null {
  if (typeof value !== "object" || value === null || !("micros" in value) || typeof value.micros !== "bigint") return null;
  return Number(value.micros / 1000n);
}
