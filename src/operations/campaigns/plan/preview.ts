// What an apply of campaign files would do, as shown before a person confirms it.

import { planViewOf } from "../../views/campaign-file-views.ts";
import { confirmOf, type Planned } from "../../views/plan.ts";
import type { CampaignPlanView } from "../../views/schemas/campaign-files.ts";
import type { CampaignPlan } from "./types.ts";

/** A plan to apply, and the latest emergency stop when it was made. */
export interface ApplyPlan {
  readonly plan: CampaignPlan;
  /** A later stop calls its activations off. */
  readonly stopMark: number;
}

/** A plan as something that can be confirmed. */
export function plannedApply(plan: CampaignPlan, stopMark: number): Planned<ApplyPlan> {
  const steps = plan.entries.filter(({ action }) => action !== "in_sync");
  const dialing = steps.filter(({ blast }) => blast.dials).length;
  const names = steps.slice(0, 5).map(({ name }) => name);
  const more = steps.length > names.length ? ` and ${steps.length - names.length} more` : "";
  const nothing = steps.length === 0 ? ["tenant and files agree: there is nothing to apply"] : [];
  const broken = plan.violations.map(({ file, line, field, message }) => `${file}:${line}: ${field}: ${message}`);
  return {
    operation: "campaigns.apply",
    summary: `Apply plan ${plan.hash.slice(0, 12)} to ${steps.length} campaigns, ${dialing} of which dial: ${names.join(", ")}${more}`,
    relies: { plan: plan.hash, ...(plan.activate ? { stopMark } : {}) },
    refusals: [...broken, ...nothing],
    plan: { plan, stopMark },
  };
}

/**
 * A plan in the form that is shown. @param stopMark the latest emergency stop when it was made: the confirmation of a plan that
 * activates campaigns is void after a later one
 */
export const campaignPlanOf = (plan: CampaignPlan, stopMark = 0): CampaignPlanView =>
  planViewOf(plan, confirmOf(plannedApply(plan, stopMark)));
