// Four eyes: what waits for a second person, and what became of the rest.

import type { ApiTypes } from "../../../server/index.ts";
import { useResource } from "../../api/resource.ts";
import { Page } from "../../shell/page.tsx";
import { Pill } from "../../ui/pill.tsx";
import { SavedTable } from "../../ui/saved-table.tsx";
import { Empty, Loaded } from "../../ui/states.tsx";
import { type Column } from "../../ui/table.tsx";
import { Time } from "../../ui/time.tsx";
import { approvalCalled } from "../../view/approval.ts";
import { ApprovalVerbs } from "../approval/verbs.tsx";

type Approval = ApiTypes.ApprovalView;

export default function ApprovalsPage() {
  const approvals = useResource("approvals.list", {}, { on: ({ type }) => type === "approval", every: 20_000 });
  const verbs: Column<Approval> = {
    name: "Decision",
    cell: (one) => <ApprovalVerbs approval={one} onDone={approvals.reload} />,
  };
  return (
    <Page
      title="Approvals"
      lead="With four eyes switched on, what is dangerous is done only once another person has seen what the first one saw, and has agreed to exactly that."
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
        {({ items }) => (
          <SavedTable caption="Approvals" saved="approvals" columns={[...COLUMNS, verbs]} rows={items} rowKey={({ id }) => id} />
        )}
      </Loaded>
    </Page>
  );
}

const COLUMNS: readonly Column<Approval>[] = [
  {
    name: "What",
    head: true,
    cell: ({ id, summary, operation, confirm }) => (
      <>
        <a class="break" href={`/approvals/${encodeURIComponent(id)}`}>
          {summary}
        </a>
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
        <Pill state={state} text={approvalCalled(state)} />
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
