// One job while it runs in this process: sends chunk by chunk within the budget, commits as results come in, settles what is open.
//
// An item's way:  planned ─intent durable→ may have been sent ─reply→ result durable (ledger + audit + event in one transaction)
// A process that dies leaves items in any of these states. The next process finds the results in the ledger, and the
// chunk's intent mark shows which of the other items may have been sent.

import { type Clock, Histogram, messageOf, type RandomStream } from "../../kernel/index.ts";
import { type AuditInput, ITEM_RESULTS, type ItemCounts, isGood } from "../../store/index.ts";
import { TenantError } from "../../tenant/port.ts";
import { OperationError } from "../error.ts";
import type { Kind, Running } from "../run/kind.ts";
import type { Leave } from "../run/leave.ts";
import { overlapping } from "../run/overlap.ts";
import { CANCELLED, reasonOf } from "../run/reason.ts";
import type { Runs } from "../run/runs.ts";
import type { FinishedItem, OpenItem, RowLedger } from "./ledger.ts";
import {
  ENDED,
  type JobProgress,
  type JobRecords,
  type JobStatus,
  type Measured,
  type ReplicaStanding,
  type RowJob,
  type StopReason,
} from "./record.ts";
import { Semaphore } from "./semaphore.ts";

// Runs and follows jobs of one kind over the rows of a file. A run's workflow: which chunks are left, each chunk as one durable step, then what is open is
// settled, then the job is closed.
//
//   pending chunks ─▶ chunk 0 ─▶ chunk 1 ─▶ … (some overlap, so that the pipe never runs dry at a chunk's end) ─▶ settle ─▶ close
//                        └── stop (no rights, vendor away, interrupted): no further chunk, the job is closed as stopped and can be resumed

/** What jobs of any kind over the rows of a file need. */
export interface RowJobsParts {
  readonly jobs: JobRecords;
  readonly replicas: ReplicaStanding;
  readonly runs: Runs;
  /** See `Kind`. */
  readonly scope: string;
  /** Called when a job stopped before its end for a reason other than an interruption. */
  readonly onStopped?: ((job: RowJob) => void) | undefined;
  /** Writes an entry of the job's own into the audit log. */
  readonly record: (entry: AuditInput) => Promise<void>;
  readonly clock: Clock;
  readonly random: RandomStream;
  readonly actor: string;
  readonly replicaId: string;
  /** Concurrent rows. */
  readonly concurrency: number;
}

interface RunnerDependencies<Row, Item extends FinishedItem> extends RowJobsParts {
  readonly kind: string;
  /** Concurrent chunks; 1 keeps the order of the file between chunks. */
  readonly overlap: number;
  /** What is done with the rows of a job. */
  readonly workOf: (job: RowJob) => Pick<RunDependencies<Row, Item>, "ledger" | "work">;
}

/** Runs the jobs of one kind through the engine, and follows those that another process runs. */
export class JobRunner<Row, Item extends FinishedItem> {
  readonly #deps: RunnerDependencies<Row, Item>;
  /** Runs in this process. */
  readonly #active = new Map<string, JobRun<Row, Item>>();

  constructor(deps: RunnerDependencies<Row, Item>) {
    this.#deps = deps;
  }

  /** The kind for the engine. */
  kind(): Kind {
    return {
      name: this.#deps.kind,
      scope: this.#deps.scope,
      // When two jobs write the same rows, the tenant decides the order, as it does for two people.
      partition: ({ id }) => id,
      goOn: "run the same command again to go on",
      body: (running) => this.#body(running),
    };
  }

  /** The job with an id. Throws OperationError `job_not_found`. */
  find(id: string): Promise<RowJob> {
    return this.#deps.jobs.get(id);
  }

