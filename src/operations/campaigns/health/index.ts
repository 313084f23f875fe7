// The health of campaigns: read of the tenant, or as it is known.

export { type KnownHealth, knownHealth } from "./known.ts";
export { type AbandonmentBudget, type CampaignHealth } from "./status.ts";
