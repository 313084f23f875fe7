// Events on their way to receivers.

import { z } from "zod";
import { count, time } from "./common.ts";

export const delivery = z
  .strictObject({
    id: z.int(),
    eventId: z.string(),
    endpoint: z.string(),
    subject: z.string(),
    type: z.string(),
    status: z.enum(["pending", "delivered", "dead"]),
    attempts: count,
    createdAt: time,
    nextAttemptAt: time.nullable(),
    lastStatus: z.int().nullable().describe("HTTP status of the last attempt"),
    lastError: z.string().nullable(),
    deliveredAt: time.nullable(),
  })
  .meta({ id: "Delivery" });
export type Delivery = z.output<typeof delivery>;

/** A receiver and how its events stand. */
export const endpointView = z
  .strictObject({
    endpoint: z.string(),
    /** Where events go; null when no longer configured. */
    url: z.string().nullable(),
    pending: count,
    delivered: count,
    dead: count,
    oldestPendingMs: z.number().nullable(),
    /** False when it was switched off after repeated failure. */
    enabled: z.boolean(),
    /** Why it was switched off. */
    message: z.string().nullable(),
  })
  .meta({ id: "Endpoint" });
export type EndpointView = z.output<typeof endpointView>;

/** Which events to send again: by id, or a range of ids; dead ones unless said otherwise. */
export const replayRequest = z
  .strictObject({
    ids: z.array(z.int().min(1)).max(10_000).optional(),
    endpoint: z.string().optional(),
    fromId: z.int().min(1).optional(),
    toId: z.int().min(1).optional(),
    status: z.enum(["dead", "delivered"]).optional(),
  })
  .meta({ id: "ReplayRequest" });

export const replayResult = z.strictObject({ queued: count });
