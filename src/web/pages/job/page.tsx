// One job: how far it is, what came of its rows, which were refused and why, and the files to keep.

import { useSignal } from "@preact/signals";
import { useRoute } from "preact-iso";
import { jobTitle } from "../../../kernel/index.ts";
import type { ApiTypes } from "../../../server/index.ts";
import { useDashboard } from "../../api/dashboard.ts";
import { useReading, useResource } from "../../api/resource.ts";
import { Page } from "../../shell/page.tsx";
import { Counts } from "../../ui/counts.tsx";
import { Download } from "../../ui/download.tsx";
import { Export } from "../../ui/export.tsx";
import { SelectField } from "../../ui/fields.tsx";
import { Figure, Figures } from "../../ui/figures.tsx";
import { Pill } from "../../ui/pill.tsx";
import { Progress } from "../../ui/progress.tsx";
import { RefusedRows } from "../../ui/refused-rows.tsx";
import { Empty, Loaded } from "../../ui/states.tsx";
import { type Column, Table } from "../../ui/table.tsx";
import { Time } from "../../ui/time.tsx";
import { useWhy } from "../../ui/why.tsx";
import { MOST_ROWS } from "../../view/csv.ts";
import { decimal, percent, whole, words } from "../../view/format.ts";
import { applyCalled, changeCalled } from "../dialer/words.ts";
import { hasRows, jobVerbs, progressOf } from "./state.ts";

// The results of a job's rows.

/** Rows shown at first, and more at each asking. */
const STEP = 50;

function Results({ job }: { readonly job: Detail }) {
  const { client } = useDashboard();
  const result = useSignal("");
  const size = useSignal(STEP);
  const chosen = { result: result.value === "" ? undefined : result.value };
  const rows = useReading(
    `${job.id} ${result.value} ${size.value} ${job.done}`,
    (signal) => client.lines("jobs.rows", { params: { id: job.id }, query: { ...chosen, limit: size.value } }, signal),
    { sticky: true },
  );
  // Of a push those rows alone are kept that the CRM refused.
  const title = job.push === null ? "Results" : "Refused records";
  return (
    <section class="stack" aria-label={title}>
      <div class="row">
        <h2>{title}</h2>
        {job.push === null ? (
          <SelectField
            label="Result"
            value={result.value}
            options={[["", "All"], ...Object.keys(job.counts).map((name) => [name, words(name)] as const)]}
            onChange={(value) => {
              result.value = value;
            }}
          />
        ) : null}
      </div>
      <Loaded
        of={rows}
        what="results"
        isEmpty={(found) => found.length === 0}
        empty={<Empty title={job.push === null ? "No results yet" : "The CRM refused none"} />}
      >
        {(found) => (
          <>
            <Table caption={title} rows={found} rowKey={({ line }) => line} columns={COLUMNS} />
            <div class="row">
              <Export
                what={job.push === null ? "results" : "refused-records"}
                rows={() => client.lines("jobs.rows", { params: { id: job.id }, query: { ...chosen, limit: MOST_ROWS + 1 } })}
                chosen={{ job: job.id, ...chosen }}
              />
              {found.length < size.value ? null : (
                <button
                  type="button"
                  class="button"
                  onClick={() => {
                    size.value += STEP;
                  }}
                >
                  More results
                </button>
              )}
            </div>
          </>
        )}
      </Loaded>
    </section>
  );
}

const COLUMNS: readonly Column<ApiTypes.ResultRow>[] = [
  { name: "Line", head: true, cell: ({ line }) => line },
  { name: "Call", cell: ({ callId, interactionId }) => <span class="mono break">{callId ?? interactionId ?? "–"}</span> },
  {
    name: "Result",
    cell: ({ result, reason }) => (
      <>
        <Pill state={result} />
        {reason === undefined ? null : <span class="cell-note break">{reason}</span>}
      </>
    ),
  },
  { name: "Attempts", numeric: true, cell: ({ attempts }) => attempts },
  { name: "Latency", numeric: true, cell: ({ latencyMs }) => (latencyMs === undefined ? "–" : `${decimal(latencyMs, 0)} ms`) },
];

