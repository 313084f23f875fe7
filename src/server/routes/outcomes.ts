// Outcomes: reports, retrievals and their schedules, exports, what the CRM has.

import { z } from "zod";
import type { RetrievalInput, RetrievalRequest } from "../../operations/index.ts";
import { type OutcomeReportView, outcomeReportView, pageOf, timeText } from "../../operations/views/index.ts";
import { DIMENSIONS, type OutcomeReport } from "../../outcomes/index.ts";
import type { Retrieval, RetrievalSchedule } from "../../store/index.ts";
import { cursor, flag, hours, instant, limit, list, minutes, pageOfItems } from "../routing/query.ts";
import { route, streamRoute } from "../routing/route.ts";

/** What is asked of a report, in the words of the command line. */
export interface ReportQuestion {
  readonly campaigns: readonly string[];
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly last?: string | undefined;
  readonly zone?: string | undefined;
  readonly by?: readonly string[] | undefined;
  readonly compare: readonly string[];
  readonly minimum?: number | undefined;
  readonly confidence?: number | undefined;
  readonly keep: boolean;
}

/** What the routes act on. */
export interface OutcomesPort {
  report(question: ReportQuestion): Promise<{ readonly report: OutcomeReport; readonly heat: OutcomeReportView["heat"] }>;
  plan(
    input: RetrievalInput,
  ): Promise<{ readonly request: RetrievalRequest; readonly warnings: readonly string[]; readonly windows: number }>;
  submit(request: RetrievalRequest, by: string): Promise<{ readonly jobId: string; readonly earlier: boolean }>;
  retrievals(query: {
    readonly limit: number;
    readonly campaignId: string | undefined;
    readonly after: string | undefined;
  }): Promise<Retrieval[]>;
  verify(jobId: string): Promise<{ readonly whole: boolean; readonly calls: number } | undefined>;
  schedules(): Promise<RetrievalSchedule[]>;
  setSchedule(
    schedule: { readonly input: RetrievalInput; readonly everyMs: number; readonly overlapMs: number },
    by: string,
  ): Promise<void>;
  removeSchedule(campaignId: string, by: string): Promise<boolean>;
  /** The latest version of each call, as text. What leaves is in the audit before. */
  export(query: ExportQuery, by: string): AsyncIterable<string>;
}

interface ExportQuery {
  readonly format: "csv" | "ndjson";
  readonly campaignId: string | undefined;
  readonly from: number | undefined;
  readonly to: number | undefined;
  readonly codes: readonly string[] | undefined;
}

const retrieval = {
  campaignId: z.string().min(1),
  from: instant.optional(),
  to: instant.optional(),
  lastHours: hours(100_000).optional().describe("Instead of from: so many hours before to"),
  codes: z.array(z.string()).min(1).max(100).optional(),
  limit: z.int().min(1).max(5000).optional().describe("Calls in a page"),
};
const retrievalView = z
  .strictObject({
    jobId: z.string(),
    campaignId: z.string(),
    from: z.iso.datetime(),
    to: z.iso.datetime(),
    codes: z.array(z.string()).nullable(),
    status: z.string(),
    actor: z.string(),
    windows: z.int(),
    windowsDone: z.int(),
    rows: z.int(),
    calls: z.int().nullable(),
    complianceHash: z.string().nullable(),
    quarantined: z.record(z.string(), z.int()),
    createdAt: z.iso.datetime(),
    finishedAt: z.iso.datetime().nullable(),
  })
  .meta({ id: "Retrieval" });
const scheduleView = z
  .strictObject({
    campaignId: z.string(),
    everyMs: z.int(),
    overlapMs: z.int(),
    codes: z.array(z.string()).nullable(),
    readTo: z.iso.datetime().nullable(),
    nextAt: z.iso.datetime(),
    actor: z.string(),
  })
  .meta({ id: "RetrievalSchedule" });

