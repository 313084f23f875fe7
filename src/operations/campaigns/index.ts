// Campaigns: as code, their state, and failover.

export * from "./failover/index.ts";
export * from "./metrics/index.ts";
