// What people and programs are shown: the read models that the API answers, `--json` prints and the dashboard shows, each defined
// once as a schema, and the functions that make them.

export type { ApplyOutcome, ApplyPhase } from "../campaigns/apply/state.ts";
export * from "./approval-view.ts";
export * from "./campaign-checks.ts";
export * from "./campaign-file-views.ts";
export * from "./campaign-views.ts";
export * from "./compliance-views.ts";
export * from "./delivery-views.ts";
export * from "./dialer-views.ts";
export * from "./failover-views.ts";
export * from "./field-changes.ts";
export * from "./job-views.ts";
export * from "./outcome-views.ts";
export * from "./plan.ts";
export * from "./schemas/approvals.ts";
export * from "./schemas/attention.ts";
export * from "./schemas/audit.ts";
export * from "./schemas/campaign-files.ts";
export * from "./schemas/campaign-verbs.ts";
export * from "./schemas/campaigns.ts";
export * from "./schemas/common.ts";
export * from "./schemas/compliance.ts";
export * from "./schemas/deliveries.ts";
export * from "./schemas/dialer.ts";
export * from "./schemas/events.ts";
export * from "./schemas/failover.ts";
export * from "./schemas/interactions.ts";
export * from "./schemas/jobs.ts";
export * from "./schemas/outcomes.ts";
export * from "./schemas/session.ts";
export * from "./schemas/stops.ts";
export * from "./schemas/tenant.ts";
export * from "./schemas/workload.ts";
export * from "./stop-views.ts";
export * from "./texts.ts";
export { workloadOf } from "./workload-views.ts";
