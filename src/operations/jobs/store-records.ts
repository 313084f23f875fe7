// The records of jobs in the store. JSON from the database is parsed, not trusted.

import { z } from "zod";
import { type Job, type JobLedger, StoreError } from "../../store/index.ts";
import { noSuchJob } from "../error.ts";
import { stopOf } from "../run/reason.ts";
import type { JobRecords, RowJob } from "./record.ts";

const histogram = z.object({ count: z.number(), p50: z.number(), p95: z.number(), p99: z.number(), max: z.number() });
const measured = z.object({
  attempts: histogram,
  items: histogram,
  retries: z.number(),
  rateLimited: z.number(),
  conflicts: z.number().optional(),
});
const problem = z.object({ code: z.string(), message: z.string(), field: z.string().optional() });
const plan = z.object({
  rows: z.number(),
  toSend: z.number(),
  refused: z.number(),
  duplicates: z.number(),
  problems: z.record(z.string(), z.number()),
  examples: z.array(
    z.object({
      line: z.number(),
      callId: z.string().optional(),
      interactionId: z.string().optional(),
      problems: z.array(problem),
    }),
  ),
});
const summary = z.object({ plan: plan.optional(), measured: measured.optional() });

/** The jobs of these kinds; jobs of other kinds are not visible. @param scope of the jobs that are created: see `Job` */
export function createStoreRecords(jobs: JobLedger, kinds: readonly string[], scope?: string): JobRecords {
  return {
    async create({ id, kind, campaignId, sourceName, contentHash, options, actor, executor }) {
      // Created together with its planning process: the next planning process would delete a plan without one.
      await jobs.createJob({ id, kind, campaignId, sourceName, contentHash, options, actor, executor, scope });
    },
    async get(id) {
      const job = await jobs.getJob(id);
      if (job !== undefined && kinds.includes(job.kind)) return rowJobOf(job);
      return noSuchJob(id);
    },
    pendingChunks: (id) => jobs.listChunkNumbers(id),
    async findByContent(content) {
      const job = await jobs.findJobByContent(content);
      return job === undefined || job.status === "cancelled" ? undefined : rowJobOf(job);
    },
    async planning() {
      return (await jobs.listJobs({ kinds, status: ["planning"], limit: 1000 })).map(rowJobOf);
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
    async end(id, end, replica) {
      const before = await jobs.getJob(id);
      const { plan: planned } = summary.catch({}).parse(before?.summary ?? {});
      const change = { summary: { plan: planned, measured: end.measured }, executor: null };
      try {
        await jobs.updateJob(id, { ...change, status: end.status, error: end.stop ?? null }, ["running"], replica);
      } catch (thrown) {
        if (!(thrown instanceof StoreError) || thrown.details["status"] !== "cancelled") throw thrown;
        await jobs.updateJob(id, change, ["cancelled"], replica);
      }
    },
    cancel: (id) => jobs.cancelJob(id),
    async rowsLeft({ id, totalRows }, counts) {
      const announced = await jobs.countAnnounced(id);
      const left = Math.max(0, totalRows - Object.values(counts).reduce((sum, count) => sum + count, 0));
      const mayHaveBeenSent = Math.min(left, announced);
      return { notSent: left - mayHaveBeenSent, mayHaveBeenSent };
    },
    async counts(id) {
      return jobs.countItems(id);
    },
  };
}

/** A job of the store over the rows of a file. */
export function rowJobOf(job: Job): RowJob {
  const { plan: planned, measured: measurements } = summary.catch({}).parse(job.summary ?? {});
  return {
    id: job.id,
    kind: job.kind,
    campaignId: job.campaignId ?? undefined,
    sourceName: job.sourceName,
    contentHash: job.contentHash,
    options: job.options,
    actor: job.actor,
    status: job.status,
    totalRows: job.totalRows ?? 0,
    executor: job.executor ?? undefined,
    run: job.run,
    plan: planned,
    measured: measurements as RowJob["measured"],
    stop: stopOf(job.error),
    createdAt: new Date(job.createdAt),
    startedAt: job.startedAt === null ? undefined : new Date(job.startedAt),
    finishedAt: job.finishedAt === null ? undefined : new Date(job.finishedAt),
  };
}
