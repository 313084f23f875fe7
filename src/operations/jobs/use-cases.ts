// Use cases of jobs for command line, API and dashboard: list, show, rows, cancel; with a tenant also begin and resume.

import { z } from "zod";
import type { Clock } from "../../kernel/index.ts";
import { CAMPAIGN_APPLY, DIALER_CHANGE, type Job, type JobStatus, PUSH, RETRIEVE } from "../../store/index.ts";
import type { Context } from "../context.ts";
import { crmPushOf } from "../crm/asked.ts";
import { noSuchJob, OperationError } from "../error.ts";
import { correctionMetrics } from "../interactions/metrics.ts";
import { type CorrectionSource, type Corrections, DISPOSITIONS, readTree, validateCorrections } from "../interactions/service.ts";
import { standingOf } from "../run/standing.ts";
import { type Instead, requireWay } from "../tagging/instead.ts";
import { readMatrix, TAG, type Tagging, type TagSource, validateTagging } from "../tagging/service.ts";
import { jobDetailOf, jobSummaryOf } from "../views/job-views.ts";
import type { DryRun, JobDetail, JobSummary, Submitted } from "../views/schemas/jobs.ts";
import type { PlanSink } from "./plan.ts";
import { ENDED, JobRecords, type ReplicaStanding, type RowJob, rowJobOf } from "./record.ts";
import { noteRequest, requestOf } from "./request.ts";
import { type ResultRow, type RowsQuery, resultRows } from "./result-rows.ts";

/** Kinds of jobs that are shown to people. */
export const JOB_KINDS = [TAG, DISPOSITIONS, RETRIEVE, PUSH, DIALER_CHANGE, CAMPAIGN_APPLY] as const;
/** The filters of the list of jobs; the API's query, the command's options and calls to a service are parsed by it. */
export const JOB_FILTERS = { kind: z.enum(JOB_KINDS).optional() };
const filters = z.object(JOB_FILTERS);
type JobFilters = z.output<typeof filters>;

/** The filters among other members, such as the options of a command. Throws ZodError for a value that is not allowed. */
export const jobFiltersIn = (given: object): JobFilters => filters.parse(given);

/** Kinds of jobs over the rows of a file. */
const ROW_KINDS: readonly string[] = [TAG, DISPOSITIONS];
/** For changes of the tenant, how each is ended: cancelling one in the middle would leave the tenant in an unwanted state. */
const CHANGES: Readonly<Record<string, string>> = {
  [DIALER_CHANGE]: "outdial dialer rollback puts the settings before it back.",
  [CAMPAIGN_APPLY]: "Let it end, then change the files back and apply them.",
};

const KINDS: readonly string[] = JOB_KINDS;
/** Statuses without remaining rows, or in which not all rows are known yet. */
const NONE_LEFT: readonly JobStatus[] = ["planning", "done", "partly_failed"];

/** Statuses in which a process may be working on it. */
const UNDER_WAY: readonly JobStatus[] = ["ready", "running"];

/** What the records of jobs need: a store, no tenant. */
interface JobRecordsContext extends Pick<Context, "store" | "clock"> {
  readonly replica: Pick<ReplicaStanding, "isDead">;
  /** The runs of this process, if it has any. */
  readonly runs?: Pick<Context["runs"], "isHere"> | undefined;
}

/**
 * Lists, shows and cancels jobs of all kinds, and gives the results of their rows. Errors: OperationError `job_not_found`, `job_state`.
 */
export class JobRecordsUseCases {
  readonly #context: JobRecordsContext;

  constructor(context: JobRecordsContext) {
    this.#context = context;
  }

  /** Newest first. @param after the last one of the page before. Throws OperationError `job_not_found` */
  async list({
    limit,
    after,
    kind,
  }: JobFilters & { readonly limit: number; readonly after?: string | undefined }): Promise<readonly JobSummary[]> {
    const kinds = kind === undefined ? KINDS : [kind];
    const last = after === undefined ? undefined : await this.find(after);
    const { store } = this.#context;
    const jobs = await store.jobs.listJobs({ kinds, limit, ...(last === undefined ? {} : { after: last }) });
    const retrievals = await store.retrievals.ofJobs(jobs.flatMap((job) => (job.kind === RETRIEVE ? job.id : [])));
    return jobs.map((job) => jobSummaryOf(job, retrievals.get(job.id)));
  }

