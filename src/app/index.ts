// Configuration and wiring.

export { assistantVerbs } from "../server/index.ts";
export type { ApiClient, AskedOf, CarriedOut } from "./api/client.ts";
export { type HereOperation, openApi } from "./api/open.ts";
export {
  type CampaignApplying,
  type DialerRuntime,
  openCampaignApplies,
  openCampaignStates,
  openDialer,
  stopCampaigns,
  stopOutlook,
} from "./campaign-state.ts";
export { webhookProof } from "./capabilities.ts";
export {
  openCompliance,
  openFactsIfAny,
  readPackDocument,
  readRulePack,
  readRules,
  readSignedPack,
  storeFolder,
  withOwnRules,
} from "./compliance.ts";
export type { Makes, Standing, StoreUse } from "./config.ts";
export { configJsonSchema } from "./config-schema.ts";
export { knownTenants, listTenants, readContext, rebindStore, useTenant } from "./context.ts";
export { type DatabaseStanding, migrateDatabase, readDatabase } from "./database.ts";
export { openDelivery } from "./delivery.ts";
export { credentialsOf, openDemo, openEventReceiver, openStage as openDemoStage } from "./demo/index.ts";
export { type Check, examine, isReady } from "./doctor/examine.ts";
export { type FailoverRuntime, openFailover } from "./failover.ts";
export { inboundSecrets } from "./inbound.ts";
export { type InitReport, initSandbox, initWorkplace, workplaceAbove } from "./init.ts";
export { openTagging } from "./interactions.ts";
export { openAssistance } from "./mcp.ts";
export { openWhole } from "./open-outdial.ts";
export { type OutcomesRuntime, openOutcomeRecords, openOutcomes } from "./outcomes.ts";
export { type ServiceAddress, serviceAddress } from "./over-service/address.ts";
export { ServiceClient } from "./over-service/client.ts";
export { Silence } from "./over-service/silence.ts";
export { pauseOverService, stopOverService } from "./over-service/stops.ts";
export { openRecords } from "./records.ts";
export { dashboardFolder } from "./service/dashboard.ts";
export { openAccess, openService, type RunningService, type ServiceOptions } from "./service.ts";
export { knownIds } from "./tenant-look.ts";
export type { DeliveryEnd } from "./workplace.ts";
