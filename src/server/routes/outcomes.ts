// Outcomes: reports, retrievals and their schedules, verification, exports.

import { z } from "zod";
import type { CrmUseCases, OutcomeUseCases, RetrievalInput } from "../../operations/index.ts";
import {
  outcomeReportView,
  outcomesCompared,
  pageOf,
  pushBegun,
  quarantinedRow,
  retrievalBegun,
  retrievalPlan,
  retrievalVerdict,
  retrievalView,
  schedulesSet,
  scheduleView,
  timeText,
} from "../../operations/views/index.ts";
import { DIMENSIONS } from "../../outcomes/index.ts";
import { linesFrom } from "../routing/ndjson.ts";
import { cursor, flag, hours, instant, limit, list, minutes, pageOfItems, vendorId } from "../routing/query.ts";
import { route, streamRoute } from "../routing/route.ts";

const byId = z.strictObject({ id: z.string() });
const retrieval = {
  campaignId: vendorId,
  from: instant.optional(),
  to: instant.optional(),
  lastHours: hours(100_000).optional().describe("Instead of from: so many hours before to"),
  codes: z.array(z.string()).min(1).max(100).optional(),
  limit: z.int().min(1).max(5000).optional().describe("Calls in a page"),
};
const rhythm = {
  everyMinutes: minutes(1, 10_080),
  overlapMinutes: minutes(0, 10_080).prefault(60),
  firstHours: hours(100_000).prefault(168),
  codes: z.array(z.string()).min(1).max(100).optional(),
  limit: z.int().min(1).max(5000).optional(),
};

/** Says of how many calls an export is. */
const CALLS = "outdial-calls";
const ownMap = z
  .strictObject({ name: z.string().min(1).max(4096), text: z.string().max(200_000) })
  .optional()
  .describe("A map of disposition codes instead of the configured one, as text");

