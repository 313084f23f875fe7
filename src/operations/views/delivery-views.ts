// Events on their way to receivers, and those of the vendor, as the API shows them.

import type { Delivery, InboundEvent } from "../../store/index.ts";
import type { Delivery as DeliveryView, InboundEvent as InboundEventView } from "./schemas/deliveries.ts";
import { maskedText, timeText } from "./texts.ts";

export function deliveryOf(one: Delivery): DeliveryView {
  return {
    id: one.id,
    eventId: one.eventId,
    endpoint: one.endpoint,
    subject: one.subject,
    type: one.type,
    status: one.status,
    attempts: one.attempts,
    createdAt: timeText(one.createdAt),
    nextAttemptAt: timeText(one.nextAttemptAt),
    lastStatus: one.lastStatus,
    lastError: one.lastError,
    deliveredAt: timeText(one.deliveredAt),
  };
}

export function inboundEventOf({ body: _body, ...one }: InboundEvent): InboundEventView {
  return {
    ...one,
    // Whoever sends events chooses them.
    eventId: maskedText(one.eventId),
    type: maskedText(one.type),
    occurredAt: timeText(one.occurredAt),
    receivedAt: timeText(one.receivedAt),
    nextAttemptAt: timeText(one.nextAttemptAt),
    settledAt: timeText(one.settledAt),
  };
}
