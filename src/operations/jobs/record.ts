// The record of a job over the rows of a file, and its storage.

import { z } from "zod";
import { type ItemCounts, type Job, type JobLedger, type JobStatus, type NewJob, StoreError } from "../../store/index.ts";
import { noSuchJob } from "../error.ts";
import { type StopReason, stopOf } from "../run/reason.ts";
import { measured, type PlanReport, planReport } from "../views/schemas/jobs.ts";

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

/** A job over the rows of a file. */
export interface RowJob extends Omit<Job, "counts" | "summary" | "error"> {
  readonly totalRows: number;
  readonly plan: PlanReport | undefined;
  readonly measured: Measured | undefined;
  readonly stop: StopReason | undefined;
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
interface JobEnd {
  readonly status: JobStatus;
  readonly stop: StopReason | undefined;
  readonly measured: Measured | undefined;
}

type NewRowJob = Omit<NewJob, "status" | "scope"> & { readonly executor: string };

/** Measurements of a run, over all its chunks. */
export type Measured = Readonly<z.output<typeof measured>>;

// JSON from the database is parsed, not trusted.
const summary = z.object({ plan: planReport.optional(), measured: measured.optional() });

/** Creates, reads and marks the jobs of some kinds in the store; jobs of other kinds are not visible. */
export class JobRecords {
  readonly #jobs: JobLedger;
  readonly #kinds: readonly string[];
  readonly #scope: string | undefined;

  /** @param scope of the jobs that are created: see `Job` */
  constructor(jobs: JobLedger, kinds: readonly string[], scope?: string) {
    this.#jobs = jobs;
    this.#kinds = kinds;
    this.#scope = scope;
  }

  /** Created together with its planning process: the next planning process would delete a plan without one. */
  async create(job: NewRowJob): Promise<void> {
    await this.#jobs.createJob({ ...job, scope: this.#scope });
  }

  /** Throws OperationError `job_not_found`. */
  async get(id: string): Promise<RowJob> {
    const job = await this.#jobs.getJob(id);
    return job !== undefined && this.#kinds.includes(job.kind) ? rowJobOf(job) : noSuchJob(id);
  }

  /** Numbers of the chunks that are not done, ascending. */
  pendingChunks(id: string): Promise<number[]> {
    return this.#jobs.listChunkNumbers(id);
  }

  /** The newest job with this content, except cancelled ones. */
  async findByContent(content: Pick<NewRowJob, "kind" | "campaignId" | "contentHash">): Promise<RowJob | undefined> {
    const job = await this.#jobs.findJobByContent(content);
    return job === undefined || job.status === "cancelled" ? undefined : rowJobOf(job);
  }

  /** Jobs that are being planned, or whose planning process died. */
  async planning(): Promise<RowJob[]> {
    return (await this.#jobs.listJobs({ kinds: this.#kinds, status: ["planning"], limit: 1000 })).map(rowJobOf);
  }

  /** Removes a job that is still being planned, with its chunks. */
  async discardPlan(id: string): Promise<void> {
    await this.#jobs.deletePlan(id);
  }

  /** Planning is complete: the job may run. */
  async ready(id: string, report: PlanReport, contentHash: string): Promise<void> {
    const change = { totalRows: report.rows, contentHash, summary: { plan: report }, executor: null };
    await this.#jobs.updateJob(id, { status: "ready", ...change }, ["planning"]);
  }

  /**
   * Ends a run, if the job still belongs to this replica. None of its work may still be running. A cancelled job stays cancelled.
   * Rejects with `not_owner` when another replica has taken it, and with `invalid_state` when it is no longer running.
   */
  async end(id: string, end: JobEnd, replica: string): Promise<void> {
    const before = await this.#jobs.getJob(id);
    const { plan: planned } = summary.catch({}).parse(before?.summary ?? {});
    const change = { summary: { plan: planned, measured: end.measured }, executor: null };
    try {
      await this.#jobs.updateJob(id, { ...change, status: end.status, error: end.stop ?? null }, ["running"], replica);
    } catch (thrown) {
      if (!(thrown instanceof StoreError) || thrown.details["status"] !== "cancelled") throw thrown;
      await this.#jobs.updateJob(id, change, ["cancelled"], replica);
    }
  }

  /** Marks a job as cancelled; rejects with `invalid_state` when it has ended. `cancelJob` says what to wait for. */
  cancel(id: string): Promise<void> {
    return this.#jobs.cancelJob(id);
  }

  counts(id: string): Promise<ItemCounts> {
    return this.#jobs.countItems(id);
  }

  /** The state of the rows without a result. */
  async rowsLeft({ id, totalRows }: Pick<RowJob, "id" | "totalRows">, counts: ItemCounts): Promise<RowsLeft> {
    const announced = await this.#jobs.countAnnounced(id);
    const left = Math.max(0, totalRows - Object.values(counts).reduce((sum, count) => sum + count, 0));
    const mayHaveBeenSent = Math.min(left, announced);
    return { notSent: left - mayHaveBeenSent, mayHaveBeenSent };
  }
}

/** A job of the store over the rows of a file. */
export function rowJobOf(job: Job): RowJob {
  const { plan: planned, measured: measurements } = summary.catch({}).parse(job.summary ?? {});
  return { ...job, totalRows: job.totalRows ?? 0, plan: planned, measured: measurements, stop: stopOf(job.error) };
}

/** Which replicas are alive. */
export interface ReplicaStanding {
  /** True when the replica has missed its heartbeats, or its process on this machine does not exist. */
  isDead(id: string): Promise<boolean>;
}
