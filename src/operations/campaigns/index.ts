// Campaigns: as code, their state, and failover.

export * from "./as-code.ts";
export * from "./failover/index.ts";
export * from "./health/index.ts";
export * from "./metrics/index.ts";
export { campaignIds, suggesting } from "./nearest.ts";
export { campaignPreviewOf } from "./preview.ts";
export * from "./segment/index.ts";
export * from "./state/index.ts";
export { CampaignStates, pairAgainstOf, presentFiguresOf as figuresOf, type StateContext, standingsOf } from "./states.ts";
export { CampaignResumes, CampaignUseCases, HandOvers } from "./use-cases.ts";
