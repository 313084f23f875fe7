// The only way to write: the changes, their audit entries and their events in one transaction, with all locks taken in one order.
//
// First rows of ledgers, including the job that a fence holds; then the head of the audit log; then `last` statements, and the
// outbox. Because of this order, writers can wait for each other but never deadlock.

import { AsyncLocalStorage } from "node:async_hooks";
import { setImmediate } from "node:timers/promises";
import type { Clock, Instant } from "../kernel/index.ts";
import { type Appended, append, type Head, lockHead } from "./audit/append.ts";
import { type AuditInput, createSealer, type Mark, type Sealer } from "./audit/entry.ts";
import type { Heads } from "./audit/heads.ts";
import type { Hold } from "./audit/hold.ts";
import type { Signer } from "./audit/note.ts";
import { Database, together } from "./database/database.ts";
import { notOwner, StoreError } from "./error.ts";
import { addressed, insertEvents, type Takers } from "./outbox/insert.ts";
import type { NewEvent } from "./outbox/types.ts";
import type { Connection, ConnectionPool, Statement } from "./plain-types.ts";

/** Entries of a transaction that are noted with a request's key. */
const MOST_NOTED = 5;
/** Entries at most of those who wait together that one transaction appends. */
const MOST_TOGETHER = 2_000;

interface Keyed {
  readonly principal: string;
  readonly key: string;
  over: boolean;
}
/** The request with an Idempotency-Key that is being carried out; what it leaves running behind it is not noted. */
export const KEYED = new AsyncLocalStorage<Keyed>();

/** Entries that wait to be appended, with who waits for them. */
interface Waiting {
  readonly entries: readonly AuditInput[];
  /** Runs as the caller, whose request may have an Idempotency-Key. */
  readonly as: (work: () => void) => void;
  readonly kept: () => void;
  readonly failed: (thrown: unknown) => void;
}

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
  /** In the order in which they came. */
  readonly #waiting: Waiting[] = [];
  #appending: Promise<void> | undefined;

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
   * Appends entries that belong to no change, in the order of the calls. One commit is under way at a time, and the next one takes all who wait: appending
   * to the log waits for the disk, and its lock is held that long. Rejects as `commit`; what is wrong with one caller's entries fails no other's.
   */
  append(entries: readonly AuditInput[]): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.#waiting.push({ entries, as: AsyncLocalStorage.snapshot(), kept: resolve, failed: reject });
    this.#appending ??= this.#appendAll();
    return promise;
  }

  /** Resolves when nobody waits for entries to be appended. */
  async appended(): Promise<void> {
    await this.#appending;
  }

  async #appendAll(): Promise<void> {
    while (this.#waiting.length > 0) {
      // Who was just told may have more to say: without a turn for them they would miss every other commit.
      await setImmediate();
      let count = 0;
      const fits = this.#waiting.findIndex(({ entries }, i) => (count += entries.length) > MOST_TOGETHER && i > 0);
      await this.#appendGroup(this.#waiting.splice(0, fits < 0 ? this.#waiting.length : fits));
    }
    this.#appending = undefined;
  }

  async #appendGroup(group: readonly Waiting[]): Promise<void> {
    let isSent = false;
    try {
      await this.commit(
        (tx) => {
          for (const { entries, as } of group) as(() => tx.audit(entries));
        },
        { onSent: () => (isSent = true) },
      );
      for (const { kept } of group) kept();
    } catch (thrown) {
      // Nothing was kept, and it may be for one of them: each has its own try. A store that is away is away for all; and when the commit was sent, the
      // entries may be in the log, so a second try could write them twice.
      const isOfAll = isSent || (thrown instanceof StoreError && thrown.code !== "too_long");
      if (group.length === 1 || isOfAll) for (const { failed } of group) failed(thrown);
      else for (const one of group) await this.#appendGroup([one]);
    }
  }

  /**
   * Runs `work` in one transaction, with the audit entries and events that it asks for: everything is kept when the work
   * resolves, nothing when it rejects. Throws StoreError `audit_key` when there are entries and the log was begun with another
   * key.
   * @param options.urgent fail within seconds when the database does not answer
   * @param options.onSent called when all was written and the commit is sent next
   */
  async commit<T>(
    work: (tx: Tx) => T | Promise<T>,
    { urgent = false, onSent }: { readonly urgent?: boolean; readonly onSent?: () => void } = {},
  ): Promise<T> {
    const write = async (connection: Connection) => {
      const tx = new Tx(connection, this.takers);
      const result = await work(tx);
      await tx.noteKeyed();
      const appended = await tx.finish(this.now(), (head, entries) =>
        append(connection, head, entries, { signer: this.#signer, seal: this.#seal, mark: this.#mark, now: this.now() }),
      );
      onSent?.();
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
  /** What is written for requests with an Idempotency-Key. */
  readonly #written = new Map<Keyed, Pick<AuditInput, "action" | "subject">[]>();
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
    this.#noteAll(entries);
  }

  /** Notes with the request's Idempotency-Key what has no audit entry of its own in this transaction. */
  note(written: Pick<AuditInput, "action" | "subject">): void {
    this.#noteAll([written]);
  }

  #noteAll(written: readonly Pick<AuditInput, "action" | "subject">[]): void {
    const keyed = KEYED.getStore();
    if (keyed !== undefined) this.#written.set(keyed, [...(this.#written.get(keyed) ?? []), ...written].slice(0, MOST_NOTED));
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
    const noted = [...this.#written].filter(([keyed]) => !keyed.over);
    await together(
      noted.map(([{ principal, key }, written]) =>
        this.query(
          "update outdial.idempotency_keys set wrote = (coalesce(wrote::jsonb, '[]') || $3::jsonb)::json where principal = $1 and key = $2 and status is null",
          [principal, key, JSON.stringify(written.map(({ action, subject }) => ({ action, subject })))],
        ),
      ),
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
