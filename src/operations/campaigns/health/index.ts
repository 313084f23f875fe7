// The health of campaigns: read from the tenant, or from stored readings.

export { type KnownHealth, knownHealth } from "./known.ts";
export { type AbandonmentBudget, type CampaignHealth } from "./status.ts";
