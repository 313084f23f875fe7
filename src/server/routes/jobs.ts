// Jobs over rows, retrievals among them: list, progress, rows, resume, cancel; tagging and corrections from an uploaded file.

import { z } from "zod";
import {
  type CorrectionSource,
  csvLine,
  DISPOSITIONS,
  type PlanReport,
  type PlanSink,
  POLICIES,
  parseMapping,
  type RowFormat,
  type RowJob,
  type RowsLeft,
  TAG,
  type TagSource,
} from "../../operations/index.ts";
import {
  dryRun,
  type JobDetail,
  type JobSummary,
  jobDetail,
  jobSummary,
  pageOf,
  resultRow,
  submitted,
  timeText,
} from "../../operations/views/index.ts";
import { ITEM_RESULTS, type ItemResult, type Job, RETRIEVE, type Retrieval } from "../../store/index.ts";
import { ServerError } from "../error.ts";
import { mediaTypesIn } from "../http/body.ts";
import { cursor, flag, limit, list, pageOfItems } from "../routing/query.ts";
import { type ApiRoute, route, streamRoute, type Upload } from "../routing/route.ts";

/** A job with what belongs to its kind. */
export interface JobRecord {
  readonly job: Job;
  /** Of a job over the rows of a file. */
  readonly rows: RowJob | undefined;
  /** Of one that was stopped or cancelled. */
  readonly rowsLeft: RowsLeft | undefined;
  readonly retrieval: Retrieval | undefined;
  /** Whether this process runs it. */
  readonly running: boolean;
  /** The request that it was made for; null for one of the command line. */
  readonly requestId: string | null;
}

/** What the routes act on. */
export interface JobsPort {
  /** Newest first. */
  list(query: { readonly limit: number; readonly after: string | undefined; readonly kind: JobKind | undefined }): Promise<Job[]>;
  /** Throws OperationError `job_not_found`. */
  get(id: string): Promise<JobRecord>;
  /** The results of rows, so many at most. Throws OperationError `job_not_found`. */
  rows(
    id: string,
    only: ItemResult | undefined,
    most: number | undefined,
  ): Promise<{ readonly kind: string; readonly rows: AsyncIterable<z.input<typeof resultRow>> }>;
  /** Runs a job here, or goes on with it; returns at once. Throws OperationError `job_not_found`, `job_state`. */
  start(id: string): Promise<void>;
  /** Resolves when nothing more of it is sent. Throws OperationError `job_not_found`, `outcome_unknown`. */
  cancel(id: string, by: string): Promise<void>;
  validateTags(source: TagSource, campaignId: string, sink: PlanSink): Promise<PlanReport>;
  submitTags(source: TagSource, campaignId: string, given: Submit): Promise<Submitted>;
  validateCorrections(source: CorrectionSource, sink: PlanSink): Promise<PlanReport>;
  submitCorrections(source: CorrectionSource, given: Submit): Promise<Submitted>;
}

interface Submit {
  readonly again: boolean;
  readonly actor: string;
}

interface Submitted {
  readonly jobId: string;
  readonly earlier: boolean;
}

/** Kinds of jobs that are shown here. */
const JOB_KINDS = [TAG, DISPOSITIONS, RETRIEVE] as const;
type JobKind = (typeof JOB_KINDS)[number];

/** Media types of a file of rows. */
export const FILE_TYPES = ["text/csv", "application/x-ndjson", "application/json", "text/plain", "application/octet-stream"];
const CSV = "text/csv";
type Column = keyof z.input<typeof resultRow>;
const TAG_COLUMNS = ["line", "callId", "result", "reason", "statusCode", "attempts", "latencyMs", "callStatus"] as const;
const CORRECTION_COLUMNS = [
  "line",
  "interactionId",
  "result",
  "reason",
  "statusCode",
  "attempts",
  "latencyMs",
  "before",
  "intended",
  "stored",
] as const;
const columnsOf = (kind: string): readonly Column[] => (kind === DISPOSITIONS ? CORRECTION_COLUMNS : TAG_COLUMNS);
const byId = z.strictObject({ id: z.string() });
const fileQuery = {
  name: z.string().max(200).default("upload").describe("Name of the file, for people"),
  format: z.enum(["csv", "ndjson"]).optional().describe("Told by the first character when not given"),
  delimiter: z.string().length(1).optional(),
  column: list.describe("FIELD=COLUMN where a column has another name; may be given several times"),
  dryRun: flag.describe("true checks the whole file and stores nothing"),
  again: flag.describe("true runs content that was run before once more"),
};

