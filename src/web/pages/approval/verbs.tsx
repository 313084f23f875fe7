// A second person's word: approve, behind everything that the first one was shown, or reject.

import { useSignal } from "@preact/signals";
import type { ApiTypes } from "../../../server/index.ts";
import { useDashboard } from "../../api/dashboard.ts";
import { Confirm } from "../../ui/confirm.tsx";
import { Asked, hindrancesOf } from "./asked.tsx";
import { PlanBody } from "./plan.tsx";

export interface ApprovalVerbsProps {
  readonly approval: ApiTypes.ApprovalView;
  readonly onDone: () => void;
}

export function ApprovalVerbs({ approval, onDone }: ApprovalVerbsProps) {
  const { client, session, toasts } = useDashboard();
  const isOpen = useSignal(false);
  const state = session.state.value;
  const me = state.kind === "signed_in" ? state.me.name : "";
  if (!session.may("operator")) return null;
  const reject = async () => {
    try {
      await client.ask("approvals.reject", { params: { id: approval.id } });
      toasts.show("info", "Rejected: nothing is done");
    } catch (thrown) {
      toasts.show("bad", thrown instanceof Error ? thrown.message : String(thrown));
    }
    onDone();
  };
  return (
    <>
      {approval.state === "pending" ? (
        <div class="row verbs">
          {approval.requestedBy === me ? (
            <span class="muted small">another person must approve</span>
          ) : (
            <button
              type="button"
              class="button"
              onClick={() => {
                isOpen.value = true;
              }}
            >
              Approve<span class="visually-hidden"> {approval.summary}</span>
            </button>
          )}
          <button type="button" class="button danger" onClick={() => void reject()}>
            Reject<span class="visually-hidden"> {approval.summary}</span>
          </button>
        </div>
      ) : null}
      {/* Open to its end also when the list has heard of the decision first: a failure is told in it. */}
      {isOpen.value ? (
        <Confirm
          title="Approve"
          verb="Approve"
          word="approve"
          preview={async () => {
            const detail = await client.ask("approvals.show", { params: { id: approval.id } });
            return {
              confirm: detail.confirm,
              refusals: hindrancesOf(detail),
              body: (
                <div class="stack">
                  <p class="break">{detail.summary}</p>
                  <Asked approval={detail} />
                  {detail.plan === null ? null : <PlanBody plan={detail.plan} />}
                </div>
              ),
            };
          }}
          onConfirm={async (confirm) => {
            await client.ask("approvals.approve", { params: { id: approval.id }, body: { confirm: confirm ?? "" } });
            toasts.show("good", "Approved, and carried out");
            onDone();
          }}
          onClose={() => {
            isOpen.value = false;
          }}
        />
      ) : null}
    </>
  );
}
