// The package's main door: the SDK for one tenant, and everything that outdial does as one object.

export { type Outdial, type OutdialConfig, openOutdial, rowsOfFile } from "./app/index.ts";
export { messageOf, OutdialError } from "./kernel/index.ts";
export {
  type CallTag,
  type CallTags,
  campaignPlanOf,
  campaignPreviewOf,
  dialerPreviewOf,
  failoverPreviewOf,
  type InteractionCorrection,
  type InteractionCorrections,
  instant,
  type JobProgress,
  type JobSource,
  OperationError,
  parseCampaignFiles,
  parseContactQuery,
  parseSettingsFile,
  phone,
  type ResultRow,
  type RowRunOptions,
  readCampaignFiles,
} from "./operations/index.ts";
export type * as Views from "./operations/views/index.ts";
export type { ItemResult } from "./store/index.ts";
export * from "./tenant/index.ts";
