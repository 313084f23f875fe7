// Events: their envelope, and their delivery from the outbox to configured receivers.

export { MAIL } from "../../store/index.ts";
export { type OutboundEventType, typesNamed, usualTypes } from "./catalog.ts";
export { cloudEvent } from "./cloud-event.ts";
export { recordDrift } from "./drift.ts";
export type { DeliveryAttempt } from "./lane.ts";
export { heldAt, isEverOver, type QuietHours } from "./quiet-hours.ts";
export { reachMail, reachWebhook } from "./reach.ts";
export { setBackAlarm } from "./set-back.ts";
export { DeliveryUseCases } from "./use-cases.ts";
export { createDeliveryWorker, type DeliveryWorker, type MailReceiver } from "./worker.ts";
