// Outcomes on their way out, and whether all of them arrived: pushes to the CRM, the comparison of tenant, lake and CRM.

import { z } from "zod";
import type {
  CrmPushReport,
  Difference,
  HourCounts,
  ReconcileReport,
  RetrievalInput,
  RetrievalRequest,
} from "../../operations/index.ts";
import { timeText } from "../../operations/views/index.ts";
import { linesFrom } from "../routing/ndjson.ts";
import { hours, instant } from "../routing/query.ts";
import { streamRoute } from "../routing/route.ts";

/** What is pushed: calls by when they started, both ends included. */
export interface CrmPushAsked {
  readonly campaignId: string | undefined;
  readonly from: number | undefined;
  readonly to: number | undefined;
  readonly batch: number;
  /** Records too, not only the events of retrievals. */
  readonly records: boolean;
  /** What was refused before in the same version is sent once more. */
  readonly again: boolean;
}

/** What the routes act on. */
export interface OutcomesCrmPort {
  /** Queues what the CRM was not told of, delivers it, and sends records when they are asked for. Throws OperationError `invalid_input` without a CRM. */
  push(
    asked: CrmPushAsked,
    given: {
      readonly by: string;
      readonly signal: AbortSignal;
      readonly onRefused: (refusal: {
        readonly callId: string;
        readonly status: number;
        readonly reason: string;
      }) => Promise<void>;
    },
  ): Promise<{ readonly announced: number; readonly delivery: object; readonly records: CrmPushReport | null }>;
  /** Throws OperationError `invalid_input`. */
  plan(input: RetrievalInput): Promise<{ readonly request: RetrievalRequest; readonly warnings: readonly string[] }>;
  reconcile(
    request: RetrievalRequest,
    sink: { hour(counts: HourCounts): Promise<void>; difference(difference: Difference): Promise<void> },
  ): Promise<ReconcileReport>;
}

export function outcomesCrmRoutes(port: () => OutcomesCrmPort) {
  return [
    streamRoute({
      id: "outcomes.push",
      method: "post",
      path: "/outcomes/push",
      summary: "Tells the CRM of retrievals and sends it records: those it refused as NDJSON, counts in the last line",
      description:
        "What the CRM has is noted: a push that broke off goes on where it was. The events of retrievals are sent in any case.",
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
      contentType: "application/x-ndjson",
      async handle({ body: { campaignId, from, to, batch, records, again }, who, signal }) {
        const asked = { campaignId, from, to, batch, records, again };
        const texts = await linesFrom(async (write) => {
          const onRefused = ({ callId, status, reason }: { callId: string; status: number; reason: string }) =>
            write({ refused: { callId, status, reason } });
          await write({ pushed: await port().push(asked, { by: who.name, signal, onRefused }) });
        });
        return { texts };
      },
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
        const { request, warnings } = await port().plan(input);
        const texts = await linesFrom(async (write) => {
          const report = await port().reconcile(request, {
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
