// outdial jobs: list, show, resume, cancel.

import { openApi, openJob } from "../../app/index.ts";
import { ENDED, GOES_ON, jobFiltersIn } from "../../operations/index.ts";
import type { JobDetail, JobSummary } from "../../operations/views/index.ts";
import type { Run } from "../command.ts";
import { EXIT } from "../exit.ts";
import type * as declared from "../groups/jobs.ts";
import type { Io } from "../io.ts";
import { withOutput } from "../output.ts";
import { countsLine, leftLines, Pace, pushLine } from "../render-tagging.ts";
import { reportJob, runJob, serviceJobs } from "../run-job.ts";
import { table } from "../table.ts";
import { duration, grouped } from "../text.ts";

export const listJobs: Run<typeof declared.listJobs> = async ({ options, io }) => {
  await using api = openApi(options, io);
  const items = await api.list("jobs.list", { query: jobFiltersIn(options), most: options.limit });
  await io.answer({ items }, JOBS.lines(items, io.width, io.colour), "no jobs yet");
};

/** Kinds whose name needs a text. */
const KIND_WORDS: Readonly<Record<string, string>> = { "dialer-change": "dialer settings", "campaign-apply": "campaigns" };

const JOBS = table<JobSummary>(
  [
    { title: "id", value: ({ id }) => id, isWhole: true },
    { title: "status", value: ({ status }) => status, least: 13, isState: true },
    { title: "createdAt", value: ({ createdAt }) => createdAt },
    { title: "campaign", value: ({ campaignId, kind }) => campaignId ?? KIND_WORDS[kind] ?? kind },
    { title: "source", value: ({ sourceName }) => sourceName },
    {
      title: "rows",
      value: ({ kind, totalRows, counts }) =>
        totalRows === null ? (KIND_WORDS[kind] ?? kind) : `${grouped(totalRows)} rows: ${countsLine(counts)}`,
    },
  ],
  { heads: false },
);

export const showJob: Run<typeof declared.showJob> = async ({ args, options, io }) => {
  const { out, result: only, wait } = options;
  const jobs = wait ? serviceJobs(options, io) : undefined;
  return await withOutput(out, io, async (output) => {
    if (jobs !== undefined) return await reportJob(jobs.records, await runJob(jobs, args, io), { output, only }, io);
    await using api = openApi(options, io);
    const rows = (id: string) => Promise.resolve({ rows: api.lines("jobs.rows", { params: { id }, query: { result: only } }) });
    const show = () => api.ask("jobs.show", { params: args });
    const exit = await reportJob({ rows }, wait ? await waited(args.id, show, io) : await show(), { output, only }, io);
    return wait ? exit : EXIT.done;
  });
};

/** Follows a job that another process runs until it has ended or stopped. */
async function waited(id: string, show: () => Promise<JobDetail>, io: Io): Promise<JobDetail> {
  const { signal } = io;
  const pace = new Pace();
  let told = false;
  for (;;) {
    const job = await show();
    if (!GOES_ON.includes(job.status)) return job;
    if (!told) io.say(`${id} is ${job.status}; waiting for its end`);
    told = true;
    const { totalRows, counts, done } = job;
    const speed = totalRows === null ? undefined : pace.note(performance.now(), done, totalRows);
    const left = speed === undefined ? "" : ` · ${duration(speed.secondsLeft)} left`;
    io.progress(
      `${id} ${job.status}: ${grouped(done)}/${totalRows === null ? "?" : grouped(totalRows)}${left} · ${countsLine(counts)}`,
    );
    await io.clock.sleep(LOOK_MS, signal);
  }
}

const LOOK_MS = 1000;

export const resumeJob: Run<typeof declared.resumeJob> = async ({ args, options, io }) => {
  const jobs = serviceJobs(options, io);
  if (jobs !== undefined) return await reportJob(jobs.records, await runJob(jobs, await jobs.resume(args.id), io), {}, io);
  await using job = await openJob(args.id, options, io.env, { warn: io.say });
  return await reportJob(job.records, await runJob(job, job.job, io), {}, io);
};

export const cancelJob: Run<typeof declared.cancelJob> = async ({ args: { id }, options, io }) => {
  await using api = openApi(options, io);
  const before = await api.ask("jobs.show", { params: { id } });
  if (ENDED.some((status) => status === before.status)) {
    io.say(`${id} is ${before.status.replaceAll("_", " ")} already`);
    return await io.answer({ ...before, result: "already" }, []);
  }
  const job = await api.ask("jobs.cancel", { params: { id } });
  const { push } = job;
  const sent = push === null ? `: ${countsLine(job.counts)}` : "";
  io.say([`${id} cancelled; rows that were sent are not undone${sent}`, ...(push === null ? leftLines(job) : [pushLine(push)])]);
  await io.answer({ ...job, result: "cancelled" }, []);
};
