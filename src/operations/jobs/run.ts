// One job while it runs in this process: sends chunk by chunk within the budget, commits as results come in, settles what is open.
//
// An item's way:  planned ─intent durable→ may have been sent ─reply→ result durable (ledger + audit + event in one transaction)
// A process that dies leaves items in any of these states; whoever goes on finds the results in the ledger and knows from the
// chunk's intent mark which of the others may have been sent.

import { type Clock, Histogram, messageOf } from "../../kernel/index.ts";
import { TenantError } from "../../tenant/index.ts";
import { OperationError } from "../error.ts";
import { Committer } from "./committer.ts";
import type { FinishedItem, OpenItem, RowLedger } from "./ledger.ts";
import type { JobProgress, ResultCounts, StopReason } from "./record.ts";
import { Semaphore } from "./semaphore.ts";

/** How often what is open is gone over: an item that meets a second failure while it is settled gets another chance. */
const SETTLE_ROUNDS = 3;

/** What the sending of one chunk measured. */
export interface ChunkReport {
  readonly attempts: ReturnType<Histogram["toJSON"]>;
  readonly items: ReturnType<Histogram["toJSON"]>;
  readonly retries: number;
  readonly rateLimited: number;
  readonly conflicts?: number;
  readonly stop?: StopReason;
}

/** How the sending of one row ended, and what it measured. */
export interface Sent<Item> {
  readonly item: Item;
  readonly attempts: number;
  readonly attemptLatenciesMs: readonly number[];
  readonly latencyMs: number;
  /** 429s seen. */
  readonly rateLimited: number;
  /** Times another writer was faster, where there are locks. */
  readonly conflicts?: number;
  /** The tenant did not answer, and why: too many of these in a row stop the job. */
  readonly unanswered: boolean;
  readonly message: string | undefined;
  /** Surely not stored, and worth another try at the end of the chunk. */
  readonly again: boolean;
}

/** What a kind of job does with a row. */
export interface RowWork<Row, Item> {
  lineOf(row: Row): number;
  /** The item of a row that is not sent, or undefined for one that is. `conflictsWith`: line of a later row that contradicts it. */
  local(row: Row, conflictsWith: number | undefined): Item | undefined;
  /**
   * Acts for one row; what concerns only this row is a value.
   * @param sentBefore an earlier process may have sent it
   * @throws TenantError for what stops all rows alike; OperationError `not_owner`, `job_state`
   */
  send(row: Row, sentBefore: boolean): Promise<Sent<Item>>;
  /** Finds out how an open item stands, acting again where that is safe. @throws TenantError when nothing could be found out */
  settle(row: Row, open: OpenItem): Promise<Item & { readonly reason?: string }>;
}

export interface RunDependencies<Row, Item extends FinishedItem> {
  readonly ledger: RowLedger<Row, Item>;
  readonly work: RowWork<Row, Item>;
  readonly clock: Clock;
  /** Rows under way at once. */
  readonly concurrency: number;
  /** Ends the run early; what is under way is finished and committed first. */
  readonly signal?: AbortSignal | undefined;
}

/** A row on its way. */
interface Send<Row> {
  readonly row: Row;
  readonly sentBefore: boolean;
}

/** What a chunk measures while it is sent. */
interface Measuring {
  readonly attempts: Histogram;
  readonly items: Histogram;
  retries: number;
  rateLimited: number;
  conflicts: number | undefined;
}

export class JobRun<Row, Item extends FinishedItem> {
  readonly #jobId: string;
  readonly #deps: RunDependencies<Row, Item>;
  readonly #places: Semaphore;
  readonly #committer: Committer<Item>;
  readonly #counts: Record<string, number> = {};
  #retries = 0;
  #rateLimited = 0;
  #phase: "sending" | "settling" = "sending";
  #stop: StopReason | undefined;
  /** Set when the job belongs to another replica: no result of this process counts any more. */
  #lost: OperationError | undefined;
  /** Items in a row that the vendor did not answer: a vendor that is away stops the job instead of failing every row. */
  #unanswered = 0;

  constructor(jobId: string, deps: RunDependencies<Row, Item>) {
    this.#jobId = jobId;
    this.#deps = deps;
    this.#places = new Semaphore(deps.concurrency);
    this.#committer = new Committer((batch) => deps.ledger.commit(jobId, batch), deps.clock);
  }