  /**
   * Runs a job to its end, or follows the process that does.
   * @returns the job as it ended; `stopped` when rights are missing, the tenant is away, or the run was interrupted
   */
  async run(id: string, onProgress?: (progress: JobProgress) => void): Promise<RowJob> {
    const { jobs, runs } = this.#deps;
    const job = await jobs.get(id);
    if (ENDED.includes(job.status)) return job;
    if (job.status === "planning")
      throw new OperationError("job_state", `job ${id} is still being planned`, { advice: "Submit its file again." });
    const { totalRows } = job;
    let active: JobRun<Row, Item> | undefined;
    await runs.run(id, async (here) => {
      active = here ? this.#active.get(id) : undefined;
      if (active !== undefined) onProgress?.({ totalRows, ...active.progress() });
      else if (!here) onProgress?.({ totalRows, counts: await jobs.counts(id), retries: 0, rateLimited: 0, phase: "watching" });
    });
    if (active !== undefined) onProgress?.({ totalRows, ...active.progress() });
    return jobs.get(id);
  }

  async #body({ jobId, run, step, leave }: Running): Promise<void> {
    const { jobs, workOf, overlap, replicaId, clock, concurrency, onStopped } = this.#deps;
    const job = await jobs.get(jobId);
    await this.#recordStart(job, run);
    const work = new JobRun(jobId, { ...workOf(job), clock, concurrency, leave });
    work.countEarlier(await jobs.counts(jobId));
    this.#active.set(jobId, work);
    try {
      const chunks = await step("pending-chunks", () => jobs.pendingChunks(jobId));
      // As text: the workflow's own serializer visits every number of a histogram.
      const send = async (no: number) =>
        JSON.parse(await step(`chunk-${no}`, async () => JSON.stringify(await work.sendChunk(no)))) as ChunkReport;
      const { ended: reports, stop: stopped } = await overlapping(chunks, overlap, send, (report) => report.stop);
      const stop = stopped ?? (await step("settle", async () => (await work.settle()) ?? null)) ?? undefined;
      await step("close", async () => {
        // The job's status follows from its ledger.
        const status = stop === undefined ? endStatus(await jobs.counts(jobId)) : "stopped";
        await jobs.end(jobId, { status, stop, measured: merge(reports) }, replicaId);
        const ended = await jobs.get(jobId);
        if (ended.status === "stopped" && ended.stop?.code !== "interrupted") onStopped?.(ended);
        return null;
      });
    } finally {
      this.#active.delete(jobId);
    }
  }

  /** Writes an audit entry that the job is running. When the log cannot be written, the job stops before anything is sent. */
  async #recordStart(job: RowJob, run: number): Promise<void> {
    const { record, actor, replicaId } = this.#deps;
    const details = {
      campaign: job.campaignId,
      source: job.sourceName,
      contentHash: job.contentHash,
      rows: job.totalRows,
      run,
      replica: replicaId,
    };
    await record({ actor, action: "job.run", subject: job.id, job: job.id, details });
  }
}

/** Done when every row has a good result, otherwise partly failed. */
function endStatus(counts: ItemCounts): JobStatus {
  const bad = ITEM_RESULTS.some((result) => (counts[result] ?? 0) > 0 && !isGood(result));
  return bad ? "partly_failed" : "done";
}

function merge(reports: readonly ChunkReport[]): Measured {
  const attempts = new Histogram();
  const items = new Histogram();
  let retries = 0;
  let rateLimited = 0;
  let conflicts: number | undefined;
  for (const report of reports) {
    attempts.merge(Histogram.from(report.attempts));
    items.merge(Histogram.from(report.items));
    retries += report.retries;
    rateLimited += report.rateLimited;
    if (report.conflicts !== undefined) conflicts = (conflicts ?? 0) + report.conflicts;
  }
  return {
    attempts: attempts.summary(),
    items: items.summary(),
    retries,
    rateLimited,
    ...(conflicts === undefined ? {} : { conflicts }),
  };
}

/** Rounds of settling open items: an item that fails a second time gets another chance. */
const SETTLE_ROUNDS = 3;

