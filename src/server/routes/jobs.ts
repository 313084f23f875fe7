// Jobs over rows, retrievals and pushes to the CRM: list, progress, rows, resume, cancel; tagging and corrections from an uploaded file.

import { z } from "zod";
import { csvLine } from "../../kernel/index.ts";
import {
  type CorrectionSource,
  columnMapping,
  DISPOSITIONS,
  INSTEAD,
  JOB_FILTERS,
  type JobUseCases,
  POLICIES,
  type RowFormat,
  type TagSource,
} from "../../operations/index.ts";
import { checkLine, dryRun, jobDetail, jobSummary, pageOf, resultRow, submitted } from "../../operations/views/index.ts";
import { ITEM_RESULTS, PUSH } from "../../store/index.ts";
import { ServerError } from "../error.ts";
import { mediaTypesIn } from "../http/body.ts";
import { linesFrom, type WriteLine } from "../routing/ndjson.ts";
import { cursor, flag, limit, list, pageOfItems } from "../routing/query.ts";
import { route, streamRoute } from "../routing/route.ts";
import type { Upload } from "../routing/route-types.ts";

/** Media types of a file of rows. */
export const FILE_TYPES = ["text/csv", "application/x-ndjson", "application/json", "text/plain", "application/octet-stream"];
/** The largest line number that the ledger can store. */
const MOST_LINES = 2_147_483_647;
const byId = z.strictObject({ id: z.string() });
const readQuery = {
  name: z.string().max(200).default("upload").describe("Name of the file, for people"),
  format: z.enum(["csv", "ndjson"]).optional().describe("Told by the first character when not given"),
  delimiter: z.string().length(1).optional(),
  column: list.describe("FIELD=COLUMN where a column has another name; may be given several times"),
};
const instead = z
  .enum(INSTEAD)
  .optional()
  .describe(
    "For a tenant that cannot set dispositions of finished calls: `tag` adds a tag that names the code, `record` keeps it here",
  );
const correctionQuery = {
  policy: z.enum(POLICIES).optional(),
  timestamp: z.iso.datetime({ offset: true }).optional().describe("Time of rows that have none"),
};
const fileQuery = {
  ...readQuery,
  dryRun: flag.describe("true checks the whole file and stores nothing"),
  again: flag.describe("true runs content that was run before once more"),
};

