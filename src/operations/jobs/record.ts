// The record of a job over the rows of a file, and what keeps it. `store-records.ts` is its one implementation.

import type { HistogramSummary } from "../../kernel/index.ts";
import type { ItemCounts, JobStatus } from "../../store/index.ts";
import type { StopReason } from "../run/reason.ts";
import type { PlanReport } from "./plan.ts";

/**
 * planning → ready → running → done | partly_failed
 *                       └────▶ stopped (can be resumed) | cancelled
 */
export type { JobStatus };
/** States from which a job does not go on. */
export const ENDED: readonly JobStatus[] = ["done", "partly_failed", "cancelled"];
/** States from which a job goes on by itself. */
export const GOES_ON: readonly JobStatus[] = ["planning", "ready", "running"];

export type { StopReason };

/** What a run measured, over all its chunks. Latencies in milliseconds. */
export interface Measured {
  readonly attempts: HistogramSummary;
  readonly items: HistogramSummary;
  readonly retries: number;
  readonly rateLimited: number;
  /** Writes that another writer overtook; absent where the kind of job has no locks. */
  readonly conflicts?: number;
}

/** A job over the rows of a file. */
export interface RowJob {
  readonly id: string;
  /** What is done with its rows, for example `tag`. */
  readonly kind: string;
  /** The campaign whose codes the rows use, where the kind of job has one. */
  readonly campaignId: string | undefined;
  readonly sourceName: string;
  readonly contentHash: string;
  /** JSON, as it was submitted. */
  readonly options: unknown;
  readonly actor: string;
  readonly status: JobStatus;
  readonly totalRows: number;
  /** Which replica plans or runs it. */
  readonly executor: string | undefined;
  /** How many times it was started; each start is a workflow of its own. */
  readonly run: number;
  readonly plan: PlanReport | undefined;
  readonly measured: Measured | undefined;
  readonly stop: StopReason | undefined;
  readonly createdAt: Date;
  readonly startedAt: Date | undefined;
  readonly finishedAt: Date | undefined;
}

/** How far a job is, for a progress display. */
export interface JobProgress {
  readonly totalRows: number;
  readonly counts: ItemCounts;
  readonly retries: number;
  readonly rateLimited: number;
  readonly phase: "planning" | "sending" | "settling" | "watching";
}

/** Rows of a job without a result. */
export interface RowsLeft {
  /** Surely not sent. */
  readonly notSent: number;
  /** Sent or not: a process has them under way, or died with them. */
  readonly mayHaveBeenSent: number;
}

/** How a run ended. */
export interface JobEnd {
  readonly status: JobStatus;
  readonly stop: StopReason | undefined;
  readonly measured: Measured | undefined;
}

/** Creates, reads and marks jobs in the store. */
export interface JobRecords {
  create(job: {
    id: string;
    kind: string;
    campaignId: string | undefined;
    sourceName: string;
    contentHash: string;
    options: unknown;
    actor: string;
    executor: string;
  }): Promise<void>;
  /** Throws OperationError `job_not_found`. */
  get(id: string): Promise<RowJob>;
  /** Numbers of the chunks that are not done, ascending. */
  pendingChunks(id: string): Promise<number[]>;
  /** The newest job on this content, cancelled ones aside. */
  findByContent(content: { kind: string; campaignId: string | undefined; contentHash: string }): Promise<RowJob | undefined>;
  /** Jobs whose planning is under way, or was left by a process that died. */
  planning(): Promise<RowJob[]>;
  /** Removes a job that is still being planned, with its chunks. */
  discardPlan(id: string): Promise<void>;
  /** Planning is complete: the job may run. */
  ready(id: string, plan: PlanReport, contentHash: string): Promise<void>;
  /**
   * Ends a run, if the job is still this replica's: nothing of it is under way any more. A job that was cancelled stays so.
   * Rejects with `not_owner` when another one has taken it, and with `invalid_state` when it does not run any more.
   */
  end(id: string, end: JobEnd, replica: string): Promise<void>;
  /** Marks a job as cancelled; rejects with `invalid_state` when it has ended. See `cancelJob` for what there is to wait for. */
  cancel(id: string): Promise<void>;
  counts(id: string): Promise<ItemCounts>;
  /** How it stands with the rows that have no result. */
  rowsLeft(job: Pick<RowJob, "id" | "totalRows">, counts: ItemCounts): Promise<RowsLeft>;
}

/** Which replicas live. */
export interface Replicas {
  /** True when the replica has missed its heartbeats, or its process on this machine is gone. */
  isDead(id: string): Promise<boolean>;
}
