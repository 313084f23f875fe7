// What a file came to before anything is sent: rows, refusals by reason, examples of refused rows.

import type { ApiTypes } from "../../../server/index.ts";
import { Counts } from "../../ui/counts.tsx";
import { Figure, Figures } from "../../ui/figures.tsx";
import { RefusedRows } from "../../ui/refused-rows.tsx";
import { whole } from "../../view/format.ts";

export function PlanView({ plan }: { readonly plan: ApiTypes.PlanReport }) {
  return (
    <div class="stack">
      <Figures>
        <Figure name="Rows" value={whole(plan.rows)} />
        <Figure name="To send" value={whole(plan.toSend)} tone={plan.toSend > 0 ? "good" : undefined} />
        <Figure name="Refused" value={whole(plan.refused)} tone={plan.refused > 0 ? "bad" : undefined} />
        <Figure name="Duplicates" value={whole(plan.duplicates)} tone={plan.duplicates > 0 ? "warn" : undefined} />
      </Figures>
      {plan.refused === 0 ? null : (
        <>
          <Counts counts={plan.problems} />
          <RefusedRows rows={plan.examples} />
        </>
      )}
    </div>
  );
}