export function jobRoutes(port: () => JobsPort): ApiRoute[] {
  return [
    route({
      id: "jobs.list",
      method: "get",
      path: "/jobs",
      summary: "Jobs, newest first",
      role: "viewer",
      query: z.strictObject({ limit, cursor, kind: z.enum(JOB_KINDS).optional() }),
      reply: pageOf(jobSummary),
      async handle({ query }) {
        const jobs = await port().list({ limit: query.limit + 1, after: query.cursor, kind: query.kind });
        return pageOfItems(jobs, query.limit, ({ id }) => id, summaryOf);
      },
    }),
    route({
      id: "jobs.show",
      method: "get",
      path: "/jobs/{id}",
      summary: "One job: state, progress, measurements",
      role: "viewer",
      params: byId,
      reply: jobDetail,
      handle: async ({ params }) => detailOf(await port().get(params.id)),
    }),
    streamRoute({
      id: "jobs.rows",
      method: "get",
      path: "/jobs/{id}/rows",
      summary: "The result of every row as NDJSON or CSV; with `result=refused` those that were refused, with reasons",
      description: "CSV also with `Accept: text/csv`. What a spreadsheet would take for a formula is marked as text.",
      role: "viewer",
      params: byId,
      query: z.strictObject({
        result: z.enum(ITEM_RESULTS).optional(),
        limit: z.coerce.number().int().min(1).optional(),
        format: z.enum(["ndjson", "csv"]).optional(),
        download: flag,
      }),
      contentType: "application/x-ndjson",
      alsoTypes: [CSV],
      async handle({ params, query, headers }) {
        const { kind, rows } = await port().rows(params.id, query.result, query.limit);
        const csv = (query.format ?? (mediaTypesIn(headers).includes(CSV) ? "csv" : "ndjson")) === "csv";
        const texts = linesOf(rows, csv ? columnsOf(kind) : undefined);
        return {
          texts,
          ...(csv ? { contentType: `${CSV}; charset=utf-8; header=present` } : {}),
          ...(query.download ? { fileName: `${params.id}.${csv ? "csv" : "ndjson"}` } : {}),
        };
      },
    }),
    route({
      id: "jobs.resume",
      method: "post",
      path: "/jobs/{id}/resume",
      summary: "Go on with a job that was interrupted or stopped",
      role: "operator",
      params: byId,
      reply: jobDetail,
      status: 202,
      async handle({ params }) {
        await port().start(params.id);
        return detailOf(await port().get(params.id));
      },
    }),
    route({
      id: "jobs.cancel",
      method: "post",
      path: "/jobs/{id}/cancel",
      summary: "Stop a job for good; what was sent stays sent",
      description:
        "Answered when nothing more of it is sent and the results of what was on the wire are recorded, wherever it runs; `notSent` counts the rest.",
      role: "operator",
      params: byId,
      reply: jobDetail,
      async handle({ params, who }) {
        await port().cancel(params.id, who.name);
        return detailOf(await port().get(params.id));
      },
    }),
    route({
      id: "tags.submit",
      method: "post",
      path: "/campaigns/{id}/tags",
      summary: "Set the dispositions of a file of calls: a job, or with dryRun what it would be",
      description: "The body is the file, CSV or NDJSON. The same file for the same campaign is recognised: its job comes back.",
      role: "operator",
      params: byId,
      query: z.strictObject(fileQuery),
      upload: FILE_TYPES,
      reply: z.union([submitted, dryRun]),
      status: 202,
      async handle({ params, query, upload, who }) {
        const ignored: string[] = [];
        const mapping = parseMapping(query.column);
        const source: TagSource = {
          ...sourceOf(upload, query.name),
          read: {
            ...formatOf(query),
            mapping: Object.keys(mapping).length === 0 ? undefined : mapping,
            onIgnoredColumns: (names) => ignored.push(...names),
          },
        };
        if (query.dryRun) return { plan: planOf(await port().validateTags(source, params.id, {})), ignoredColumns: ignored };
        return begin(port(), await port().submitTags(source, params.id, { again: query.again, actor: who.name }));
      },
    }),
    route({
      id: "dispositions.submit",
      method: "post",
      path: "/interactions/dispositions",
      summary: "Correct the dispositions of a file of closed interactions: a job, or with dryRun what it would be",
      description: "The body is the file, CSV or NDJSON.",
      role: "operator",
      query: z.strictObject({ ...fileQuery, policy: z.enum(POLICIES).optional() }),
      upload: FILE_TYPES,
      reply: z.union([submitted, dryRun]),
      status: 202,
      async handle({ query, upload, who }) {
        const ignored: string[] = [];
        const source: CorrectionSource = {
          ...sourceOf(upload, query.name),
          read: {
            ...formatOf(query),
            ...(query.policy === undefined ? {} : { policy: query.policy }),
            ...(query.column.length === 0 ? {} : { mapping: mappingOf(query.column) }),
          },
        };
        if (query.dryRun) return { plan: planOf(await port().validateCorrections(source, {})), ignoredColumns: ignored };
        return begin(port(), await port().submitCorrections(source, { again: query.again, actor: who.name }));
      },
    }),
  ];
}

