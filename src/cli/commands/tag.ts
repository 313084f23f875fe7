// outdial tag: validate, plan, run, report.

import { openTagging, type TaggingRuntime } from "../../app/index.ts";
import { OperationError, type RefusedRow, type RowJob } from "../../operations/index.ts";
import { EXIT, exitOf } from "../exit.ts";
import type { Io } from "../io.ts";
import type { GlobalFlags } from "../options.ts";
import { wholeNumber } from "../options.ts";
import { openOutput } from "../output.ts";
import { grouped, jobLines, Pace, planLines, printable, progressLine } from "../render-tagging.ts";
import { type SourceFlags, tagSource } from "../source.ts";

export interface TagFlags extends SourceFlags, GlobalFlags {
  readonly campaign: string;
  readonly dryRun?: boolean;
  readonly out?: string;
  readonly again?: boolean;
  readonly concurrency?: string;
  readonly tenantUrl?: string;
  readonly databaseUrl?: string;
}

export async function tag([file = "-"]: readonly string[], flags: TagFlags, io: Io): Promise<number> {
  const source = await tagSource(file, flags, (names) => {
    if (names.length > 0) io.say(`columns not used: ${names.map(printable).join(", ")}`);
  });
  const concurrency = flags.concurrency === undefined ? undefined : wholeNumber("--concurrency", flags.concurrency, 1, 512);
  if (flags.dryRun === true) return dryRun(source, flags, io);
  await using runtime = await openTagging(flags, process.env, {
    warn: (message) => io.say(message),
    ...(concurrency === undefined ? {} : { concurrency }),
  });
  const { job, earlier } = await runtime.tagging.submit(source, flags.campaign, {
    ...(flags.again === undefined ? {} : { again: flags.again }),
    onProgress: (rows) => io.progress(`checking rows · ${grouped(rows)}`),
  });
  if (earlier) {
    const finished = job.status === "done" || job.status === "partly_failed";
    io.say(
      finished
        ? `this file was run before as ${job.id}; its result follows (--again runs it once more)`
        : `this file is known as ${job.id}; going on with it`,
    );
  } else if (job.plan !== undefined) for (const line of planLines(job.plan)) io.say(line);
  return await runAndReport(runtime, job, flags.out, io);
}

/** Runs a job to its end with progress on stderr, and reports it. Used by `tag` and `jobs resume`. */
export async function runAndReport(runtime: TaggingRuntime, job: RowJob, out: string | undefined, io: Io): Promise<number> {
  const interrupt = () => {
    io.say("stopping: what is under way is being recorded …");
    runtime.tagging.interrupt();
  };
  process.once("SIGINT", interrupt).once("SIGTERM", interrupt);
  const pace = new Pace();
  try {
    const ended = await runtime.tagging.run(job.id, (progress) => {
      const done = Object.values(progress.counts).reduce((sum, count) => sum + count, 0);
      io.progress(progressLine(progress, pace.note(performance.now(), done, progress.totalRows), runtime.budgetLine()));
    });
    await runtime.deliverEvents();
    return await reportJob(runtime, ended, out, io);
  } finally {
    process.off("SIGINT", interrupt).off("SIGTERM", interrupt);
  }
}

/** Writes the result rows and the summary. */
export async function reportJob(
  runtime: Pick<TaggingRuntime, "counts" | "rows">,
  job: RowJob,
  out: string | undefined,
  io: Io,
  only?: string,
): Promise<number> {
  const counts = await runtime.counts(job.id);
  if (out !== undefined) {
    await using output = await openOutput(out, io);
    for await (const row of runtime.rows(job.id, only)) await output.line(row);
  }
  for (const line of jobLines(job, counts)) io.say(line);
  if (io.json) await io.data(JSON.stringify({ job: { ...job, counts } }));
  else if (out !== "-") await io.data(`${job.id} ${job.status}`);
  return jobExit(job);
}

function jobExit(job: RowJob): number {
  if (job.status === "done") return EXIT.done;
  if (job.status === "partly_failed") return EXIT.partlyFailed;
  if (job.status === "running" || job.status === "ready") return EXIT.interrupted;
  return job.stop === undefined ? EXIT.failed : exitOf(job.stop.code);
}

async function dryRun(source: Awaited<ReturnType<typeof tagSource>>, flags: TagFlags, io: Io): Promise<number> {
  const { validateWithTenant } = await import("../../app/index.ts");
  await using output = flags.out === undefined ? undefined : await openOutput(flags.out, io);
  const plan = await validateWithTenant(flags, process.env, source, flags.campaign, {
    progress: (rows) => io.progress(`checking rows · ${grouped(rows)}`),
    ...(output === undefined ? {} : { refused: (row: RefusedRow) => output.line(row) }),
  });
  for (const line of planLines(plan)) io.say(line);
  io.say("dry run: nothing was sent");
  if (io.json) await io.data(JSON.stringify({ plan }));
  if (plan.toSend === 0 && plan.refused > 0) throw new OperationError("invalid_input", "no row of the file can be sent");
  return plan.refused > 0 ? EXIT.partlyFailed : EXIT.done;
}
