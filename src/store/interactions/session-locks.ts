// Locks by name across all processes on one database, released when their process dies: PostgreSQL's advisory locks, all on one
// connection.
//
// Within a process, callers for the same name wait in order; only the first of them asks the database. A broken connection
// releases its locks at once, so anything that must never happen twice needs another guard as well. The server ends a silent
// connection: a process that is frozen or off the network keeps no lock for longer.

import { createHash } from "node:crypto";
import type pg from "pg";
import { type Clock, doubledMs, messageOf } from "../../kernel/index.ts";
import { StoreError } from "../error.ts";
import type { StoreLog } from "../log.ts";

/** How long a process waits between two attempts, ms: doubling from the first value to the second. */
const FIRST_WAIT_MS = 5;
const LONGEST_WAIT_MS = 100;
/**
 * After so long a silence the server ends the connection, ms; the process sends something at the second interval. By then other
 * processes consider it dead as well.
 */
const SILENCE_MS = 8_000;
const PING_MS = 2_000;

/** Locks by name across all processes on one database, freed when their process dies. Errors: StoreError. */
export class SessionLocks {
  readonly #url: string;
  readonly #clock: Clock;
  readonly #log: StoreLog;
  /** The last caller in line for each name; settles when the name is free in this process. */
  readonly #lines = new Map<string, Promise<void>>();
  #connection: Promise<pg.Client> | undefined;
  #closed = false;

  constructor(url: string, clock: Clock, log: StoreLog) {
    this.#url = url;
    this.#clock = clock;
    this.#log = log;
  }

  /**
   * Runs work while no other caller, in this or another process, runs work under that name.
   * @param signal ends the waiting, with its reason
   */
  async hold<T>(name: string, work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    const before = this.#lines.get(name);
    const done = Promise.withResolvers<void>();
    this.#lines.set(name, done.promise);
    try {
      await before;
      signal?.throwIfAborted();
      const key = keyOf(name);
      const connection = await this.#acquire(key, signal);
      try {
        return await work();
      } finally {
        await connection.query("select pg_advisory_unlock($1::bigint)", [key]).catch(() => this.#drop(connection));
      }
    } finally {
      if (this.#lines.get(name) === done.promise) this.#lines.delete(name);
      done.resolve();
    }
  }

  /** Releases all locks. */
  async close(): Promise<void> {
    this.#closed = true;
    const connection = await this.#connection?.catch(() => undefined);
    this.#connection = undefined;
    await connection?.end().catch(() => undefined);
  }

  async #acquire(key: bigint, signal: AbortSignal | undefined): Promise<pg.Client> {
    for (let turn = 0; ; turn += 1) {
      const connection = await this.#connect();
      try {
        const { rows } = await connection.query<{ taken: boolean }>("select pg_try_advisory_lock($1::bigint) as taken", [key]);
        if (rows[0]?.taken === true) return connection;
      } catch (cause) {
        this.#drop(connection);
        throw unavailable(cause);
      }
      await this.#clock.sleep(doubledMs(FIRST_WAIT_MS, LONGEST_WAIT_MS, turn), signal);
    }
  }

  #connect(): Promise<pg.Client> {
    if (this.#closed) return Promise.reject(new StoreError("store_unavailable", "the store is closed"));
    this.#connection ??= this.#open();
    return this.#connection;
  }

  async #open(): Promise<pg.Client> {
    const { default: pg } = await import("pg");
    const client = new pg.Client({
      connectionString: this.#url,
      application_name: `outdial locks ${process.pid}`,
      pipeline: true,
    });
    const ping = setInterval(() => void client.query("select").catch(() => undefined), PING_MS);
    ping.unref();
    client.on("end", () => clearInterval(ping));
    client.on("error", (error) => {
      this.#log("warn", "the connection that holds locks was lost", { error: messageOf(error) });
      this.#drop(client);
    });
    try {
      await client.connect();
      await client.query(`set idle_session_timeout = ${SILENCE_MS}`);
      return client;
    } catch (cause) {
      clearInterval(ping);
      this.#connection = undefined;
      throw unavailable(cause);
    }
  }

  /** Forgets a broken connection: the next caller opens another one. */
  #drop(broken: pg.Client): void {
    const current = this.#connection;
    void current?.then(
      (client) => {
        if (client === broken && this.#connection === current) this.#connection = undefined;
      },
      () => undefined,
    );
    void broken.end().catch(() => undefined);
  }
}

/** The lock's number: 64 bits of the name's hash. Names with equal hashes only wait for each other. */
function keyOf(name: string): bigint {
  return createHash("sha256").update(name).digest().readBigInt64BE();
}

function unavailable(cause: unknown): StoreError {
  if (cause instanceof StoreError) return cause;
  return new StoreError("store_unavailable", `the database does not answer: ${messageOf(cause)}`, { cause });
}