export function outcomeRoutes(outcomes: () => OutcomeUseCases) {
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
      handle: ({ query: { campaign: campaigns, by, ...rest } }) =>
        outcomes().report({ ...rest, campaigns, ...(by.length === 0 ? {} : { by }), keep: false }),
    }),
    route({
      id: "outcomes.makeReport",
      method: "post",
      path: "/outcomes/report",
      summary: "The same report without the heat map; restates the figures of earlier ones and keeps its own",
      role: "operator",
      body: z.strictObject({
        campaigns: z.array(z.string()).max(1000).default([]).describe("All by default"),
        from: z.string().optional(),
        to: z.string().optional(),
        last: z.string().optional(),
        zone: z.string().optional(),
        by: z.array(z.string()).max(20).optional(),
        compare: z.array(z.string()).max(100).default([]),
        minimum: z.int().min(1).optional(),
        confidence: z.number().gt(0).lt(100).optional(),
        keep: z.boolean().default(true).describe("false: nothing is restated or kept"),
        map: ownMap,
      }),
      reply: outcomeReportView.omit({ heat: true }).meta({ id: "OutcomeReportMade" }),
      handle: ({ body }) => outcomes().makeReport(body),
    }),
    route({
      id: "outcomes.plan",
      method: "post",
      path: "/outcomes/retrievals/preview",
      question: true,
      summary: "What a retrieval would ask the tenant for",
      role: "viewer",
      body: z.strictObject(retrieval),
      reply: retrievalPlan,
      handle: ({ body }) => outcomes().planRetrieval(inputOf(body)),
    }),
    route({
      id: "outcomes.retrieve",
      method: "post",
      path: "/outcomes/retrievals",
      summary: "Brings outcomes home: a job; the same one that has not ended comes back",
      role: "operator",
      body: z.strictObject(retrieval),
      reply: retrievalBegun,
      status: 202,
      handle: ({ body, who }) => outcomes().retrieve(inputOf(body), who.name),
    }),
    route({
      id: "outcomes.retrievals",
      method: "get",
      path: "/outcomes/retrievals",
      summary: "Retrievals, newest first",
      role: "viewer",
      query: z.strictObject({ limit, cursor, campaign: z.string().optional() }),
      reply: pageOf(retrievalView),
      handle: ({ query: { campaign: campaignId, cursor: after, limit: size } }) =>
        pageOfItems(size, (limit) => outcomes().retrievals({ limit, campaignId, after }), "jobId"),
    }),
    route({
      id: "outcomes.retrieval",
      method: "get",
      path: "/outcomes/retrievals/id/{id}",
      summary: "One retrieval: how far it is, what it brought, why it stopped",
      role: "viewer",
      params: byId,
      reply: retrievalView,
      handle: ({ params }) => outcomes().retrieval(params.id),
    }),
    route({
      id: "outcomes.doubt",
      method: "get",
      path: "/outcomes/campaigns/{campaign}/doubt",
      summary: "Why a campaign may have no calls: whether the tenant knows it, asked now",
      role: "operator",
      params: z.strictObject({ campaign: vendorId }),
      reply: z.strictObject({
        doubt: z.string().nullable().describe("A sentence; null when nothing is doubtful, or the tenant does not say"),
      }),
      handle: async ({ params }) => ({ doubt: await outcomes().doubt(params.campaign) }),
    }),
    streamRoute({
      id: "outcomes.quarantine",
      method: "get",
      path: "/outcomes/retrievals/id/{id}/quarantine",
      personal: true,
      summary: "Rows of the vendor that were no valid records, as NDJSON",
      description: "Lines are `{reason, detail, call_id, observed_at, row}`; `row` is as the vendor sent it.",
      role: "operator",
      params: byId,
      line: quarantinedRow,
      contentType: "application/x-ndjson",
      async handle({ params }) {
        const rows = await outcomes().quarantine(params.id);
        const texts = await linesFrom(async (write) => {
          for (const row of rows) await write(row);
        });
        return { texts };
      },
    }),
    route({
      id: "outcomes.verify",
      method: "post",
      path: "/outcomes/retrievals/id/{id}/verify",
      question: true,
      summary: "Whether the lake holds exactly what a retrieval brought",
      role: "viewer",
      params: byId,
      reply: retrievalVerdict,
      handle: ({ params }) => outcomes().verify(params.id),
    }),
    route({
      id: "outcomes.schedules",
      method: "get",
      path: "/outcomes/schedules",
      summary: "What is retrieved regularly",
      role: "viewer",
      query: z.strictObject({ limit, cursor }),
      reply: pageOf(scheduleView),
      handle: ({ query }) => pageOfItems(query.limit, () => outcomes().schedules(query.cursor), "campaignId"),
    }),
    route({
      id: "outcomes.scheduleAll",
      method: "put",
      path: "/outcomes/schedules",
      summary: "Retrieves the outcomes of several campaigns regularly, their turns staggered; all or none is set",
      role: "operator",
      body: z.strictObject({
        campaigns: z.array(vendorId).min(1).max(1000),
        ...rhythm,
        staggerMinutes: minutes(0, 10_080)
          .optional()
          .describe("Between the turns of two campaigns; by default they are spread evenly over everyMinutes"),
      }),
      reply: schedulesSet,
      handle({ body, who }) {
        const { campaigns, everyMinutes: everyMs, overlapMinutes: overlapMs, staggerMinutes: staggerMs, ...rest } = body;
        const input = { lastMs: rest.firstHours, codes: rest.codes, limit: rest.limit };
        return outcomes().setSchedules(campaigns, input, { everyMs, overlapMs, staggerMs, by: who.name });
      },
    }),
    route({
      id: "outcomes.schedule",
      method: "put",
      path: "/outcomes/schedules/{campaign}",
      summary: "Retrieves a campaign's outcomes regularly",
      role: "operator",
      params: z.strictObject({ campaign: vendorId }),
      body: z.strictObject(rhythm),
      reply: z.strictObject({ campaignId: z.string() }),
      async handle({ params, body, who }) {
        const input = { campaignId: params.campaign, lastMs: body.firstHours, codes: body.codes, limit: body.limit };
        const { everyMinutes: everyMs, overlapMinutes: overlapMs } = body;
        await outcomes().setSchedule(input, { everyMs, overlapMs, by: who.name });
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
      handle: async ({ params }) => ({ removed: await outcomes().removeSchedule(params.campaign) }),
    }),
    streamRoute({
      id: "outcomes.export",
      method: "get",
      path: "/outcomes/export",
      personal: true,
      summary: "The latest version of each call as CSV, NDJSON or Parquet",
      description: "The header outdial-calls says of how many calls.",
      role: "operator",
      query: z.strictObject({
        format: z.enum(["csv", "ndjson", "parquet"]).default("csv"),
        campaign: z.string().optional(),
        from: instant.optional(),
        to: instant.optional(),
        code: list,
        download: flag,
      }),
      contentType: "text/plain; charset=utf-8",
      alsoTypes: ["application/vnd.apache.parquet"],
      async handle({ query, who }) {
        const { format, campaign, from, to, code } = query;
        const codes = code.length === 0 ? undefined : code;
        const asked = { campaignId: campaign, from, to, codes };
        const { calls, bytes } = await outcomes().export(asked, format, who.name);
        const headers = { [CALLS]: String(calls) };
        const contentType = format === "parquet" ? { contentType: "application/vnd.apache.parquet" } : {};
        return { texts: bytes, headers, ...contentType, ...(query.download ? { fileName: `outcomes.${format}` } : {}) };
      },
    }),
  ];
}

