// The record of a tagging job and what keeps it. `store-jobs.ts` is its one implementation.

import type { JobStatus } from "../../store/index.ts";
import type { Measured } from "./body.ts";
import type { PlanReport } from "./plan.ts";
import type { ItemResult } from "./result.ts";
import type { StopReason } from "./run.ts";

/** The kind of a tagging job in the ledger and among the workflows. */
export const TAG = "tag";

/**
 * planning → ready → running → done | partly_failed
 *                       └────▶ stopped (can be resumed) | cancelled
 */
export type { JobStatus };
export const ENDED: readonly JobStatus[] = ["done", "partly_failed", "cancelled"];
export const UNENDED: readonly JobStatus[] = ["planning", "ready", "running", "stopped", "failed"];

export type ResultCounts = Readonly<Partial<Record<ItemResult, number>>>;

export interface TagJob {
  readonly id: string;
  readonly campaignId: string;
  readonly sourceName: string;
  readonly contentHash: string;
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

export interface TagJobs {
  create(job: {
    id: string;
    campaignId: string;
    sourceName: string;
    contentHash: string;
    actor: string;
    executor: string;
  }): Promise<void>;
  /** Throws OperationError `job_not_found`. */
  get(id: string): Promise<TagJob>;
  /** Numbers of the chunks that are not done, ascending. */
  pendingChunks(id: string): Promise<number[]>;
  /** The newest job on this content, cancelled ones aside. */
  findByContent(campaignId: string, contentHash: string): Promise<TagJob | undefined>;
  list(limit: number): Promise<TagJob[]>;
  /** Jobs whose planning is under way, or was left by a process that died. */
  planning(): Promise<TagJob[]>;
  /** Removes a job that is still being planned, with its chunks. */
  discardPlan(id: string): Promise<void>;
  /** Planning is complete: the job may run. */
  ready(id: string, plan: PlanReport, contentHash: string): Promise<void>;
  /**
   * Takes a job to run it, if it is still as `seen` (same run, same executor): of several replicas exactly one succeeds.
   * @returns the number of the new run, or undefined when somebody else was faster
   */
  claim(seen: TagJob, replica: string): Promise<number | undefined>;
  end(id: string, end: { status: JobStatus; stop: StopReason | undefined; measured: Measured | undefined }): Promise<void>;
  cancel(id: string): Promise<void>;
  counts(id: string): Promise<ResultCounts>;
}

/** Which replicas live. */
export interface Replicas {
  /** True when the replica has missed its heartbeats, or its process on this machine is gone. */
  isDead(id: string): Promise<boolean>;
  /** Takes a dead replica off the list, once its work is adopted. */
  forget(id: string): Promise<void>;
}
