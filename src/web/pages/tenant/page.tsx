// The tenant: by which interface it is spoken to, what that one does not offer, and a probe of what it can do.

import { useSignal } from "@preact/signals";
import type { ApiTypes } from "../../../server/index.ts";
import { useDashboard } from "../../api/dashboard.ts";
import { RequestError } from "../../api/problem-error.ts";
import { Page } from "../../shell/page.tsx";
import { Pill } from "../../ui/pill.tsx";
import { SavedTable } from "../../ui/saved-table.tsx";
import { Failed } from "../../ui/states.tsx";
import { type Column } from "../../ui/table.tsx";
import { useWhy } from "../../ui/why.tsx";
import { Kept } from "./kept.tsx";

type Probe = ApiTypes.TenantProbe;
type Step = Probe["steps"][number];
type Verdict = Probe["capabilities"][number];
type Asked = Probe | RequestError | "asking" | undefined;

const TONES = { yes: "good", no: "none", "not permitted": "bad", unknown: "warn" } as const;

export default function TenantPage() {
  const { client, session } = useDashboard();
  const asked = useSignal<Asked>(undefined);
  const state = session.state.value;
  const service = state.kind === "signed_in" ? state.me.service : undefined;
  // Several capabilities may be absent for one reason.
  const lacks = [...new Map(service?.lacks.map((one) => [one.reason, one])).values()];
  const probe = async () => {
    if (asked.peek() === "asking") return;
    asked.value = "asking";
    try {
      asked.value = await client.ask("tenant.probe", {});
    } catch (thrown) {
      asked.value = thrown instanceof RequestError ? thrown : new RequestError(0, String(thrown), undefined, thrown);
    }
  };
  const why = useWhy(session.needs("operator"));
  const found = asked.value;
  return (
    <Page
      title="Tenant"
      lead="What the tenant can do. A probe reads and writes nothing: each capability is there, is not with what stands in its place, is not permitted, or is unknown with the read that would settle it."
      actions={
        <>
          {why.said}
          <button
            type="button"
            class="button primary"
            {...why.off}
            aria-disabled={found === "asking"}
            onClick={() => void probe()}
          >
            Probe
          </button>
        </>
      }
    >
      <section class="card stack" aria-label="Interface">
        <h2>Interface</h2>
        <p>
          Profile <code>{service?.profile}</code>
        </p>
        {lacks.length === 0 ? (
          <p class="muted">It offers everything that outdial does.</p>
        ) : (
          <ul>
            {lacks.map(({ capability, reason, alternative }) => (
              <li key={capability} class="break">
                Not offered: {reason}. {alternative}
              </li>
            ))}
          </ul>
        )}
      </section>
      <Kept />
      {found === "asking" ? <p role="status">Asking the tenant …</p> : null}
      {found instanceof RequestError ? <Failed error={found} onRetry={() => void probe()} /> : null}
      {found === undefined || found === "asking" || found instanceof RequestError ? null : <Found probe={found} />}
    </Page>
  );
}

function Found({ probe }: { readonly probe: Probe }) {
  return (
    <>
      <SavedTable
        caption="What it can do"
        saved="what-the-tenant-can-do"
        columns={VERDICTS}
        rows={probe.capabilities}
        rowKey={({ capability }) => capability}
      />
      <SavedTable caption="What was read" saved="what-was-read" columns={STEPS} rows={probe.steps} rowKey={({ step }) => step} />
      {probe.questions.length === 0 ? null : (
        <section class="card" aria-label="Unknown">
          <h2>Please tell us, if you can find out</h2>
          <ul>
            {probe.questions.map((one) => (
              <li key={one} class="break">
                {one}
              </li>
            ))}
          </ul>
        </section>
      )}
    </>
  );
}

const VERDICTS: readonly Column<Verdict>[] = [
  { name: "Capability", head: true, cell: ({ capability }) => capability },
  { name: "Verdict", cell: ({ verdict }) => <Pill state={verdict} tone={TONES[verdict]} text={verdict} /> },
  {
    name: "Why",
    cell: ({ why, alternative }) => (
      <>
        <span class="break">{why}</span>
        {alternative === null ? null : <span class="cell-note break">{alternative}</span>}
      </>
    ),
  },
];

const STEPS: readonly Column<Step>[] = [
  { name: "Read", head: true, cell: ({ step }) => <span class="mono">{step}</span> },
  { name: "State", cell: ({ state, status }) => `${state}${status === null ? "" : ` (${status})`}` },
  { name: "ms", cell: ({ latencyMs }) => latencyMs ?? "" },
  { name: "Version", cell: ({ version }) => (version === null ? "" : `v${version}`) },
  { name: "Found", cell: ({ text }) => <span class="break">{text}</span> },
];
