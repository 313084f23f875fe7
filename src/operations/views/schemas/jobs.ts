// Jobs: tagging, corrections, retrieval and pushes to the CRM, with progress, refused rows and results.

import { z } from "zod";
import { count, standing, stopReason, time } from "./common.ts";

const rowProblem = z.strictObject({ code: z.string(), message: z.string(), field: z.string().optional() });

/** A refused row with all its reasons. */
export const refusedRow = z
  .strictObject({
    line: count,
    callId: z.string().optional(),
    interactionId: z.string().optional(),
    problems: z.array(rowProblem).readonly(),
  })
  .meta({ id: "RefusedRow" });
export type RefusedRow = z.output<typeof refusedRow>;

/** The result of planning a file, with the first refused rows. */
export const planReport = z
  .strictObject({
    rows: count,
    toSend: count,
    refused: count,
    duplicates: count,
    problems: z.record(z.string(), count).describe("Refused rows by the code of each of their problems"),
    examples: z.array(refusedRow).readonly(),
  })
  .meta({ id: "PlanReport" });
export type PlanReport = z.output<typeof planReport>;

/** A job as lists show it. */
export const jobSummary = z
  .strictObject({
    id: z.string(),
    kind: z.string().describe("tag, dispositions, retrieve, push, dialer-change, campaign-apply"),
    status: z.enum(["planning", "ready", "running", "done", "partly_failed", "failed", "stopped", "cancelled"]),
    campaignId: z.string().nullable(),
    sourceName: z.string(),
    actor: z.string(),
    profile: z.string().describe("By which of its interfaces the tenant was spoken to: rest, acd"),
    tenant: z
      .strictObject({
        name: z.string().nullable().describe("In outdial.yaml; null for one tenant without a name"),
        address: z.string(),
      })
      .nullable()
      .describe("Whose the store was when the job was made; null of jobs from before that was kept"),
    totalRows: count.nullable(),
    counts: z.record(z.string(), count).describe("Rows by result"),
    done: count.describe("Rows that have their result"),
    retrieval: z
      .strictObject({
        from: time,
        to: time,
        windows: count,
        windowsDone: count,
        rows: count,
        added: count,
        pagesFailed: count.describe("Reads of a page that failed; each is tried again"),
        quarantined: z.record(z.string(), count).describe("Rows that could not be used and were put aside, by reason"),
      })
      .nullable()
      .describe("Of a retrieval: how far it is, and what it brought"),
    createdAt: time,
    startedAt: time.nullable(),
    finishedAt: time.nullable(),
  })
  .meta({ id: "JobSummary" });
export type JobSummary = z.output<typeof jobSummary>;

const latencies = z.strictObject({ count: z.number(), p50: z.number(), p95: z.number(), p99: z.number(), max: z.number() });

/** Measurements of a run over rows, with the conflicts of kinds that have locks: writes that lost against another writer. */
export const measured = z.strictObject({
  attempts: latencies,
  items: latencies,
  retries: count,
  rateLimited: count,
  conflicts: count.optional(),
});

/** A job with the data of its kind. */
export const jobDetail = jobSummary
  .extend({
    plan: planReport.nullable(),
    measured: measured.nullable().describe("Latencies in ms"),
    metrics: z
      .strictObject({
        successes: count,
        unchanged: count,
        validationErrors: count.describe("Rows that broke a rule, ours or the tenant's"),
        apiErrors: count.describe("Rows that the tenant did not take otherwise, or that stayed unknown"),
        errorRate: z.strictObject({ numerator: count, denominator: count, rate: z.number().nullable() }),
        latency: latencies.nullable().describe("From the first read of an interaction to the last, of the last run; ms"),
        conflicts: count.describe("Writes of the last run that another writer overtook"),
      })
      .nullable()
      .describe("Of a job of corrections, over the rows that have a result"),
    notSent: count
      .nullable()
      .describe(
        "Rows without a result that were surely not sent; null while somebody works on the job, and of one that has run to its end",
      ),
    mayHaveBeenSent: count
      .nullable()
      .describe("The others without a result: a process has them under way still, or died with them"),
    locked: z
      .strictObject({
        rows: count,
        attempts: count.describe("Requests sent for them"),
        latencyMs: z.strictObject({ p50: z.number(), p95: z.number(), max: z.number() }).nullable(),
      })
      .nullable()
      .describe("Rows that the tenant had locked; null when there are none"),
    stop: stopReason.nullable(),
    /** Whether this service runs it now. */
    running: z.boolean(),
    standing,
    requestId: z
      .string()
      .nullable()
      .describe("The request that it was made for: its calls at the vendor carry it; null for one of the command line"),
    push: z
      .strictObject({
        records: z.boolean().describe("Records are brought, not only events of retrievals queued"),
        from: time.nullable(),
        to: time.nullable(),
        announced: count.describe("Events of retrievals queued"),
        calls: count.describe("Calls of the lake looked at"),
        unchanged: count.describe("Calls whose present version the CRM had"),
        acknowledged: count,
        refused: count.describe("Records that it refused; `jobs.rows` has them"),
        refusedBefore: count.describe("Records that it refused before in the same version: not sent"),
        requests: count.describe("Requests with records sent, repeated ones included"),
        unanswered: count.describe("Records of the request under way, or of one whose answer was lost: the CRM may have them"),
        total: count.nullable().describe("Calls of the lake that there are to look at; null before they were counted"),
      })
      .nullable()
      .describe("Of a push to the CRM: how far it is"),
    change: z
      .strictObject({
        version: count.nullable().describe("Of dialer settings; null for an apply of campaigns"),
        plan: z.string().nullable().describe("Hash of the plan of campaigns; null for dialer settings"),
        phase: z.string().describe("Where it stands"),
        outcome: z.string().nullable().describe("How it ended; null while it has not"),
        message: z.string().nullable(),
      })
      .nullable()
      .describe("Of a change of dialer settings or an apply of campaigns; their own reports have the rest"),
  })
  .meta({ id: "JobDetail" });
export type JobDetail = z.output<typeof jobDetail>;

/** The result of one row. */
export const resultRow = z
  .object({
    line: count,
    callId: z.string().optional(),
    campaignId: z.string().optional().describe("Of a record of a push"),
    interactionId: z.string().optional(),
    result: z.string(),
    statusCode: z.number().optional(),
    reason: z.string().optional(),
    attempts: count,
    latencyMs: z.number().optional(),
    callStatus: z.string().optional(),
    vendorBody: z
      .string()
      .optional()
      .describe("What the tenant's last 5xx for the row said: at most 2000 characters, without secrets and telephone numbers"),
    before: z.unknown().optional(),
    intended: z.unknown().optional(),
    stored: z.unknown().optional(),
  })
  .meta({ id: "ResultRow" });
export type ResultRow = z.output<typeof resultRow>;

/** The result of an upload. */
export const submitted = z
  .strictObject({
    job: jobDetail,
    earlier: z.boolean().describe("The same content was known: this is that job"),
    ignoredColumns: z.array(z.string()).readonly().describe("Columns of the file that have no field; none when it was known"),
  })
  .meta({ id: "Submitted" });

/** A dry run: nothing was sent, nothing was stored. */
export const dryRun = z.strictObject({ plan: planReport, ignoredColumns: z.array(z.string()).readonly() }).meta({ id: "DryRun" });
export type DryRun = z.output<typeof dryRun>;

/** A line of a dry run with all refused rows. */
export const checkLine = z.union([z.strictObject({ refused: refusedRow }), dryRun]);
export type CheckLine = z.output<typeof checkLine>;
export type Submitted = z.output<typeof submitted>;
