// The rows of a job and their results in the store. The kind of job defines the form of a row, an item, its audit entry and its event.

import {
  type AuditInput,
  type ItemResult,
  type JobItem,
  type JobLedger,
  type NewEvent,
  type NewItem,
  StoreError,
} from "../../store/index.ts";
import { OperationError } from "../error.ts";
import { cloudEvent, type OutboundEventType } from "../events/index.ts";
import type { Conflict, PlannedChunk } from "./plan.ts";

/** A chunk when the job gets it: new, or half done by a process that died. */
interface ChunkState<Row> {
  readonly rows: readonly Row[];
  /** Rows before this index may have been sent. */
  readonly intentUpto: number;
  readonly done: boolean;
  /** Lines of this chunk that a later row contradicts, each with that row's line. */
  readonly conflicts: ReadonlyMap<number, number>;
  /** Lines that have their result in the ledger. */
  readonly finished: ReadonlySet<number>;
}

/** An item in the ledger that is not settled. */
export interface OpenItem extends Pick<JobItem, "line" | "result" | "attempts" | "latencyMs"> {
  /** True when nothing is left to do for it after all. */
  readonly settled: boolean;
}

/** The result of a row, as far as all kinds of jobs need it. */
export interface FinishedItem {
  readonly line: number;
  readonly result: ItemResult;
  readonly statusCode?: number | undefined;
  readonly reason?: string | undefined;
  /** Requests sent. */
  readonly attempts: number;
  /** From the first request to the last answer, ms. */
  readonly latencyMs?: number | undefined;
  readonly callStatus?: string | undefined;
  /** The body of the tenant's last 5xx reply, when the row could not be written. */
  readonly vendorBody?: string | undefined;
}

/**
 * An item that got a result: `kind` of its job, what is wrong with it, and the time from its first request to its last answer.
 */
export interface EndedItem {
  readonly kind: string;
  readonly result: string;
  readonly error: "validation" | "api" | undefined;
  readonly latencyMs: number | undefined;
}

/** What a ledger of any kind of job needs. */
export interface RowLedgerParts {
  readonly jobs: JobLedger;
  readonly actor: string;
  readonly executor: string;
  /** ms since the epoch. */
  readonly now: () => number;
  /** Whether a receiver takes events of this type now. */
  readonly takes: (type: OutboundEventType) => boolean;
  /** Called for each item when its result is stored, and again when it is settled later with another result. */
  readonly onItem?: ((item: EndedItem) => void) | undefined;
}

/** What a kind of job says about its rows and items. */
interface RowLedgerKind<Row, Item extends FinishedItem> {
  readonly kind: string;
  /** The stored text of a chunk's rows, and back. */
  readonly encode: (rows: readonly Row[]) => string;
  readonly decode: (payload: string) => Row[];
  readonly lineOf: (row: Row) => number;
  /** The call or interaction of an item. */
  readonly subjectOf: (item: Item) => string;
  /** Action of an item's audit entry, and what the entry says besides the result. */
  readonly action: string;
  readonly detailsOf: (item: Item) => Readonly<Record<string, unknown>>;
  readonly event: OutboundEventType;
  /** Source of the event. */
  readonly source: string;
  /** The event's data; undefined for an item without an event. */
  readonly dataOf: (item: Item, time: number) => Record<string, unknown> | undefined;
  /** What went wrong with an item, by its result: a rule (ours or the tenant's), or the tenant otherwise. */
  readonly errorOf: (result: Item["result"]) => EndedItem["error"];
  /** Whether nothing is left to do for an item that is `unknown` or `locked`. */
  readonly isSettled: (item: JobItem) => boolean;
}

/** Rows and results of the jobs that this replica runs. Writes reject with OperationError `not_owner` once another process has the job. */
export class RowLedger<Row, Item extends FinishedItem> {
  readonly #options: RowLedgerParts & RowLedgerKind<Row, Item>;

  constructor(parts: RowLedgerParts, kind: RowLedgerKind<Row, Item>) {
    this.#options = { ...parts, ...kind };
  }

  addChunks(jobId: string, chunks: readonly PlannedChunk<Row>[]): Promise<void> {
    const { jobs, encode } = this.#options;
    return jobs.addChunks(
      jobId,
      chunks.map(({ no, firstLine, lastLine, rows }) => ({ chunkNo: no, firstLine, lastLine, payload: encode(rows) })),
    );
  }

  addConflicts(jobId: string, conflicts: readonly Conflict[]): Promise<void> {
    return this.#options.jobs.addConflicts(jobId, conflicts);
  }

  async chunk(jobId: string, no: number): Promise<ChunkState<Row>> {
    const { jobs, decode } = this.#options;
    const { payload, intentUpto, done, conflicts, doneLines } = await jobs.readChunk(jobId, no);
    return {
      rows: decode(payload),
      intentUpto,
      done,
      conflicts: new Map(conflicts.map(({ line, otherLine }) => [line, otherLine])),
      finished: doneLines,
    };
  }

