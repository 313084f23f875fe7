// outdial jobs: list, show, resume, cancel.

import { openApi } from "../../app/index.ts";
import { ENDED, jobFiltersIn } from "../../operations/index.ts";
import type { JobSummary } from "../../operations/views/index.ts";
import type { Run } from "../command.ts";
import { EXIT } from "../exit.ts";
import type * as declared from "../groups/jobs.ts";
import { withOutput } from "../output.ts";
import { countsLine, leftLines, pushLine } from "../render-tagging.ts";
import { followJob, reportJob } from "../run-job.ts";
import { table } from "../table.ts";
import { grouped } from "../text.ts";

export const listJobs: Run<typeof declared.listJobs> = async ({ options, io }) => {
  await using api = await openApi(options, io);
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
  return await withOutput(out, io, async (output) => {
    await using api = await openApi(options, io);
    const job = wait ? await followJob(api, args.id, io) : await api.ask("jobs.show", { params: args });
    const exit = await reportJob(api, job, { output, only }, io);
    return wait ? exit : EXIT.done;
  });
};

export const resumeJob: Run<typeof declared.resumeJob> = async ({ args, options, io }) => {
  await using api = await openApi(options, io);
  await api.ask("jobs.resume", { params: args });
  return await reportJob(api, await followJob(api, args.id, io), {}, io);
};

export const cancelJob: Run<typeof declared.cancelJob> = async ({ args: { id }, options, io }) => {
  await using api = await openApi(options, io);
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
