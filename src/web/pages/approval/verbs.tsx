// A second person's word: approve, behind everything that the first one was shown, or reject.

import { useSignal } from "@preact/signals";
import type { ApiTypes } from "../../../server/index.ts";
import type { Message } from "../../api/approval.ts";
import { useDashboard } from "../../api/dashboard.ts";
import { Confirm } from "../../ui/confirm.tsx";
import { TextField } from "../../ui/fields.tsx";
import { endingOf } from "../../view/approval.ts";
import { Asked, hindrancesOf } from "./asked.tsx";
import { PlanBody } from "./plan.tsx";

const BEGUN = 202;

/** A verb answers with what was read back, or that it has begun: then it is not done yet. */
export function approvedNews(given: {
  readonly approval: Pick<ApiTypes.ApprovalView, "state" | "message">;
  readonly status: number;
  readonly answer: unknown;
}): Message {
  const { approval, status, answer } = given;
  const ending = endingOf(approval);
  if (ending !== undefined) return ["bad", `Approved, ${ending}`];
  const said = typeof answer === "object" && answer !== null ? answer : {};
  if ("confirmed" in said && "message" in said && typeof said.message === "string")
    return [said.confirmed === true ? "good" : "bad", `Approved: ${said.message}`];
  return status === BEGUN ? ["info", "Approved, and begun: Jobs shows what comes of it"] : ["good", "Approved, and carried out"];
}

interface ApprovalVerbsProps {
  readonly approval: ApiTypes.ApprovalView;
  readonly onDone: () => void;
}

export function ApprovalVerbs({ approval, onDone }: ApprovalVerbsProps) {
  const { client, session, toasts } = useDashboard();
  const isOpen = useSignal<"approve" | "reject" | undefined>(undefined);
  const word = useSignal("");
  const state = session.state.value;
  const me = state.kind === "signed_in" ? state.me.name : "";
  if (!session.may("operator")) return null;
  const Word = () => (
    <TextField
      label="A word for the person who asked"
      value={word.value}
      hint="kept with the approval; may be left empty"
      onChange={(value) => {
        word.value = value;
      }}
    />
  );
  const given = () => (word.peek().trim() === "" ? {} : { message: word.peek().trim() });
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
                isOpen.value = "approve";
              }}
            >
              Approve<span class="visually-hidden"> {approval.summary}</span>
            </button>
          )}
          <button
            type="button"
            class="button danger"
            onClick={() => {
              isOpen.value = "reject";
            }}
          >
            Reject<span class="visually-hidden"> {approval.summary}</span>
          </button>
        </div>
      ) : null}
      {/* Open to its end also when the list has heard of the decision first: a failure is told in it. */}
      {isOpen.value === "approve" ? (
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
                  <Word />
                </div>
              ),
            };
          }}
          onConfirm={async (confirm) => {
            const body = { confirm: confirm ?? "", ...given() };
            toasts.show(...approvedNews(await client.ask("approvals.approve", { params: { id: approval.id }, body })));
            onDone();
          }}
          onClose={() => {
            isOpen.value = undefined;
          }}
        />
      ) : null}
      {isOpen.value === "reject" ? (
        <Confirm
          title="Reject"
          verb="Reject"
          preview={async () => ({
            confirm: undefined,
            refusals: [],
            body: (
              <div class="stack">
                <p class="break">{approval.summary}</p>
                <Word />
              </div>
            ),
          })}
          onConfirm={async () => {
            await client.ask("approvals.reject", { params: { id: approval.id }, body: given() });
            toasts.show("info", "Rejected: nothing is done");
            onDone();
          }}
          onClose={() => {
            isOpen.value = undefined;
          }}
        />
      ) : null}
    </>
  );
}
