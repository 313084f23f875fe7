// What a running tagging job needs of the store, in the terms of tagging. `store-ledger.ts` is its one implementation.

import type { Conflict, PlannedChunk, PlannedRow } from "./plan.ts";
import type { FinishedItem, ItemResult } from "./result.ts";

/** A chunk as the job finds it: fresh, or left half-done by a process that died. */
export interface ChunkState {
  readonly rows: readonly PlannedRow[];
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
  readonly callId: string;
  readonly result: ItemResult;
  /** True for a locked call whose status is known already: nothing is left to do. */
  readonly settled: boolean;
}

export interface TagLedger {
  addChunks(jobId: string, chunks: readonly PlannedChunk[]): Promise<void>;
  addConflicts(jobId: string, conflicts: readonly Conflict[]): Promise<void>;
  chunk(jobId: string, no: number): Promise<ChunkState>;
  /** Makes it durable that rows before `upto` may be sent. Rejects with `not_owner` when the job is no longer ours to run. */
  advanceIntent(jobId: string, no: number, upto: number): Promise<void>;
  /** Items with their audit entries and events, in one transaction; a line that has a result keeps it. */
  commit(jobId: string, batch: readonly { readonly item: FinishedItem; readonly chunkNo: number }[]): Promise<void>;
  closeChunk(jobId: string, no: number): Promise<void>;
  /** Items that still want an answer: sent without one, or locked without the call's status. In order of line. */
  openItems(jobId: string, afterLine: number, limit: number): Promise<OpenItem[]>;
  /** The planned row of a line. */
  row(jobId: string, line: number): Promise<PlannedRow | undefined>;
  /** Replaces the result of an open item, with audit entry and event, in one transaction. */
  settle(jobId: string, item: FinishedItem): Promise<void>;
}
