// The health of campaigns, from stored readings.

export { type KnownHealth, knownHealth } from "./known.ts";
export { knownCampaign } from "./known-campaigns.ts";
export type { AbandonmentBudget } from "./status.ts";