/** Measurements of one chunk. */
interface ChunkReport {
  readonly attempts: ReturnType<Histogram["toJSON"]>;
  readonly items: ReturnType<Histogram["toJSON"]>;
  readonly retries: number;
  readonly rateLimited: number;
  readonly conflicts?: number;
  readonly stop?: StopReason;
}

/** The result of sending one row, with its measurements. */
export interface SentRow<Item> {
  readonly item: Item;
  readonly attempts: number;
  readonly attemptLatenciesMs: readonly number[];
  readonly latencyMs: number;
  /** 429s seen. */
  readonly rateLimited: number;
  /** Number of times that another writer was faster, for kinds with locks. */
  readonly conflicts?: number;
  /** Why the tenant did not answer; too many of these in a row stop the job. */
  readonly unanswered: boolean;
  readonly message: string | undefined;
  /** Certainly not stored, and worth another attempt at the end of the chunk. */
  readonly again: boolean;
}

/** What a kind of job does with a row. */
export interface RowWork<Row, Item> {
  lineOf(row: Row): number;
  /**
   * The item of a row that is not sent, or undefined for one that is. `conflictsWith`: line of a later row that contradicts it.
   */
  local(row: Row, conflictsWith: number | undefined): Item | undefined;
  /**
   * Sends one row; what concerns only this row is a value.
   * @param sentBefore an earlier process may have sent it
   * @param leave `halt` ends it unless its request was sent, `confirmed` is called before each of its requests; see `CallOptions`
   * @throws TenantError for what concerns all rows, and when it was halted with nothing sent; OperationError `not_owner`,
   * `job_state`
   */
  send(row: Row, sentBefore: boolean, leave: Leave): Promise<SentRow<Item>>;
  /**
   * Looks whether the tenant has stored a row that an earlier process may have sent: its item, or undefined when it is to be sent. Kinds without it
   * send such a row again. @throws TenantError when it cannot be found out
   */
  readonly stored?: (row: Row, leave: Leave) => Promise<Item | undefined>;
  /**
   * Finds out the state of an open item, and sends again where that is safe. @throws TenantError when nothing could be found out
   */
  settle(row: Row, open: OpenItem, leave: Leave): Promise<Item>;
}

interface RunDependencies<Row, Item extends FinishedItem> {
  readonly ledger: RowLedger<Row, Item>;
  readonly work: RowWork<Row, Item>;
  readonly clock: Clock;
  /** Rows under way at once. */
  readonly concurrency: number;
  readonly leave: Leave;
}

/** A row being sent. */
interface Send<Row> {
  readonly row: Row;
  /** Its place among the rows of its chunk that are sent. */
  readonly place: number;
  readonly sentBefore: boolean;
  readonly doubt: Doubt;
}

/**
 * What is found of the rows of a chunk that an earlier process may have sent. Rows are begun in their order and only so many (`concurrency`) are under
 * way at once, here and there: of a row that was sent, fewer than `concurrency` before it are not stored, and fewer than `concurrency` before it are being
 * read. So one of the `2 * concurrency` before it is known to be stored, and a row of which this is not true was not sent.
 */
interface Doubt {
  /** Place of the last row that is known to be stored, -1 for none, -Infinity once the tenant could not tell. */
  stored: number;
}

/** A row that was certainly not stored, with its item in case it is not sent again. */
interface NotStored<Row, Item> extends Send<Row> {
  readonly item: Item;
}

/** Measurements while a chunk is sent. */
interface Measuring {
  readonly attempts: Histogram;
  readonly items: Histogram;
  retries: number;
  rateLimited: number;
  conflicts: number | undefined;
  /** Rows whose sending was interrupted, that may have been sent and have no result. */
  lost: number;
}

