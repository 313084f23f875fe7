// The vendor's metrics event: recognised among other events, parsed, refused with a reason.

import { z } from "zod";
import { type Instant, problemsOf } from "../../../kernel/index.ts";
import type { MetricReading } from "../../../store/index.ts";
import { instant } from "../../compliance/index.ts";
import { OperationError } from "../../error.ts";
import { measured } from "./reading.ts";

/** Type of the vendor's event with the figures of a campaign (contract §2.4). */
export const METRICS_EVENT = "omnichannel.campaign.metrics.update";

const figure = z.number().nullish();

const metricsEvent = z.looseObject({
  id: z.string().min(1).max(512),
  type: z.literal(METRICS_EVENT),
  occurredAt: z.string(),
  data: z.looseObject({
    campaignId: z.string().min(1),
    windowMinutes: z.number().positive().optional(),
    successRate: figure,
    activeCalls: figure,
    callsPlaced: figure,
    callsAnswered: figure,
    abandonmentRate: figure,
    failoverTriggered: z.boolean().nullish(),
    lastUpdated: z.string().nullish(),
  }),
});

/** The reading in an event. Throws OperationError `invalid_input` naming each wrong field. */
export function readMetricsEvent(event: unknown, receivedAt: Instant): MetricReading {
  const parsed = metricsEvent.safeParse(event);
  if (!parsed.success) {
    const problems = problemsOf(metricsEvent, event, parsed.error);
    const lines = problems.map(({ path, message }) => `${path === "" ? "the event" : path}: ${message}`);
    throw new OperationError("invalid_input", `no metrics event: ${lines.join("; ")}`);
  }
  const { id, occurredAt, data } = parsed.data;
  const time = instant(occurredAt, Number.POSITIVE_INFINITY);
  if (!("ok" in time)) throw new OperationError("invalid_input", `no metrics event: occurredAt: ${time.problem}`);
  return measured(data, {
    campaignId: data.campaignId,
    receivedAt,
    source: "push",
    eventId: id,
    windowMinutes: null,
    at: time.ok,
  });
}
