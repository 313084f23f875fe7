// The preview of a changed failover policy, for confirmation by a person.

import { differing } from "../../views/field-changes.ts";
import { confirmOf, type Planned } from "../../views/plan.ts";
import type { FailoverPreview } from "../../views/schemas/failover.ts";
import type { FailoverPlan } from "./use-cases.ts";

/** A plan as it is shown. */
export function failoverPreviewOf(made: Planned<FailoverPlan>): FailoverPreview {
  const { policy, before } = made.plan;
  return {
    summary: made.summary,
    policy: { ...policy },
    changes: differing(before ?? undefined, policy),
    refusals: [...made.refusals],
    confirm: confirmOf(made),
  };
}
