// Types of the job ledger.

import type { Instant } from "../../kernel/index.ts";
import type { AuditInput } from "../audit/entry.ts";
import type { NewEvent } from "../outbox/types.ts";

/** planning → ready → running → one of the final statuses; `cancelled` and `failed` can also come before running. */
export const JOB_STATUSES = ["planning", "ready", "running", "done", "partly_failed", "failed", "stopped", "cancelled"] as const;
/** The status of a job. */
export type JobStatus = (typeof JOB_STATUSES)[number];

/** Results of any kind of job after which nothing is left to do and nothing went wrong. */
const GOOD_RESULTS = ["tagged", "contact_tagged", "success", "acknowledged", "unchanged", "recorded", "duplicate"] as const;
/** Results of an item, of any kind of job; `unknown` is settled later by reading back. */
export const ITEM_RESULTS = [
  ...GOOD_RESULTS,
  "refused",
  "validation_error",
  "locked",
  "conflict_persistent",
  "exhausted_retries",
  "not_found",
  "forbidden",
  "unknown",
  "failed",
] as const;
/** The result of one row of a job. */
export type ItemResult = (typeof ITEM_RESULTS)[number];
/** True when nothing is left to do for an item and nothing went wrong. */
export const isGood = (result: ItemResult): boolean => GOOD_RESULTS.some((good) => good === result);

/** Items by result; results that did not occur are absent. */
export type ItemCounts = Readonly<Partial<Record<ItemResult, number>>>;

/** A job to create. `options` is JSON and is returned as it was stored. */
export interface NewJob {
  readonly id: string;
  /** What kind of work, for example `tag`. */
  readonly kind: string;
  readonly campaignId?: string | undefined;
  /** Source of its rows, for people: a file name or "stdin". */
  readonly sourceName: string;
  /** Hash of the submitted content, by which the same content is found again. */
  readonly contentHash: string;
  readonly options?: unknown;
  readonly actor: string;
  /** Default `planning`. */
  readonly status?: JobStatus | undefined;
  /** The replica that plans it. */
  readonly executor?: string | undefined;
  /** Identifies the processes that may run it: those with the same tenant, credentials and whatever else it depends on. */
  readonly scope?: string | undefined;
}

/** A job in the ledger. */
export interface Job {
  readonly id: string;
  readonly kind: string;
  readonly campaignId: string | null;
  readonly sourceName: string;
  readonly contentHash: string;
  readonly options: unknown;
  readonly actor: string;
  /** The vendor profile of the tenant: `rest` or `acd`. */
  readonly profile: string;
  /**
   * The store's tenant when the job was created: its name (null when it had none) and the origin of its address (null when it is
   * not known).
   */
  readonly tenantName: string | null;
  readonly tenantAddress: string | null;
  readonly status: JobStatus;
  readonly totalRows: number | null;
  /** Updated by every batch. */
  readonly counts: ItemCounts;
  readonly summary: unknown;
  readonly error: unknown;
  /** The replica that works on it. */
  readonly executor: string | null;
  /** Identifies the processes that may run it; null for a job from before this was recorded. */
  readonly scope: string | null;
  /** Number of runs so far. */
  readonly run: number;
  readonly createdAt: Instant;
  readonly startedAt: Instant | null;
  readonly finishedAt: Instant | null;
}

/** Changes to a job; absent members stay as they are. */
export interface JobChange {
  /** Entering `running` sets `startedAt` once, entering a final status sets `finishedAt`, leaving one clears it. */
  readonly status?: JobStatus | undefined;
  readonly totalRows?: number | undefined;
  readonly contentHash?: string | undefined;
  /** JSON. */
  readonly summary?: unknown;
  /** JSON; null clears it. */
  readonly error?: unknown;
  readonly executor?: string | null | undefined;
}

/** How a run of a job ended, or why it is paused. */
export interface JobEnd {
  readonly status: JobStatus;
  /** Why it is paused; JSON. */
  readonly error?: unknown;
}

/** A range of lines of the source with what to do for them; the payload is the caller's own text. */
export interface NewChunk {
  readonly chunkNo: number;
  readonly firstLine: number;
  readonly lastLine: number;
  readonly payload: string;
}

/** Two lines that contradict each other. */
export interface JobConflict {
  readonly line: number;
  readonly otherLine: number;
}

/** A chunk with everything a worker needs to continue it. */
export interface Chunk extends NewChunk {
  /** Up to where rows were announced for sending; 0 means none. */
  readonly intentUpto: number;
  readonly done: boolean;
  /** Conflicts of lines in this chunk. */
  readonly conflicts: readonly JobConflict[];
  /** Lines of this chunk that have a result. */
  readonly doneLines: ReadonlySet<number>;
}

/** The result of one line. */
export interface NewItem {
  readonly line: number;
  readonly callId: string | null;
  readonly result: ItemResult;
  /** HTTP status of the last attempt. */
  readonly statusCode?: number | null | undefined;
  /** The reason, when it did not succeed. */
  readonly reason?: string | null | undefined;
  /** Number of requests sent. */
  readonly attempts: number;
  /** Milliseconds from the first sending to the end. */
  readonly latencyMs?: number | null | undefined;
  /** The call's own status, read when it was locked. */
  readonly callStatus?: string | null | undefined;
  /** The body of the tenant's last 5xx reply, bounded and without secrets. */
  readonly vendorBody?: string | null | undefined;
  /** Default: the store's clock. */
  readonly finishedAt?: Instant | undefined;
}

/** An item in the ledger. */
export type JobItem = { readonly [Name in keyof NewItem]-?: Exclude<NewItem[Name], undefined> };

/** Figures of rows that were locked at the tenant. */
export interface LockedRows {
  readonly rows: number;
  /** Requests sent for them. */
  readonly attempts: number;
  /** From the first sending to the end; null when none was measured. */
  readonly latencyMs: { readonly p50: number; readonly p95: number; readonly max: number } | null;
}

/**
 * An audit entry or event that belongs to the item of a line is written only if that item is written now; one without a line
 * always.
 */
type OfLine<T> = T & { readonly line?: number | undefined };

/** The results of one batch, written in one transaction. */
export interface Batch {
  readonly jobId: string;
  /** When given, items are refused with StoreError `not_owner` once another replica has the job. */
  readonly executor?: string | undefined;
  readonly chunkNo: number;
  readonly items: readonly NewItem[];
  readonly audit?: readonly OfLine<AuditInput>[] | undefined;
  readonly events?: readonly OfLine<NewEvent>[] | undefined;
  readonly intentUpto?: number | undefined;
  readonly chunkDone?: boolean | undefined;
}

/** What a batch wrote: the lines that were new. */
export interface BatchWritten {
  readonly lines: readonly number[];
}

/** Settles an item that had ended as `unknown`, or completes a `locked` one. */
export interface ItemUpdate {
  readonly jobId: string;
  /** As in `Batch`. */
  readonly executor?: string | undefined;
  readonly line: number;
  /** Applied only to an item in one of these states; default `unknown` and `locked`, the only allowed ones. */
  readonly from?: readonly ("unknown" | "locked")[] | undefined;
  readonly set: Partial<
    Pick<NewItem, "result" | "statusCode" | "reason" | "attempts" | "latencyMs" | "callStatus" | "vendorBody" | "finishedAt">
  >;
  readonly audit?: readonly AuditInput[] | undefined;
  readonly events?: readonly NewEvent[] | undefined;
}
