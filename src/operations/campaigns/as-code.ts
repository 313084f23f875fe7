// Campaigns as code: files, the plan they make against the tenant, its apply, their export.

export type { ActivationGate } from "./apply/act.ts";
export { type ApplyProgress, type ApplyReport, CampaignPlans } from "./apply/service.ts";
export { type ApplyPatience, DEFAULT_APPLY_PATIENCE } from "./apply/state.ts";
export { type ExportedFile, exportCampaigns } from "./export/export.ts";
export type { FieldChange as CampaignFieldChange } from "./file/document.ts";
export { type ParsedFiles, parseCampaignFiles, violationLine } from "./file/parse.ts";
export { readCampaignFiles } from "./file/read-folder.ts";
export { campaignFileJsonSchema } from "./file/schema.ts";
export { type Drift, driftOf } from "./plan/drift.ts";
export { type Moved, movedSince } from "./plan/moved.ts";
export { planCampaigns } from "./plan/plan.ts";
export { looksLikePlan, planText, readPlan } from "./plan/plan-file.ts";
export {
  CONTACT_PAGES,
  type PlanDependencies,
  type PlanOptions,
  readPlanFacts,
  readTenantCampaigns,
} from "./plan/read-tenant.ts";
export type { CampaignPlan, PlanEntry } from "./plan/types.ts";
