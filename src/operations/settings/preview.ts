// What a change of dialer settings would do, as shown before a person confirms it.

import { MINUTE_MS } from "../../kernel/index.ts";
import { basisOf, changesOf, judgementOf } from "../views/dialer-views.ts";
import { confirmOf, type Planned } from "../views/plan.ts";
import type { DialerPreview } from "../views/schemas/dialer.ts";
import type { DialerPlan } from "./plan.ts";

/** A plan in the form that is shown. */
export function dialerPreviewOf(made: Planned<DialerPlan>): DialerPreview {
  const { guard, prepared, verdict } = made.plan;
  const { kind, sourceName, diff, judgement, rejection, gate } = prepared;
  return {
    kind,
    verdict,
    confirm: confirmOf(made),
    sourceName,
    changes: changesOf(diff),
    ...judgementOf(judgement),
    refusals: [...made.refusals],
    rejectedBefore: rejection === undefined ? null : { version: rejection.version, message: rejection.message },
    basis: basisOf(gate),
    guard: guard === null ? null : { minutes: guard.durationMs / MINUTE_MS, campaigns: [...guard.campaigns] },
  };
}
