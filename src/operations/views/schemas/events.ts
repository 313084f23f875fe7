// Live updates (server-sent events of /api/v1/events). Each says what changed and contains the figures that change continuously;
// everything else is read again. The event's `id` is sent back as Last-Event-ID; `reset` says that this id is older than the
// stored events: read everything again.

import { z } from "zod";
import { campaignSummary } from "./campaigns.ts";
import { count, knownPart, time } from "./common.ts";

const at = { at: time };

/** A live update: what has changed, so that pages read it again. */
export const serviceEvent = z
  .discriminatedUnion("type", [
    /** A reading came in, or its state changed. */
    z.strictObject({
      type: z.literal("campaign"),
      ...at,
      campaignId: z.string(),
      status: z.string().nullable(),
      activeCalls: count.nullable(),
      successRate: z.number().nullable().describe("Null also when no call was decided"),
    }),
    /** Only of a stream that was asked for them, in place of `campaign`: rows of the list of campaigns, the first time all of them. */
    z.strictObject({
      type: z.literal("rows"),
      ...at,
      ids: z.array(z.string()).readonly().nullable().describe("All rows in their order; null: the same as before"),
      rows: z
        .array(campaignSummary.partial().required({ id: true }))
        .readonly()
        .describe("New rows whole; of others what has changed. An age in seconds counts as unchanged"),
      known: knownPart.describe("Of the list"),
    }),
    /** An emergency stop began, got further or ended. */
    z.strictObject({ type: z.literal("stop"), ...at, stopId: z.string(), ended: z.boolean() }),
    z.strictObject({
      type: z.literal("job"),
      ...at,
      jobId: z.string(),
      kind: z.string(),
      status: z.string(),
      totalRows: count.nullable(),
      counts: z.record(z.string(), count),
    }),
    z.strictObject({
      type: z.literal("dialer"),
      ...at,
      version: z.int(),
      phase: z.string(),
      outcome: z.string().nullable(),
    }),
    /** What was last read from the tenant changed, or can no longer be read. */
    z.strictObject({
      type: z.literal("tenant"),
      ...at,
      what: z.enum(["campaigns", "dialer"]),
      problem: z.string().nullable().describe("Code of why the latest reading failed; null when it did not"),
    }),
    z.strictObject({ type: z.literal("failover"), ...at, primary: z.string(), backup: z.string(), phase: z.string() }),
    z.strictObject({ type: z.literal("delivery"), ...at, endpoint: z.string(), id: z.int(), status: z.string() }),
    z.strictObject({ type: z.literal("approval"), ...at, approvalId: z.string(), state: z.string() }),
    /** What a person must look at. */
    z.strictObject({ type: z.literal("alarm"), ...at, code: z.string(), subject: z.string(), message: z.string() }),
    z.strictObject({ type: z.literal("reset"), ...at }),
  ])
  .meta({ id: "ServiceEvent" });
export type ServiceEvent = z.output<typeof serviceEvent>;
