// The views of the API as types, for its clients.

export type { ApprovalDetail, ApprovalPlan, ApprovalStanding, ApprovalView } from "./approvals.ts";
export type { AuditEntry, AuditVerdict } from "./audit.ts";
export type {
  AbandonmentBudget,
  AxisEvent,
  CampaignDetail,
  CampaignList,
  CampaignPreview,
  CampaignResult,
  CampaignSummary,
  CampaignVerb,
  MetricPoint,
  WindowState,
} from "./campaigns.ts";
export type { Problem, Share } from "./common.ts";
export type {
  ComplianceExplain,
  ManifestView,
  RevocationView,
  SuppressionView,
} from "./compliance.ts";
export type { Delivery, EndpointView } from "./deliveries.ts";
export type { DialerChange, DialerPreview, DialerVersion, DialerView, Finding, SettingsPrediction } from "./dialer.ts";
export type { ServiceEvent } from "./events.ts";
export type { DryRun, JobDetail, JobSummary, PlanReport, RefusedRow, ResultRow, Submitted } from "./jobs.ts";
export type { OutcomeReportView } from "./outcomes.ts";
export type { Me, Role } from "./session.ts";
export type { EmergencyStop, StopResult } from "./stops.ts";
