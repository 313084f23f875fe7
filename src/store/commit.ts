// The only way to write: the changes, their audit entries and their events in one transaction, with all locks taken in one order.
//
// First rows of ledgers, including the job that a fence holds; then the head of the audit log; then `last` statements, and the
// outbox. Because of this order, writers can wait for each other but never deadlock.

import { AsyncLocalStorage } from "node:async_hooks";
import type { Clock, Instant } from "../kernel/index.ts";
import { type Appended, append, type Head, lockHead } from "./audit/append.ts";
import { type AuditInput, createSealer, type Mark, type Sealer } from "./audit/entry.ts";
import type { Heads } from "./audit/heads.ts";
import type { Hold } from "./audit/hold.ts";
import type { Signer } from "./audit/note.ts";
import { Database, together } from "./database/database.ts";
import { notOwner } from "./error.ts";
import { addressed, insertEvents, type Takers } from "./outbox/insert.ts";
import type { NewEvent } from "./outbox/types.ts";
import type { Connection, ConnectionPool, Statement } from "./plain-types.ts";

/** Entries of a transaction that are noted with a request's key. */
const MOST_NOTED = 5;
/** The request with an Idempotency-Key that is being carried out; what it leaves running behind it is not noted. */
export const KEYED = new AsyncLocalStorage<{ readonly principal: string; readonly key: string; over: boolean }>();

/** The database with the audit log's key, for the ledgers. Only `commit` appends to the log. */
export class StoreCore extends Database {
  readonly #signer: Signer;
  readonly #seal: Sealer;
  readonly #heads: Heads;
  readonly #mark: Mark;
  readonly #clock: Clock;
  /** Why nothing new may be begun on this database, if so. */
  readonly hold: Hold;
  /** The receivers that the store has and what they take, as last read: see `Endpoints`. */
  takers: Takers = new Map();

  constructor(
    pools: { readonly pool: ConnectionPool; readonly urgent: ConnectionPool; readonly pooled: boolean },
    audit: { readonly signer: Signer; readonly heads: Heads; readonly hold: Hold; readonly mark?: Mark },
    clock: Clock,
  ) {
    super(pools.pool, pools.urgent, pools.pooled);
    this.#signer = audit.signer;
    this.#seal = createSealer(audit.signer);
    this.#heads = audit.heads;
    this.hold = audit.hold;
    this.#mark = audit.mark;
    this.#clock = clock;
  }

  /** The vendor profile of the tenant; undefined when it is not known. */
  get profile(): string | undefined {
    return this.#mark?.["profile"];
  }

  /** The store's clock, ms since the epoch. */
  now(): Instant {
    return this.#clock.now();
  }

