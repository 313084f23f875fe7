// Jobs: what runs and what ran, and a file to tag calls from, which begins with a dry run.

import { jobTitle } from "../../../kernel/index.ts";
import type { ApiTypes } from "../../../server/index.ts";
import { useDashboard } from "../../api/dashboard.ts";
import { Page } from "../../shell/page.tsx";
import { Counts } from "../../ui/counts.tsx";
import { More } from "../../ui/more.tsx";
import { Pill } from "../../ui/pill.tsx";
import { Progress } from "../../ui/progress.tsx";
import { Empty } from "../../ui/states.tsx";
import { type Column, Table } from "../../ui/table.tsx";
import { Time } from "../../ui/time.tsx";
import { asideOf, progressOf } from "../job/state.ts";
import { Retrieve } from "./retrieve.tsx";
import { Upload } from "./upload.tsx";

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
