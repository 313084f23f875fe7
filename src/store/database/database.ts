// Access to PostgreSQL: a pool, transactions, and readable errors.

import type pg from "pg";
import { messageOf } from "../../kernel/index.ts";
import { StoreError } from "../error.ts";
import type { StoreLog } from "../log.ts";
import type { Ask, Connection, ConnectionPool, Statement } from "../plain-types.ts";

/** Codes of PostgreSQL and the operating system that mean "no server" rather than "wrong statement". */
const UNREACHABLE = /^(08|57P|25P03$|53300$|58|XX|ECONN|EPIPE$|ETIMEDOUT$|ENOTFOUND$|EHOSTUNREACH$|EAI_AGAIN$|28|3D000$)/;
/** A server that is there and does not serve: closed to connections, without our tables as in the middle of a restore, or a statement ended by a limit. */
const UNUSABLE = /^(55000|57014|42P01|3F000)$/;
/**
 * A connection failed because this process or machine has too many open files; errors about other files are not the database's.
 */
const NO_FILES = /^connect E[MN]FILE\b/;

/**
 * How long a process that stops in the middle of a transaction keeps its locks, ms. Not longer than others take to consider it
 * dead: then its transaction is undone and its connection ended.
 */
export const QUIET_TRANSACTION_MS = 6_000;

/**
 * Time after which a statement without an answer has failed, ms: a server that is frozen or cut off does not answer, and callers
 * would wait for ever. The longest legitimate waits are for locks.
 */
export const ANSWER_MS = 120_000;

/**
 * Opens the pool of connections to a database. Nothing is connected yet. The driver is loaded here: commands without a store, or through a service, need none.
 * @param options.pooled a pooler is in front of the database and gives each transaction another session (PgBouncer in transaction
 * mode): nothing that belongs to a session is used then, neither named statements nor settings beyond a transaction
 */
export async function openPool(
  url: string,
  log: StoreLog,
  { connections, answerMs, pooled }: { readonly connections: number; readonly answerMs: number; readonly pooled: boolean },
): Promise<ConnectionPool> {
  const { default: pg } = await import("pg");
  const pool = new pg.Pool({
    connectionString: url,
    max: connections,
    application_name: `outdial ${process.pid}`,
    connectionTimeoutMillis: Math.min(30_000, answerMs),
    ...(pooled ? { Client: pooledClient(pg) } : { idle_in_transaction_session_timeout: QUIET_TRANSACTION_MS }),
    query_timeout: answerMs,
    pipeline: true,
    types: parsers(pg),
  });
  pool.on("error", (error) => log("warn", "an idle database connection was lost", { error: messageOf(error) }));
  // The pool stops listening when it gives a connection out and when it closes one: losing a connection at that moment must not
  // end the process.
  pool.on("connect", (client) => client.on("error", () => undefined));
  return pool;
}

/** A connection to a pooler: names of statements are removed, because the session that would keep them is shared. */
const pooledClient = ({ Client }: typeof pg) =>
  class extends Client {
    constructor(config?: pg.ClientConfig) {
      super(config);
      const query: (...given: unknown[]) => unknown = this.query.bind(this);
      Object.assign(this, { query: (statement: unknown, ...more: unknown[]) => query(unnamed(statement), ...more) });
    }
  };

function unnamed(statement: unknown): unknown {
  if (typeof statement !== "object" || statement === null || Object.getPrototypeOf(statement) !== Object.prototype)
    return statement;
  return { ...statement, name: undefined };
}

/** The beginning of a transaction through a pooler: the setting that other sessions have from their start. */
const limited = (begin: string): string => `${begin}; set local idle_in_transaction_session_timeout = ${QUIET_TRANSACTION_MS}`;

/**
 * Time limit of urgent statements, ms: the emergency stop and the identification of its caller must know soon whether the
 * database works. They use separate connections, which no other statement occupies.
 */
export const URGENT_MS = 10_000;

/**
 * Needs as much new room as a page of a job's results, in a file of its own and in the log: a small write can find room in files
 * that are there, also on a disk that is full. Nothing of it stays.
 */
const PROBE = `select outdial.probe_room(${process.pid})`;

/** The pool of connections to PostgreSQL. Errors: StoreError. */
export class Database {
  readonly #pool: ConnectionPool;
  readonly #urgent: ConnectionPool;
  readonly #pooled: boolean;
  #shortage: { readonly message: string; readonly since: number } | undefined;
  #looking: Promise<boolean | undefined> | undefined;

  /** @param pooled as the pools were opened */
  constructor(pool: ConnectionPool, urgent: ConnectionPool = pool, pooled = false) {
    this.#pool = pool;
    this.#urgent = urgent;
    this.#pooled = pooled;
  }

  /**
   * Set from a statement that found that the database has no space until `lookForRoom` finds that it has. `since` in ms since the
   * epoch.
   */
  get shortage(): { readonly message: string; readonly since: number } | undefined {
    return this.#shortage;
  }

