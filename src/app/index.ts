// Configuration and wiring.

export { ConfigError, type Flags } from "./config.ts";
export { configJsonSchema } from "./config-schema.ts";
export {
  type DeliveryEnd,
  type DeliveryRuntime,
  openDelivery,
  openRecords,
  openTagging,
  type Records,
  type ResultRow,
  type TaggingOptions,
  type TaggingRuntime,
  validateWithTenant,
} from "./runtime.ts";
