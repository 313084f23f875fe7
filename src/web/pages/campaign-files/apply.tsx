// An apply of campaign files, followed campaign by campaign to its end; going on with one that stands still.

import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import type { ApiTypes } from "../../../server/index.ts";
import { useDashboard } from "../../api/dashboard.ts";
import { useResource } from "../../api/resource.ts";
import { Changes } from "../../ui/changes.tsx";
import { Pill } from "../../ui/pill.tsx";
import { Loaded } from "../../ui/states.tsx";
import { Time } from "../../ui/time.tsx";
import { useWhy } from "../../ui/why.tsx";
import { STANDING } from "../dialer/change.tsx";
import { GLYPHS } from "../dialer/steps.ts";
import { applyCalled } from "../dialer/words.ts";
import { applySteps } from "./steps.ts";

/** How often one that goes on is read, ms. */
const PACE = 1000;

export function FollowedApply({ job, onEnd }: { readonly job: string; readonly onEnd: () => void }) {
  const ended = useSignal(false);
  const apply = useResource(
    "campaigns.applied",
    { params: { job } },
    { on: (event) => event.type === "job" && event.jobId === job, every: ended.value ? 60_000 : PACE, sticky: true },
  );
  const state = apply.state.value;
  const isOver = state.kind === "ready" && state.value.endedAt !== null;
  useEffect(() => {
    if (!isOver) return;
    ended.value = true;
    onEnd();
  }, [isOver]);
  return (
    <section class="card" aria-label="Apply">
      <Loaded of={apply} what="the apply">
        {(value) => <Apply apply={value} onDone={apply.reload} />}
      </Loaded>
    </section>
  );
}

export function Apply({ apply, onDone }: { readonly apply: ApiTypes.CampaignApplyView; readonly onDone: () => void }) {
  const { sourceName, actor, plan, job, phase, outcome, standing, stop, message, createdAt, endedAt } = apply;
  const isStill = stop !== null || (outcome === null && standing === "still");
  return (
    <>
      <div class="card-head">
        <h2 class="break">Apply of {sourceName}</h2>
        <Pill state="" {...applyCalled({ phase, outcome, isStill })} />
        <span class="aside muted small">{endedAt === null ? STANDING[standing] : "ended"}</span>
      </div>
      <ol class="steps" aria-live="polite">
        {applySteps(apply).map(({ name, text, state, told, message: said, fields }) => (
          <li key={name} class={state}>
            <span class="glyph" aria-hidden="true">
              {GLYPHS[state]}
            </span>
            <div class="break">
              {text}
              {said === null ? null : <span class="cell-note break">{said}</span>}
              {fields.length === 0 ? null : <Changes changes={fields} />}
            </div>
            <span class="muted small">{told}</span>
          </li>
        ))}
      </ol>
      {stop === null && message === null ? null : (
        <div class={`banner ${stop === null ? "" : "bad"}`} role={stop === null ? undefined : "alert"}>
          <span class="break">{stop?.message ?? message}</span>
        </div>
      )}
      <p class="muted small break">
        {actor}, <Time at={createdAt} />
        {endedAt === null ? null : (
          <>
            {" "}
            to <Time at={endedAt} />
          </>
        )}{" "}
        · plan <span class="mono">{plan.slice(0, 12)}</span> · <a href={`/jobs/${encodeURIComponent(job)}`}>job</a>
      </p>
      {endedAt === null && standing === "still" ? <GoOn job={job} onDone={onDone} /> : null}
    </>
  );
}

function GoOn({ job, onDone }: { readonly job: string; readonly onDone: () => void }) {
  const { client, session, toasts } = useDashboard();
  const why = useWhy(session.needs("operator"));
  const go = async () => {
    try {
      await client.ask("campaigns.resumeApply", { params: { job } });
      toasts.show("info", "The apply goes on");
    } catch (thrown) {
      toasts.show("bad", thrown instanceof Error ? thrown.message : String(thrown));
    }
    onDone();
  };
  return (
    <div class="row end">
      {why.said}
      <button type="button" class="button" {...why.off} onClick={() => void go()}>
        Go on
      </button>
    </div>
  );
}
