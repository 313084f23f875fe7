// The ledger of campaign plans.

export { CampaignLedger } from "./campaign-ledger.ts";
export { CAMPAIGN_APPLY, type CampaignApply } from "./types.ts";
