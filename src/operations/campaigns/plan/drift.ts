// Drift: how files and tenant differ, told from a plan that is not meant to be applied. Pure.

import type { Violation } from "../file/parse.ts";
import type { CampaignPlan, PlanEntry, Unmanaged } from "./types.ts";

/** How campaign files and the tenant differ. */
export interface Drift {
  readonly drifted: boolean;
  /** Campaigns that an apply would change, or would leave as they are because --activate is missing. */
  readonly campaigns: readonly PlanEntry[];
  /** Campaigns of the tenant that no file describes. */
  readonly unmanaged: readonly Unmanaged[];
  /** Files whose campaign cannot be found, or not be told from another one. */
  readonly unmatched: readonly Violation[];
}

/** @param managedOnly leaves out the campaigns that no file describes */
export function driftOf(plan: CampaignPlan, { managedOnly }: { readonly managedOnly: boolean }): Drift {
  // What the law says of a file is the plan's business.
  const unmatched = plan.violations.filter(({ rule }) => rule === "UNKNOWN_CAMPAIGN" || rule === "AMBIGUOUS");
  const campaigns = plan.entries.filter(({ action, held }) => action !== "in_sync" || held);
  const unmanaged = managedOnly ? [] : plan.unmanaged;
  return { drifted: campaigns.length + unmanaged.length + unmatched.length > 0, campaigns, unmanaged, unmatched };
}