/** What was measured of a job, and what a retrieval or a push did. */
function Measured({ job: { measured, retrieval } }: { readonly job: Detail }) {
  if (measured === null && retrieval === null) return null;
  return (
    <Figures>
      {measured === null ? null : (
        <>
          <Figure
            name="Median of a row"
            value={measured.items.count === 0 ? "–" : `${decimal(measured.items.p50, 0)} ms`}
            note={
              measured.items.count === 0 ? "none measured" : `${percent(0.99, 0)} within ${decimal(measured.items.p99, 0)} ms`
            }
          />
          <Figure name="Retries" value={whole(measured.retries)} />
          <Figure name="Held back by the rate" value={whole(measured.rateLimited)} note="answers 429" />
        </>
      )}
      {retrieval === null ? null : (
        <>
          <Figure
            name="Windows"
            value={`${whole(retrieval.windowsDone)} of ${whole(retrieval.windows)}`}
            note={
              <>
                <Time at={retrieval.from} /> to <Time at={retrieval.to} />
              </>
            }
          />
          <Figure name="Rows" value={whole(retrieval.rows)} note={`${whole(retrieval.added)} new`} />
          {retrieval.pagesFailed === 0 ? null : (
            <Figure name="Failed reads" value={whole(retrieval.pagesFailed)} note="of pages; each is tried again" />
          )}
          {Object.entries(retrieval.quarantined).map(([reason, rows]) => (
            <Figure key={reason} name="Rows put aside" value={whole(rows)} tone="warn" note={words(reason).toLowerCase()} />
          ))}
        </>
      )}
    </Figures>
  );
}

function Push({ job: { push } }: { readonly job: Detail }) {
  if (push === null) return null;
  return (
    <Figures>
      <Figure name="Events queued" value={whole(push.announced)} note="of retrievals" />
      {push.records ? (
        <>
          <Figure
            name="Calls looked at"
            value={push.total === null ? whole(push.calls) : `${whole(push.calls)} of ${whole(push.total)}`}
            note={`${whole(push.unchanged)} unchanged`}
          />
          <Figure name="Acknowledged" value={whole(push.acknowledged)} note={`${whole(push.requests)} requests`} />
          {push.unanswered > 0 ? (
            <Figure name="Without an answer" value={whole(push.unanswered)} note="the CRM may have them" />
          ) : null}
          <Figure name="Refused" value={whole(push.refused)} note={`${whole(push.refusedBefore)} refused before`} />
        </>
      ) : null}
    </Figures>
  );
}

/** What can be done with a job: go on, cancel, keep its results. */
export function Verbs({ job, onDone }: { readonly job: ApiTypes.JobDetail; readonly onDone: () => void }) {
  const { client, session, toasts } = useDashboard();
  const offered = jobVerbs(job);
  const why = useWhy(session.needs("operator"));
  const ask = async (verb: "jobs.resume" | "jobs.cancel", text: string) => {
    try {
      await client.ask(verb, { params: { id: job.id } });
      toasts.show("good", text);
    } catch (thrown) {
      toasts.show("bad", thrown instanceof Error ? thrown.message : String(thrown));
    }
    onDone();
  };
  return (
    <>
      {offered.length === 0 ? null : why.said}
      {offered.includes("resume") ? (
        <button type="button" class="button" {...why.off} onClick={() => void ask("jobs.resume", "The job goes on")}>
          Resume
        </button>
      ) : null}
      {offered.includes("cancel") ? (
        <button
          type="button"
          class="button danger"
          {...why.off}
          onClick={() => void ask("jobs.cancel", "The job is cancelled: nothing more of it is sent")}
        >
          Cancel
        </button>
      ) : null}
      {!hasRows(job) && job.push === null ? null : (
        <Download of="jobs.rows" asking={{ params: { id: job.id }, query: { download: true } }} name={`${job.id}.ndjson`}>
          Download results
        </Download>
      )}
    </>
  );
}

/** What a change of dialer settings or an apply of campaigns is about; its own page has the rest. */
export function Change({
  job,
  change: { version, outcome, phase, message },
  status,
}: {
  readonly job: string;
  readonly change: NonNullable<Detail["change"]>;
  readonly status: Detail["status"];
}) {
  const isStill = status === "stopped" || status === "failed";
  const called = (version === null ? applyCalled : changeCalled)({ phase, outcome, isStill });
  return (
    <p>
      {version === null ? (
        <a href={`/campaign-files?apply=${encodeURIComponent(job)}`}>Campaign files</a>
      ) : (
        <a href="/dialer">{`Dialer settings, version ${version}`}</a>
      )}
      : <Pill state="" {...called} />
      {message === null ? null : <span class="cell-note break">{message}</span>}
      {isStill && outcome === null ? (
        <span class="cell-note break">
          {version === null ? "Continue it under Campaign files." : "Continue it, or decide about it, under Dialer."}
        </span>
      ) : null}
    </p>
  );
}

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
