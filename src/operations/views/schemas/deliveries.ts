// Events on their way to receivers.

import { z } from "zod";
import { count, time } from "./common.ts";

/** A delivery of an event to a receiver. */
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
    lastStatus: z.int().nullable().describe("HTTP status of the last attempt, or the reply code of the mail server"),
    lastError: z.string().nullable(),
    deliveredAt: time.nullable(),
  })
  .meta({ id: "Delivery" });
export type Delivery = z.output<typeof delivery>;

/** A delivery with every attempt that failed; the attempt that succeeded is in the delivery itself. */
export const deliveryDetail = delivery
  .extend({
    event: z.unknown().describe("The event as it is kept, in the form cloudevents; null when it cannot be read"),
    failures: z.array(z.strictObject({ at: time, status: z.int().nullable(), error: z.string() })).readonly(),
  })
  .meta({ id: "DeliveryDetail" });
export type DeliveryDetail = z.output<typeof deliveryDetail>;

/** A receiver and the state of its events. */
export const endpointView = z
  .strictObject({
    endpoint: z.string(),
    /** Where events go, without the path; null when no longer configured. */
    url: z.string().nullable(),
    pending: count,
    delivered: count.describe("Deliveries that succeeded, also of events that are no longer kept"),
    dead: count,
    lastDead: z.int().nullable().describe("The newest dead letter; null when there is none"),
    oldestPendingMs: z.number().nullable(),
    types: z.array(z.string()).readonly().describe("Types of events that are written for it"),
    written: z.boolean().describe("Whether the store has it: every process writes events for it"),
    /** False when it was switched off after repeated failures. */
    enabled: z.boolean(),
    /** Why it was switched off. */
    message: z.string().nullable(),
    failingSince: time.nullable().describe("Since when nothing was delivered although it was tried"),
    offSince: time.nullable(),
    /** While a secret is being changed, events carry two signatures; `until` is null when no end is set. */
    rotating: z.strictObject({ until: time.nullable() }).nullable(),
    quietUntil: time.nullable().describe("Until when only urgent alarms are sent to it; null outside quiet hours"),
  })
  .meta({ id: "Endpoint" });
export type EndpointView = z.output<typeof endpointView>;

/** Which events to send again: by id, or a range of ids; only dead ones by default. */
export const replayRequest = z
  .strictObject({
    ids: z.array(z.int().min(1)).max(10_000).optional(),
    endpoint: z.string().optional(),
    fromId: z.int().min(1).optional(),
    toId: z.int().min(1).optional(),
    status: z.enum(["dead", "delivered"]).optional(),
  })
  .meta({ id: "ReplayRequest" });

/** How many deliveries were queued again. */
export const replayResult = z.strictObject({ queued: count });

/** Whether this request switched a receiver on or off. */
export const switchResult = z.strictObject({ name: z.string(), changed: z.boolean() });

/** A vendor event in the queue. */
export const inboundEvent = z
  .strictObject({
    id: z.int(),
    channel: z.enum(["omnichannel", "dialer"]),
    eventId: z.string(),
    type: z.string(),
    status: z.enum(["pending", "done", "ignored", "aside"]),
    attempts: count,
    occurredAt: time,
    receivedAt: time,
    nextAttemptAt: time.nullable(),
    settledAt: time.nullable(),
    /** Why it was put aside, or the error of the last attempt. */
    reason: z.string().nullable(),
  })
  .meta({ id: "InboundEvent" });
export type InboundEvent = z.output<typeof inboundEvent>;
