// Running a job of any kind to its end with progress on stderr, and reporting it.

import type { JobRuntime } from "../app/index.ts";
import { correctionMetrics, DISPOSITIONS, type RowJob } from "../operations/index.ts";
import type { ItemResult } from "../store/index.ts";
import { EXIT, exitOf } from "./exit.ts";
import type { Io } from "./io.ts";
import { openOutput } from "./output.ts";
import { jobLines, Pace, progressLine } from "./render-tagging.ts";
import { endedByInterrupt } from "./running.ts";

/** Runs a job to its end with progress on stderr. The first SIGINT or SIGTERM ends it early, with everything recorded. */
export async function runJob(runtime: JobRuntime, job: RowJob, io: Io): Promise<RowJob> {
  using _listening = endedByInterrupt(io, runtime);
  const pace = new Pace();
  const ended = await runtime.jobs.run(job.id, (progress) => {
    const done = Object.values(progress.counts).reduce((sum, count) => sum + count, 0);
    io.progress(progressLine(progress, pace.note(performance.now(), done, progress.totalRows), runtime.budgetLine()));
  });
  await runtime.deliverEvents();
  return ended;
}

/** Runs a job to its end and reports it. @returns the exit code */
export async function runAndReport(runtime: JobRuntime, job: RowJob, out: string | undefined, io: Io): Promise<number> {
  return reportJob(runtime, await runJob(runtime, job, io), out, io);
}

/** Writes the result rows and the summary. @returns the exit code */
export async function reportJob(
  runtime: Pick<JobRuntime, "counts" | "rowsLeft" | "rows">,
  job: RowJob,
  out: string | undefined,
  io: Io,
  only?: ItemResult,
): Promise<number> {
  const counts = await runtime.counts(job.id);
  if (out !== undefined) {
    await using output = await openOutput(out, io);
    for await (const row of runtime.rows(job.id, only)) await output.line(row);
  }
  const metrics = job.kind === DISPOSITIONS ? correctionMetrics(job, counts) : undefined;
  const left = await runtime.rowsLeft(job, counts);
  for (const line of jobLines(job, counts, left, metrics)) io.say(line);
  if (io.json) await io.data(JSON.stringify({ job: { ...job, counts, ...left, metrics } }));
  else if (out !== "-") await io.data(`${job.id} ${job.status}`);
  return jobExit(job);
}

/** The exit code of a job as it ended. */
export function jobExit(job: RowJob): number {
  if (job.status === "done") return EXIT.done;
  if (job.status === "partly_failed") return EXIT.partlyFailed;
  if (job.status === "running" || job.status === "ready") return EXIT.interrupted;
  return job.stop === undefined ? EXIT.failed : exitOf(job.stop.code);
}

/** What is said of a job that was known before it was submitted. */
export function earlierLine(job: RowJob): string {
  const finished = job.status === "done" || job.status === "partly_failed";
  return finished
    ? `this file was run before as ${job.id}; its result follows (--again runs it once more)`
    : `this file is known as ${job.id}; going on with it`;
}
