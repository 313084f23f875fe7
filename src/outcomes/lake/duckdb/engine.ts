// DuckDB in this process. It is loaded at the first use, so that other commands do not pay for it.

import type { DuckDBConnection, DuckDBInstance } from "@duckdb/node-api";
import { installCommand, missingPackage } from "../../../kernel/index.ts";
import { ELSEWHERE, LakeError } from "../error.ts";

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

export function brokeOff(where: string): LakeError {
  return new LakeError("incomplete_read", `reading the lake failed ${where}`, { advice: MAKE_ROOM });
}