  /**
   * Looks whether there is room, by a write that needs some; makes no request while no shortage is known, unless told to. Never rejects.
   * @returns undefined when that is not known
   */
  lookForRoom(unasked = false): Promise<boolean | undefined> {
    if (this.#shortage === undefined && !unasked) return Promise.resolve(undefined);
    this.#looking ??= this.#look(this.#shortage).finally(() => {
      this.#looking = undefined;
    });
    return this.#looking;
  }

  async #look(known: object | undefined): Promise<boolean | undefined> {
    let isThere: true | undefined = true;
    try {
      await this.query(PROBE, undefined, { urgent: true });
    } catch (thrown) {
      if (thrown instanceof StoreError && thrown.code !== "no_rights") return thrown.code === "store_full" ? false : undefined;
      // What is refused for another reason, such as a missing right, says nothing about room: then only failing writes tell it.
      isThere = undefined;
    }
    // Another statement may have found no space meanwhile.
    if (this.#shortage === known) this.#shortage = undefined;
    return isThere;
  }

  /** The StoreError of a driver's error; records a shortage. @param reads nothing was to be written */
  #explain(thrown: unknown, reads = false): unknown {
    const explained = asStoreError(thrown, reads);
    if (explained instanceof StoreError && explained.code === "store_full")
      this.#shortage = { message: explained.message, since: this.#shortage?.since ?? Date.now() };
    return explained;
  }

  async #connect(pool = this.#pool): Promise<Connection> {
    try {
      return await pool.connect();
    } catch (cause) {
      throw this.#explain(cause, true);
    }
  }

  /**
   * Runs `work` in one transaction: committed when it resolves, rolled back when it rejects. `begin` can set another isolation
   * level. Statements sent without waiting for each other travel together; settle all of them before the work ends (`together`).
   */
  async transaction<T>(work: (connection: Connection) => Promise<T>, begin = "begin", urgent = false): Promise<T> {
    const connection = await this.#connect(urgent ? this.#urgent : this.#pool);
    let broken: Error | undefined;
    let isSent = false;
    try {
      const [, result] = await together([connection.query(this.#pooled ? limited(begin) : begin), work(connection)]);
      isSent = true;
      await connection.query("commit");
      return result;
    } catch (thrown) {
      broken = unusable(thrown);
      await connection.query("rollback").catch((cause: unknown) => {
        broken = cause instanceof Error ? cause : new Error(messageOf(cause));
      });
      const explained = this.#explain(thrown);
      throw isSent && !READ_ONLY_BEGIN.test(begin) ? unanswered(explained) : explained;
    } finally {
      connection.release(broken);
    }
  }

  /** One statement on its own; the server keeps a named statement in its parsed form. */
  async query<Row extends object>(
    statement: string | Statement,
    values?: readonly unknown[],
    { urgent = false } = {},
  ): Promise<Row[]> {
    const connection = await this.#connect(urgent ? this.#urgent : this.#pool);
    let broken: Error | undefined;
    try {
      return (await connection.query<Row>(statement, values && [...values])).rows;
    } catch (thrown) {
      broken = unusable(thrown);
      throw this.#explain(thrown, READS.test(typeof statement === "string" ? statement : statement.text));
    } finally {
      connection.release(broken);
    }
  }
}

const READ_ONLY_BEGIN = /read only/;

/** A commit that was sent and has no answer: what was to be written may be there. */
function unanswered(thrown: unknown): unknown {
  if (!(thrown instanceof StoreError) || thrown.code !== "store_unavailable") return thrown;
  return new StoreError(thrown.code, `${thrown.message}; the commit was sent, so whether this was written is not known`, {
    advice: `${thrown.advice} Then look whether it was written before it is done again.`,
    cause: thrown,
  });
}

/** A connection, as what reads by it asks. */
export function asking(connection: Pick<Connection, "query">): Ask {
  return async <Row extends object>(statement: string) => (await connection.query<Row>(statement)).rows;
}

/** Waits for all promises, so that no statement is still running, then rejects with the first failure. */
export async function together<const T extends readonly Promise<unknown>[]>(
  promises: T,
): Promise<{ -readonly [K in keyof T]: Awaited<T[K]> }> {
  const settled = await Promise.allSettled(promises);
  const failed = settled.find((one) => one.status === "rejected");
  if (failed) throw failed.reason;
  return Promise.all(promises) as Promise<{ -readonly [K in keyof T]: Awaited<T[K]> }>;
}

/** The driver's message for a statement without an answer in time. */
const NO_ANSWER = "Query read timeout";

/**
 * An error after which a connection must not be used again: the answer may still come, or it is bound to a server that cannot be
 * written to, and another one, made now, may not be.
 */
function unusable(thrown: unknown): Error | undefined {
  if (!(thrown instanceof Error)) return undefined;
  return thrown.message === NO_ANSWER || ("code" in thrown && thrown.code === READ_ONLY) ? thrown : undefined;
}

/** A statement that writes nothing of its own. */
const READS = /^\s*select\b/i;

const NO_RIGHT = "42501";
/** What a role without a right is told. */
export const RIGHTS =
  "A role that owns the tables brings them up to date: outdial db migrate. What that role and the running one may do is in docs/database.md.";

/** A server that is a standby or recovering: it can be read, not written to. */
const READ_ONLY = "25006";
/** Disk, memory or a limit of the server is exhausted. */
const FULL = /^53[0124]00$/;
/** The server's certificate is not accepted, or it has none: OpenSSL's names and Node's own. */
const CERTIFICATE = /^(CERT_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_(GET_ISSUER|VERIFY)_|ERR_TLS_CERT|ERR_SSL_)/;
const NO_TLS = "The server does not support SSL connections";
/** An indexed value is longer than an index allows, about 2,700 bytes: no real id or name is that long. */
const TOO_LONG = "54000";

/**
 * A lost or refused connection, or a database that cannot be written to, as StoreError `store_unavailable` or `store_full`; a
 * missing right as `no_rights`; a too long id or name as `too_long`; anything else unchanged. @param reads the statement, or the connection, was to write nothing
 */
export function asStoreError(thrown: unknown, reads = false): unknown {
  if (thrown instanceof StoreError) return thrown;
  const code = thrown instanceof Error && "code" in thrown ? String(thrown.code) : "";
  const lost =
    thrown instanceof Error &&
    (NO_FILES.test(thrown.message) ||
      /^Connection terminated|^timeout exceeded when trying to connect|^Query read timeout$|not queryable$/.test(thrown.message));
  if (code === READ_ONLY)
    return new StoreError("store_unavailable", `the database accepts no writes: ${messageOf(thrown)}`, {
      advice:
        "Use the address of the writable server in the database URL, or end the read-only state (default_transaction_read_only).",
      cause: thrown,
    });
  if (code === NO_RIGHT)
    return new StoreError("no_rights", `the database refuses: ${messageOf(thrown)}`, { advice: RIGHTS, cause: thrown });
  if (code === TOO_LONG)
    return new StoreError("too_long", "an id or a name is too long to be stored", {
      advice: "Ids and names of campaigns, calls and the like have at most a few hundred characters.",
      cause: thrown,
    });
  if (FULL.test(code))
    return new StoreError("store_full", `the database has no room: ${messageOf(thrown)}`, {
      advice: reads
        ? "Make room on the database server (disk, memory). Reading needs some, too, for new connections and temporary files; nothing was changed."
        : "Make room on the database server (disk, memory). The refused write was not done.",
      cause: thrown,
    });
  if (thrown instanceof Error && /unsupported startup parameter/.test(thrown.message))
    return new StoreError("store_unavailable", `the database URL leads to a pooler: ${thrown.message}`, {
      advice:
        "Set DATABASE_DIRECT_URL to the address of the database itself, without PgBouncer; then the pooler may be in transaction mode.",
      cause: thrown,
    });
  if (CERTIFICATE.test(code) || (thrown instanceof Error && thrown.message === NO_TLS))
    return new StoreError("store_unavailable", `the connection to the database cannot be encrypted: ${messageOf(thrown)}`, {
      advice:
        "Renew the database server's certificate, or give its authority's: sslrootcert=FILE in the database URL, beside sslmode=verify-full.",
      cause: thrown,
    });
  if (UNUSABLE.test(code))
    return new StoreError("store_unavailable", `the database cannot be used now: ${messageOf(thrown)}`, {
      advice: "A restore or its maintenance may be under way, or a limit of its role (statement_timeout) is too short.",
      cause: thrown,
    });
  if (!UNREACHABLE.test(code) && !lost) return thrown;
  return new StoreError("store_unavailable", `the database does not answer: ${messageOf(thrown)}`, {
    advice:
      code === "53300"
        ? "Raise max_connections, or the connection limit of the role or the database, or put PgBouncer before the server."
        : "Check that the server runs, and the database URL with its user and password.",
    cause: thrown,
  });
}

/** bigint as a number (all of ours fit), times as ms since the epoch; everything else as the driver parses it. */
function parsers({ TypeOverrides, types: { builtins } }: typeof pg): pg.CustomTypesConfig {
  const types = new TypeOverrides();
  types.setTypeParser(builtins.INT8, Number);
  types.setTypeParser(builtins.TIMESTAMPTZ, instantOf);
  return types;
}

/**
 * Parses "2026-03-01 12:00:00.5+00"; the offset's minutes are missing when they are zero. A page has thousands of them, nearly
 * all in UTC.
 */
function instantOf(text: string): number {
  if (text.endsWith("+00")) return Date.parse(`${text.slice(0, 10)}T${text.slice(11, -3)}Z`);
  return Date.parse(text.replace(" ", "T").replace(/[+-]\d\d$/, "$&:00"));
}
