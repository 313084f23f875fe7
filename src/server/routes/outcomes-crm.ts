// Outcomes in the CRM: pushes, and the comparison of tenant, lake and CRM.

import { z } from "zod";
import type { CrmUseCases, OutcomeUseCases } from "../../operations/index.ts";
import { pushBegun, timeText } from "../../operations/views/index.ts";
import { linesFrom } from "../routing/ndjson.ts";
import { hours, instant } from "../routing/query.ts";
import { route, streamRoute } from "../routing/route.ts";

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
