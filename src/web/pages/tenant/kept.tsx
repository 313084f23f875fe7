// What the tenant itself keeps of a campaign, where its interface shows it: do-not-call groups, callbacks. Asked when somebody wants to know.

import { useSignal } from "@preact/signals";
import type { ApiTypes } from "../../../server/index.ts";
import { useDashboard } from "../../api/dashboard.ts";
import { CampaignField } from "../../ui/campaign-field.tsx";
import { TextField } from "../../ui/fields.tsx";
import { SavedTable } from "../../ui/saved-table.tsx";
import { type Column } from "../../ui/table.tsx";
import { useWhy } from "../../ui/why.tsx";
import { whole } from "../../view/format.ts";

type Callback = ApiTypes.ScheduledCallback;

/** A reason that the service takes, characters. */
const SHORTEST = 3;

export function Kept() {
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
    const { proven, unproven, left } = await client.ask("doNotCall.push", { params: { id }, body: {} });
    toasts.show(unproven === 0 ? "good" : "bad", `${whole(proven)} numbers proven, ${whole(unproven)} not, ${whole(left)} left`);
    await compare();
  };
  const { groups = [], suppressed = 0, missing = 0, theirs = 0 } = found.value ?? {};
  return (
    <section class="card stack" aria-label="The tenant's do-not-call groups">
      <h2>The tenant's do-not-call groups</h2>
      {found.value === undefined ? (
        <p class="muted">The company's list stays the master. A comparison reads the tenant and changes nothing.</p>
      ) : (
        <p class="break">
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
  const found = useSignal<readonly Callback[] | undefined>(undefined);
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
    found.value = (await client.ask("callbacks.list", { params: { id }, query: {} })).items;
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
      {found.value === undefined ? null : found.value.length === 0 ? (
        <p>There is none.</p>
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
          <SavedTable caption="Callbacks" saved="callbacks" columns={columns} rows={found.value} rowKey={({ id: key }) => key} />
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
];
