// Configuration and wiring.

export { assistantVerbs } from "../server/index.ts";
export type { ApiClient, CarriedOut } from "./api/client.ts";
export { type HereOperation, openApi } from "./api/open.ts";
export { readCall } from "./calls.ts";
export { openCampaignStates, stopCampaigns, stopOutlook } from "./campaign-state.ts";
export {
  type ApplyStanding,
  type CampaignApplies,
  exportCampaignFiles,
  type LocalCampaignApplies,
  openCampaignApplies,
  openCampaignReader,
} from "./campaigns.ts";
export { openCompliance, openFactsIfAny, readRules, storeFolder, withOwnRules } from "./compliance.ts";
export type { Makes, Standing, StoreUse } from "./config.ts";
export { configJsonSchema } from "./config-schema.ts";
export { knownTenants, listTenants, readContext, rebindStore, useTenant } from "./context.ts";
export { openCrm } from "./crm.ts";
export { type DatabaseStanding, migrateDatabase, readDatabase } from "./database.ts";
export { openDelivery } from "./delivery.ts";
export { credentialsOf, openDemo, openEventReceiver, openStage as openDemoStage } from "./demo/index.ts";
export { openDialer, openDialerTenant } from "./dialer.ts";
export type { DialerRuntime } from "./dialer-types.ts";
export { type Check, isReady } from "./doctor/check.ts";
export { examine } from "./doctor/examine.ts";
export { type FailoverRuntime, openFailover, openFailoverRecords } from "./failover.ts";
export { inboundSecrets } from "./inbound.ts";
export { type InitReport, initSandbox, initWorkplace, workplaceAbove } from "./init.ts";
export {
  openCorrections,
  openInteractionChanges,
  openInteractions,
} from "./interactions.ts";
export type { JobRuntime } from "./job-runtime.ts";
export { openJob } from "./jobs.ts";
export { knownIds } from "./known-ids.ts";
export { openAssistance } from "./mcp.ts";
export { outcomeMapOf } from "./outcome-map.ts";
export { type OutcomePulls, openOutcomePulls, planPulls } from "./outcome-pulls.ts";
export {
  campaignsIn,
  type OutcomesRuntime,
  openOutcomeRecords,
  openOutcomes,
  reportOnOutcomes,
} from "./outcomes.ts";
export { type ServiceAddress, serviceAddress } from "./over-service/address.ts";
export { ServiceCampaignFiles } from "./over-service/campaign-files.ts";
export { ServiceClient } from "./over-service/client.ts";
export { Following } from "./over-service/following.ts";
export { ServiceJobs } from "./over-service/jobs.ts";
export { ServiceOutcomes } from "./over-service/outcomes.ts";
export { Silence } from "./over-service/silence.ts";
export { pauseOverService, stopOverService } from "./over-service/stops.ts";
export { openRecords } from "./records.ts";
export { readPackDocument, readRulePack } from "./rule-pack.ts";
export { openSegments } from "./segments.ts";
export { dashboardFolder } from "./service/dashboard.ts";
export { openAccess, openService, type RunningService, type ServiceOptions } from "./service.ts";
export { readSignedPack } from "./signed-pack.ts";
export { openTagging, validateWithTenant } from "./tagging.ts";
export { openTenantDnc } from "./tenant-dnc.ts";
export { openTenantLook } from "./tenant-look.ts";
export { openVendorWebhooks, readVendorWebhooks, registerWebhook } from "./vendor-webhooks.ts";
