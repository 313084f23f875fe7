// Events: their envelope, and their delivery from the outbox to configured receivers.

export { eventDocument, type OutboundEventType } from "./catalog.ts";
export { cloudEvent } from "./cloud-event.ts";
export { Deliveries, type EndpointReport } from "./deliveries.ts";
export type { DeliveryAttempt } from "./lane.ts";
export { createDeliveryWorker, type DeliveryWorker } from "./worker.ts";
