// outdial jobs: list, show, resume, cancel.

import { openJob, openRecords } from "../../app/index.ts";
import { ENDED } from "../../operations/index.ts";
import type { Run } from "../command.ts";
import type * as declared from "../groups/jobs.ts";
import { countsLine, leftLines } from "../render-tagging.ts";
import { reportJob, runAndReport } from "../run-job.ts";
import { grouped, printable } from "../text.ts";

export const listJobs: Run<typeof declared.listJobs> = async ({ options, io }) => {
  await using records = await openRecords(options, io.env);
  const jobs = await records.jobs(options.limit);
  await io.answer(
    { jobs },
    async () => {
      const lines: string[] = [];
      for (const job of jobs)
        lines.push(
          `${job.id}  ${job.status.padEnd(13)} ${job.createdAt.toISOString()}  ${job.campaignId ?? job.kind}  ${printable(job.sourceName)}  ${grouped(job.totalRows)} rows: ${countsLine(await records.counts(job.id))}`,
        );
      return lines;
    },
    "no jobs yet",
  );
};

export const showJob: Run<typeof declared.showJob> = async ({ args, options, io }) => {
  await using records = await openRecords(options, io.env);
  await reportJob(records, await records.job(args.id), options.out, io, options.result);
};

export const resumeJob: Run<typeof declared.resumeJob> = async ({ args, options, io }) => {
  await using opened = await openJob(args.id, options, io.env, { warn: io.say });
  return await runAndReport(opened, opened.job, undefined, io);
};

export const cancelJob: Run<typeof declared.cancelJob> = async ({ args: { id }, options, io }) => {
  await using records = await openRecords(options, io.env);
  const job = await records.job(id);
  if (ENDED.includes(job.status)) return io.say(`${id} is ${job.status.replaceAll("_", " ")} already`);
  await records.cancel(id);
  const counts = await records.counts(id);
  io.say([`${id} cancelled; what was sent stays sent: ${countsLine(counts)}`, ...leftLines(await records.rowsLeft(job, counts))]);
};