export function jobRoutes(jobs: () => JobUseCases) {
  return [
    route({
      id: "jobs.list",
      method: "get",
      path: "/jobs",
      summary: "Jobs, newest first",
      role: "viewer",
      query: z.strictObject({ limit, cursor, ...JOB_FILTERS }),
      reply: pageOf(jobSummary),
      handle: ({ query: { cursor: after, limit: size, ...filters } }) =>
        pageOfItems(size, (limit) => jobs().list({ ...filters, limit, after }), "id"),
    }),
    route({
      id: "jobs.show",
      method: "get",
      path: "/jobs/{id}",
      summary: "One job: state, progress, measurements",
      role: "viewer",
      params: byId,
      reply: jobDetail,
      handle: ({ params }) => jobs().show(params.id),
    }),
    streamRoute({
      id: "jobs.rows",
      method: "get",
      path: "/jobs/{id}/rows",
      summary: "The result of every row as NDJSON or CSV; with `result=refused` those that were refused, with reasons",
      description:
        "Of a push to the CRM the records that it refused. CSV also with `Accept: text/csv`. What a spreadsheet would take for a formula is marked as text.",
      role: "viewer",
      params: byId,
      query: z.strictObject({
        result: z.enum(ITEM_RESULTS).optional(),
        after: z.coerce
          .number()
          .int()
          .min(0)
          .max(MOST_LINES)
          .optional()
          .describe("Only rows behind this line: with limit, page by page"),
        limit: z.coerce.number().int().min(1).optional(),
        format: z.enum(["ndjson", "csv"]).optional(),
        download: flag,
      }),
      line: resultRow,
      contentType: "application/x-ndjson",
      alsoTypes: [CSV],
      async handle({ params, query, headers }) {
        const { kind, rows } = await jobs().rows(params.id, { only: query.result, after: query.after, most: query.limit });
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
      handle: ({ params }) => jobs().resume(params.id),
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
      handle: ({ params, who }) => jobs().cancel(params.id, who.name),
    }),
    route({
      id: "tags.submit",
      method: "post",
      path: "/campaigns/id/{id}/tags",
      summary: "Set the dispositions of a file of calls: a job, or with dryRun what it would be",
      description: "The body is the file, CSV or NDJSON. The same file for the same campaign is recognised: its job comes back.",
      role: "operator",
      params: byId,
      query: z.strictObject({ ...fileQuery, instead }),
      upload: FILE_TYPES,
      reply: z.union([submitted, dryRun]),
      status: 202,
      async handle({ params, query, upload, who }) {
        const source = tagsIn(upload, query);
        if (query.dryRun) return jobs().checkTags(source, params.id, { instead: query.instead });
        return jobs().submitTags(source, params.id, { again: query.again, instead: query.instead, by: who.name });
      },
    }),
    route({
      id: "dispositions.submit",
      method: "post",
      path: "/interactions/dispositions",
      summary: "Correct the dispositions of a file of closed interactions: a job, or with dryRun what it would be",
      description: "The body is the file, CSV or NDJSON.",
      role: "operator",
      query: z.strictObject({ ...fileQuery, ...correctionQuery }),
      upload: FILE_TYPES,
      reply: z.union([submitted, dryRun]),
      status: 202,
      async handle({ query, upload, who }) {
        const source = correctionsIn(upload, query);
        if (query.dryRun) return jobs().checkCorrections(source);
        return jobs().submitCorrections(source, { again: query.again, by: who.name });
      },
    }),
    streamRoute({
      id: "tags.check",
      method: "post",
      path: "/campaigns/id/{id}/tags/check",
      question: true,
      summary: "What setting the dispositions of a file would be: each refused row as NDJSON, the plan in the last line",
      description: CHECKED,
      role: "operator",
      params: byId,
      query: z.strictObject({ ...readQuery, instead }),
      upload: FILE_TYPES,
      line: checkLine,
      contentType: "application/x-ndjson",
      handle: ({ params, query, upload }) =>
        checked((refused) => jobs().checkTags(tagsIn(upload, query), params.id, { instead: query.instead, refused })),
    }),
    streamRoute({
      id: "dispositions.check",
      method: "post",
      path: "/interactions/dispositions/check",
      question: true,
      summary: "What correcting the dispositions of a file would be: each refused row as NDJSON, the plan in the last line",
      description: CHECKED,
      role: "operator",
      query: z.strictObject({ ...readQuery, ...correctionQuery }),
      upload: FILE_TYPES,
      line: checkLine,
      contentType: "application/x-ndjson",
      handle: ({ query, upload }) => checked((refused) => jobs().checkCorrections(correctionsIn(upload, query), { refused })),
    }),
  ];
}

const CHECKED =
  "The body is the file, CSV or NDJSON. Lines are `{refused}`, the last one is `{plan, ignoredColumns}`. Nothing is sent and nothing stored.";

/** Each refused row of a dry run, then the rest of what it found. */
async function checked(work: (refused: (row: object) => Promise<void>) => Promise<object>) {
  return { texts: await linesFrom(async (write: WriteLine) => write(await work((refused) => write({ refused })))) };
}

type Reading = z.output<z.ZodObject<typeof readQuery>>;

function tagsIn(upload: Upload | undefined, query: Reading): TagSource {
  const read = { ...formatOf(query), mapping: columnMapping(query.column) };
  return { ...sourceOf(upload, query.name), read };
}

function correctionsIn(
  upload: Upload | undefined,
  { policy, timestamp, column, name, ...rest }: Reading & z.output<z.ZodObject<typeof correctionQuery>>,
): CorrectionSource {
  const read = {
    ...formatOf(rest),
    ...(policy === undefined ? {} : { policy }),
    ...(timestamp === undefined ? {} : { timestamp }),
    mapping: columnMapping(column),
  };
  return { ...sourceOf(upload, name), read };
}

/** The uploaded file as an input. Throws ServerError `invalid_request` without one. */
export function sourceOf(upload: Upload | undefined, name: string) {
  if (upload === undefined) throw new ServerError("invalid_request", "the body must be the file, and it was empty");
  return { name, bytes: () => upload.bytes(), size: upload.size, rereadable: upload.rereadable !== false };
}

function formatOf({ format, delimiter }: { format?: RowFormat | undefined; delimiter?: string | undefined }) {
  return { format, delimiter };
}

// Files of jobs: what is uploaded, and the columns and lines that are downloaded.

const CSV = "text/csv";

type Column = keyof z.input<typeof resultRow>;

const TAG_COLUMNS = [
  "line",
  "callId",
  "result",
  "reason",
  "statusCode",
  "attempts",
  "latencyMs",
  "callStatus",
  "vendorBody",
] as const;

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
  "vendorBody",
] as const;

const PUSH_COLUMNS = ["line", "campaignId", "callId", "result", "reason", "statusCode"] as const;

const columnsOf = (kind: string): readonly Column[] =>
  kind === PUSH ? PUSH_COLUMNS : kind === DISPOSITIONS ? CORRECTION_COLUMNS : TAG_COLUMNS;

/** @param columns for CSV; without them the lines are NDJSON */
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
