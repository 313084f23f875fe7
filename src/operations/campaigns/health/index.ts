// The health of campaigns.

export { type AbandonmentBudget, type CampaignHealth, HealthReader } from "./status.ts";
export { type FailoverStanding, type NotDialing, whyNotDialing } from "./why.ts";
