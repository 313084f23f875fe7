// Four eyes: what waits for a second person, and that person's word on it.

import { useSignal } from "@preact/signals";
import type { ApiTypes } from "../../../server/index.ts";
import { useDashboard } from "../../api/dashboard.ts";
import type { ListPage } from "../../api/page-list.ts";
import { PATHS } from "../../api/paths.ts";
import { useResource } from "../../api/resource.ts";
import { Page } from "../../shell/page.tsx";
import { Confirm } from "../../ui/confirm.tsx";
import { Pill } from "../../ui/pill.tsx";
import { Empty, Loaded } from "../../ui/states.tsx";
import { type Column, Table } from "../../ui/table.tsx";
import { Time } from "../../ui/time.tsx";

type Approval = ApiTypes.ApprovalView;

export default function ApprovalsPage() {
  const { client, session, toasts } = useDashboard();
  const chosen = useSignal<Approval | undefined>(undefined);
  const approvals = useResource<Pick<ListPage<Approval>, "items">>(
    PATHS.approvals,
    {},
    { on: ({ type }) => type === "approval", every: 20_000 },
  );
  const state = session.state.value;
  const me = state.kind === "signed_in" ? state.me.name : "";
  const reject = async ({ id }: Approval) => {
    try {
      await client.send("POST", PATHS.reject(id));
      toasts.show("info", "Rejected: nothing is done");
    } catch (thrown) {
      toasts.show("bad", thrown instanceof Error ? thrown.message : String(thrown));
    }
    approvals.reload();
  };
  const verbs: Column<Approval> = {
    name: "Your word",
    cell: (one) =>
      one.state !== "pending" || !session.may("operator") ? null : (
        <div class="row">
          {one.requestedBy === me ? (
            <span class="muted small">another person must approve</span>
          ) : (
            <button
              type="button"
              class="button"
              onClick={() => {
                chosen.value = one;
              }}
            >
              Approve<span class="visually-hidden"> {one.summary}</span>
            </button>
          )}
          <button type="button" class="button danger" onClick={() => void reject(one)}>
            Reject<span class="visually-hidden"> {one.summary}</span>
          </button>
        </div>
      ),
  };
  return (
    <Page
      title="Approvals"
      lead="With four eyes switched on, what is dangerous is done only once another person has agreed to exactly that plan."
    >
      <Loaded
        of={approvals}
        what="approvals"
        isEmpty={({ items }) => items.length === 0}
        empty={
          <Empty title="Nothing waits">
            <p>Changes that need a second person appear here.</p>
          </Empty>
        }
      >
        {({ items }) => <Table caption="Approvals" columns={[...COLUMNS, verbs]} rows={items} rowKey={({ id }) => id} />}
      </Loaded>
      {chosen.value === undefined ? null : <Approve approval={chosen.value} onClose={close} onDone={approvals.reload} />}
    </Page>
  );

  function close(): void {
    chosen.value = undefined;
  }
}

interface ApproveProps {
  readonly approval: Approval;
  readonly onClose: () => void;
  readonly onDone: () => void;
}

function Approve({ approval, onClose, onDone }: ApproveProps) {
  const { client, toasts } = useDashboard();
  return (
    <Confirm
      title="Approve"
      verb="Approve"
      word="approve"
      preview={async () => ({
        confirm: approval.confirm,
        refusals: [],
        body: (
          <div class="stack">
            <p class="break">{approval.summary}</p>
            <p class="muted small">
              {approval.operation}, asked for by {approval.requestedBy} <Time at={approval.requestedAt} />
            </p>
          </div>
        ),
      })}
      onConfirm={async (confirm) => {
        await client.send("POST", PATHS.approve(approval.id), { confirm });
        toasts.show("good", "Approved, and carried out");
        onDone();
      }}
      onClose={onClose}
    />
  );
}

const COLUMNS: readonly Column<Approval>[] = [
  {
    name: "What",
    head: true,
    cell: ({ summary, operation, confirm }) => (
      <>
        <span class="break">{summary}</span>
        <span class="cell-note mono break">
          {operation} · plan {confirm.slice(0, 16)}
        </span>
      </>
    ),
  },
  {
    name: "State",
    cell: ({ state, message, expiresAt }) => (
      <>
        <Pill state={state} />
        {message === null ? null : <span class="cell-note break">{message}</span>}
        {state === "pending" ? (
          <span class="cell-note">
            until <Time at={expiresAt} />
          </span>
        ) : null}
      </>
    ),
  },
  {
    name: "Asked for by",
    cell: ({ requestedBy, requestedAt }) => (
      <>
        <span class="break">{requestedBy}</span>
        <span class="cell-note">
          <Time at={requestedAt} />
        </span>
      </>
    ),
  },
  {
    name: "Decided by",
    cell: ({ decidedBy, decidedAt }) =>
      decidedBy === null ? null : (
        <>
          <span class="break">{decidedBy}</span>
          <span class="cell-note">
            <Time at={decidedAt} />
          </span>
        </>
      ),
  },
];
