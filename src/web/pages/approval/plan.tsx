// What the person who asked was shown, by what it is about: differences, checks, prediction, reasons.

import type { ComponentChildren } from "preact";
import type { ApiTypes } from "../../../server/index.ts";
import { Changes } from "../../ui/changes.tsx";
import { Pill } from "../../ui/pill.tsx";
import { SuppressionFacts } from "../../ui/suppression-facts.tsx";
import { FilesPlan } from "../campaign-files/plan.tsx";
import { PreviewBody } from "../dialer/preview-body.tsx";

type Plan = ApiTypes.ApprovalPlan;
type Of<Kind extends Plan["kind"]> = Extract<Plan, { readonly kind: Kind }>;

export function PlanBody({ plan }: { readonly plan: Plan }): ComponentChildren {
  switch (plan.kind) {
    case "dialer":
      return <PreviewBody preview={plan.preview} />;
    case "campaign_files":
      return <FilesPlan plan={plan.preview} sourceName={plan.sourceName} />;
    case "campaign":
      return <Campaign plan={plan} />;
    case "failover_pair":
      return <Changes changes={plan.preview.changes} />;
    case "erase":
      return <Erase plan={plan} />;
    case "lift":
      return <Lift plan={plan} />;
  }
}

function Reason({ reason }: { readonly reason: string | null }) {
  return <p class="break">{reason === null ? <span class="muted">No reason was given.</span> : <>Reason: {reason}</>}</p>;
}

function Campaign({ plan: { preview, reason } }: { readonly plan: Of<"campaign"> }) {
  const { effects, checks } = preview;
  return (
    <div class="stack">
      <ol class="effects">
        {effects.map((text) => (
          <li class="break" key={text}>
            {text}
          </li>
        ))}
      </ol>
      {checks.length === 0 ? null : (
        <>
          <h3>Checks</h3>
          <ul class="plain-list">
            {checks.map(({ check, text, ...one }) => (
              <li class="break" key={check}>
                <Checked {...one} /> {check}: {text}
              </li>
            ))}
          </ul>
        </>
      )}
      <Reason reason={reason} />
    </div>
  );
}

function Checked({ verdict, forbids }: Pick<ApiTypes.CampaignPreview["checks"][number], "verdict" | "forbids">) {
  if (verdict === "unknown") return <Pill state="not known" tone="none" />;
  if (verdict === "ok") return <Pill state="passed" tone="good" />;
  return forbids ? <Pill state="failed" tone="bad" /> : <Pill state="noted" tone="warn" />;
}

function Erase({ plan: { preview, reason } }: { readonly plan: Of<"erase"> }) {
  return (
    <div class="stack">
      <ul class="plain-list">
        {preview.places.map(({ name, holds, erased, rows }) => (
          <li class="break" key={name}>
            {name} ({holds}), {rows} with the number: {erased}
          </li>
        ))}
      </ul>
      <Reason reason={reason} />
    </div>
  );
}

function Lift({ plan: { preview, reason, mistake } }: { readonly plan: Of<"lift"> }) {
  return (
    <div class="stack">
      <SuppressionFacts answer={preview.suppression} />
      <Reason reason={reason} />
      {mistake ? <p class="warn break">Called a mistake: consent that was revoked with it counts again.</p> : null}
    </div>
  );
}
