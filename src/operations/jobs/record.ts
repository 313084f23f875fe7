// The record of a job over the rows of a file, and its storage. Implemented in `store-records.ts`.

import type { HistogramSummary } from "../../kernel/index.ts";
import type { ItemCounts, JobStatus } from "../../store/index.ts";
import type { StopReason } from "../run/reason.ts";
import type { PlanReport } from "./plan.ts";

/**
 * planning → ready → running → done | partly_failed
 *                       └────▶ stopped (can be resumed) | cancelled
 */
export type { JobStatus };
/** Statuses after which a job does not continue. */
export const ENDED: readonly JobStatus[] = ["done", "partly_failed", "cancelled"];
/** Statuses in which a job continues by itself. */
export const GOES_ON: readonly JobStatus[] = ["planning", "ready", "running"];

export type { StopReason };

/** Measurements of a run, over all its chunks. Latencies in milliseconds. */
export interface Measured {
  readonly attempts: HistogramSummary;
  readonly items: HistogramSummary;
  readonly retries: number;
  readonly rateLimited: number;
  /** Writes that lost against another writer; absent for kinds of jobs without locks. */
  readonly conflicts?: number;
}

/** A job over the rows of a file. */
export interface RowJob {
  readonly id: string;
  /** What is done with its rows, for example `tag`. */
  readonly kind: string;
  /** The campaign whose codes the rows use, if the kind of job has one. */
  readonly campaignId: string | undefined;
  readonly sourceName: string;
  readonly contentHash: string;
  /** JSON, as submitted. */
  readonly options: unknown;
  readonly actor: string;
  readonly status: JobStatus;
  readonly totalRows: number;
  /** Which replica plans or runs it. */
  readonly executor: string | undefined;
  /** Number of runs; each is a workflow of its own. */
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
  /** Certainly not sent. */
  readonly notSent: number;
  /** Possibly sent: a process is sending them, or died while doing so. */
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
  /** The newest job with this content, except cancelled ones. */
  findByContent(content: { kind: string; campaignId: string | undefined; contentHash: string }): Promise<RowJob | undefined>;
  /** Jobs that are being planned, or whose planning process died. */
  planning(): Promise<RowJob[]>;
  /** Removes a job that is still being planned, with its chunks. */
  discardPlan(id: string): Promise<void>;
  /** Planning is complete: the job may run. */
  ready(id: string, plan: PlanReport, contentHash: string): Promise<void>;
  /**
   * Ends a run, if the job still belongs to this replica. None of its work may still be running. A cancelled job stays cancelled.
   * Rejects with `not_owner` when another replica has taken it, and with `invalid_state` when it is no longer running.
   */
  end(id: string, end: JobEnd, replica: string): Promise<void>;
  /** Marks a job as cancelled; rejects with `invalid_state` when it has ended. `cancelJob` says what to wait for. */
  cancel(id: string): Promise<void>;
  counts(id: string): Promise<ItemCounts>;
  /** The state of the rows without a result. */
  rowsLeft(job: Pick<RowJob, "id" | "totalRows">, counts: ItemCounts): Promise<RowsLeft>;
}

/** Which replicas are alive. */
export interface Replicas {
  /** True when the replica has missed its heartbeats, or its process on this machine does not exist. */
  isDead(id: string): Promise<boolean>;
}
