// How much of the abandonment budget is used up, and how fast it is being used.

import type { ApiTypes } from "../../server/index.ts";
import { budgetView } from "../view/budget.ts";

export function BudgetMeter({ budget }: { readonly budget: ApiTypes.AbandonmentBudget | null }) {
  if (budget === null) return <span class="muted">not measured</span>;
  const { tone, width, headline, rate, pace } = budgetView(budget);
  return (
    <span class={`meter ${tone}`}>
      <span>
        {tone === "none" ? (
          <span class="muted">{headline}</span>
        ) : (
          <strong class={tone === "good" ? undefined : tone}>{headline}</strong>
        )}
        {rate === "" ? null : <span class="meter-rate muted small">{rate}</span>}
      </span>
      {tone === "none" ? null : (
        <svg aria-hidden="true">
          <rect class="track" width="100%" height="8" rx="4" />
          <rect class="used" width={`${width}%`} height="8" rx="4" />
        </svg>
      )}
      <span class="cell-note">{pace}</span>
    </span>
  );
}