  /** Throws OperationError `job_not_found`. */
  async show(id: string): Promise<JobDetail> {
    const { store, replica, runs } = this.#context;
    const job = await this.find(id);
    const { standing, running } = await standingOf(job, { isHere: runs?.isHere(id) === true, members: replica });
    const underWay = UNDER_WAY.includes(job.status) && (running || standing === "here" || standing === "elsewhere");
    const push = job.kind === PUSH ? crmPushOf(job) : undefined;
    const rows = ROW_KINDS.includes(job.kind) ? rowJobOf(job) : undefined;
    const left =
      rows === undefined || underWay || NONE_LEFT.includes(job.status)
        ? undefined
        : await new JobRecords(store.jobs, KINDS).rowsLeft(rows, job.counts);
    return jobDetailOf({
      job,
      rows,
      rowsLeft: left,
      metrics: rows === undefined || job.kind !== DISPOSITIONS ? undefined : correctionMetrics(rows, job.counts),
      retrieval: job.kind === RETRIEVE ? await store.retrievals.get(id) : undefined,
      push,
      change: job.kind === DIALER_CHANGE ? await store.dialer.byJob(id) : undefined,
      apply: job.kind === CAMPAIGN_APPLY ? await store.campaigns.byJob(id) : undefined,
      locked: (job.counts.locked ?? 0) === 0 ? undefined : await store.jobs.lockedRows(id),
      running,
      standing,
      requestId: await requestOf(store.audit, id),
      shortage: store.health.shortage,
    });
  }

