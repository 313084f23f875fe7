// The health of campaigns: read of the tenant, or as it is known.

export { type KnownHealth, keptLookOf, knownHealth, lookFits, lookGoodUntil, SHOWN_WINDOW_MINUTES } from "./known.ts";
export { type AbandonmentBudget, type CampaignHealth, HealthReader } from "./status.ts";
