// Jobs: what runs and what ran, and a file to tag calls from, which begins with a dry run.

import { useSignal } from "@preact/signals";
import { useId } from "preact/hooks";
import { useLocation } from "preact-iso";
import { jobTitle } from "../../../kernel/index.ts";
import type { ApiTypes } from "../../../server/index.ts";
import { useDashboard } from "../../api/dashboard.ts";
import { RequestError } from "../../api/problem-error.ts";
import { Page } from "../../shell/page.tsx";
import { CampaignField } from "../../ui/campaign-field.tsx";
import { Confirm } from "../../ui/confirm.tsx";
import { Counts } from "../../ui/counts.tsx";
import { TextField } from "../../ui/fields.tsx";
import { Figure, Figures } from "../../ui/figures.tsx";
import { More } from "../../ui/more.tsx";
import { Pill } from "../../ui/pill.tsx";
import { Progress } from "../../ui/progress.tsx";
import { RefusedRows } from "../../ui/refused-rows.tsx";
import { Empty, Failed } from "../../ui/states.tsx";
import { type Column, Table } from "../../ui/table.tsx";
import { Time } from "../../ui/time.tsx";
import { useWhy } from "../../ui/why.tsx";
import { whole } from "../../view/format.ts";
import { asideOf, progressOf } from "../job/state.ts";

/** What a file came to before anything is sent: rows, refusals by reason, examples of refused rows. */
function PlanView({ plan }: { readonly plan: ApiTypes.PlanReport }) {
  return (
    <div class="stack">
      <Figures>
        <Figure name="Rows" value={whole(plan.rows)} />
        <Figure name="To send" value={whole(plan.toSend)} tone={plan.toSend > 0 ? "good" : undefined} />
        <Figure name="Refused" value={whole(plan.refused)} tone={plan.refused > 0 ? "bad" : undefined} />
        <Figure name="Duplicates" value={whole(plan.duplicates)} tone={plan.duplicates > 0 ? "warn" : undefined} />
      </Figures>
      {plan.refused === 0 ? null : (
        <>
          <Counts counts={plan.problems} />
          <RefusedRows rows={plan.examples} />
        </>
      )}
    </div>
  );
}

type Stage =
  | { readonly kind: "choosing" }
  | { readonly kind: "working"; readonly what: string }
  | { readonly kind: "tried"; readonly run: ApiTypes.DryRun }
  | { readonly kind: "failed"; readonly error: RequestError };

/** Dispositions of finished calls cannot be set by every interface of the vendor: then the form is not offered, and why is. */
function Upload() {
  const lack = useDashboard().session.lack("dispositionWriter");
  if (lack === undefined) return <UploadForm />;
  return (
    <section class="card" aria-label="Tag calls from a file">
      <h2>Tag calls from a file</h2>
      <p class="break">Not offered by this tenant: {lack.reason}.</p>
      {lack.alternative === null ? null : <p class="muted break">{lack.alternative}</p>}
    </section>
  );
}

function UploadForm() {
  const { client, session, toasts } = useDashboard();
  const { route } = useLocation();
  const file = useSignal<File | undefined>(undefined);
  const campaign = useSignal("");
  const stage = useSignal<Stage>({ kind: "choosing" });
  const id = useId();
  const why = useWhy(session.needs("operator"));
  const tags = (body: File, dryRun?: true) =>
    client.ask(
      "tags.submit",
      { params: { id: campaign.value.trim() }, query: { name: body.name, dryRun } },
      { file: typed(body) },
    );
  const attempt = async (what: string, work: (body: File) => Promise<void>) => {
    const body = file.value;
    if (body === undefined || stage.peek().kind === "working") return;
    stage.value = { kind: "working", what };
    try {
      await work(body);
    } catch (thrown) {
      stage.value = {
        kind: "failed",
        error: thrown instanceof RequestError ? thrown : new RequestError(0, String(thrown), undefined, thrown),
      };
    }
  };
  const tryOut = () =>
    attempt("Checking every row …", async (body) => {
      const answer = await tags(body, true);
      if ("plan" in answer) stage.value = { kind: "tried", run: answer };
    });
  const send = () =>
    attempt("Handing the job over …", async (body) => {
      const answer = await tags(body);
      if (!("job" in answer)) return;
      const { job, earlier } = answer;
      toasts.show("info", earlier ? "The same file was sent before: this is its job" : "The job is running");
      route(`/jobs/${encodeURIComponent(job.id)}`);
    });
  const now = stage.value;
  return (
    <section class="card" aria-label="Tag calls from a file">
      <h2>Tag calls from a file</h2>
      <form
        class="upload"
        onSubmit={(event) => {
          event.preventDefault();
          void tryOut();
        }}
      >
        <div class="field">
          <label for={id}>CSV or NDJSON</label>
          <input
            id={id}
            class="input"
            type="file"
            accept=".csv,.ndjson,.jsonl,text/csv,application/x-ndjson"
            required
            {...why.off}
            onChange={(event) => {
              file.value = event.currentTarget.files?.[0];
              stage.value = { kind: "choosing" };
            }}
          />
        </div>
        <CampaignField
          value={campaign.value}
          onChange={(value) => {
            campaign.value = value;
            stage.value = { kind: "choosing" };
          }}
        />
        <button type="submit" class="button" {...why.off} aria-disabled={now.kind === "working"}>
          Dry run
        </button>
      </form>
      {why.said}
      {now.kind === "working" ? <p role="status">{now.what}</p> : null}
      {now.kind === "failed" ? <Failed error={now.error} /> : null}
      {now.kind === "tried" ? (
        <div class="stack tried" role="status">
          <h3>Dry run: nothing was sent</h3>
          <PlanView plan={now.run.plan} />
          {now.run.ignoredColumns.length === 0 ? null : (
            <p class="muted small break">Columns without a use: {now.run.ignoredColumns.join(", ")}</p>
          )}
          <div class="row end">
            <Send calls={now.run.plan.toSend} onSend={() => void send()} />
          </div>
        </div>
      ) : null}
    </section>
  );
}

