// A plan of campaign files in words: what is made and changed, what it reaches, what forbids it, what is left alone.

import type { ApiTypes } from "../../../server/index.ts";
import { Changes } from "../../ui/changes.tsx";
import { Pill } from "../../ui/pill.tsx";
import { decimal, whole } from "../../view/format.ts";
import { planSummary } from "./draft.ts";

type Plan = ApiTypes.CampaignPlanView;

interface FilesPlanProps {
  readonly plan: Plan;
  /** What the files are called. */
  readonly sourceName: string;
  /** Leads to a line of the text that is edited beside the plan. */
  readonly onLine?: ((line: number) => void) | undefined;
}

export function FilesPlan({ plan, sourceName, onLine }: FilesPlanProps) {
  const { entries, unmanaged, violations, notices, pack, activate } = plan;
  const moving = entries.filter(({ action }) => action !== "in_sync");
  return (
    <div class="stack">
      <p class="break">
        From {sourceName}: {planSummary(plan)}.{" "}
        {activate ? "Campaigns are activated afterwards, past the pre-dial gate." : "No campaign is activated."}
      </p>
      {moving.map((entry) => (
        <Entry key={`${entry.name} ${entry.source.line}`} entry={entry} onLine={onLine} />
      ))}
      <h3>Checks</h3>
      {violations.length === 0 ? (
        <p class="good break">No rule of {pack} is broken.</p>
      ) : (
        <ul class="plain-list">
          {violations.map(({ file, line, rule, field, message }) => (
            <li class="break" key={`${file} ${line} ${rule} ${field} ${message}`}>
              <Pill state="violation" tone="bad" text={rule} /> <Place file={file} line={line} onLine={onLine} />{" "}
              <code>{field}</code> {message}
            </li>
          ))}
        </ul>
      )}
      {notices.map((text) => (
        <p class="warn break" key={text}>
          {text}
        </p>
      ))}
      {unmanaged.length === 0 ? null : (
        <details>
          <summary>
            {whole(unmanaged.length)} of the tenant {unmanaged.length === 1 ? "is" : "are"} in no file and left alone
          </summary>
          <ul class="plain-list tried">
            {unmanaged.map(({ id, name, status }) => (
              <li class="break" key={id}>
                {name} <span class="muted mono">{id}</span> <Pill state={status} />
              </li>
            ))}
          </ul>
        </details>
      )}
    </div>
  );
}

function Place({ file, line, onLine }: { readonly file: string; readonly line: number } & Pick<FilesPlanProps, "onLine">) {
  if (onLine === undefined) return <code>{`${file}:${line}`}</code>;
  return (
    <button type="button" class="button quiet small" onClick={() => onLine(line)}>
      Line {line}
    </button>
  );
}

function Entry({ entry, onLine }: { readonly entry: Plan["entries"][number]; readonly onLine: FilesPlanProps["onLine"] }) {
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
        {onLine === undefined ? null : (
          <div class="row">
            <Place file={source.file} line={source.line} onLine={onLine} />
          </div>
        )}
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
            {blast.contacts === null ? "not known" : whole(blast.contacts)}
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
