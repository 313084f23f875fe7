// The one way to write: what is done, its audit entries and its events in one transaction, with all locks taken in one order.
//
// First rows of ledgers, among them the job that a fence holds; then the head of the audit log; then what goes last, and the outbox. Two
// writers can wait for each other, but not in a circle.

import type { Clock, Instant } from "../kernel/index.ts";
import { type Appended, append, type Head, lockHead } from "./audit/append.ts";
import { type AuditInput, createSealer, type Mark, type Sealer } from "./audit/entry.ts";
import type { Heads } from "./audit/heads.ts";
import type { Hold } from "./audit/hold.ts";
import type { Signer } from "./audit/note.ts";
import { Database, together } from "./database/database.ts";
import { notOwner } from "./error.ts";
import { type Copies, copied, insertEvents } from "./outbox/insert.ts";
import type { OutboxEvent } from "./outbox/types.ts";
import type { Connection, ConnectionPool, Statement } from "./plain-types.ts";

/** The database with the audit log's key: what the ledgers read and write with. Nothing appends to the log but `commit`. */
export class StoreCore extends Database {
  readonly #signer: Signer;
  readonly #seal: Sealer;
  readonly #heads: Heads;
  readonly #mark: Mark;
  readonly #copies: Copies;
  readonly #clock: Clock;
  /** Whether anything new may be begun on this database. */
  readonly hold: Hold;

  constructor(
    pools: { readonly pool: ConnectionPool; readonly urgent: ConnectionPool; readonly pooled: boolean },
    audit: { readonly signer: Signer; readonly heads: Heads; readonly hold: Hold; readonly mark?: Mark },
    clock: Clock,
    copies: Copies = {},
  ) {
    super(pools.pool, pools.urgent, pools.pooled);
    this.#signer = audit.signer;
    this.#seal = createSealer(audit.signer);
    this.#heads = audit.heads;
    this.hold = audit.hold;
    this.#mark = audit.mark;
    this.#copies = copies;
    this.#clock = clock;
  }

  /** By which of its interfaces the tenant is spoken to; undefined where nothing says so. */
  get profile(): string | undefined {
    return this.#mark?.["profile"];
  }

  /** The store's clock, ms since the epoch. */
  now(): Instant {
    return this.#clock.now();
  }

  /**
   * Runs `work` in one transaction, with the entries and events that it asks for: all of it is kept when the work resolves, nothing when it
   * rejects. Throws StoreError `audit_key` when there are entries and the log was begun with another key.
   * @param options.urgent whether it fails within seconds when the database does not answer
   */
  async commit<T>(work: (tx: Tx) => T | Promise<T>, { urgent = false } = {}): Promise<T> {
    const write = async (connection: Connection) => {
      const tx = new Tx(connection, this.#copies);
      const result = await work(tx);
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

/** A ledger: an object that reads and writes some tables of the store. */
export abstract class Ledger {
  protected readonly store: StoreCore;

  constructor(store: StoreCore) {
    this.store = store;
  }
}

/** A transaction under way. Statements sent without waiting for each other travel together; settle them all before the work ends. */
export class Tx {
  readonly #connection: Connection;
  readonly #copies: Copies;
  #entries: readonly AuditInput[] = [];
  #events: readonly OutboxEvent[] = [];
  readonly #last: (() => Promise<unknown>)[] = [];
  #head: Promise<Head> | undefined;

  constructor(connection: Connection, copies: Copies = {}) {
    this.#connection = connection;
    this.#copies = copies;
  }

  /** @returns the rows. A statement with a name is kept by the server in its parsed form. */
  async query<Row extends object>(statement: string | Statement, values?: readonly unknown[]): Promise<Row[]> {
    return (await this.#connection.query<Row>(statement, values && [...values])).rows;
  }

  /** @returns how many rows were made, changed, removed or found */
  async change(statement: string | Statement, values?: readonly unknown[]): Promise<number> {
    return (await this.#connection.query(statement, values && [...values])).rowCount ?? 0;
  }

  /**
   * Holds a job until the end of the transaction, so that nobody takes it from the replica that runs it. Throws StoreError `not_owner`.
   * @param lock `share` lets several transactions of that replica hold it at once; none of them may then change the job
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
   * Takes the audit log's lock now instead of at the end: for what must be read behind it, or to travel with another statement. No rows of
   * ledgers may be locked behind it, except by `last`.
   * @returns the `seq` that the first entry of this transaction gets
   */
  async lockAudit(): Promise<number> {
    this.#head ??= lockHead(this.#connection);
    return (await this.#head).frontier.size;
  }

  /** Entries for the audit log, appended when the work has ended. */
  audit(entries: readonly AuditInput[]): void {
    this.#entries = this.#entries.length === 0 ? entries : [...this.#entries, ...entries];
  }

  /** Events for the outbox, due at once; added when the work has ended. */
  emit(events: readonly OutboxEvent[]): void {
    this.#events = this.#events.length === 0 ? events : [...this.#events, ...events];
  }

  /** A statement to be sent behind the audit log's lock, together with the entries and events. */
  last(send: () => Promise<unknown>): void {
    this.#last.push(send);
  }

  /** For `StoreCore.commit`: sends what was gathered. @returns what was appended to the audit log, if anything was */
  async finish(
    now: Instant,
    append: (head: Head, entries: readonly AuditInput[]) => { appended: Appended; sent: Promise<unknown>[] },
  ): Promise<Appended | undefined> {
    if (this.#entries.length > 0) this.#head ??= lockHead(this.#connection);
    const head = this.#entries.length > 0 ? await this.#head : undefined;
    const written = head && append(head, this.#entries);
    await together([
      ...(written?.sent ?? []),
      ...(this.#events.length > 0 ? [insertEvents(this.#connection, copied(this.#events, this.#copies), now)] : []),
      ...this.#last.map((send) => send()),
    ]);
    return written?.appended;
  }
}
