// The preview of pausing, resuming and handing over, for confirmation by a person.

import { CALLED_BEFORE, STAFFING, TENANT_GROUPS } from "../views/check-names.ts";
import { confirmOf, type Planned } from "../views/plan.ts";
import type { CampaignPreview, CampaignVerb } from "../views/schemas/campaign-verbs.ts";
import type { ResumeRefusal } from "./state/resume.ts";

/** What an action applies to (for a hand-over: the primary), the contacts that the gate read, and what was checked. */
export interface VerbPlan extends Pick<CampaignPreview, "verb" | "campaignId" | "judged" | "checks"> {
  readonly id: string;
  /** What is against a resume. */
  readonly against?: readonly ResumeRefusal["code"][];
  /** The latest emergency stop when the plan was made; a later one calls off what lets a campaign dial. */
  readonly stopMark: number;
}

const EFFECTS: Readonly<Record<CampaignVerb, readonly string[]>> = {
  pause: ["No new calls are placed; calls under way go on to their end"],
  resume: ["The pre-dial gate is asked once more", "The campaign begins to dial"],
  failover: ["The primary is paused and drained", "The pre-dial gate is asked for the backup", "The backup begins to dial"],
  failback: ["The backup is paused and drained", "The pre-dial gate is asked for the primary", "The primary begins to dial"],
  drill: ["Everything is read and decided as in a hand-over", "Nothing is changed"],
};

/** A plan as it is shown. */
export function campaignPreviewOf(planned: Planned<VerbPlan>): CampaignPreview {
  const { verb, campaignId, judged, checks } = planned.plan;
  return {
    verb,
    campaignId,
    confirm: confirmOf(planned),
    effects: [
      planned.summary,
      ...EFFECTS[verb],
      // It forbids nothing, but a person who starts a campaign must see it.
      ...checks.flatMap(({ check, text }) =>
        check === TENANT_GROUPS || check === CALLED_BEFORE || check === STAFFING ? [`Of ${check}: ${text}`] : [],
      ),
    ],
    refusals: [...planned.refusals],
    judged,
    checks,
  };
}
