// Jobs as people and programs see them.

import type { CampaignApply, DialerChange, Job, LockedRows, Retrieval } from "../../store/index.ts";
import type { CrmPush } from "../crm/asked.ts";
import type { CorrectionMetrics } from "../interactions/metrics.ts";
import type { RowJob, RowsLeft } from "../jobs/record.ts";
import { stopOf } from "../run/reason.ts";
import type { Standing } from "./schemas/common.ts";
import type { JobDetail, JobSummary } from "./schemas/jobs.ts";
import { timeText } from "./texts.ts";

/** A job with the data of its kind. */
export interface JobParts {
  readonly job: Job;
  /** For a job over the rows of a file. */
  readonly rows: RowJob | undefined;
  /** For a job that nobody works on and that has not run to its end. */
  readonly rowsLeft: RowsLeft | undefined;
  /** For a job of corrections. */
  readonly metrics: CorrectionMetrics | undefined;
  readonly retrieval: Retrieval | undefined;
  readonly push: CrmPush | undefined;
  /** For a change of dialer settings. */
  readonly change: DialerChange | undefined;
  /** For an apply of campaigns. */
  readonly apply: CampaignApply | undefined;
  /** Rows that are locked at the tenant, when there are some. */
  readonly locked: LockedRows | undefined;
  /** Whether this process runs it. */
  readonly running: boolean;
  readonly standing: Standing;
  /** The request that began it; null for a job of the command line. */
  readonly requestId: string | null;
  /** What the database has no room for, while it has none. */
  readonly shortage: { readonly message: string } | undefined;
}

/** A job as lists show it. @param retrieval for a job that is a retrieval */
export function jobSummaryOf(job: Job, retrieval?: Retrieval): JobSummary {
  const counts = { ...job.counts };
  return {
    id: job.id,
    kind: job.kind,
    status: job.status,
    campaignId: job.campaignId,
    sourceName: job.sourceName,
    actor: job.actor,
    profile: job.profile,
    tenant: job.tenantAddress === null ? null : { name: job.tenantName, address: job.tenantAddress },
    totalRows: job.totalRows,
    counts,
    done: Object.values(counts).reduce((sum, count) => sum + count, 0),
    retrieval: retrieval === undefined ? null : retrievalOf(retrieval),
    createdAt: timeText(job.createdAt),
    startedAt: timeText(job.startedAt),
    finishedAt: timeText(job.finishedAt),
  };
}

/** A job with what its kind adds. */
export function jobDetailOf({
  job,
  rows,
  rowsLeft,
  metrics,
  retrieval,
  push,
  change,
  apply,
  locked,
  running,
  standing,
  requestId,
  shortage,
}: JobParts): JobDetail {
  return {
    ...jobSummaryOf(job, retrieval),
    plan: rows?.plan ?? null,
    measured: rows?.measured ?? null,
    metrics: metrics === undefined ? null : { ...metrics, latency: metrics.latency ?? null },
    notSent: rowsLeft?.notSent ?? null,
    mayHaveBeenSent: rowsLeft?.mayHaveBeenSent ?? null,
    locked: locked ?? null,
    stop: standstill(job, shortage) ?? rows?.stop ?? stopOf(retrieval?.error ?? push?.job.error) ?? null,
    running,
    standing,
    requestId,
    push: push === undefined ? null : pushOf(push),
    change: changeOf(change, apply),
  };
}

/** Why a job under way stands still though its row does not say so: the row can be written as little as its results. */
function standstill({ status }: Pick<Job, "status">, shortage: JobParts["shortage"]): JobDetail["stop"] | undefined {
  if (shortage === undefined || (status !== "running" && status !== "ready")) return undefined;
  return {
    code: "store_full",
    message: `it stands still: ${shortage.message}`,
    advice: "Make room on the database server (disk, memory). It goes on by itself then.",
  };
}

function retrievalOf({ from, to, totals, calls }: Retrieval): JobSummary["retrieval"] {
  const { windows, windowsDone, rows, pagesFailed, quarantined } = totals;
  const far = { windows, windowsDone, rows, added: calls ?? rows, pagesFailed, quarantined: { ...quarantined } };
  return { from: timeText(from), to: timeText(to), ...far };
}

function pushOf({ asked: { records, from, to }, progress }: CrmPush): JobDetail["push"] {
  return { records, from: timeText(from ?? null), to: timeText(to ?? null), ...progress };
}

function changeOf(change: DialerChange | undefined, apply: CampaignApply | undefined): JobDetail["change"] {
  const one = change ?? apply;
  if (one === undefined) return null;
  const { phase, outcome, message } = one;
  return { version: change?.version ?? null, plan: apply?.planHash ?? null, phase, outcome, message };
}
