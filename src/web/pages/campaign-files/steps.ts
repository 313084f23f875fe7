// The steps of an apply, a campaign each: how it ended, where the one at work stands, which have not begun. Pure.

import type { ApiTypes } from "../../../server/index.ts";
import type { Step } from "../dialer/steps.ts";
import { applyCalled } from "../dialer/words.ts";

type Apply = ApiTypes.CampaignApplyView;
type Result = Apply["results"][number];

interface ApplyStep extends Step {
  /** What happened, or happens now. */
  readonly told: string;
  readonly message: string | null;
  readonly fields: Result["fields"];
}

const ENDED: Readonly<Record<Result["outcome"], string>> = {
  applied: "applied, read back",
  moved: "somebody else changed it meanwhile; theirs stands",
  refused: "refused by the tenant",
  mismatch: "read back, it is not what was sent",
  not_activated: "applied, and not activated",
};

export function applySteps({ campaigns, results, phase, outcome, stop, standing }: Apply): readonly ApplyStep[] {
  return campaigns.map(({ name, id, action, activates }, index): ApplyStep => {
    const result = results[index];
    const known = {
      name: `${index} ${name}`,
      text: `${action === "create" ? "Make" : "Change"} ${name}${id === null ? "" : ` (${id})`}`,
    };
    if (result !== undefined) {
      const told = result.outcome === "applied" && activates ? "applied, read back, activated" : ENDED[result.outcome];
      const { message, fields } = result;
      return { ...known, state: result.outcome === "applied" ? "done" : "failed", told, message, fields };
    }
    const none = { message: null, fields: [] };
    if (outcome !== null || index > results.length) return { ...known, ...none, state: "waiting", told: "not begun" };
    const isStill = stop !== null || standing === "still";
    return { ...known, ...none, state: isStill ? "stopped" : "running", told: applyCalled({ phase, outcome, isStill }).text };
  });
}