export function outcomeRoutes(port: () => OutcomesPort) {
  return [
    route({
      id: "outcomes.report",
      method: "get",
      path: "/outcomes/report",
      summary: "Conversion with intervals, categories, trend, comparisons, the heat map",
      role: "viewer",
      query: z.strictObject({
        campaign: list,
        from: z.string().optional(),
        to: z.string().optional(),
        last: z
          .string()
          .optional()
          .describe("Instead of from: so much time before the end, such as 7d; 30d by default, 1100d at most"),
        zone: z.string().optional(),
        by: list.describe(DIMENSIONS.join(", ")),
        compare: list,
        minimum: z.coerce.number().int().min(1).optional(),
        confidence: z.coerce.number().gt(0).lt(100).optional(),
      }),
      reply: outcomeReportView,
      async handle({ query }) {
        const { campaign, by, ...rest } = query;
        const question = { ...rest, campaigns: campaign, ...(by.length === 0 ? {} : { by }), keep: false };
        const { report, heat } = await port().report(question);
        return { ...report, heat: [...heat] };
      },
    }),
    route({
      id: "outcomes.plan",
      method: "post",
      path: "/outcomes/retrievals/preview",
      question: true,
      summary: "What a retrieval would ask the tenant for",
      role: "viewer",
      body: z.strictObject(retrieval),
      reply: z.strictObject({
        campaignId: z.string(),
        from: z.iso.datetime(),
        to: z.iso.datetime(),
        codes: z.array(z.string()).nullable(),
        limit: z.int(),
        warnings: z.array(z.string()),
        windows: z.int(),
      }),
      async handle({ body }) {
        const { request, warnings, windows } = await port().plan(inputOf(body));
        const { campaignId, from, to, codes, limit: size } = request;
        return {
          campaignId,
          from: timeText(from),
          to: timeText(to),
          codes: codes === null ? null : [...codes],
          limit: size,
          warnings: [...warnings],
          windows,
        };
      },
    }),
    route({
      id: "outcomes.retrieve",
      method: "post",
      path: "/outcomes/retrievals",
      summary: "Brings outcomes home: a job; the same one that has not ended comes back",
      role: "operator",
      body: z.strictObject(retrieval),
      reply: z.strictObject({ jobId: z.string(), earlier: z.boolean(), warnings: z.array(z.string()) }),
      status: 202,
      async handle({ body, who }) {
        const { request, warnings } = await port().plan(inputOf(body));
        return { ...(await port().submit(request, who.name)), warnings: [...warnings] };
      },
    }),
    route({
      id: "outcomes.retrievals",
      method: "get",
      path: "/outcomes/retrievals",
      summary: "Retrievals, newest first",
      role: "viewer",
      query: z.strictObject({ limit, cursor, campaign: z.string().optional() }),
      reply: pageOf(retrievalView),
      async handle({ query }) {
        const { campaign: campaignId, cursor: after } = query;
        const found = await port().retrievals({ limit: query.limit + 1, campaignId, after });
        return pageOfItems(found, query.limit, ({ jobId }) => jobId, retrievalOf);
      },
    }),
    route({
      id: "outcomes.verify",
      method: "post",
      path: "/outcomes/retrievals/{id}/verify",
      question: true,
      summary: "Whether the lake holds exactly what a retrieval brought",
      role: "viewer",
      params: z.strictObject({ id: z.string() }),
      reply: z.strictObject({ ended: z.boolean(), whole: z.boolean().nullable(), calls: z.int().nullable() }),
      async handle({ params }) {
        const verdict = await port().verify(params.id);
        return { ended: verdict !== undefined, whole: verdict?.whole ?? null, calls: verdict?.calls ?? null };
      },
    }),
    route({
      id: "outcomes.schedules",
      method: "get",
      path: "/outcomes/schedules",
      summary: "What is retrieved regularly",
      role: "viewer",
      query: z.strictObject({ limit, cursor }),
      reply: pageOf(scheduleView),
      async handle({ query }) {
        // A campaign has one: all of them are few, and in the order of their campaigns.
        const all = (await port().schedules()).sort((a, b) => (a.campaignId < b.campaignId ? -1 : 1));
        const behind = all.filter(({ campaignId }) => query.cursor === undefined || campaignId > query.cursor);
        return pageOfItems(behind, query.limit, ({ campaignId }) => campaignId, scheduleOf);
      },
    }),
    route({
      id: "outcomes.schedule",
      method: "put",
      path: "/outcomes/schedules/{campaign}",
      summary: "Retrieves a campaign's outcomes regularly",
      role: "operator",
      params: z.strictObject({ campaign: z.string() }),
      body: z.strictObject({
        everyMinutes: minutes(1, 10_080),
        overlapMinutes: minutes(0, 10_080).prefault(60),
        firstHours: hours(100_000).prefault(168),
        codes: z.array(z.string()).min(1).max(100).optional(),
        limit: z.int().min(1).max(5000).optional(),
      }),
      reply: z.strictObject({ campaignId: z.string() }),
      async handle({ params, body, who }) {
        const input = { campaignId: params.campaign, lastMs: body.firstHours, codes: body.codes, limit: body.limit };
        const schedule = { input, everyMs: body.everyMinutes, overlapMs: body.overlapMinutes };
        await port().setSchedule(schedule, who.name);
        return { campaignId: params.campaign };
      },
    }),
    route({
      id: "outcomes.unschedule",
      method: "delete",
      path: "/outcomes/schedules/{campaign}",
      summary: "Ends a schedule; what was retrieved stays",
      role: "operator",
      params: z.strictObject({ campaign: z.string() }),
      reply: z.strictObject({ removed: z.boolean() }),
      handle: async ({ params, who }) => ({ removed: await port().removeSchedule(params.campaign, who.name) }),
    }),
    streamRoute({
      id: "outcomes.export",
      method: "get",
      path: "/outcomes/export",
      personal: true,
      summary: "The latest version of each call as CSV or NDJSON",
      role: "operator",
      query: z.strictObject({
        format: z.enum(["csv", "ndjson"]).default("csv"),
        campaign: z.string().optional(),
        from: instant.optional(),
        to: instant.optional(),
        code: list,
        download: flag,
      }),
      contentType: "text/plain; charset=utf-8",
      async handle({ query, who }) {
        const { format, campaign, from, to, code } = query;
        const codes = code.length === 0 ? undefined : code;
        const texts = port().export({ format, campaignId: campaign, from, to, codes }, who.name);
        return { texts, ...(query.download ? { fileName: `outcomes.${format}` } : {}) };
      },
    }),
  ];
}

function inputOf({ lastHours, ...rest }: z.output<z.ZodObject<typeof retrieval>>): RetrievalInput {
  return { ...rest, ...(lastHours === undefined ? {} : { lastMs: lastHours }) };
}

function retrievalOf(one: Retrieval): z.input<typeof retrievalView> {
  return {
    jobId: one.jobId,
    campaignId: one.campaignId,
    from: timeText(one.from),
    to: timeText(one.to),
    codes: one.codes === null ? null : [...one.codes],
    status: one.status,
    actor: one.actor,
    windows: one.totals.windows,
    windowsDone: one.totals.windowsDone,
    rows: one.totals.rows,
    calls: one.calls,
    complianceHash: one.complianceHash,
    quarantined: { ...one.totals.quarantined },
    createdAt: timeText(one.createdAt),
    finishedAt: timeText(one.finishedAt),
  };
}

function scheduleOf(one: RetrievalSchedule): z.input<typeof scheduleView> {
  const { campaignId, everyMs, overlapMs, codes, readTo, nextAt, actor } = one;
  return {
    campaignId,
    everyMs,
    overlapMs,
    codes: codes === null ? null : [...codes],
    readTo: timeText(readTo),
    nextAt: timeText(nextAt),
    actor,
  };
}
