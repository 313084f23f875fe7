// The tenant: by which interface it is spoken to, what that one does not offer, and a probe of what it can do.

import { useSignal } from "@preact/signals";
import type { ApiTypes } from "../../../server/index.ts";
import { useDashboard } from "../../api/dashboard.ts";
import { RequestError } from "../../api/problem-error.ts";
import { Page } from "../../shell/page.tsx";
import { CampaignField } from "../../ui/campaign-field.tsx";
import { TextField } from "../../ui/fields.tsx";
import { Pill } from "../../ui/pill.tsx";
import { SavedTable } from "../../ui/saved-table.tsx";
import { Failed } from "../../ui/states.tsx";
import type { Column } from "../../ui/table.tsx";
import { useWhy } from "../../ui/why.tsx";
import { whole } from "../../view/format.ts";

/** What the tenant itself keeps of a campaign, where its interface shows it: do-not-call groups, callbacks. Asked when somebody wants to know. */
type Callback = ApiTypes.ScheduledCallback;

/** A reason that the service takes, characters. */
const SHORTEST = 3;

function Kept() {
  const { session } = useDashboard();
  const campaign = useSignal("");
  const state = session.state.value;
  const lacks = state.kind === "signed_in" ? state.me.service.lacks.map(({ capability }) => capability) : [];
  const needs = session.needs("operator");
  const [groups, callbacks] = [!lacks.includes("doNotCallGroups"), !lacks.includes("scheduledCallbacks")];
  if (state.kind !== "signed_in" || !(groups || callbacks)) return null;
  const id = campaign.value.trim();
  return (
    <>
      <CampaignField
        none="Choose one to see its do-not-call groups and callbacks"
        value={campaign.value}
        onChange={(value) => {
          campaign.value = value;
        }}
      />
      {groups && id !== "" ? <Groups key={`groups ${id}`} id={id} needs={needs} /> : null}
      {callbacks && id !== "" ? <Callbacks key={`callbacks ${id}`} id={id} needs={needs} /> : null}
    </>
  );
}

interface Of {
  readonly id: string;
  /** Why nothing can be done with it. */
  readonly needs: string | undefined;
}

function Groups({ id, needs }: Of) {
  const { client, toasts } = useDashboard();
  const found = useSignal<ApiTypes.DncDifference | undefined>(undefined);
  const busy = useSignal(false);
  const why = useWhy(needs);
  const run = async (work: () => Promise<void>) => {
    if (busy.peek()) return;
    busy.value = true;
    try {
      await work();
    } catch (thrown) {
      toasts.show("bad", thrown instanceof Error ? thrown.message : String(thrown));
    }
    busy.value = false;
  };
  const compare = async () => {
    found.value = await client.ask("doNotCall.compare", { params: { id } });
  };
  const push = async () => {
    const { proven, unproven, left, reasons } = await client.ask("doNotCall.push", { params: { id }, body: {} });
    const told = [`${whole(proven)} numbers proven, ${whole(unproven)} not, ${whole(left)} left`, ...reasons];
    toasts.show(unproven === 0 && reasons.length === 0 ? "good" : "bad", told.join("; "));
    await compare();
  };
  const { groups = [], suppressed = 0, missing = 0, theirs = 0, shorter = null } = found.value ?? {};
  return (
    <section class="card stack" aria-label="The tenant's do-not-call groups">
      <h2>The tenant's do-not-call groups</h2>
      {found.value === undefined ? (
        <p class="muted">The company's list stays the master. A comparison reads the tenant and changes nothing.</p>
      ) : (
        <p class="break">
          {shorter === null ? null : <span class="bad">{shorter}. By this answer: </span>}
          {groups.length === 0
            ? "The campaign obeys none"
            : groups.map(({ name, numbers }) => `${name} (${whole(numbers)})`).join(", ")}
          . {whole(suppressed)} numbers are on the company's list, {whole(missing)} of them in none of these groups;{" "}
          {whole(theirs)} of the groups are not on the company's list.
        </p>
      )}
      <div class="row">
        <button type="button" class="button" {...why.off} aria-disabled={busy.value} onClick={() => void run(compare)}>
          Compare
        </button>
        {missing === 0 || groups.length !== 1 ? null : (
          <button type="button" class="button primary" {...why.off} aria-disabled={busy.value} onClick={() => void run(push)}>
            Add what is missing
          </button>
        )}
        {why.said}
      </div>
    </section>
  );
}

function Callbacks({ id, needs }: Of) {
  const { client, toasts } = useDashboard();
  const found = useSignal<ApiTypes.ScheduledCallbacksView | undefined>(undefined);
  const reason = useSignal("");
  const why = useWhy(
    needs ?? (reason.value.trim().length < SHORTEST ? `Deleting needs a reason of ${SHORTEST} characters or more` : undefined),
  );
  const told = async (work: () => Promise<void>) => {
    try {
      await work();
    } catch (thrown) {
      toasts.show("bad", thrown instanceof Error ? thrown.message : String(thrown));
    }
  };
  const list = async () => {
    found.value = await client.ask("callbacks.list", { params: { id }, query: {} });
  };
  const remove = async (callback: string) => {
    const { already } = await client.ask("callbacks.delete", { params: { id: callback }, body: { reason: reason.value } });
    if (already) toasts.show("bad", "The tenant has no open callback of this id: it was deleted or placed before");
    else toasts.show("good", "Deleted: the tenant does not place it");
    await list();
  };
  const columns: readonly Column<Callback>[] = [
    ...CALLBACKS,
    {
      name: "Delete",
      cell: ({ id: callback }) => (
        <button
          type="button"
          class="button danger"
          aria-label={`Delete callback ${callback}`}
          {...why.off}
          onClick={() => void told(() => remove(callback))}
        >
          Delete
        </button>
      ),
    },
  ];
  return (
    <section class="card stack" aria-label="Callbacks">
      <h2>Callbacks</h2>
      <p class="muted">The tenant places them by itself when they are due, past outdial's gates. None is made here.</p>
      <div class="row">
        <button type="button" class="button" onClick={() => void told(list)}>
          Show callbacks
        </button>
      </div>
      {found.value?.doubt ? (
        <div class="banner warn" role="status">
          {found.value.doubt}
        </div>
      ) : null}
      {found.value === undefined ? null : found.value.items.length === 0 ? (
        found.value.doubt === null ? (
          <p>There is none.</p>
        ) : null
      ) : (
        <>
          <TextField
            label="Reason for deleting"
            value={reason.value}
            onChange={(value) => {
              reason.value = value;
            }}
          />
          {why.said}
          <SavedTable
            caption="Callbacks"
            saved="callbacks"
            columns={columns}
            rows={found.value.items}
            rowKey={({ id: key }) => key}
          />
        </>
      )}
    </section>
  );
}

const CALLBACKS: readonly Column<Callback>[] = [
  { name: "Callback", head: true, cell: ({ id }) => <span class="mono">{id}</span> },
  { name: "Due", cell: ({ dueAt }) => dueAt ?? "" },
  { name: "Number", cell: ({ phoneNumber }) => phoneNumber ?? "" },
  { name: "Agent", cell: ({ agentId }) => agentId ?? "any" },
  { name: "Not in the answer since", cell: ({ lackingSince }) => lackingSince ?? "" },
];

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
