// Campaigns as code: files, the plan they make against the tenant, its apply, their export.

export type { ApplyPatience } from "./apply/state.ts";
export { type ApplyReport, type ApplyRules, CampaignFileUseCases } from "./apply/use-cases.ts";
export { type ExportedFile, exportCampaigns } from "./export/export.ts";
export type { FieldChange as CampaignFieldChange } from "./file/document.ts";
export { type FileText, type ParsedFiles, parseCampaignFiles, violationLine } from "./file/parse.ts";
export { readCampaignFiles } from "./file/read-folder.ts";
export { campaignFileJsonSchema } from "./file/schema.ts";
export { planCampaigns } from "./plan/plan.ts";
export { looksLikePlan, planText, readPlan } from "./plan/plan-file.ts";
export { type ApplyPlan, campaignPlanOf } from "./plan/preview.ts";
export {
  CONTACT_PAGES,
  type PlanDependencies,
  type PlanOptions,
  readPlanFacts,
  readTenantCampaigns,
} from "./plan/read-tenant.ts";
export type { CampaignPlan } from "./plan/types.ts";
export {
  CampaignPlanner,
  type CampaignsExported,
  exportedCampaigns,
  type Moved,
  movedSince,
  type PlanRules,
} from "./plan/use-cases.ts";
