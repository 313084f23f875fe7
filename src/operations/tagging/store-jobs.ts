// The records of tagging jobs over the store. What the database holds as JSON is parsed, not believed.

import { z } from "zod";
import type { Job, JobLedger } from "../../store/index.ts";
import { OperationError } from "../error.ts";
import { TAG, type TagJob, type TagJobs, UNENDED } from "./jobs.ts";

const histogram = z.object({ count: z.number(), p50: z.number(), p95: z.number(), p99: z.number(), max: z.number() });
const measured = z.object({ attempts: histogram, items: histogram, retries: z.number(), rateLimited: z.number() });
const problem = z.object({
  code: z.enum([
    "missing_field",
    "malformed_id",
    "unknown_disposition_code",
    "orphaned_reason_code",
    "unknown_reason_code",
    "too_many_tags",
    "unreadable_row",
    "not_utf8",
    "conflicting_duplicate",
  ]),
  message: z.string(),
  field: z.string().optional(),
});
const plan = z.object({
  rows: z.number(),
  toSend: z.number(),
  refused: z.number(),
  duplicates: z.number(),
  problems: z.record(z.string(), z.number()),
  examples: z.array(z.object({ line: z.number(), callId: z.string(), problems: z.array(problem) })),
});
const summary = z.object({ plan: plan.optional(), measured: measured.optional() });
const stop = z.object({ code: z.string(), message: z.string(), advice: z.string().optional() });

/** The jobs of kind `tag` in a store. */
export function createStoreJobs(jobs: JobLedger): TagJobs {
  return {
    async create({ id, campaignId, sourceName, contentHash, actor, executor }) {
      await jobs.createJob({ id, kind: TAG, campaignId, sourceName, contentHash, options: null, actor });
      await jobs.updateJob(id, { executor });
    },
    async get(id) {
      const job = await jobs.getJob(id);
      if (job?.kind === TAG) return toTagJob(job);
      throw new OperationError("job_not_found", `there is no job ${id}`, {
        advice: "outdial jobs list shows the jobs of this store.",
      });
    },
    pendingChunks: (id) => jobs.listChunkNumbers(id),
    async findByContent(campaignId, contentHash) {
      const job = await jobs.findJobByContent({ kind: TAG, campaignId, contentHash });
      return job === undefined || job.status === "cancelled" ? undefined : toTagJob(job);
    },
    async list(limit) {
      return (await jobs.listJobs({ kind: TAG, limit })).map(toTagJob);
    },
    async planning() {
      return (await jobs.listJobs({ kind: TAG, status: ["planning"], limit: 1000 })).map(toTagJob);
    },
    async discardPlan(id) {
      await jobs.deletePlan(id);
    },
    async ready(id, report, contentHash) {
      await jobs.updateJob(
        id,
        { status: "ready", totalRows: report.rows, contentHash, summary: { plan: report }, executor: null },
        ["planning"],
      );
    },
    claim: (seen, replica) =>
      jobs.claimJob({ id: seen.id, run: seen.run, executor: seen.executor ?? null, status: seen.status }, replica),
    async end(id, end) {
      const before = await jobs.getJob(id);
      if (before?.status === "cancelled") return;
      const { plan: planned } = summary.catch({}).parse(before?.summary ?? {});
      await jobs.updateJob(
        id,
        { status: end.status, summary: { plan: planned, measured: end.measured }, error: end.stop ?? null, executor: null },
        ["running"],
      );
    },
    async cancel(id) {
      await jobs.updateJob(id, { status: "cancelled" }, UNENDED);
    },
    async counts(id) {
      return jobs.countItems(id);
    },
  };
}

function toTagJob(job: Job): TagJob {
  const { plan: planned, measured: measurements } = summary.catch({}).parse(job.summary ?? {});
  return {
    id: job.id,
    campaignId: job.campaignId ?? "",
    sourceName: job.sourceName,
    contentHash: job.contentHash,
    actor: job.actor,
    status: job.status,
    totalRows: job.totalRows ?? 0,
    executor: job.executor ?? undefined,
    run: job.run,
    plan: planned as TagJob["plan"],
    measured: measurements,
    stop: stop
      .optional()
      .catch(undefined)
      .parse(job.error ?? undefined) as TagJob["stop"],
    createdAt: new Date(job.createdAt),
    startedAt: job.startedAt === null ? undefined : new Date(job.startedAt),
    finishedAt: job.finishedAt === null ? undefined : new Date(job.finishedAt),
  };
}
