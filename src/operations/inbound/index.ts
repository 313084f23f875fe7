// Inbound events of the vendor: parsed, stored, processed.

export { INBOUND_HEADER, INBOUND_PATH } from "./address.ts";
export { AGE_LIMITS, type AgeLimits, type InboundRefusal, readInbound } from "./envelope.ts";
export { vendorEventHandlers } from "./handlers.ts";
export { Intake } from "./intake.ts";
export { type InboundProcessed, InboundWorker } from "./worker.ts";
