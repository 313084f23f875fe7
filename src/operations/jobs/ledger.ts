// What a running job needs of the store, in terms of its own rows and items. Implemented in `store-ledger.ts`.

import type { ItemResult } from "../../store/index.ts";
import type { Conflict, PlannedChunk } from "./plan.ts";

/** A chunk when the job gets it: new, or half done by a process that died. */
export interface ChunkState<Row> {
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
export interface OpenItem {
  readonly line: number;
  readonly result: ItemResult;
  /** Number of requests sent, and their duration, ms; null when not known. */
  readonly attempts: number;
  readonly latencyMs: number | null;
  /** True when nothing is left to do for it after all. */
  readonly settled: boolean;
}

/** The result of a row, as far as all kinds of jobs need it. */
export interface FinishedItem {
  readonly line: number;
  readonly result: ItemResult;
}

/** Rows and results of a job in the store. Writes reject with OperationError `not_owner` once another process has the job. */
export interface RowLedger<Row, Item extends FinishedItem> {
  addChunks(jobId: string, chunks: readonly PlannedChunk<Row>[]): Promise<void>;
  addConflicts(jobId: string, conflicts: readonly Conflict[]): Promise<void>;
  chunk(jobId: string, no: number): Promise<ChunkState<Row>>;
  /**
   * Records durably that rows before `upto` may be sent. Rejects with `not_owner` when the job no longer belongs to this process.
   */
  advanceIntent(jobId: string, no: number, upto: number): Promise<void>;
  /**
   * Withdraws that down to `upto` for a chunk that is given up: the rows after it were certainly not sent, or have their result.
   */
  withdrawIntent(jobId: string, no: number, upto: number): Promise<void>;
  /** Writes items with their audit entries and events in one transaction; a line with a result keeps it. */
  commit(jobId: string, batch: readonly { readonly item: Item; readonly chunkNo: number }[]): Promise<void>;
  closeChunk(jobId: string, no: number): Promise<void>;
  /** Items that still need an answer, by line. */
  openItems(jobId: string, afterLine: number, limit: number): Promise<OpenItem[]>;
  /** The planned row of a line. */
  row(jobId: string, line: number): Promise<Row | undefined>;
  /** Replaces the result `before` of an open item, with audit entry and event, in one transaction. */
  settle(jobId: string, item: Item, before: ItemResult): Promise<void>;
}
