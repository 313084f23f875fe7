// outdial outcomes pull: once, again and again, or on from where it was left.

import { type OutcomesRuntime, openOutcomes, planRetrieval } from "../../app/index.ts";
import { OperationError } from "../../operations/index.ts";
import type { Retrieval } from "../../store/index.ts";
import { EXIT, exitOf } from "../exit.ts";
import type { Io } from "../io.ts";
import type { GlobalFlags } from "../options.ts";
import { wholeNumber } from "../options.ts";
import { retrievalLines, retrievalProgressLine } from "../render-outcomes.ts";
import { report } from "../report.ts";
import { endedByInterrupt } from "../running.ts";
import { instant, span, words } from "../time-options.ts";

interface PullFlags extends GlobalFlags {
  readonly campaign?: string;
  readonly from?: string;
  readonly to?: string;
  readonly last?: string;
  readonly codes?: string;
  readonly limit: string;
  readonly every?: string;
  readonly overlap: string;
  readonly resume?: string | true;
  readonly dryRun?: boolean;
  readonly tenantUrl?: string;
  readonly databaseUrl?: string;
}

/** What goes on with a retrieval or ends a schedule needs the store that knows it. */
const FIND = { store: { make: false } };

export async function pull(_args: readonly string[], flags: PullFlags, io: Io): Promise<number> {
  const input = {
    campaignId: flags.campaign ?? "",
    from: instant("--from", flags.from),
    to: instant("--to", flags.to),
    lastMs: span("--last", flags.last),
    codes: words(flags.codes),
    limit: wholeNumber("--limit", flags.limit, 1, 5000),
  };
  if (flags.campaign === undefined && flags.resume === undefined)
    throw new OperationError("invalid_input", "--campaign is needed, or --resume");
  if (flags.resume !== undefined && flags.every !== undefined)
    throw new OperationError("invalid_input", "--resume and --every exclude each other: a schedule goes on by itself");
  if (flags.dryRun === true) return dryRun(input, io);
  if (flags.every !== undefined && (input.from !== undefined || input.to !== undefined))
    throw new OperationError("invalid_input", "--every takes no --from and --to; --last says how far back the first time goes");
  if (flags.every === "off") return endSchedule(input.campaignId, flags, io);
  const everyMs = span("--every", flags.every);
  const overlapMs = span("--overlap", flags.overlap) ?? 0;

  const opening = flags.resume === undefined ? flags : { ...flags, ...FIND };
  await using runtime = await openOutcomes(opening, io.env, { warn: (message) => io.say(message) });
  using _listening = endedByInterrupt(io, runtime);
  if (flags.resume !== undefined) return await goOn(runtime, flags, io);
  const { request, warnings } = await runtime.retrieving.check(input);
  for (const warning of warnings) io.say(`warning: ${warning}`);
  if (everyMs === undefined) {
    const { retrieval, earlier } = await runtime.retrieving.submit(request);
    if (earlier) io.say(`this retrieval is known as ${retrieval.jobId}; going on with it`);
    return await runAndReport(runtime, retrieval, io);
  }
  const { campaignId, codes, limit: pageLimit } = request;
  await runtime.setSchedule({ campaignId, codes, pageLimit, everyMs, overlapMs, firstMs: request.to - request.from });
  return await repeat(runtime, campaignId, io);
}

async function dryRun(input: Parameters<typeof planRetrieval>[0], io: Io): Promise<number> {
  const { request, warnings, windows } = planRetrieval(input, io.clock.now());
  const text = (at: number) => new Date(at).toISOString();
  for (const warning of warnings) io.say(`warning: ${warning}`);
  const shown = windows.map(({ from, to }) => ({ from: text(from), to: text(to) }));
  if (io.json) await io.data(JSON.stringify({ ...request, from: text(request.from), to: text(request.to), windows: shown }));
  else
    for (const { from, to } of shown)
      await io.data(`${from}  ${to}  ${request.codes?.join(",") ?? "all codes"}  pages of ${request.limit}`);
  io.say(`dry run: ${windows.length} windows, at least ${windows.length} requests; nothing was sent`);
  return EXIT.done;
}

async function goOn(runtime: OutcomesRuntime, flags: PullFlags, io: Io): Promise<number> {
  const retrieval =
    typeof flags.resume === "string"
      ? await runtime.retrieving.find(flags.resume)
      : await runtime.retrieving.unended(flags.campaign);
  if (retrieval === undefined) {
    io.say("nothing was interrupted");
    if (io.json) await io.data(JSON.stringify({ retrieval: null }));
    return EXIT.done;
  }
  io.say(`going on with ${retrieval.jobId}: ${retrieval.totals.windowsDone} of ${retrieval.totals.windows} windows are done`);
  return runAndReport(runtime, retrieval, io);
}

async function runAndReport(runtime: OutcomesRuntime, retrieval: Retrieval, io: Io): Promise<number> {
  const ended = await runtime.retrieving.run(retrieval.jobId, (progress) => io.progress(retrievalProgressLine(progress)));
  for (const line of retrievalLines(ended)) io.say(line);
  if (io.json) await io.data(JSON.stringify({ retrieval: ended }));
  else await io.data(`${ended.jobId} ${ended.status}`);
  return exitOfRetrieval(ended);
}

function exitOfRetrieval({ status, error }: Retrieval): number {
  if (status === "done") return EXIT.done;
  if (status === "partly_failed") return EXIT.partlyFailed;
  if (status === "running" || status === "ready") return EXIT.interrupted;
  return typeof error === "object" && error !== null && "code" in error ? exitOf(String(error.code)) : EXIT.failed;
}

async function repeat(runtime: OutcomesRuntime, campaignId: string, io: Io): Promise<number> {
  io.say("the schedule is set; this process retrieves whenever it falls due, until it is interrupted");
  await runtime.runSchedules({
    campaignId,
    onProgress: (progress) => io.progress(retrievalProgressLine(progress)),
    onRun: async (run) => {
      // One that failed is told of and tried again when it next falls due.
      if ("failed" in run) return void (await report(run.failed, io));
      for (const line of retrievalLines(run.retrieval)) io.say(line);
      await io.data(io.json ? JSON.stringify({ retrieval: run.retrieval }) : `${run.retrieval.jobId} ${run.retrieval.status}`);
    },
  });
  return EXIT.interrupted;
}

async function endSchedule(campaignId: string, flags: PullFlags, io: Io): Promise<number> {
  const { openOutcomeRecords } = await import("../../app/index.ts");
  await using records = await openOutcomeRecords({ ...flags, ...FIND }, io.env);
  const removed = await records.removeSchedule(campaignId);
  io.say(removed ? `the schedule of ${campaignId} is ended; what was retrieved stays` : `${campaignId} has no schedule`);
  return EXIT.done;
}