  /**
   * Runs `work` in one transaction, with the audit entries and events that it asks for: everything is kept when the work
   * resolves, nothing when it rejects. Throws StoreError `audit_key` when there are entries and the log was begun with another
   * key.
   * @param options.urgent fail within seconds when the database does not answer
   */
  async commit<T>(work: (tx: Tx) => T | Promise<T>, { urgent = false } = {}): Promise<T> {
    const write = async (connection: Connection) => {
      const tx = new Tx(connection, this.takers);
      const result = await work(tx);
      await tx.noteKeyed();
      const appended = await tx.finish(this.now(), (head, entries) =>
        append(connection, head, entries, { signer: this.#signer, seal: this.#seal, mark: this.#mark, now: this.now() }),
      );
      return { result, appended };
    };
    const { result, appended } = await this.transaction(write, "begin", urgent);
    if (appended !== undefined) this.#heads.note(appended);
    return result;
  }
}

/** A ledger reads and writes certain tables of the store. */
export abstract class Ledger {
  protected readonly store: StoreCore;

  constructor(store: StoreCore) {
    this.store = store;
  }
}

/**
 * A running transaction. Statements sent without waiting for each other travel together; settle all of them before the work ends.
 */
export class Tx {
  readonly #connection: Connection;
  readonly #takers: Takers;
  #entries: readonly AuditInput[] = [];
  #events: readonly NewEvent[] = [];
  readonly #notes: Pick<AuditInput, "action" | "subject">[] = [];
  readonly #last: (() => Promise<unknown>)[] = [];
  #head: Promise<Head> | undefined;

  constructor(connection: Connection, takers: Takers = new Map()) {
    this.#connection = connection;
    this.#takers = takers;
  }

  /** @returns the rows. The server keeps a named statement in its parsed form. */
  async query<Row extends object>(statement: string | Statement, values?: readonly unknown[]): Promise<Row[]> {
    return (await this.#connection.query<Row>(statement, values && [...values])).rows;
  }

  /** @returns the number of rows inserted, changed, deleted or found */
  async change(statement: string | Statement, values?: readonly unknown[]): Promise<number> {
    return (await this.#connection.query(statement, values && [...values])).rowCount ?? 0;
  }

  /**
   * Locks a job until the end of the transaction, so that it cannot be taken from the replica that runs it. Throws StoreError
   * `not_owner`.
   * @param lock with `share` several transactions of that replica can hold it at once; none of them may then change the job
   */
  async fence(jobId: string, executor: string, lock: "update" | "share" = "update"): Promise<void> {
    const held = await this.change({
      name: `fence-${lock}`,
      text: `select from outdial.jobs where id = $1 and executor = $2 and status = 'running' for ${lock}`,
      values: [jobId, executor],
    });
    if (held !== 1) throw notOwner(jobId, executor);
  }

  /**
   * Takes the audit log's lock now instead of at the end: for reads that must come after it, or to send it with another
   * statement. After it, rows of ledgers may only be locked by `last`.
   * @returns the `seq` that the first entry of this transaction will get
   */
  async lockAudit(): Promise<number> {
    this.#head ??= lockHead(this.#connection);
    return (await this.#head).frontier.size;
  }

  /** Adds entries to the audit log; they are appended when the work has ended. */
  audit(entries: readonly AuditInput[]): void {
    this.#entries = this.#entries.length === 0 ? entries : [...this.#entries, ...entries];
  }

  /** Notes with the request's Idempotency-Key what has no audit entry of its own in this transaction. */
  note(written: Pick<AuditInput, "action" | "subject">): void {
    this.#notes.push(written);
  }

  /** Adds events to the outbox, due at once, for each receiver that takes them; they are inserted when the work has ended. */
  emit(events: readonly NewEvent[]): void {
    this.#events = this.#events.length === 0 ? events : [...this.#events, ...events];
  }

  /** A statement to send after the audit log's lock, together with the entries and events. */
  last(send: () => Promise<unknown>): void {
    this.#last.push(send);
  }

  /** For `StoreCore.commit`: in a request with an Idempotency-Key, what it writes is noted with the key in the same transaction. */
  async noteKeyed(): Promise<void> {
    const keyed = KEYED.getStore();
    const written = [...this.#notes, ...this.#entries];
    if (keyed === undefined || keyed.over || written.length === 0) return;
    const wrote = written.slice(0, MOST_NOTED).map(({ action, subject }) => ({ action, subject }));
    await this.query(
      "update outdial.idempotency_keys set wrote = (coalesce(wrote::jsonb, '[]') || $3::jsonb)::json where principal = $1 and key = $2 and status is null",
      [keyed.principal, keyed.key, JSON.stringify(wrote)],
    );
  }

  /** For `StoreCore.commit`: sends what was collected. @returns what was appended to the audit log, if anything */
  async finish(
    now: Instant,
    append: (head: Head, entries: readonly AuditInput[]) => { appended: Appended; sent: Promise<unknown>[] },
  ): Promise<Appended | undefined> {
    if (this.#entries.length > 0) this.#head ??= lockHead(this.#connection);
    const head = this.#entries.length > 0 ? await this.#head : undefined;
    const written = head && append(head, this.#entries);
    await together([
      ...(written?.sent ?? []),
      ...(this.#events.length > 0 ? [insertEvents(this.#connection, addressed(this.#events, this.#takers), now)] : []),
      ...this.#last.map((send) => send()),
    ]);
    return written?.appended;
  }
}