function Send({ calls, onSend }: { readonly calls: number; readonly onSend: () => void }) {
  const why = useWhy(calls === 0 ? "No row of the file can be sent" : undefined);
  return (
    <>
      {why.said}
      <button type="button" class="button primary" {...why.off} onClick={onSend}>
        Tag {whole(calls)} calls
      </button>
    </>
  );
}

/** Browsers do not know the type of NDJSON. */
function typed(file: File): Blob {
  return new Blob([file], { type: /\.(nd|l?)json(l)?$/i.test(file.name) ? "application/x-ndjson" : "text/csv" });
}

/** Brings outcomes home: what would be asked for is shown first. */
interface RetrievalPlan {
  readonly campaignId: string;
  readonly from: string;
  readonly to: string;
  readonly warnings: readonly string[];
  readonly windows: readonly object[];
}

function Retrieve() {
  const { client, session, toasts } = useDashboard();
  const { route } = useLocation();
  const campaign = useSignal("");
  const hours = useSignal("168");
  const open = useSignal(false);
  const why = useWhy(session.needs("operator"));
  const body = () => ({ campaignId: campaign.value.trim(), lastHours: Number(hours.value) });
  return (
    <section class="card" aria-label="Retrieve outcomes">
      <h2>Retrieve outcomes</h2>
      <form
        class="upload"
        onSubmit={(event) => {
          event.preventDefault();
          open.value = true;
        }}
      >
        <CampaignField
          value={campaign.value}
          onChange={(value) => {
            campaign.value = value;
          }}
        />
        <TextField
          label="Hours back"
          type="number"
          value={hours.value}
          required
          onChange={(value) => {
            hours.value = value;
          }}
        />
        <button type="submit" class="button" {...why.off}>
          Preview
        </button>
      </form>
      {why.said}
      {open.value ? (
        <Confirm
          title="Retrieve outcomes"
          verb="Retrieve"
          tone="plain"
          preview={async () => {
            const plan = await client.ask("outcomes.plan", { body: body() });
            return { confirm: undefined, refusals: [], body: <Plan plan={plan} /> };
          }}
          onConfirm={async () => {
            const { jobId } = await client.ask("outcomes.retrieve", { body: body() });
            toasts.show("info", "The job is running");
            route(`/jobs/${encodeURIComponent(jobId)}`);
          }}
          onClose={() => {
            open.value = false;
          }}
        />
      ) : null}
    </section>
  );
}

function Plan({ plan: { campaignId, from, to, windows, warnings } }: { readonly plan: RetrievalPlan }) {
  return (
    <div class="stack">
      <p class="break">
        Campaign {campaignId}, <Time at={from} /> to <Time at={to} />, in {whole(windows.length)} windows.
      </p>
      {warnings.map((text) => (
        <p class="warn break" key={text}>
          {text}
        </p>
      ))}
    </div>
  );
}

export default function JobsPage() {
  const { session } = useDashboard();
  const state = session.state.value;
  const columns = columnsOf(state.kind === "signed_in" ? state.me.service.profile : undefined);
  return (
    <Page
      title="Jobs"
      lead="Tagging, corrections, retrieval and pushes to the CRM. A job that is cut off goes on where it stopped; no row is sent twice."
    >
      <div class="grid">
        <Upload />
        <Retrieve />
      </div>
      <More
        of="jobs.list"
        what="jobs"
        options={{ on: ({ type }) => type === "job", every: 15_000 }}
        empty={
          <Empty title="No jobs yet">
            <p>Upload a file above, or run outdial tag FILE.</p>
          </Empty>
        }
      >
        {(jobs) => <Table caption="Jobs" columns={columns} rows={jobs} rowKey={({ id }) => id} />}
      </More>
    </Page>
  );
}

/** @param here the interface of the tenant that is spoken to now: of a job it is told when it was another one */
const columnsOf = (here: string | undefined): readonly Column<ApiTypes.JobSummary>[] => [
  {
    name: "Job",
    head: true,
    cell: ({ id, kind, sourceName, campaignId, profile, tenant }) => (
      <>
        <a class="break" href={`/jobs/${encodeURIComponent(id)}`}>
          {jobTitle({ kind, sourceName, campaignId })}
        </a>
        <span class="cell-note mono break">
          {id}
          {campaignId === null || kind === "retrieve" ? "" : ` · campaign ${campaignId}`}
          {profile === here ? "" : ` · profile ${profile}`}
          {tenant === null || tenant.name === null ? "" : ` · tenant ${tenant.name}`}
        </span>
      </>
    ),
  },
  { name: "State", cell: ({ status }) => <Pill state={status} /> },
  {
    name: "Progress",
    cell: (job) => {
      const progress = progressOf(job, job.retrieval);
      return typeof progress === "string" ? (
        <span class="muted">{progress}</span>
      ) : (
        <Progress
          done={progress.done}
          total={progress.total}
          label={`Progress of ${jobTitle(job)}`}
          {...(progress.what === "rows" ? {} : { unit: progress.what })}
        />
      );
    },
  },
  {
    name: "Results",
    cell: ({ counts, retrieval }) => (
      <Counts counts={retrieval === null ? counts : { rows: retrieval.rows, new: retrieval.added, ...asideOf(retrieval) }} />
    ),
  },
  {
    name: "Begun",
    cell: ({ startedAt, createdAt, actor }) => (
      <>
        <Time at={startedAt ?? createdAt} />
        <span class="cell-note break">{actor}</span>
      </>
    ),
  },
];
