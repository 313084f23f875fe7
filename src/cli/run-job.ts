// Runs a job of any kind to its end with progress on stderr, and reports it.

import { type JobRuntime, ServiceJobs } from "../app/index.ts";
import { type JobProgress, OperationError, type PlanReport, type RefusedRow, type RowJob } from "../operations/index.ts";
import type { DryRun, JobDetail } from "../operations/views/index.ts";
import type { ItemResult } from "../store/index.ts";
import type { Place } from "./command.ts";
import { EXIT, exitOf } from "./exit.ts";
import type { Io } from "./io.ts";
import type { Output } from "./output.ts";
import { jobLines, Pace, planLines, progressLine } from "./render-tagging.ts";
import { endedByInterrupt } from "./running.ts";
import { grouped, printable } from "./text.ts";

/** Runs jobs: in this process, or in a service. */
export interface Runnable extends Pick<JobRuntime, "interrupt" | "budgetLine"> {
  readonly jobs: { readonly run: (id: string, onProgress?: (progress: JobProgress) => void) => Promise<unknown> };
  readonly records: Pick<JobRuntime["records"], "show" | "rows">;
  readonly deliverEvents: () => Promise<unknown>;
  /** True for a service elsewhere: when the connection is lost, the job can be found there by its id. */
  readonly afar?: boolean;
}

/** The jobs of the service that OUTDIAL_URL names; undefined without one. */
export function serviceJobs({ service }: Pick<Place, "service">, { clock, say: warn }: Io): ServiceJobs | undefined {
  return service === undefined ? undefined : new ServiceJobs(service, { clock, warn });
}

/** Runs a job to its end with progress on stderr. The first SIGINT or SIGTERM ends it early, with everything recorded. */
export async function runJob(runtime: Runnable, { id }: Pick<RowJob, "id">, io: Io): Promise<JobDetail> {
  using _listening = endedByInterrupt(io, runtime);
  const pace = new Pace();
  await runtime.jobs.run(id, (progress) => {
    const done = Object.values(progress.counts).reduce((sum, count) => sum + count, 0);
    io.progress(progressLine(progress, pace.note(performance.now(), done, progress.totalRows), runtime.budgetLine()));
  });
  await runtime.deliverEvents();
  return runtime.records.show(id);
}

/** Writes the result rows and the summary. @returns the exit code */
export async function reportJob(
  records: {
    rows(id: string, query: { readonly only: ItemResult | undefined }): Promise<{ readonly rows: AsyncIterable<object> }>;
  },
  job: JobDetail,
  {
    output,
    only,
    shown = job,
  }: { readonly output?: Output | undefined; readonly only?: ItemResult | undefined; readonly shown?: object },
  io: Io,
): Promise<number> {
  if (output !== undefined) for await (const row of (await records.rows(job.id, { only })).rows) await output.line(row);
  io.say(jobLines(job));
  await io.answer(shown, output?.isStdout === true ? [] : `${job.id} ${job.status}`);
  return jobExit(job);
}

/** The exit code for an ended job. */
export function jobExit(job: JobDetail): number {
  if (job.status === "done") return EXIT.done;
  if (job.status === "partly_failed") return EXIT.partlyFailed;
  if (job.status === "running" || job.status === "ready") return EXIT.interrupted;
  return job.stop === null ? EXIT.failed : exitOf(job.stop.code);
}

/** Runs a job that was submitted, new or known, and reports it. @returns the exit code */
export async function runSubmitted(
  runtime: Runnable,
  { job: { plan, ...job }, earlier }: { readonly job: Pick<RowJob, "id" | "status" | "plan">; readonly earlier: boolean },
  output: Output | undefined,
  io: Io,
): Promise<number> {
  if (runtime.afar === true) io.say(`job ${job.id}`);
  if (earlier) io.say(earlierLine(job));
  else if (plan !== undefined) io.say(planLines(plan));
  const ended = await runJob(runtime, job, io);
  return reportJob(runtime.records, ended, { output, shown: { job: ended, earlier } }, io);
}

/** The message about a job that existed before it was submitted. */
function earlierLine({ id, status }: Pick<RowJob, "id" | "status">): string {
  return status === "done" || status === "partly_failed"
    ? `this file was run before as ${id}; its result follows (--again runs it again)`
    : `this file was begun as ${id} and is continued`;
}

/** Shows how many rows of a file have been checked. */
export const checking = (io: Io) => (rows: number) => io.progress(`checking rows · ${grouped(rows)}`);

/** Receives the refused rows of a dry run. */
export function refusedTo(output: Output | undefined): { readonly refused?: (row: RefusedRow) => Promise<void> } {
  return output === undefined ? {} : { refused: (row) => output.line(row) };
}

/** Most columns of a file that are named; the rest is counted. */
const MOST_NAMED = 20;

/** Reports the columns of a file that have no field. */
export function sayIgnored(columns: readonly string[], io: Io): void {
  if (columns.length === 0) return;
  const more = columns.length > MOST_NAMED ? ` and ${grouped(columns.length - MOST_NAMED)} more` : "";
  io.say(`columns not used: ${columns.slice(0, MOST_NAMED).map(printable).join(", ")}${more}`);
}

/** Reports a dry run by a service. Throws `invalid_input` for --out: a service names only the first refused rows. */
export async function reportServiceDryRun(check: () => Promise<DryRun>, out: string | undefined, io: Io): Promise<number> {
  if (out !== undefined)
    throw new OperationError("invalid_input", "--dry-run through a service has no --out: it names the first refused rows only");
  const { plan, ignoredColumns } = await check();
  sayIgnored(ignoredColumns, io);
  return reportDryRun(plan, io);
}

/** Reports what a job would do that was only checked. @returns the exit code */
export async function reportDryRun(plan: PlanReport, io: Io): Promise<number> {
  io.say([...planLines(plan), "dry run: nothing was sent"]);
  await io.answer({ plan }, []);
  if (plan.toSend === 0 && plan.refused > 0) throw new OperationError("invalid_input", "no row of the file can be sent");
  return plan.refused > 0 ? EXIT.partlyFailed : EXIT.done;
}
