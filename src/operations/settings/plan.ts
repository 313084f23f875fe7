// What a change of dialer settings would do before it is begun.

import type { Planned } from "../views/plan.ts";
import type { DialerPreview } from "../views/schemas/dialer.ts";
import type { GuardPlan } from "./guard.ts";
import type { PreparedChange } from "./service.ts";

/** A change that can be begun, and how it is watched. */
export interface DialerPlan {
  readonly verdict: DialerPreview["verdict"];
  readonly prepared: PreparedChange;
  readonly guard: GuardPlan | null;
}

/** What beginning a prepared change would do. @param retry whether settings that did not hold before may be applied again */
export function changePlanOf(
  operation: string,
  prepared: PreparedChange,
  guard: GuardPlan | null,
  retry: boolean,
): Planned<DialerPlan> {
  const { snapshot, wanted, diff, judgement, rejection, sourceName, gate, subject } = prepared;
  const { findings, overridden } = judgement;
  const isRejected = rejection !== undefined && !retry;
  const refusals = [...judgement.refusals];
  if (diff.length === 0) refusals.push("these settings are in force already");
  if (isRejected)
    refusals.push(
      `version ${rejection.version} had the same settings and did not hold: ${rejection.message ?? "rejected"}; retryRejected (--retry-rejected) applies them again`,
    );
  const hindrance = judgement.refusals.length > 0 ? "refused" : isRejected ? "rejected_before" : "ready";
  const fields = diff.length === 1 ? "1 field" : `${diff.length} fields`;
  return {
    operation,
    summary: `${operation === "dialer.rollback" ? "Go back to dialer settings" : "Apply dialer settings from"} ${sourceName}: ${fields}${overridden.length > 0 ? ", a gate overridden" : ""}`,
    // What was measured changes from minute to minute, and the prediction with it: what counts is whether it is a refusal, and what is passed over (in `gate`).
    relies: {
      ...(subject === "" ? {} : { subject }),
      snapshot,
      wanted,
      guard,
      gate,
      findings,
      refusals,
      retry,
    },
    refusals,
    plan: { verdict: diff.length === 0 ? "unchanged" : hindrance, prepared, guard },
  };
}
