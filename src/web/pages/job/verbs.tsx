// What can be done with a job: go on, cancel, keep its results.

import type { ApiTypes } from "../../../server/index.ts";
import { useDashboard } from "../../api/dashboard.ts";
import { Download } from "../../ui/download.tsx";
import { useWhy } from "../../ui/why.tsx";
import { hasRows, jobVerbs } from "./state.ts";

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