  /** The results of rows by line, in constant memory; for a push the refused records. Throws OperationError `job_not_found` */
  async rows(id: string, query: RowsQuery = {}): Promise<{ readonly kind: string; readonly rows: AsyncIterable<ResultRow> }> {
    const job = await this.find(id);
    return { kind: job.kind, rows: resultRows(this.#context.store, job, query) };
  }

  /**
   * Cancels a job; resolves when nothing more of it is sent. Throws OperationError `job_not_found`, `outcome_unknown`; `job_state` for a change of dialer
   * settings or an apply that has not ended
   */
  async cancel(id: string, by: string): Promise<JobDetail> {
    const { store, replica, clock } = this.#context;
    refuseChange(await this.find(id));
    await cancelJob(id, {
      jobs: new JobRecords(store.jobs, KINDS),
      replicas: replica,
      record: () => store.audit.append([{ actor: by, action: "job.cancel", subject: id, job: id }]),
      clock,
    });
    return this.show(id);
  }

  protected async find(id: string): Promise<Job> {
    const found = await this.#context.store.jobs.getJob(id);
    if (found !== undefined && KINDS.includes(found.kind)) return found;
    return noSuchJob(id);
  }
}

/** Throws OperationError `job_state` for an unfinished change of the tenant. */
function refuseChange({ id, kind, status }: Job): void {
  const advice = CHANGES[kind];
  if (advice !== undefined && !ENDED.includes(status))
    throw new OperationError("job_state", `${id} is a ${kind.replace("-", " ")}, which is not cancelled as a job`, { advice });
}

/** A dry run of tagging the calls of a file. Throws OperationError `invalid_input`, TenantError */
export async function checkTags(
  { capabilities }: Context["tenant"],
  source: TagSource,
  campaignId: string,
  { instead, ...sink }: PlanSink & { readonly instead?: Instead | undefined } = {},
): Promise<DryRun> {
  requireWay(capabilities.dispositionWriter, instead);
  const matrix = await readMatrix(capabilities, campaignId);
  const { source: told, ignoredColumns } = tellingIgnored(source);
  return { plan: await validateTagging(told, matrix, sink), ignoredColumns };
}

/** A dry run of correcting the interactions of a file. Throws OperationError `invalid_input`, TenantError */
export async function checkCorrections(
  { capabilities }: Context["tenant"],
  source: CorrectionSource,
  sink: PlanSink = {},
): Promise<DryRun> {
  const tree = await readTree(capabilities.interactionDispositions);
  return { plan: await validateCorrections(source, tree, sink), ignoredColumns: [] };
}

/** A source that, once it is read, has the names of its columns that have no field. */
function tellingIgnored(source: TagSource) {
  const ignoredColumns: string[] = [];
  const onIgnoredColumns = (names: readonly string[]) => void ignoredColumns.push(...names);
  return { source: { ...source, read: { ...source.read, onIgnoredColumns } }, ignoredColumns };
}

type Rest<Check> = Check extends (tenant: never, ...rest: infer Given) => unknown ? Given : never;

/** What runs jobs over rows, and which request they are made for. */
interface JobEngines {
  readonly tagging: Tagging;
  readonly corrections: Corrections;
  readonly requestId: () => string | undefined;
}

interface Submission {
  /** Runs content again that was run before. */
  readonly again: boolean;
  readonly by: string;
}

/** The same with a tenant, so that jobs can be begun and resumed. */
export class JobUseCases extends JobRecordsUseCases {
  readonly #context: Context;
  readonly #engines: JobEngines;

  constructor(context: Context, engines: JobEngines) {
    super(context);
    this.#context = context;
    this.#engines = engines;
  }

  /** Resumes a job of any kind, which then runs in the background. Throws OperationError `job_not_found`, `job_state` */
  async resume(id: string): Promise<JobDetail> {
    const job = await this.find(id);
    refuseCancelled(job);
    if (job.status === "planning") throw new OperationError("job_state", `job ${id} is still being planned`);
    if (!ENDED.includes(job.status)) await this.#context.runs.start(id);
    return this.show(id);
  }

  /** As the function `checkTags`. */
  checkTags(...asked: Rest<typeof checkTags>): Promise<DryRun> {
    return checkTags(this.#context.tenant, ...asked);
  }

  /** Makes a job from a file of calls, and starts it. Throws OperationError `invalid_input`, TenantError */
  async submitTags(
    source: TagSource,
    campaignId: string,
    { again, by, instead }: Submission & { readonly instead?: Instead | undefined },
  ): Promise<Submitted> {
    const { source: told, ignoredColumns } = tellingIgnored(source);
    const made = await this.#engines.tagging.submit(told, campaignId, { again, actor: by, instead });
    return this.#begin(made, by, ignoredColumns);
  }

  /** As the function `checkCorrections`. */
  checkCorrections(...asked: Rest<typeof checkCorrections>): Promise<DryRun> {
    return checkCorrections(this.#context.tenant, ...asked);
  }

  /** Makes a job from a file of corrections, and starts it. Throws OperationError `invalid_input`, TenantError */
  async submitCorrections(source: CorrectionSource, { again, by }: Submission): Promise<Submitted> {
    return this.#begin(await this.#engines.corrections.submit(source, { again, actor: by }), by, []);
  }

  async #begin(
    { job, earlier }: Awaited<ReturnType<Tagging["submit"]>>,
    by: string,
    ignoredColumns: readonly string[],
  ): Promise<Submitted> {
    if (!earlier) await noteRequest(this.#context.store.audit, job.id, by, this.#engines.requestId());
    return { job: await this.resume(job.id), earlier, ignoredColumns };
  }
}

// Cancels a job of any process: the job is marked in the ledger, and the caller gets the answer when its replica has released it.

/** How often it is checked whether the replica has released the job, ms. */
const LOOK_MS = 100;
/**
 * When a living replica has not released the job after this time, ms, it is an error: running requests end earlier, by the
 * client's time-outs.
 */
const PATIENCE_MS = 90_000;

interface CancelDependencies {
  readonly jobs: Pick<JobRecords, "get" | "cancel">;
  readonly replicas: Pick<ReplicaStanding, "isDead">;
  /** Writes the audit entry after the job was marked. */
  readonly record: () => Promise<void>;
  readonly clock: Clock;
}

/**
 * Cancels a job for good. When it resolves nothing more is sent, and the results of all running requests are recorded; when the
 * replica died, the rows show what may have been sent. A job that has ended is left as it is.
 * @throws OperationError `job_not_found`; `outcome_unknown` when its replica is alive and does not release it
 */
export async function cancelJob(id: string, { jobs, replicas, record, clock }: CancelDependencies): Promise<void> {
  const before = await jobs.get(id);
  if (before.status !== "cancelled") {
    if (ENDED.includes(before.status)) return;
    await jobs.cancel(id);
    await record();
  }
  const since = clock.now();
  for (;;) {
    const { executor } = await jobs.get(id);
    if (executor === null || (await replicas.isDead(executor))) return;
    if (clock.now() - since > PATIENCE_MS)
      throw new OperationError(
        "outcome_unknown",
        `job ${id} is cancelled, and ${executor} has not confirmed that it stopped sending`,
        {
          advice:
            "Look at the job again: when the process has stopped, no rows are shown as possibly sent any more. If it hangs, end it.",
        },
      );
    await clock.sleep(LOOK_MS);
  }
}

/** Throws OperationError `job_state` for a cancelled job, which cannot be continued. */
function refuseCancelled({ id, status }: Pick<RowJob, "id" | "status">): void {
  if (status === "cancelled")
    throw new OperationError("job_state", `job ${id} was cancelled and cannot be continued`, {
      advice: "Start a new job for its file, with --again. What was done at the tenant is not undone.",
    });
}
