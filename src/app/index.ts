// Configuration and wiring.

export { configJsonSchema } from "./config-schema.ts";
export { openDelivery } from "./delivery.ts";
export { openRecords, type Records, type ResultRow } from "./records.ts";
export { openTagging, type TaggingOptions, type TaggingRuntime, validateWithTenant } from "./tagging.ts";