async function begin(port: JobsPort, { jobId, earlier }: Submitted): Promise<z.input<typeof submitted>> {
  await port.start(jobId);
  return { job: detailOf(await port.get(jobId)), earlier };
}

/** The uploaded file as an input. Throws ServerError `invalid_request` when there was none. */
export function sourceOf(upload: Upload | undefined, name: string) {
  if (upload === undefined) throw new ServerError("invalid_request", "the body is the file, and there was none");
  return { name, bytes: () => upload.bytes(), rereadable: true };
}

function formatOf({ format, delimiter }: { format?: RowFormat | undefined; delimiter?: string | undefined }) {
  return { format, delimiter };
}

/** The pairs FIELD=COLUMN of the address. Throws ServerError `invalid_request`. */
export function mappingOf(pairs: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    pairs.map((pair): [string, string] => {
      const at = pair.indexOf("=");
      if (at < 1 || at === pair.length - 1)
        throw new ServerError("invalid_request", `query.column: "${pair}" is not FIELD=COLUMN`);
      return [pair.slice(0, at).trim(), pair.slice(at + 1).trim()];
    }),
  );
}

/** @param columns of CSV; NDJSON without them */
async function* linesOf(
  rows: AsyncIterable<z.input<typeof resultRow>>,
  columns: readonly Column[] | undefined,
): AsyncGenerator<string> {
  let lines: string[] = columns === undefined ? [] : [`${csvLine(columns)}\r\n`];
  for await (const row of rows) {
    lines.push(columns === undefined ? `${JSON.stringify(row)}\n` : `${csvLine(columns.map((column) => row[column]))}\r\n`);
    if (lines.length < 200) continue;
    yield lines.join("");
    lines = [];
  }
  if (lines.length > 0) yield lines.join("");
}

function summaryOf(job: Job): JobSummary {
  const counts = { ...job.counts };
  return {
    id: job.id,
    kind: job.kind,
    status: job.status,
    campaignId: job.campaignId,
    sourceName: job.sourceName,
    actor: job.actor,
    totalRows: job.totalRows,
    counts,
    done: Object.values(counts).reduce((sum, count) => sum + count, 0),
    createdAt: timeText(job.createdAt),
    startedAt: timeText(job.startedAt),
    finishedAt: timeText(job.finishedAt),
  };
}

function detailOf({ job, rows, rowsLeft, retrieval, running, requestId }: JobRecord): JobDetail {
  return {
    ...summaryOf(job),
    plan: rows?.plan === undefined ? null : planOf(rows.plan),
    measured: rows?.measured === undefined ? null : { ...rows.measured },
    notSent: rowsLeft?.notSent ?? null,
    mayHaveBeenSent: rowsLeft?.mayHaveBeenSent ?? null,
    stop: rows?.stop ?? stopOf(retrieval?.error) ?? null,
    running,
    requestId,
    retrieval: retrieval === undefined ? null : retrievalOf(retrieval),
  };
}

function retrievalOf({ from, to, totals, calls }: Retrieval): JobDetail["retrieval"] {
  const { windows, windowsDone, rows } = totals;
  return { from: timeText(from), to: timeText(to), windows, windowsDone, rows, added: calls ?? rows };
}

const stop = z.object({ code: z.string(), message: z.string(), advice: z.string().optional() });

function stopOf(error: unknown): JobDetail["stop"] | undefined {
  const parsed = stop.safeParse(error);
  return parsed.success ? { code: parsed.data.code, message: parsed.data.message } : undefined;
}

function planOf({ rows, toSend, refused, duplicates, problems, examples }: PlanReport): NonNullable<JobDetail["plan"]> {
  return {
    rows,
    toSend,
    refused,
    duplicates,
    problems: { ...problems },
    examples: examples.map((row) => ({ ...row, problems: row.problems.map((one) => ({ ...one })) })),
  };
}