  /** Counts for a progress display; cheap to read at any time. */
  progress(): Omit<JobProgress, "totalRows"> {
    return { counts: { ...this.#counts }, retries: this.#retries, rateLimited: this.#rateLimited, phase: this.#phase };
  }

  /** Adds what the ledger held before this run, so that progress shows the whole job. */
  countEarlier(counts: ResultCounts): void {
    for (const [result, count] of Object.entries(counts)) this.#count(result, count);
  }

  /** Brings every row of a chunk to its result. Never rejects for what happened to an item; rejects when the ledger does. */
  async sendChunk(no: number): Promise<ChunkReport> {
    const { ledger, work } = this.#deps;
    const chunk = await ledger.chunk(this.#jobId, no);
    const measured: Measuring = {
      attempts: new Histogram(),
      items: new Histogram(),
      retries: 0,
      rateLimited: 0,
      conflicts: undefined,
    };
    const sends: Promise<void>[] = [];
    const notStored: Send<Row>[] = [];
    // One mark for the whole chunk: a wait on the database between sends would leave the tenant idle.
    const rows = !chunk.done && (await this.#announce(no, chunk.rows.length)) ? chunk.rows : [];
    for (const [index, row] of rows.entries()) {
      const line = work.lineOf(row);
      if (chunk.finished.has(line)) continue;
      const local = work.local(row, chunk.conflicts.get(line));
      if (local !== undefined) {
        this.#finish(no, local);
        continue;
      }
      if (this.#committer.full) await this.#committer.room();
      await this.#places.acquire();
      if (this.#committer.broken || this.#stopped()) {
        this.#places.release();
        break;
      }
      sends.push(this.#send(no, { row, sentBefore: index < chunk.intentUpto }, measured, notStored));
    }
    await Promise.all(sends);
    await this.#sendAgain(no, notStored, measured);
    await this.#committer.flush();
    if (this.#lost !== undefined) throw this.#lost;
    if (this.#stop === undefined && !chunk.done) await ledger.closeChunk(this.#jobId, no);
    return {
      attempts: measured.attempts.toJSON(),
      items: measured.items.toJSON(),
      retries: measured.retries,
      rateLimited: measured.rateLimited,
      ...(measured.conflicts === undefined ? {} : { conflicts: measured.conflicts }),
      ...(this.#stop === undefined ? {} : { stop: this.#stop }),
    };
  }

  /** Goes over what is open until it is settled. Gives the reason when it had to stop. */
  async settle(): Promise<StopReason | undefined> {
    this.#phase = "settling";
    for (let round = 0; round < SETTLE_ROUNDS && this.#stop === undefined; round++) {
      if ((await this.#settleRound()) === 0) break;
    }
    return this.#stop;
  }

  /** Goes once over the open items. @returns how many are still open */
  async #settleRound(): Promise<number> {
    let stillOpen = 0;
    for (let after = 0; ; ) {
      const open = await this.#deps.ledger.openItems(this.#jobId, after, 100);
      if (open.length === 0) return stillOpen;
      for (const item of open) {
        after = item.line;
        if (item.settled) continue;
        if (this.#stopped()) return stillOpen;
        if (!(await this.#settleItem(item))) stillOpen += 1;
      }
    }
  }

  #stopped(): boolean {
    if (this.#stop === undefined && this.#deps.signal?.aborted === true) {
      this.#stop = {
        code: "interrupted",
        message: "interrupted; what was under way is recorded",
        advice: "Run the same command again to go on.",
      };
    }
    return this.#stop !== undefined || this.#lost !== undefined;
  }

  /** Makes the intent durable; false when the job was cancelled meanwhile. */
  async #announce(no: number, upto: number): Promise<boolean> {
    try {
      await this.#deps.ledger.advanceIntent(this.#jobId, no, upto);
      return true;
    } catch (thrown) {
      if (!(thrown instanceof OperationError) || thrown.code !== "job_state") throw thrown;
      this.#stop ??= { code: "cancelled", message: thrown.message };
      return false;
    }
  }

  #count(result: string, by: number): void {
    this.#counts[result] = (this.#counts[result] ?? 0) + by;
  }

  #finish(chunkNo: number, item: Item): void {
    this.#count(item.result, 1);
    this.#committer.add(chunkNo, item);
  }

  /** Sends what was surely not stored once more. When the job has stopped it stays without a result, for the next run. */
  async #sendAgain(no: number, notStored: readonly Send<Row>[], measured: Measuring): Promise<void> {
    const sends: Promise<void>[] = [];
    for (const send of notStored) {
      await this.#places.acquire();
      if (this.#committer.broken || this.#stopped()) {
        this.#places.release();
        break;
      }
      sends.push(this.#send(no, send, measured, undefined));
    }
    await Promise.all(sends);
  }

  /** Sends one row and notes its result; with `notStored`, a row that is worth another try goes there instead. */
  async #send(no: number, send: Send<Row>, measured: Measuring, notStored: Send<Row>[] | undefined): Promise<void> {
    try {
      const sent = await this.#deps.work.send(send.row, send.sentBefore);
      const retries = Math.max(0, sent.attempts - 1);
      for (const latency of sent.attemptLatenciesMs) measured.attempts.record(latency);
      measured.items.record(sent.latencyMs);
      measured.retries += retries;
      measured.rateLimited += sent.rateLimited;
      if (sent.conflicts !== undefined) measured.conflicts = (measured.conflicts ?? 0) + sent.conflicts;
      this.#retries += retries;
      this.#rateLimited += sent.rateLimited;
      this.#watchVendor(sent.unanswered, sent.message);
      if (sent.again && notStored !== undefined) notStored.push(send);
      else this.#finish(no, sent.item);
    } catch (thrown) {
      this.#fail(thrown);
    } finally {
      this.#places.release();
    }
  }

  /** What ends the run: the job is another replica's now, or all rows would fail alike. */
  #fail(thrown: unknown): void {
    if (thrown instanceof OperationError && thrown.code === "not_owner") this.#lost ??= thrown;
    else this.#stop ??= stopReason(thrown);
  }

  #watchVendor(unanswered: boolean, message: string | undefined): void {
    this.#unanswered = unanswered ? this.#unanswered + 1 : 0;
    if (this.#unanswered < Math.max(20, 2 * this.#deps.concurrency)) return;
    this.#stop ??= {
      code: "vendor_unavailable",
      message: `the tenant did not answer ${this.#unanswered} calls in a row${message === undefined ? "" : ` (${message})`}`,
      advice: "Run the same command again when the tenant answers; what is not settled is settled first.",
    };
  }

  /** @returns true when nothing is left to do for the item */
  async #settleItem(open: OpenItem): Promise<boolean> {
    const { ledger, work } = this.#deps;
    const row = await ledger.row(this.#jobId, open.line);
    if (row === undefined || work.local(row, undefined) !== undefined) return true;
    try {
      const settled = await work.settle(row, open);
      // Something was read, so the tenant is there; a write that failed after it is the first of a new row of failures.
      this.#watchVendor(false, undefined);
      if (settled.result === "unknown" || settled.result === "failed") this.#watchVendor(true, settled.reason);
      if (settled.result === "unknown") return false;
      if (settled.result !== open.result) {
        this.#count(open.result, -1);
        this.#count(settled.result, 1);
      }
      await ledger.settle(this.#jobId, settled);
      return true;
    } catch (thrown) {
      // A read-back that fails leaves the item as it is: unknown stays unknown, and says so. Missing rights stop the job.
      if (!(thrown instanceof TenantError)) throw thrown;
      const stop = stopReason(thrown);
      if (stop.code === "missing_scope" || stop.code === "unauthorized") this.#stop ??= stop;
      else this.#watchVendor(true, messageOf(thrown));
      return false;
    }
  }
}

function stopReason(thrown: unknown): StopReason {
  if (thrown instanceof OperationError && thrown.code === "job_state") return { code: "cancelled", message: thrown.message };
  if (thrown instanceof TenantError) {
    return { code: thrown.code, message: thrown.message, ...(thrown.advice === undefined ? {} : { advice: thrown.advice }) };
  }
  return { code: "internal", message: messageOf(thrown) };
}
