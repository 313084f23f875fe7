// Drift: how files and tenant differ, taken from a plan that is not meant to be applied. Pure.

import type { Violation } from "../file/parse.ts";
import type { CampaignPlan, PlanEntry, Unmanaged } from "./types.ts";

/** How campaign files and the tenant differ. */
export interface Drift {
  readonly drifted: boolean;
  /** Campaigns that an apply would change or would leave as they are because --activate is missing, and those whose records have changed. */
  readonly campaigns: readonly PlanEntry[];
  /** Campaigns of the tenant that no file describes. */
  readonly unmanaged: readonly Unmanaged[];
  /** Files whose campaign cannot be found, or not be distinguished from another one; known campaigns that the tenant's list lacks. */
  readonly unmatched: readonly Violation[];
  /** About files of records: what was not compared, and differences that an apply would not remove. */
  readonly notices: readonly string[];
}

const UNMATCHED: ReadonlySet<Violation["rule"]> = new Set(["UNKNOWN_CAMPAIGN", "AMBIGUOUS", "MISSING"]);

/** @param unmanaged whether a campaign that no file describes is a difference, too; it is named in any case, and no apply touches it */
export function driftOf(plan: CampaignPlan, options: { readonly unmanaged: boolean }): Drift {
  // Violations of the law concern the plan, not the drift.
  const unmatched = plan.violations.filter(({ rule }) => UNMATCHED.has(rule));
  const campaigns = plan.entries.map(withRecords).filter(({ action, held }) => action !== "in_sync" || held);
  const { unmanaged } = plan;
  const notices = plan.entries.flatMap(({ name, uploaded }) => (uploaded === undefined ? [] : [`${name}: ${uploaded.note}`]));
  const drifted = campaigns.length + unmatched.length + (options.unmanaged ? unmanaged.length : 0) > 0;
  return { drifted, campaigns, unmanaged, unmatched, notices };
}

/** An entry also differs when its file of records is not the one that was uploaded, although an apply would change nothing. */
function withRecords(entry: PlanEntry): PlanEntry {
  const { uploaded, action, changes } = entry;
  if (uploaded?.differs === undefined) return entry;
  const change = { path: "contactListFile (SHA-256)", ...uploaded.differs };
  return { ...entry, action: action === "in_sync" ? "change" : action, changes: [...changes, change] };
}
