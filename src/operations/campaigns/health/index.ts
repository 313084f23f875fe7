// The health of campaigns, from stored readings.

export type { AbandonmentBudget } from "./known.ts";
export { type KnownHealth, knownHealth } from "./known.ts";
export { knownCampaign, knownList } from "./known-campaigns.ts";
