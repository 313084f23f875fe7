// What the person who asked was shown, by what it is about: differences, checks, prediction, reasons.

import type { ComponentChildren } from "preact";
import type { ApiTypes } from "../../../server/index.ts";
import { Changes } from "../../ui/changes.tsx";
import { Pill } from "../../ui/pill.tsx";
import { SuppressionFacts } from "../../ui/suppression-facts.tsx";
import { decimal, whole } from "../../view/format.ts";
import { PreviewBody } from "../dialer/preview-body.tsx";

type Plan = ApiTypes.ApprovalPlan;
type Of<Kind extends Plan["kind"]> = Extract<Plan, { readonly kind: Kind }>;

export function PlanBody({ plan }: { readonly plan: Plan }): ComponentChildren {
  switch (plan.kind) {
    case "dialer":
      return <PreviewBody preview={plan.preview} />;
    case "campaign_files":
      return <Files plan={plan} />;
    case "campaign":
      return <Campaign plan={plan} />;
    case "failover_pair":
      return <Changes changes={plan.preview.changes} />;
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
            {checks.map(({ check, passed, text }) => (
              <li class="break" key={check}>
                <Checked passed={passed} /> {check}: {text}
              </li>
            ))}
          </ul>
        </>
      )}
      <Reason reason={reason} />
    </div>
  );
}

function Checked({ passed }: { readonly passed: boolean | null }) {
  if (passed === null) return <Pill state="noted" tone="none" />;
  return passed ? <Pill state="passed" tone="good" /> : <Pill state="failed" tone="bad" />;
}

function Files({ plan: { preview, sourceName } }: { readonly plan: Of<"campaign_files"> }) {
  const { entries, unmanaged, violations, notices, pack, activate } = preview;
  const moving = entries.filter(({ action }) => action !== "in_sync");
  const still = entries.length - moving.length;
  return (
    <div class="stack">
      <p class="break">
        From {sourceName}.{" "}
        {activate ? "Campaigns are activated afterwards, past the pre-dial gate." : "No campaign is activated."}
      </p>
      {moving.map((entry) => (
        <Entry key={entry.name} entry={entry} />
      ))}
      <h3>Checks</h3>
      {violations.length === 0 ? (
        <p class="good break">No rule of {pack} is broken.</p>
      ) : (
        <ul class="plain-list">
          {violations.map(({ file, line, field, message }) => (
            <li class="break" key={`${file} ${line} ${field} ${message}`}>
              <Pill state="violation" tone="bad" /> <code>{`${file}:${line}`}</code> <code>{field}</code> {message}
            </li>
          ))}
        </ul>
      )}
      {notices.map((text) => (
        <p class="warn break" key={text}>
          {text}
        </p>
      ))}
      <p class="muted small">
        {whole(still)} in sync already; {whole(unmanaged.length)} of the tenant are in no file and are left alone.
      </p>
    </div>
  );
}

function Entry({ entry }: { readonly entry: Of<"campaign_files">["preview"]["entries"][number] }) {
  const { action, name, id, source, changes, status, activates, held, blast } = entry;
  const zones = Object.entries(blast.zones);
  return (
    <details open={changes.length <= 20}>
      <summary class="break">
        <Pill state={action} tone="info" /> {name}
        <span class="cell-note mono break">
          {id === null ? "" : `${id} · `}
          {source.file}:{source.line} · {whole(changes.length)} {changes.length === 1 ? "field" : "fields"}
        </span>
      </summary>
      <div class="stack tried">
        <Changes changes={changes} />
        <dl class="facts">
          <dt>State that is sent</dt>
          <dd>
            {status}
            {activates ? ", then activated" : held ? "; the file wants it active, it is left as it is" : ""}
          </dd>
          <dt>Dials afterwards</dt>
          <dd class={blast.dials ? "warn" : undefined}>{blast.dials ? "yes" : "no"}</dd>
          <dt>Contacts</dt>
          <dd>
            {whole(blast.contacts)}
            {zones.length === 0 ? null : (
              <span class="cell-note break">
                of {whole(blast.contactsRead)} looked at: {zones.map(([zone, count]) => `${zone} ${whole(count)}`).join(", ")}
              </span>
            )}
          </dd>
          <dt>Agents, calls an hour, calls in flight</dt>
          <dd>
            {decimal(blast.agents, 0)}, {whole(blast.callsPerHour)}, {whole(blast.callsInFlight)}
          </dd>
        </dl>
      </div>
    </details>
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
