// An approval with everything that a second person decides by: who asked for what, what they were shown, whether it still holds.

import type { ApiTypes } from "../../../server/index.ts";
import { Pill } from "../../ui/pill.tsx";
import { Time } from "../../ui/time.tsx";
import { approvalCalled } from "../../view/approval.ts";
import { PlanBody } from "./plan.tsx";

type Detail = ApiTypes.ApprovalDetail;

const NOT_KEPT = "What was shown when it was asked for was not kept. Reject it, and ask anew.";
const STANDING: Readonly<Record<ApiTypes.ApprovalStanding["state"], string>> = {
  holds: "Looked at just now: it still holds. Approving carries out exactly this.",
  changed: "It has changed since it was asked for. What is shown here would not be done: it must be asked for anew.",
  refused: "A rule forbids it now.",
  unknown: "Whether it still holds could not be found out.",
};

/** Why it cannot be approved as it was shown; empty when it can. */
export function hindrancesOf({ standing, plan }: Detail): readonly string[] {
  if (plan === null) return [NOT_KEPT];
  return standing === null || standing.state === "holds" ? [] : [STANDING[standing.state], ...standing.reasons];
}

export function Standing({ approval }: { readonly approval: Detail }) {
  const { standing } = approval;
  if (standing === null) return null;
  const [first, ...reasons] = hindrancesOf(approval);
  return (
    <div class={`banner ${first === undefined ? "good" : "bad"}`} role="status">
      <span class="break">{first ?? STANDING.holds}</span>
      {reasons.length === 0 ? null : (
        <ul class="effects">
          {reasons.map((text) => (
            <li class="break" key={text}>
              {text}
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

export function Asked({ approval }: { readonly approval: Detail }) {
  const { operation, requestedBy, requestedAt, expiresAt, state, decidedBy, decidedAt, message, job } = approval;
  return (
    <dl class="facts">
      <dt>Asked for by</dt>
      <dd>
        {requestedBy}, <Time at={requestedAt} />
      </dd>
      <dt>Operation</dt>
      <dd class="mono">{operation}</dd>
      {state === "pending" ? (
        <>
          <dt>Waits until</dt>
          <dd>
            <Time at={expiresAt} />
          </dd>
        </>
      ) : null}
      {decidedBy === null ? null : (
        <>
          <dt>Decided by</dt>
          <dd>
            {decidedBy}, <Time at={decidedAt} />
          </dd>
        </>
      )}
      {job === null ? null : (
        <>
          <dt>Carried out by</dt>
          <dd>
            <a href={`/jobs/${encodeURIComponent(job)}`}>the job</a>
          </dd>
        </>
      )}
      {message === null ? null : (
        <>
          <dt>What came of it</dt>
          <dd>
            <Pill state={state} text={approvalCalled(state)} /> {message}
          </dd>
        </>
      )}
    </dl>
  );
}

/** What the person who asked was shown, with the hash that approving carries out. */
export function Shown({ approval: { plan, confirm } }: { readonly approval: Detail }) {
  if (plan === null) return <p class="warn">{NOT_KEPT}</p>;
  return (
    <div class="stack">
      <PlanBody plan={plan} />
      <p class="muted small mono break">plan {confirm.slice(0, 16)}</p>
    </div>
  );
}