function inputOf({ lastHours, ...rest }: z.output<z.ZodObject<typeof retrieval>>): RetrievalInput {
  return { ...rest, ...(lastHours === undefined ? {} : { lastMs: lastHours }) };
}

// Outcomes in the CRM: pushes, and the comparison of tenant, lake and CRM.

export function outcomesCrmRoutes(crm: () => CrmUseCases, outcomes: () => OutcomeUseCases) {
  return [
    route({
      id: "outcomes.push",
      method: "post",
      path: "/outcomes/push",
      summary: "Tells the CRM of retrievals and sends it records: a job",
      description:
        "The job (`jobs.show`) has the counts, `jobs.rows` the records that the CRM refused. What the CRM has is noted. The same push that has not ended and that nobody works on comes back. The events of retrievals are sent in any case.",
      role: "operator",
      body: z
        .strictObject({
          records: z.boolean().default(false),
          campaignId: z.string().min(1).optional(),
          from: instant.optional(),
          to: instant.optional(),
          batch: z.int().min(1).max(10_000).default(500),
          again: z.boolean().default(false),
          map: ownMap,
        })
        .prefault({}),
      reply: pushBegun,
      status: 202,
      handle: ({ body, who }) => crm().begin(body, who.name),
    }),
    streamRoute({
      id: "outcomes.reconcile",
      method: "post",
      path: "/outcomes/reconcile",
      question: true,
      summary: "Tenant, lake and CRM by the hour, and the calls that are not everywhere, as NDJSON; totals in the last line",
      description: "Lines are `{hour}` and `{difference}`, the last one is `{report}`. Reads the tenant's listing once more.",
      role: "operator",
      body: z.strictObject({
        campaignId: z.string().min(1),
        from: instant.optional(),
        to: instant.optional(),
        lastHours: hours(100_000).optional().describe("Instead of from: so many hours before to"),
        limit: z.int().min(1).max(5000).optional().describe("Calls in a page"),
      }),
      line: outcomesCompared,
      contentType: "application/x-ndjson",
      async handle({ body: { lastHours, ...rest } }) {
        const input = { ...rest, ...(lastHours === undefined ? {} : { lastMs: lastHours }) };
        const { request, warnings } = await outcomes().planComparison(input);
        const texts = await linesFrom(async (write) => {
          const report = await outcomes().compare(request, {
            hour: ({ hour, vendor, lake, crm }) => write({ hour: { at: timeText(hour), vendor, lake, crm: crm ?? null } }),
            difference: ({ callId, hour, kind }) => write({ difference: { callId, hour: timeText(hour), kind } }),
          });
          await write({ report: { ...report, crm: report.crm ?? null, warnings } });
        });
        return { texts };
      },
    }),
  ];
}
