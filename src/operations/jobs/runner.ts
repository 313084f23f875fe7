// Runs and follows jobs of one kind over the rows of a file. A run's workflow: which chunks are left, each chunk as one durable step, then what is open is
// settled, then the job is closed.
//
//   pending chunks ─▶ chunk 0 ─▶ chunk 1 ─▶ … (some overlap, so that the pipe never runs dry at a chunk's end) ─▶ settle ─▶ close
//                        └── stop (no rights, vendor away, interrupted): no further chunk, the job is closed as stopped and can be resumed

import { Histogram } from "../../kernel/index.ts";
import { type AuditInput, ITEM_RESULTS, type ItemCounts, isGood } from "../../store/index.ts";
import { OperationError } from "../error.ts";
import type { Kind, Running } from "../run/kind.ts";
import type { Leave } from "../run/leave.ts";
import { overlapping } from "../run/overlap.ts";
import type { Runs } from "../run/runs.ts";
import { ENDED, type JobProgress, type JobRecords, type JobStatus, type Measured, type RowJob } from "./record.ts";
import type { ChunkReport, JobRun } from "./run.ts";

/** A run, whatever its rows are. */
type AnyRun = Pick<JobRun<never, never>, "sendChunk" | "settle" | "progress" | "countEarlier">;

interface RunnerDependencies {
  readonly kind: string;
  /** See `Kind`. */
  readonly scope: string;
  readonly runs: Runs;
  readonly jobs: JobRecords;
  /** Writes an entry of the job's own into the audit log. */
  readonly record: (entry: AuditInput) => Promise<void>;
  readonly actor: string;
  readonly replicaId: string;
  /** Concurrent chunks; 1 keeps the order of the file between chunks. */
  readonly overlap: number;
  /** Called when a job stopped before its end for a reason other than an interruption. */
  readonly onStopped?: ((job: RowJob) => void) | undefined;
  /** A run of the job in this process, while it may continue. */
  readonly openRun: (job: RowJob, leave: Leave) => AnyRun;
}

/** Runs the jobs of one kind through the engine, and follows those that another process runs. */
export class JobRunner {
  readonly #deps: RunnerDependencies;
  /** Runs in this process. */
  readonly #active = new Map<string, AnyRun>();

  constructor(deps: RunnerDependencies) {
    this.#deps = deps;
  }

  kind(): Kind {
    return {
      name: this.#deps.kind,
      scope: this.#deps.scope,
      // When two jobs write the same rows, the tenant decides the order, as it does for two people.
      partition: ({ id }) => id,
      goOn: "run the same command again to go on",
      body: (running) => this.#body(running),
    };
  }

  /**
   * Runs a job to its end, or follows the process that does.
   * @returns the job as it ended; `stopped` when rights are missing, the tenant is away, or the run was interrupted
   */
  async run(id: string, onProgress?: (progress: JobProgress) => void): Promise<RowJob> {
    const { jobs, runs } = this.#deps;
    const job = await jobs.get(id);
    if (ENDED.includes(job.status)) return job;
    if (job.status === "planning")
      throw new OperationError("job_state", `job ${id} is still being planned`, { advice: "Submit its file again." });
    const { totalRows } = job;
    let active: AnyRun | undefined;
    await runs.run(id, async (here) => {
      active = here ? this.#active.get(id) : undefined;
      if (active !== undefined) onProgress?.({ totalRows, ...active.progress() });
      else if (!here) onProgress?.({ totalRows, counts: await jobs.counts(id), retries: 0, rateLimited: 0, phase: "watching" });
    });
    if (active !== undefined) onProgress?.({ totalRows, ...active.progress() });
    return jobs.get(id);
  }

  async #body({ jobId, run, step, leave }: Running): Promise<void> {
    const { jobs, openRun, overlap, replicaId, onStopped } = this.#deps;
    const job = await jobs.get(jobId);
    await this.#recordStart(job, run);
    const work = openRun(job, leave);
    work.countEarlier(await jobs.counts(jobId));
    this.#active.set(jobId, work);
    try {
      const chunks = await step("pending-chunks", () => jobs.pendingChunks(jobId));
      // As text: the workflow's own serializer visits every number of a histogram.
      const send = async (no: number) =>
        JSON.parse(await step(`chunk-${no}`, async () => JSON.stringify(await work.sendChunk(no)))) as ChunkReport;
      const { ended: reports, stop: stopped } = await overlapping(chunks, overlap, send, (report) => report.stop);
      const stop = stopped ?? (await step("settle", async () => (await work.settle()) ?? null)) ?? undefined;
      await step("close", async () => {
        // The job's status follows from its ledger.
        const status = stop === undefined ? endStatus(await jobs.counts(jobId)) : "stopped";
        await jobs.end(jobId, { status, stop, measured: merge(reports) }, replicaId);
        const ended = await jobs.get(jobId);
        if (ended.status === "stopped" && ended.stop?.code !== "interrupted") onStopped?.(ended);
        return null;
      });
    } finally {
      this.#active.delete(jobId);
    }
  }

  /** Writes an audit entry that the job is running. When the log cannot be written, the job stops before anything is sent. */
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
}

/** Done when every row has a good result, otherwise partly failed. */
function endStatus(counts: ItemCounts): JobStatus {
  const bad = ITEM_RESULTS.some((result) => (counts[result] ?? 0) > 0 && !isGood(result));
  return bad ? "partly_failed" : "done";
}

function merge(reports: readonly ChunkReport[]): Measured {
  const attempts = new Histogram();
  const items = new Histogram();
  let retries = 0;
  let rateLimited = 0;
  let conflicts: number | undefined;
  for (const report of reports) {
    attempts.merge(Histogram.from(report.attempts));
    items.merge(Histogram.from(report.items));
    retries += report.retries;
    rateLimited += report.rateLimited;
    if (report.conflicts !== undefined) conflicts = (conflicts ?? 0) + report.conflicts;
  }
  return {
    attempts: attempts.summary(),
    items: items.summary(),
    retries,
    rateLimited,
    ...(conflicts === undefined ? {} : { conflicts }),
  };
}
