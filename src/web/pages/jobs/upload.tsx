// A file of calls to tag: chosen, tried out, and only then sent.

import { useSignal } from "@preact/signals";
import { useId } from "preact/hooks";
import { useLocation } from "preact-iso";
import type { ApiTypes } from "../../../server/index.ts";
import { useDashboard } from "../../api/dashboard.ts";
import { RequestError } from "../../api/problem-error.ts";
import { CampaignField } from "../../ui/campaign-field.tsx";
import { Failed } from "../../ui/states.tsx";
import { useWhy } from "../../ui/why.tsx";
import { whole } from "../../view/format.ts";
import { PlanView } from "./plan-view.tsx";

type Stage =
  | { readonly kind: "choosing" }
  | { readonly kind: "working"; readonly what: string }
  | { readonly kind: "tried"; readonly run: ApiTypes.DryRun }
  | { readonly kind: "failed"; readonly error: RequestError };

/** Dispositions of finished calls cannot be set by every interface of the vendor: then the form is not offered, and why is. */
export function Upload() {
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
