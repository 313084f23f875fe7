// Outcomes: the report in the form of every rendering, and what the dashboard needs in addition.

import { z } from "zod";
import { rateSchema, reportSchema } from "../../../outcomes/index.ts";
import { count, stopReason, time } from "./common.ts";

const heatCell = z.strictObject({
  weekday: z.int().min(1).max(7),
  hour: z.int().min(0).max(23),
  calls: count,
  conversion: rateSchema,
});

/** The report (schemas/outcome-report.schema.json) with the hour × weekday counts of the heat map; ISO weekdays, Monday is 1. */
export const outcomeReportView = reportSchema.extend({ heat: z.array(heatCell).readonly() }).meta({ id: "OutcomeReport" });
export type OutcomeReportView = z.output<typeof outcomeReportView>;

/** What the number of calls was compared with. */
const compared = {
  compared: z
    .array(
      z.strictObject({
        by: z.string().describe("Who else counts them: the lake, the day before, the tenant's own counter"),
        count: z.int(),
        below: z.boolean().describe("Far fewer calls were brought"),
      }),
    )
    .readonly()
    .nullable()
    .describe("What the number of calls was compared with; empty: nothing else counts them; null: not compared"),
  doubt: z.string().nullable().describe("A sentence when far fewer calls were brought than are known; null otherwise"),
};

/** A retrieval of ended calls into the lake. */
export const retrievalView = z
  .strictObject({
    jobId: z.string(),
    campaignId: z.string(),
    from: time,
    to: time,
    codes: z.array(z.string()).nullable(),
    status: z.string(),
    run: z.int().describe("How often it was started or continued"),
    actor: z.string(),
    windows: z.int(),
    windowsDone: z.int(),
    pages: z.int(),
    pagesFailed: z.int().describe("Requests that brought no page"),
    attempts: z.int().describe("Requests sent for pages, repeated ones included"),
    successRate: z.number().nullable().describe("Share of the requests that brought a page; null when none was sent"),
    rows: z.int(),
    bytes: z.int().describe("Of the files that it stored"),
    unfinished: z.int().describe("Calls that were still going on; a later retrieval reads them"),
    calls: z.int().nullable(),
    complianceHash: z.string().nullable(),
    quarantined: z.record(z.string(), z.int()).describe("Rows in quarantine by reason"),
    whole: z
      .boolean()
      .nullable()
      .describe(
        "Whether these were all calls when it ended; null: not ended, some codes only, or nothing else counts the calls of its time",
      ),
    ...compared,
    stop: stopReason.nullable().describe("Why it stopped; null while it goes on, and of one that has run to its end"),
    createdAt: time,
    finishedAt: time.nullable(),
    latencySeconds: z
      .number()
      .nullable()
      .describe("From the first start to the end; null before it, and when a clock was set back between the two"),
  })
  .meta({ id: "Retrieval" });
export type RetrievalView = z.output<typeof retrievalView>;

/** What is retrieved regularly. */
export const scheduleView = z
  .strictObject({
    campaignId: z.string(),
    everyMs: z.int(),
    overlapMs: z.int(),
    codes: z.array(z.string()).nullable(),
    readTo: time.nullable(),
    nextAt: time,
    actor: z.string(),
  })
  .meta({ id: "RetrievalSchedule" });
export type ScheduleView = z.output<typeof scheduleView>;

/** When a campaign with a new schedule has its first turn. */
export const firstTurn = z.strictObject({ campaignId: z.string(), nextAt: time });
export type FirstTurn = z.output<typeof firstTurn>;

/** Turns of schedules that were set together, and what is doubtful about the request. */
export const schedulesSet = z.strictObject({
  items: z.array(firstTurn).readonly(),
  warnings: z.array(z.string()).readonly(),
});
export type SchedulesSet = z.output<typeof schedulesSet>;

/** A row of the vendor that is no valid record. */
export const quarantinedRow = z.strictObject({
  reason: z.string(),
  detail: z.string().nullable(),
  call_id: z.string().nullable(),
  observed_at: time,
  row: z.string().nullable().describe("As the vendor sent it"),
});
export type QuarantinedRow = z.output<typeof quarantinedRow>;

/** What a retrieval would ask the tenant for. */
export const retrievalPlan = z.strictObject({
  campaignId: z.string(),
  from: time,
  to: time,
  codes: z.array(z.string()).readonly().nullable(),
  limit: z.int(),
  warnings: z.array(z.string()).readonly(),
  windows: z.array(z.strictObject({ from: time, to: time })).readonly(),
});
export type RetrievalPlan = z.output<typeof retrievalPlan>;

/** Whether the lake still holds what a retrieval stored. */
export const retrievalVerdict = z.strictObject({
  jobId: z.string(),
  ended: z.boolean().describe("False: there is nothing to compare with yet"),
  whole: z
    .boolean()
    .nullable()
    .describe("The lake has what was brought, and that is not fewer than is known; null: nothing counts the calls of this time"),
  calls: z.int().nullable().describe("In the lake"),
  expected: z.int().nullable().describe("Calls that were retrieved"),
  hash: z.string().nullable().describe("Compliance hash of what the lake has"),
  expectedHash: z.string().nullable().describe("The recorded one"),
  damaged: z
    .strictObject({ count: z.int(), callIds: z.array(z.string()).readonly().describe("The first of them") })
    .nullable()
    .describe("Calls whose rows were changed; null while it has not ended"),
  erased: z
    .int()
    .nullable()
    .describe(
      "Calls of which a person was erased: they have the digest that they came with, and nothing says whether the rest of them was changed; null while it has not ended",
    ),
  ...compared,
});
export type RetrievalVerdict = z.output<typeof retrievalVerdict>;

/** The answer when a retrieval has begun. */
export const retrievalBegun = z.strictObject({
  jobId: z.string(),
  earlier: z.boolean(),
  warnings: z.array(z.string()).readonly(),
});
export type RetrievalBegun = z.output<typeof retrievalBegun>;

/** The answer when a push to the CRM has begun. */
export const pushBegun = z.strictObject({
  jobId: z.string(),
  earlier: z.boolean().describe("A push that asks for the same had not ended: this is that one"),
});

const sameHour = { vendor: z.int(), lake: z.int(), crm: z.int().nullable().describe("Null: no CRM is known") };
/** A line of the comparison of tenant, lake and CRM. */
export const outcomesCompared = z.union([
  z.strictObject({ hour: z.strictObject({ at: time, ...sameHour }) }),
  z.strictObject({
    difference: z.strictObject({
      callId: z.string(),
      hour: time,
      kind: z.enum(["not_in_lake", "not_at_vendor", "not_in_crm"]),
    }),
  }),
  z.strictObject({
    report: z.strictObject({
      ...sameHour,
      differences: z.strictObject({ not_in_lake: z.int(), not_at_vendor: z.int(), not_in_crm: z.int() }),
      unfinished: z.int().describe("Calls of the vendor that have not ended"),
      unreadable: z.int().describe("Rows of the vendor that are no records"),
      warnings: z.array(z.string()).readonly(),
    }),
  }),
]);
