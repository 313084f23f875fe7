// Configuration and wiring.

export { configJsonSchema } from "./config-schema.ts";
export {
  openDelivery,
  openRecords,
  openTagging,
  type Records,
  type ResultRow,
  type TaggingOptions,
  type TaggingRuntime,
  validateWithTenant,
} from "./runtime.ts";
