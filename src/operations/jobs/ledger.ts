// What a running job needs of the store, in the terms of its own rows and items. `store-ledger.ts` is its one implementation.

import type { ItemResult } from "../../store/index.ts";
import type { Conflict, PlannedChunk } from "./plan.ts";

/** A chunk as the job finds it: fresh, or left half-done by a process that died. */
export interface ChunkState<Row> {
  readonly rows: readonly Row[];
  /** Rows before this index may have been sent already. */
  readonly intentUpto: number;
  readonly done: boolean;
  /** Lines of this chunk that a later row contradicts → that row's line. */
  readonly conflicts: ReadonlyMap<number, number>;
  /** Lines that have their result in the ledger. */
  readonly finished: ReadonlySet<number>;
}

/** An item that is in the ledger but not settled. */
export interface OpenItem {
  readonly line: number;
  readonly result: ItemResult;
  /** Sends so far, and how long they took, ms; null when that is not known. */
  readonly attempts: number;
  readonly latencyMs: number | null;
  /** True when nothing is left to do for it after all. */
  readonly settled: boolean;
}

/** How a row ended, as far as every kind of job needs to know. */
export interface FinishedItem {
  readonly line: number;
  readonly result: ItemResult;
}

/** Rows and results of a job in the store. Writes reject with OperationError `not_owner` once another process has the job. */
export interface RowLedger<Row, Item extends FinishedItem> {
  addChunks(jobId: string, chunks: readonly PlannedChunk<Row>[]): Promise<void>;
  addConflicts(jobId: string, conflicts: readonly Conflict[]): Promise<void>;
  chunk(jobId: string, no: number): Promise<ChunkState<Row>>;
  /** Makes it durable that rows before `upto` may be sent. Rejects with `not_owner` when the job is no longer ours to run. */
  advanceIntent(jobId: string, no: number, upto: number): Promise<void>;
  /** Takes that back to `upto` for a chunk that was left: the rows after it were certainly not sent, or have their result. */
  withdrawIntent(jobId: string, no: number, upto: number): Promise<void>;
  /** Items with their audit entries and events, in one transaction; a line that has a result keeps it. */
  commit(jobId: string, batch: readonly { readonly item: Item; readonly chunkNo: number }[]): Promise<void>;
  closeChunk(jobId: string, no: number): Promise<void>;
  /** Items that still want an answer, in order of line. */
  openItems(jobId: string, afterLine: number, limit: number): Promise<OpenItem[]>;
  /** The planned row of a line. */
  row(jobId: string, line: number): Promise<Row | undefined>;
  /** Replaces the result of an open item, which was `before`, with audit entry and event, in one transaction. */
  settle(jobId: string, item: Item, before: ItemResult): Promise<void>;
}
