// One job: how far it is, what came of its rows, which were refused and why, and the files to keep.

import { useRoute } from "preact-iso";
import { jobTitle } from "../../../kernel/index.ts";
import type { ApiTypes } from "../../../server/index.ts";
import { useResource } from "../../api/resource.ts";
import { Page } from "../../shell/page.tsx";
import { Counts } from "../../ui/counts.tsx";
import { Pill } from "../../ui/pill.tsx";
import { Progress } from "../../ui/progress.tsx";
import { RefusedRows } from "../../ui/refused-rows.tsx";
import { Loaded } from "../../ui/states.tsx";
import { Time } from "../../ui/time.tsx";
import { whole } from "../../view/format.ts";
import { Change } from "./change.tsx";
import { Measured, Push } from "./figures.tsx";
import { Results } from "./results.tsx";
import { hasRows, progressOf } from "./state.ts";
import { Verbs } from "./verbs.tsx";

type Detail = ApiTypes.JobDetail;

export default function JobPage() {
  const id = useRoute().params["id"] ?? "";
  return <Job key={id} id={id} />;
}

function Job({ id }: { readonly id: string }) {
  const job = useResource(
    "jobs.show",
    { params: { id } },
    { on: (event) => event.type === "job" && event.jobId === id, every: 5000 },
  );
  const state = job.state.value;
  const detail = state.kind === "ready" ? state.value : undefined;
  return (
    <Page
      title={detail === undefined ? "Job" : jobTitle(detail)}
      crumb={<a href="/jobs">Jobs</a>}
      beside={detail === undefined ? null : <Pill state={detail.status} />}
      actions={detail === undefined ? null : <Verbs job={detail} onDone={job.reload} />}
    >
      <Loaded of={job} what="the job">
        {(value) => (
          <>
            <section class="card stack" aria-label="Progress">
              {value.change === null ? (
                <>
                  <HowFar job={value} />
                  {Object.values(value.counts).some((count) => count > 0) ? <Counts counts={value.counts} /> : null}
                </>
              ) : (
                <Change job={value.id} change={value.change} status={value.status} />
              )}
              <Left job={value} />
              <p class="muted small break">
                <span class="mono">{value.id}</span> · {value.actor} · {value.startedAt === null ? "not begun" : "begun "}
                {value.startedAt === null ? null : <Time at={value.startedAt} />}
                {value.finishedAt === null ? null : (
                  <>
                    {value.status === "stopped" ? " · stopped " : " · ended "}
                    <Time at={value.finishedAt} />
                  </>
                )}
                {STANDING[value.standing]}
              </p>
            </section>
            <Stop job={value} />
            <Measured job={value} />
            <Push job={value} />
            {value.plan === null || value.plan.refused === 0 ? null : <Refused plan={value.plan} />}
            {hasRows(value) || value.push !== null ? <Results job={value} /> : null}
          </>
        )}
      </Loaded>
    </Page>
  );
}

const STANDING: Readonly<Record<Detail["standing"], string>> = {
  here: " · running in this service",
  elsewhere: " · running in another process",
  waiting: " · its process ended or has not begun; a service continues it within seconds",
  still: "",
};

function HowFar({ job }: { readonly job: Detail }) {
  const progress = progressOf(job, job.retrieval);
  if (typeof progress === "string") return progress === "–" ? null : <p class="muted">{progress}</p>;
  const { done, total, what } = progress;
  return (
    <Progress done={done} total={total} label={what === "rows" ? "Rows that have their result" : "Windows that are retrieved"} />
  );
}

/** Rows that a stopped or cancelled job leaves without a result. */
function Left({ job: { notSent, mayHaveBeenSent } }: { readonly job: Detail }) {
  const parts = [
    ...(notSent ? [`${whole(notSent)} rows not sent`] : []),
    ...(mayHaveBeenSent ? [`${whole(mayHaveBeenSent)} rows without a result that may have been sent`] : []),
  ];
  return parts.length === 0 ? null : <p class="small">{parts.join(" · ")}</p>;
}

function Stop({ job: { stop } }: { readonly job: Detail }) {
  if (stop === null) return null;
  return (
    <div class="banner bad" role="alert">
      <strong class="break">{stop.message}</strong>
      {stop.advice === undefined ? null : <span class="break">{stop.advice}</span>}
    </div>
  );
}

function Refused({ plan }: { readonly plan: ApiTypes.PlanReport }) {
  return (
    <section class="stack" aria-label="Refused rows">
      <h2>Refused rows: {whole(plan.refused)}</h2>
      <Counts counts={plan.problems} />
      {plan.examples.length === 0 ? null : <RefusedRows rows={plan.examples} />}
      {plan.examples.length < plan.refused ? (
        <p class="muted small">The first {plan.examples.length}; the file with all rows has every reason.</p>
      ) : null}
    </section>
  );
}
