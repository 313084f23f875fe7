// The words of the job ledger.

import type { Instant } from "../../kernel/index.ts";
import type { AuditInput } from "../audit/entry.ts";
import type { OutboxEvent } from "../outbox/types.ts";

/** planning → ready → running → one of the ends; `cancelled` and `failed` can also come before running. */
export const JOB_STATUSES = ["planning", "ready", "running", "done", "partly_failed", "failed", "stopped", "cancelled"] as const;
/** How a job stands. */
export type JobStatus = (typeof JOB_STATUSES)[number];

/** Results after which nothing is left to do and nothing went wrong, of every kind of job. */
const GOOD_RESULTS = ["tagged", "contact_tagged", "success", "acknowledged", "unchanged", "recorded", "duplicate"] as const;
/** How an item ended, whatever kind of job it belongs to; `unknown` is settled later by reading back. */
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

/** A new job. `options` is JSON and is given back as it was. */
export interface NewJob {
  readonly id: string;
  /** What kind of work, for example `tag`. */
  readonly kind: string;
  readonly campaignId?: string | undefined;
  /** Where its rows came from, for people: a file name or "stdin". */
  readonly sourceName: string;
  /** Hash of what was submitted; the same content is found again by it. */
  readonly contentHash: string;
  readonly options?: unknown;
  readonly actor: string;
  /** `planning` unless said otherwise. */
  readonly status?: JobStatus | undefined;
  /** The replica that plans it. */
  readonly executor?: string | undefined;
  /** Names the processes that may run it: those with the same tenant, credentials and whatever else it depends on. */
  readonly scope?: string | undefined;
}

/** A job as the ledger has it. */
export interface Job {
  readonly id: string;
  readonly kind: string;
  readonly campaignId: string | null;
  readonly sourceName: string;
  readonly contentHash: string;
  readonly options: unknown;
  readonly actor: string;
  /** By which of its interfaces the tenant was spoken to: `rest`, `acd`. */
  readonly profile: string;
  /** The tenant of the store when the job was entered: its name, null where it had none, and the origin of its address, null where that is not known. */
  readonly tenantName: string | null;
  readonly tenantAddress: string | null;
  readonly status: JobStatus;
  readonly totalRows: number | null;
  /** Kept up to date by every batch. */
  readonly counts: ItemCounts;
  readonly summary: unknown;
  readonly error: unknown;
  /** The replica that works on it. */
  readonly executor: string | null;
  /** Names the processes that may run it; null of one that was begun before this was noted. */
  readonly scope: string | null;
  /** How many times it was taken to be run. */
  readonly run: number;
  readonly createdAt: Instant;
  readonly startedAt: Instant | null;
  readonly finishedAt: Instant | null;
}

/** What to change on a job; absent members stay as they are. */
export interface JobChange {
  /** Entering `running` sets `startedAt` once, entering an end sets `finishedAt`, leaving an end clears it. */
  readonly status?: JobStatus | undefined;
  readonly totalRows?: number | undefined;
  readonly contentHash?: string | undefined;
  /** JSON. */
  readonly summary?: unknown;
  /** JSON; null clears it. */
  readonly error?: unknown;
  readonly executor?: string | null | undefined;
}

/** How a run of a job ended, or why it stands still. */
export interface JobEnd {
  readonly status: JobStatus;
  /** Why it stands still; JSON. */
  readonly error?: unknown;
}

/** A run of lines of the source, stored with what to do about them; the payload is the caller's own text. */
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

/** A chunk with all that a worker needs to continue it where it was left. */
export interface Chunk extends NewChunk {
  /** How far sends were announced; 0 is "none yet". */
  readonly intentUpto: number;
  readonly done: boolean;
  /** Conflicts of lines in this chunk. */
  readonly conflicts: readonly JobConflict[];
  /** Lines of this chunk that have ended. */
  readonly doneLines: ReadonlySet<number>;
}

/** How one line ended. */
export interface NewItem {
  readonly line: number;
  readonly callId: string | null;
  readonly result: ItemResult;
  /** HTTP status of the last attempt. */
  readonly statusCode?: number | null | undefined;
  /** Why, in words, when it did not go well. */
  readonly reason?: string | null | undefined;
  /** Sends, 0 when nothing was sent. */
  readonly attempts: number;
  /** From first send to end, ms. */
  readonly latencyMs?: number | null | undefined;
  /** The call's own status, read when it was locked. */
  readonly callStatus?: string | null | undefined;
  /** What the tenant's last failure of its own said, bounded and redacted. */
  readonly vendorBody?: string | null | undefined;
  /** The store's clock when absent. */
  readonly finishedAt?: Instant | undefined;
}

/** An item as the ledger has it. */
export interface JobItem {
  readonly line: number;
  readonly callId: string | null;
  readonly result: ItemResult;
  readonly statusCode: number | null;
  readonly reason: string | null;
  readonly attempts: number;
  readonly latencyMs: number | null;
  readonly callStatus: string | null;
  readonly vendorBody: string | null;
  readonly finishedAt: Instant;
}

/** What rows took that the tenant had locked. */
export interface LockedRows {
  readonly rows: number;
  /** Requests sent for them. */
  readonly attempts: number;
  /** From first send to end; null when none was measured. */
  readonly latencyMs: { readonly p50: number; readonly p95: number; readonly max: number } | null;
}

/** An audit entry or event that belongs to the item of a line: written only if that item is written now. Without a line, always. */
type OfLine<T> = T & { readonly line?: number | undefined };

/** What one micro-batch achieved; written in one transaction. */
export interface Batch {
  readonly jobId: string;
  /** When given, new items are refused with StoreError `not_owner` once the job belongs to another replica. */
  readonly executor?: string | undefined;
  readonly chunkNo: number;
  readonly items: readonly NewItem[];
  readonly audit?: readonly OfLine<AuditInput>[] | undefined;
  readonly events?: readonly OfLine<OutboxEvent>[] | undefined;
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
  /** Applied only to an item in one of these states; `unknown` and `locked` by default, nothing else is allowed. */
  readonly from?: readonly ("unknown" | "locked")[] | undefined;
  readonly set: Partial<
    Pick<NewItem, "result" | "statusCode" | "reason" | "attempts" | "latencyMs" | "callStatus" | "vendorBody" | "finishedAt">
  >;
  readonly audit?: readonly AuditInput[] | undefined;
  readonly events?: readonly OutboxEvent[] | undefined;
}
