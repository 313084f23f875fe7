// Plans of campaign files, their applies and drift as the API shows them.

import type { CampaignApply } from "../../store/index.ts";
import type { ApplyState } from "../campaigns/apply/state.ts";
import type { Drift } from "../campaigns/plan/drift.ts";
import type { CampaignPlan, PlanEntry } from "../campaigns/plan/types.ts";
import type { CampaignApplySummary, CampaignApplyView, CampaignDriftView, CampaignPlanView } from "./schemas/campaign-files.ts";
import type { Standing } from "./schemas/common.ts";
import { timeText } from "./texts.ts";

/** A plan as API and pages show it. @param confirm the token that apply must give back */
export function planViewOf(plan: CampaignPlan, confirm: string): CampaignPlanView {
  const { hash, activate, pack, entries, unmanaged, violations, notices } = plan;
  return {
    plan: hash,
    confirm,
    activate,
    pack,
    entries: entries.map(entryOf),
    unmanaged,
    violations: violations.map((one) => ({ ...one })),
    notices,
  };
}

/** Without the full documents: the changes are listed field by field. */
function entryOf(entry: PlanEntry): CampaignPlanView["entries"][number] {
  const { action, name, id, source, changes, status, activates, held, blast } = entry;
  return {
    action,
    name,
    id,
    source: { file: source.file, line: source.line, column: source.column },
    changes: changes.map((one) => ({ ...one })),
    status,
    activates,
    held,
    blast: { ...blast, zones: { ...blast.zones } },
  };
}

/** Who works on an apply. */
interface Who {
  readonly standing: Standing;
  readonly running: boolean;
}

/** An apply as lists show it. */
export function applySummaryOf(apply: CampaignApply, { standing, running }: Who): CampaignApplySummary {
  const { jobId, planHash, sourceName, actor, status, phase, outcome, message, createdAt, endedAt } = apply;
  return {
    job: jobId,
    plan: planHash,
    sourceName,
    actor,
    status,
    phase,
    outcome,
    message,
    running,
    standing,
    createdAt: timeText(createdAt),
    endedAt: timeText(endedAt),
  };
}

/** An apply with its campaigns and results. */
export function applyViewOf(
  { apply, state, steps }: { readonly apply: CampaignApply; readonly state: ApplyState; readonly steps: readonly PlanEntry[] },
  who: Who,
): CampaignApplyView {
  return {
    ...applySummaryOf(apply, who),
    campaigns: steps.map(({ name, id, action, activates }) => ({ name, id, action, activates })),
    results: state.results.map((result) => ({ ...result, fields: result.fields.map((field) => ({ ...field })) })),
    stop: state.stop === null ? null : { ...state.stop },
  };
}

/** The differences between files and tenant. */
export function driftViewOf({ drifted, campaigns, unmanaged, unmatched, notices }: Drift): CampaignDriftView {
  return {
    drifted,
    campaigns: campaigns.map((entry) => {
      const { action, name, id, source, changes, held } = entryOf(entry);
      return { action, name, id, source, changes, held };
    }),
    unmanaged: unmanaged.map((one) => ({ ...one })),
    unmatched: unmatched.map((one) => ({ ...one })),
    notices,
  };
}
