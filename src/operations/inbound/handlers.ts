// Handlers for the vendor's events of each known type.

import { z } from "zod";
import { issueText } from "../../kernel/index.ts";
import type { AuditInput, ClaimedInbound } from "../../store/index.ts";
import { type CampaignMetrics, METRICS_EVENT } from "../campaigns/index.ts";
import { OperationError } from "../error.ts";

/**
 * Processes one event; the returned entry is written to the audit log together with the event's end. It is called again for the
 * same event after a crash or a failure. Rejects with OperationError `invalid_input` for an event that can never be processed.
 */
export type InboundHandler = (event: ClaimedInbound, body: unknown) => Promise<AuditInput | undefined>;

/** Handlers by type; events of other types are stored and counted only. */
export type InboundHandlers = ReadonlyMap<string, InboundHandler>;

const VENDOR = "vendor";

const stateChange = z.object({
  data: z.object({ campaignId: z.string().min(1), status: z.string(), previousStatus: z.string().nullish() }),
});
const activated = z.object({ data: z.object({ campaignId: z.string().min(1), status: z.string().optional() }) });
const settingsUpdated = z.object({
  data: z.object({ versionTag: z.string().optional(), operationId: z.string().optional() }),
});

/** Handlers of the vendor's documented events (contract §2.4): figures go to the campaign's series, changes of state into the audit. */
export function vendorEventHandlers(metrics: Pick<CampaignMetrics, "recordPushed">): InboundHandlers {
  return new Map<string, InboundHandler>([
    [
      METRICS_EVENT,
      async (_event, body) => {
        await metrics.recordPushed(body);
        return undefined;
      },
    ],
    [
      "omnichannel.campaign.state.change",
      noted("vendor.campaign_state", stateChange, ({ data }) => ({
        subject: data.campaignId,
        details: { status: data.status, previousStatus: data.previousStatus ?? null },
      })),
    ],
    [
      "dialer.campaign.activated",
      noted("vendor.campaign_activated", activated, ({ data }) => ({ subject: data.campaignId, details: {} })),
    ],
    [
      "dialer.settings.updated",
      noted("vendor.dialer_settings", settingsUpdated, ({ data }) => ({
        subject: "dialer/settings",
        details: { versionTag: data.versionTag ?? null, operationId: data.operationId ?? null },
      })),
    ],
  ]);
}

/** A handler that only writes an audit entry, with the time of the event. */
function noted<Schema extends z.ZodType>(
  action: string,
  schema: Schema,
  read: (event: z.output<Schema>) => { subject: string; details: Readonly<Record<string, unknown>> },
): InboundHandler {
  return async (event, body) => {
    const parsed = schema.safeParse(body);
    if (!parsed.success) {
      const [issue] = parsed.error.issues;
      throw new OperationError("invalid_input", `${event.type}: ${issue?.path.join(".") || "the event"}: ${issueText(issue)}`);
    }
    const { subject, details } = read(parsed.data);
    return { actor: VENDOR, action, subject, time: event.occurredAt, details: { event: event.eventId, ...details } };
  };
}
