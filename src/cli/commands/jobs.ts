// outdial jobs: list, show, resume, cancel.

import { openJob, openRecords } from "../../app/index.ts";
import { ENDED } from "../../operations/index.ts";
import { ITEM_RESULTS } from "../../store/index.ts";
import { EXIT } from "../exit.ts";
import type { Io } from "../io.ts";
import type { GlobalFlags } from "../options.ts";
import { oneOf, wholeNumber } from "../options.ts";
import { countsLine, grouped, leftLines, printable } from "../render-tagging.ts";
import { reportJob, runAndReport } from "../run-job.ts";

interface Flags extends GlobalFlags {
  readonly databaseUrl?: string;
  readonly tenantUrl?: string;
}

export async function listJobs(_args: readonly string[], flags: Flags & { limit: string }, io: Io): Promise<number> {
  await using records = await openRecords(flags, io.env);
  const jobs = await records.jobs(wholeNumber("--limit", flags.limit, 1, 1000));
  if (io.json) await io.data(JSON.stringify({ jobs }));
  else {
    for (const job of jobs) {
      const counts = countsLine(await records.counts(job.id));
      await io.data(
        `${job.id}  ${job.status.padEnd(13)} ${job.createdAt.toISOString()}  ${job.campaignId ?? job.kind}  ${printable(job.sourceName)}  ${grouped(job.totalRows)} rows: ${counts}`,
      );
    }
    if (jobs.length === 0) io.say("no jobs yet");
  }
  return EXIT.done;
}

export async function showJob(
  [id = ""]: readonly string[],
  flags: Flags & { out?: string; result?: string },
  io: Io,
): Promise<number> {
  const only = flags.result === undefined ? undefined : oneOf("--result", flags.result, ITEM_RESULTS);
  await using records = await openRecords(flags, io.env);
  await reportJob(records, await records.job(id), flags.out, io, only);
  return EXIT.done;
}

export async function resumeJob([id = ""]: readonly string[], flags: Flags, io: Io): Promise<number> {
  await using opened = await openJob(id, flags, io.env, { warn: (message) => io.say(message) });
  return await runAndReport(opened, opened.job, undefined, io);
}

export async function cancelJob([id = ""]: readonly string[], flags: Flags, io: Io): Promise<number> {
  await using records = await openRecords(flags, io.env);
  const job = await records.job(id);
  if (ENDED.includes(job.status)) {
    io.say(`${id} is ${job.status.replaceAll("_", " ")} already`);
    return EXIT.done;
  }
  await records.cancel(id);
  const counts = await records.counts(id);
  io.say(`${id} cancelled; what was sent stays sent: ${countsLine(counts)}`);
  for (const line of leftLines(await records.rowsLeft(job, counts))) io.say(line);
  return EXIT.done;
}
