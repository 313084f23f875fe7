// The part of operations that the package's main entry point exports: it needs neither the store nor the workflow engine, and
// loads neither.

export { failoverPreviewOf } from "./campaigns/failover/preview.ts";
export { readCampaignFiles } from "./campaigns/file/read-folder.ts";
export { campaignPlanOf } from "./campaigns/plan/preview.ts";
export { campaignPreviewOf } from "./campaigns/preview.ts";
export { parseContactQuery } from "./campaigns/segment/query.ts";
export { instant, phone } from "./compliance/values.ts";
export { OperationError } from "./error.ts";
export { parseSettingsFile } from "./settings/file.ts";
export { dialerPreviewOf } from "./settings/preview.ts";