  /** Records durably that rows before `upto` may be sent. */
  advanceIntent(jobId: string, no: number, upto: number): Promise<void> {
    const { jobs, executor } = this.#options;
    return owned(jobs, jobId, () => jobs.advanceIntent(jobId, no, upto, executor));
  }

  /** Withdraws that down to `upto` for a chunk that is given up: the rows after it were certainly not sent, or have their result. */
  withdrawIntent(jobId: string, no: number, upto: number): Promise<void> {
    const { jobs, executor } = this.#options;
    return jobs.withdrawIntent(jobId, no, upto, executor);
  }

  /** Writes items with their audit entries and events in one transaction; a line with a result keeps it. */
  async commit(jobId: string, batch: readonly { readonly item: Item; readonly chunkNo: number }[]): Promise<void> {
    const { jobs, executor } = this.#options;
    const [first] = batch;
    if (first === undefined) return;
    const items = batch.map(({ item }) => this.#stored(item));
    const audit = batch.map(({ item }) => ({ ...this.#auditEntry(jobId, item, false), line: item.line }));
    const events = batch.flatMap(({ item }) => this.#events(jobId, item).map((event) => ({ ...event, line: item.line })));
    const { lines } = await owned(jobs, jobId, () =>
      jobs.commitBatch({ jobId, executor, chunkNo: first.chunkNo, items, audit, events }),
    );
    const fresh = new Set(lines);
    for (const { item } of batch) if (fresh.has(item.line)) this.#tell(item);
  }

  async closeChunk(jobId: string, no: number): Promise<void> {
    const { jobs, executor } = this.#options;
    await jobs.commitBatch({ jobId, executor, chunkNo: no, items: [], chunkDone: true });
  }

  /** Items that still need an answer, by line. */
  async openItems(jobId: string, afterLine: number, limit: number): Promise<OpenItem[]> {
    const { jobs, isSettled } = this.#options;
    const items = await jobs.listItems(jobId, { results: ["unknown", "locked"], after: afterLine, limit });
    return items.map((item) => ({ ...item, settled: isSettled(item) }));
  }

  /** The planned row of a line. */
  async row(jobId: string, line: number): Promise<Row | undefined> {
    const { jobs, decode, lineOf } = this.#options;
    const no = await jobs.chunkOfLine(jobId, line);
    if (no === undefined) return undefined;
    const { payload } = await jobs.readChunk(jobId, no);
    return decode(payload).find((row) => lineOf(row) === line);
  }

  /** Replaces the result `before` of an open item, with audit entry and event, in one transaction. */
  async settle(jobId: string, item: Item, before: ItemResult): Promise<void> {
    const { jobs, executor } = this.#options;
    const { line, callId: _, ...set } = this.#stored(item);
    const audit = [this.#auditEntry(jobId, item, true)];
    await owned(jobs, jobId, () => jobs.updateItem({ jobId, executor, line, set, audit, events: this.#events(jobId, item) }));
    if (item.result !== before) this.#tell(item);
  }

  #stored(item: Item): NewItem {
    const { line, result, attempts, statusCode, reason, latencyMs, callStatus, vendorBody } = item;
    const callId = this.#options.subjectOf(item);
    return { line, callId, result, attempts, statusCode, reason: reason?.slice(0, 2000), latencyMs, callStatus, vendorBody };
  }

  #auditEntry(jobId: string, item: Item, settled: boolean): AuditInput {
    const { actor, action, subjectOf, detailsOf } = this.#options;
    const { line, result, statusCode, attempts, latencyMs, reason, callStatus } = item;
    const details = {
      ...detailsOf(item),
      line,
      result,
      statusCode,
      attempts,
      latencyMs: latencyMs === undefined ? undefined : Math.round(latencyMs * 100) / 100,
      error: reason?.slice(0, 500),
      callStatus,
      settled: settled ? true : undefined,
    };
    return { actor, action, subject: subjectOf(item), job: jobId, details };
  }

  #events(jobId: string, item: Item): NewEvent[] {
    const { event: type, source, subjectOf, dataOf, takes, now } = this.#options;
    const time = now();
    const data = dataOf(item, time);
    if (data === undefined || !takes(type)) return [];
    const eventId = `${jobId}-${item.line}`;
    const subject = subjectOf(item);
    return [{ eventId, subject, type, body: cloudEvent({ id: eventId, type, source, subject, time, data }) }];
  }

  #tell({ result, latencyMs }: Pick<FinishedItem, "result" | "latencyMs">): void {
    const { kind, errorOf, onItem } = this.#options;
    onItem?.({ kind, result, error: errorOf(result), latencyMs });
  }
}

/** Distinguishes a job that was cancelled from one that another replica has taken. */
export async function owned<T>(jobs: JobLedger, jobId: string, write: () => Promise<T>): Promise<T> {
  try {
    return await write();
  } catch (thrown) {
    if (!(thrown instanceof StoreError) || thrown.code !== "not_owner") throw thrown;
    const job = await jobs.getJob(jobId);
    if (job?.status === "cancelled") throw new OperationError("job_state", `job ${jobId} was cancelled`);
    throw new OperationError("not_owner", `job ${jobId} was taken over by another replica`, { cause: thrown });
  }
}
