// Jobs of one kind in this process: claimed and run to their end, watched while another replica runs them, taken over from the dead.

import { type Clock, OutdialError } from "../../kernel/index.ts";
import type { AuditInput } from "../../store/index.ts";
import type { Durable } from "../durable.ts";
import { OperationError } from "../error.ts";
import type { ChunkHost } from "./body.ts";
import { interrupted, JobLeave } from "./leave.ts";
import {
  ENDED,
  GOOD_RESULTS,
  type JobProgress,
  type JobRecords,
  type JobStatus,
  type Replicas,
  type ResultCounts,
  type RowJob,
} from "./record.ts";
import { type JobRun, type Leave, stopReason } from "./run.ts";

/** How often the job of another replica is looked at, ms. */
const WATCH_MS = 500;
/** Between two tries to tell a database that is away how a run ended, ms: doubling from the first to the second. */
const FIRST_WAIT_MS = 250;
const LONGEST_WAIT_MS = 5000;

/** A run, whatever its rows are. */
type AnyRun = Pick<JobRun<never, never>, "sendChunk" | "settle" | "progress" | "countEarlier">;

export interface RunnerDependencies {
  readonly kind: string;
  readonly jobs: JobRecords;
  readonly replicas: Replicas;
  /** Writes an entry of the job's own into the audit log. */
  readonly record: (entry: AuditInput) => Promise<void>;
  readonly clock: Clock;
  readonly actor: string;
  readonly replicaId: string;
  /** A run of the job in this process, as long as it has leave. */
  readonly openRun: (job: RowJob, leave: Leave) => AnyRun;
}

export class JobRunner implements ChunkHost {
  readonly #deps: RunnerDependencies;
  readonly #runs = new Map<string, AnyRun>();
  /** The jobs that run here. */
  readonly #active = new Map<string, { readonly leave: JobLeave; readonly lost: () => void }>();
  readonly #interrupt = new AbortController();
  #durable: Durable | undefined;

  constructor(deps: RunnerDependencies) {
    this.#deps = deps;
  }

  /** Gives the workflows their engine; once, before the first run. */
  attach(durable: Durable): void {
    this.#durable = durable;
  }

  /** Ends all runs of this process early: what is under way is finished and recorded, the jobs can be resumed. */
  interrupt(): void {
    this.#interrupt.abort(interrupted());
  }

