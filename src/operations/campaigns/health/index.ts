// The health of campaigns.

export { type AbandonmentBudget, type CampaignHealth, HealthReader } from "./status.ts";
export type { FailoverStanding } from "./why.ts";