/** One run over the rows of a job: sends them within the tenant's limits and records each result once. */
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
  /** Set when the job belongs to another replica: results of this process no longer count. */
  #lost: OperationError | undefined;
  /** Consecutive items without an answer of the vendor: a vendor that is away stops the job instead of failing every row. */
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

  /** Adds the counts from before this run, so that progress covers the whole job. */
  countEarlier(counts: ItemCounts): void {
    for (const [result, count] of Object.entries(counts)) this.#count(result, count);
  }

  /**
   * Brings every row of a chunk to its result. It does not reject because of an item. It rejects when the ledger does, and only
   * after all sending of the chunk has ended.
   */
  async sendChunk(no: number): Promise<ChunkReport> {
    const { ledger, work } = this.#deps;
    const chunk = await ledger.chunk(this.#jobId, no);
    const measured: Measuring = {
      attempts: new Histogram(),
      items: new Histogram(),
      retries: 0,
      rateLimited: 0,
      conflicts: undefined,
      lost: 0,
    };
    const notStored: NotStored<Row, Item>[] = [];
    // One record for the whole chunk: waiting for the database between sends would leave the tenant idle.
    const announced = !chunk.done && !this.#stopped() && (await this.#announce(no, chunk.rows.length));
    const rows = announced ? chunk.rows : [];
    const sends: Promise<void>[] = [];
    const toSend = rows.filter((row) => work.local(row, chunk.conflicts.get(work.lineOf(row))) === undefined);
    const doubt: Doubt = { stored: toSend.findLastIndex((row) => chunk.finished.has(work.lineOf(row))) };
    let place = -1;
    for (const [index, row] of rows.entries()) {
      const line = work.lineOf(row);
      const local = work.local(row, chunk.conflicts.get(line));
      if (local === undefined) place += 1;
      if (chunk.finished.has(line)) continue;
      if (local !== undefined) {
        this.#finish(no, local);
        continue;
      }
      // The failure is thrown by the flush below, after all sending has ended.
      if (this.#committer.full) await this.#committer.room().catch(() => undefined);
      if (!(await this.#mayGo())) break;
      sends.push(this.#send(no, { row, place, sentBefore: index < chunk.intentUpto, doubt }, measured, notStored));
    }
    await Promise.all(sends);
    await this.#sendAgain(no, notStored, measured);
    await this.#committer.flush();
    if (this.#lost !== undefined) throw this.#lost;
    // The record shows the next process, and the counts of unsent rows, which rows may have been sent.
    if (announced && this.#stop !== undefined && measured.lost === 0) {
      await ledger.withdrawIntent(this.#jobId, no, chunk.intentUpto);
    }
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

  /** Settles open items repeatedly. Returns the reason when it had to stop. */
  async settle(): Promise<StopReason | undefined> {
    this.#phase = "settling";
    for (let round = 0; round < SETTLE_ROUNDS && this.#stop === undefined; round++) {
      if ((await this.#settleRound()) === 0) break;
    }
    return this.#stop;
  }

  /** One round over the open items. @returns how many are still open */
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
    const { halt } = this.#deps.leave;
    if (halt.aborted) {
      const { reason }: { reason: unknown } = halt;
      if (reason instanceof OperationError && reason.code === "not_owner") this.#lost ??= reason;
      else this.#stop ??= reasonOf(reason);
    }
    return this.#stop !== undefined || this.#lost !== undefined;
  }

  /** Takes a place among the concurrent rows; false, without a place, when no further row may be sent. */
  async #mayGo(): Promise<boolean> {
    await this.#places.acquire();
    const { leave } = this.#deps;
    for (let wait = leave.confirmed(); wait !== undefined && !this.#stopped(); wait = leave.confirmed()) await wait;
    if (!this.#committer.broken && !this.#stopped()) return true;
    this.#places.release();
    return false;
  }

  /** Records the intent durably; false when the job was cancelled in the meantime. */
  async #announce(no: number, upto: number): Promise<boolean> {
    try {
      await this.#deps.ledger.advanceIntent(this.#jobId, no, upto);
      return true;
    } catch (thrown) {
      if (!(thrown instanceof OperationError) || thrown.code !== "job_state") throw thrown;
      this.#stop ??= reasonOf(thrown);
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

  /**
   * Sends rows again that were certainly not stored. When the job has stopped, such a row stays without a result, for the next
   * run. When the job was cancelled there is no next run, and the result is `failed`.
   */
  async #sendAgain(no: number, notStored: readonly NotStored<Row, Item>[], measured: Measuring): Promise<void> {
    const sends: Promise<void>[] = [];
    for (const send of notStored) {
      if (await this.#mayGo()) sends.push(this.#send(no, send, measured, undefined));
      else if (this.#stop?.code === CANCELLED) this.#finish(no, send.item);
    }
    await Promise.all(sends);
  }

  /** Sends one row and records its result; with `notStored`, a row that is worth another attempt is added there instead. */
  async #send(no: number, send: Send<Row>, measured: Measuring, notStored: NotStored<Row, Item>[] | undefined): Promise<void> {
    try {
      const stored = await this.#stored(send);
      if (stored !== undefined) {
        this.#finish(no, stored);
        return;
      }
      const sent = await this.#deps.work.send(send.row, send.sentBefore, this.#deps.leave);
      const retries = Math.max(0, sent.attempts - 1);
      for (const latency of sent.attemptLatenciesMs) measured.attempts.record(latency);
      measured.items.record(sent.latencyMs);
      measured.retries += retries;
      measured.rateLimited += sent.rateLimited;
      if (sent.conflicts !== undefined) measured.conflicts = (measured.conflicts ?? 0) + sent.conflicts;
      this.#retries += retries;
      this.#rateLimited += sent.rateLimited;
      this.#watchVendor(sent.unanswered, sent.message);
      if (sent.again && notStored !== undefined) notStored.push({ ...send, item: sent.item });
      else this.#finish(no, sent.item);
    } catch (thrown) {
      if (this.#maySent(thrown)) measured.lost += 1;
      this.#fail(thrown);
    } finally {
      this.#places.release();
    }
  }

  /** The item of a row that an earlier process sent and the tenant has stored. When that cannot be told, the row is sent: see `RowWork`. */
  async #stored({ row, place, sentBefore, doubt }: Send<Row>): Promise<Item | undefined> {
    const { work, leave, concurrency } = this.#deps;
    if (!sentBefore || work.stored === undefined || place >= doubt.stored + 2 * concurrency) return undefined;
    try {
      const found = await work.stored(row, leave);
      if (found !== undefined) doubt.stored = Math.max(doubt.stored, place);
      return found;
    } catch (thrown) {
      if (leave.halt.aborted || !(thrown instanceof TenantError)) throw thrown;
      doubt.stored = Number.NEGATIVE_INFINITY;
      return undefined;
    }
  }

  /** Whether a row whose sending was interrupted may have been sent. */
  #maySent(thrown: unknown): boolean {
    if (thrown instanceof TenantError) return thrown.outcomeUnknown;
    return !(thrown instanceof OperationError) && thrown !== this.#deps.leave.halt.reason;
  }

  /** Ends the run: the job belongs to another replica now, or all rows would fail. */
  #fail(thrown: unknown): void {
    if (thrown instanceof OperationError && thrown.code === "not_owner") this.#lost ??= thrown;
    // A halted row has the reason of the halt.
    else if (!this.#stopped()) this.#stop = reasonOf(thrown);
  }

  #watchVendor(unanswered: boolean, message: string | undefined): void {
    this.#unanswered = unanswered ? this.#unanswered + 1 : 0;
    if (this.#unanswered < Math.max(20, 2 * this.#deps.concurrency)) return;
    this.#stop ??= {
      code: "vendor_unavailable",
      message: `the tenant did not answer ${this.#unanswered} calls in a row${message === undefined ? "" : ` (${message})`}`,
      advice: "Run the same command again when the tenant answers; it first checks the rows whose result is not known.",
    };
  }

  /** @returns true when nothing is left to do for the item */
  async #settleItem(open: OpenItem): Promise<boolean> {
    const { ledger, work } = this.#deps;
    const row = await ledger.row(this.#jobId, open.line);
    if (row === undefined || work.local(row, undefined) !== undefined) return true;
    try {
      const settled = await work.settle(row, open, this.#deps.leave);
      // Something was read, so the tenant is reachable; a write that failed after it begins a new series of failures.
      this.#watchVendor(false, undefined);
      if (settled.result === "unknown" || settled.result === "failed") this.#watchVendor(true, settled.reason);
      if (settled.result === "unknown") return false;
      if (settled.result !== open.result) {
        this.#count(open.result, -1);
        this.#count(settled.result, 1);
      }
      await ledger.settle(this.#jobId, settled, open.result);
      return true;
    } catch (thrown) {
      // A failed read-back leaves the item as it is. Missing rights stop the job.
      if (!(thrown instanceof TenantError)) throw thrown;
      if (this.#stopped()) return false;
      const stop = reasonOf(thrown);
      if (stop.code === "missing_scope" || stop.code === "unauthorized") this.#stop ??= stop;
      else this.#watchVendor(true, messageOf(thrown));
      return false;
    }
  }
}

// Collects finished items and commits them in small batches: while one batch is written the next one fills.

const MAX_BATCH = 500;
/** With fewer items it waits a moment for more: a transaction costs as much for one item as for a hundred. */
const SMALL_BATCH = 128;
const LINGER_MS = 10;
/** With more unwritten items than this, senders wait. */
const HIGH_WATER = 2000;

interface Waiting<Item> {
  readonly item: Item;
  readonly chunkNo: number;
}

/** Writes one batch in one transaction; rejects when the job no longer belongs to this replica. */
type WriteBatch<Item> = (batch: readonly Waiting<Item>[]) => Promise<void>;

/** One committer per running job. A failed write is kept and rethrown to everyone who waits. */
export class Committer<Item> {
  readonly #write: WriteBatch<Item>;
  readonly #clock: Clock;
  #queue: Waiting<Item>[] = [];
  #running: Promise<void> | undefined;
  #failure: { readonly error: unknown } | undefined;
  #drained: (() => void)[] = [];

  constructor(write: WriteBatch<Item>, clock: Clock) {
    this.#write = write;
    this.#clock = clock;
  }

  /** Adds an item; after a failed write it is dropped, and waiting callers get the failure. */
  add(chunkNo: number, item: Item): void {
    if (this.broken) return;
    this.#queue.push({ item, chunkNo });
    this.#running ??= this.#run();
  }

  /** True when senders should wait for `room()`. */
  get full(): boolean {
    return this.#queue.length >= HIGH_WATER;
  }

  /** True when a write failed: nothing more can be recorded, so nothing more may be sent. */
  get broken(): boolean {
    return this.#failure !== undefined;
  }

  /** Resolves when there is room again. */
  async room(): Promise<void> {
    this.#check();
    if (this.full) await new Promise<void>((resolve) => this.#drained.push(resolve));
    this.#check();
  }

  /** Resolves when everything added so far is durable. */
  async flush(): Promise<void> {
    while (this.#running !== undefined) await this.#running;
    this.#check();
  }

  #check(): void {
    if (this.#failure !== undefined) throw this.#failure.error;
  }

  async #run(): Promise<void> {
    // One turn, so that `#running` is set before it is cleared, however soon this ends.
    await Promise.resolve();
    try {
      while (this.#queue.length > 0 && this.#failure === undefined) {
        if (this.#queue.length < SMALL_BATCH) await this.#clock.sleep(LINGER_MS);
        const batch = this.#queue.splice(0, MAX_BATCH);
        await this.#write(batch);
        this.#wake();
      }
    } catch (error) {
      this.#failure = { error };
      this.#queue = [];
    } finally {
      this.#running = undefined;
      this.#wake();
    }
  }

  #wake(): void {
    const waiting = this.#drained;
    this.#drained = [];
    for (const resolve of waiting) resolve();
  }
}