  /**
   * Runs a job to its end: in this process, or by watching the replica that runs it and taking over when that one dies.
   * @returns the job as it ended; `stopped` when rights are missing, the tenant is away, or the run was interrupted
   */
  async run(id: string, onProgress?: (progress: JobProgress) => void): Promise<RowJob> {
    if (this.#durable === undefined) throw new Error("attach a durable runtime before running jobs");
    const { jobs, replicas, replicaId, clock } = this.#deps;
    for (;;) {
      const job = await jobs.get(id);
      if (ENDED.includes(job.status)) return job;
      if (job.status === "planning")
        throw new OperationError("job_state", `job ${id} is still being planned`, { advice: "Submit its file again." });
      const free =
        job.status !== "running" ||
        job.executor === undefined ||
        job.executor === replicaId ||
        (await replicas.isDead(job.executor));
      const run = free ? await jobs.claim(job, replicaId) : undefined;
      if (run !== undefined) {
        try {
          if (job.executor !== undefined) await replicas.forget(job.executor);
          await this.#recordStart(job, run);
          await this.#runHere(this.#durable, id, run, job.totalRows, onProgress);
        } catch (thrown) {
          await this.#abandon(job, thrown);
        }
        return jobs.get(id);
      }
      if (this.#interrupt.signal.aborted) return job;
      onProgress?.({
        totalRows: job.totalRows,
        counts: await jobs.counts(id),
        retries: 0,
        rateLimited: 0,
        phase: "watching",
      });
      await clock.sleep(WATCH_MS, this.#interrupt.signal).catch(() => undefined);
    }
  }

  /**
   * Lets go of a job whose run failed on our side: stopped, with the reason, so that it can be resumed. A database that is away is waited for,
   * until this process is told to stop: the job then goes on as that of a dead replica does.
   */
  async #abandon(job: RowJob, thrown: unknown): Promise<void> {
    const { jobs, clock, replicaId } = this.#deps;
    const end = { status: "stopped", stop: stopReason(thrown), measured: job.measured } as const;
    const { signal } = this.#interrupt;
    for (let waitMs = FIRST_WAIT_MS; ; waitMs = Math.min(LONGEST_WAIT_MS, 2 * waitMs)) {
      try {
        await jobs.end(job.id, end, replicaId);
        return;
      } catch (cause) {
        const code = cause instanceof OutdialError ? cause.code : undefined;
        // Somebody else has it, or it has ended after all.
        if (code === "not_owner" || code === "invalid_state") return;
        if (code !== "store_unavailable" || signal.aborted) throw thrown;
        await clock.sleep(waitMs, signal).catch(() => undefined);
      }
    }
  }

  /** Says in the audit log that the job runs. A log that cannot be written stops the job before anything is sent. */
  async #recordStart(job: RowJob, run: number): Promise<void> {
    const { record, actor, replicaId } = this.#deps;
    const details = {
      campaign: job.campaignId,
      source: job.sourceName,
      contentHash: job.contentHash,
      rows: job.totalRows,
      run,
      replica: replicaId,
    };
    await record({ actor, action: "job.run", subject: job.id, job: job.id, details });
  }

  /** See ChunkHost: a run of the job in this process, with what the ledger holds already. */
  async open(jobId: string): Promise<AnyRun> {
    const { jobs, openRun } = this.#deps;
    const leave = this.#active.get(jobId)?.leave;
    if (leave === undefined) throw new Error(`job ${jobId} does not run here`);
    const run = openRun(await jobs.get(jobId), leave);
    run.countEarlier(await jobs.counts(jobId));
    this.#runs.set(jobId, run);
    return run;
  }

  /** See ChunkHost. */
  lost(jobId: string): void {
    this.#active.get(jobId)?.lost();
  }

  /** See ChunkHost. */
  pendingChunks(jobId: string): Promise<number[]> {
    return this.#deps.jobs.pendingChunks(jobId);
  }

  /** See ChunkHost: the job's state follows from its ledger. */
  async close(jobId: string, end: Parameters<ChunkHost["close"]>[1]): Promise<void> {
    const status = end.stop === undefined ? endStatus(await this.#deps.jobs.counts(jobId)) : "stopped";
    await this.#deps.jobs.end(jobId, { status, ...end }, this.#deps.replicaId);
  }

  async #runHere(
    durable: Durable,
    id: string,
    run: number,
    totalRows: number,
    onProgress?: (progress: JobProgress) => void,
  ): Promise<void> {
    const { jobs, clock, replicaId, kind } = this.#deps;
    const ended = new AbortController();
    const leave = new JobLeave(clock, this.#interrupt.signal);
    void leave.watch({ id, run, replica: replicaId }, () => jobs.get(id), ended.signal);
    const ticking = this.#tick(id, totalRows, onProgress, ended.signal);
    try {
      const lost = new Promise<void>((resolve) => this.#active.set(id, { leave, lost: resolve }));
      await Promise.race([durable.run(kind, id, run), lost]);
    } finally {
      this.#active.delete(id);
      ended.abort();
      await ticking;
      this.#runs.delete(id);
    }
  }

  async #tick(
    id: string,
    totalRows: number,
    onProgress: ((progress: JobProgress) => void) | undefined,
    ended: AbortSignal,
  ): Promise<void> {
    const show = () => {
      const now = this.#runs.get(id)?.progress();
      if (now !== undefined) onProgress?.({ totalRows, ...now });
    };
    while (!ended.aborted) {
      show();
      await this.#deps.clock.sleep(WATCH_MS / 2, ended).catch(() => undefined);
    }
    show();
  }
}

/** Done when every row is where it was meant to be, else partly failed. */
function endStatus(counts: ResultCounts): JobStatus {
  const bad = Object.entries(counts).some(([result, count]) => count > 0 && !GOOD_RESULTS.some((good) => good === result));
  return bad ? "partly_failed" : "done";
}
