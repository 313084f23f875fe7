// outdial outcomes pull, runs, verify: once, again and again, or on from where it was left; what was retrieved, and whether the lake still holds it.

import { type OutcomeRecords, type OutcomesRuntime, openOutcomeRecords, openOutcomes, planRetrievals } from "../../app/index.ts";
import { durationText } from "../../kernel/index.ts";
import { OperationError, type RetrievalInput, type Rhythm, turnsOf } from "../../operations/index.ts";
import { type RetrievalVerdict, retrievalViewOf, scheduleViewOf, verdictViewOf } from "../../operations/views/index.ts";
import type { Retrieval, RetrievalSchedule } from "../../store/index.ts";
import type { OptionsOf, Run } from "../command.ts";
import { EXIT, exitOf } from "../exit.ts";
import type * as declared from "../groups/outcomes.ts";
import type { Io } from "../io.ts";
import { retrievalLines, retrievalProgressLine, verdictLines } from "../render-outcomes.ts";
import { report } from "../report.ts";
import { endedByInterrupt } from "../running.ts";
import { printable, timeText } from "../text.ts";

type Options = OptionsOf<typeof declared.pull>;

export const pull: Run<typeof declared.pull> = async ({ options, io }) => {
  const { from, to, last: lastMs, codes, limit, every, resume, stagger: staggerMs, downloads } = options;
  const campaigns = [...new Set(options.campaign)];
  const input = { campaignId: campaigns[0] ?? "", from, to, lastMs, codes, limit };
  if (campaigns.length === 0 && resume === undefined)
    throw new OperationError("invalid_input", "--campaign is needed, or --resume");
  if (campaigns.length > 1 && every === undefined)
    throw new OperationError(
      "invalid_input",
      "several campaigns can only be retrieved with --every; add it, or name one --campaign",
    );
  if (staggerMs !== undefined && (every === undefined || every === "off" || campaigns.length < 2))
    throw new OperationError(
      "invalid_input",
      "--stagger is the time between the starts of several campaigns; it needs --every and at least two --campaign",
    );
  if (resume !== undefined && every !== undefined)
    throw new OperationError("invalid_input", "--resume and --every exclude each other: a schedule continues by itself");
  if (every !== undefined && (from !== undefined || to !== undefined))
    throw new OperationError(
      "invalid_input",
      "--every cannot be used with --from and --to; --last sets how far back the first retrieval goes",
    );
  if (every === "off" && options.dryRun) {
    io.say("dry run: no retrieval is asked for, and no schedule was ended");
    return EXIT.done;
  }
  if (options.dryRun)
    return dryRun(
      campaigns,
      input,
      every === undefined || every === "off" ? undefined : { everyMs: every, staggerMs },
      options,
      io,
    );
  if (every === "off") return endSchedules(campaigns, options, io);

  await using runtime = await openOutcomes(options, io.env, { warn: io.say, downloads });
  using _listening = endedByInterrupt(io, runtime);
  if (resume !== undefined) return await goOn(runtime, options, io);
  if (every !== undefined) {
    const rhythm = { everyMs: every, overlapMs: options.overlap, staggerMs };
    const warnings = await runtime.setSchedules(campaigns, { lastMs, codes, limit }, rhythm);
    io.say(warnings.map((warning) => `warning: ${warning}`));
    return await repeat(runtime, campaigns, io);
  }
  const { request, warnings } = await runtime.retrieving.check(input);
  io.say(warnings.map((warning) => `warning: ${warning}`));
  const { retrieval, earlier } = await runtime.retrieving.submit(request);
  if (earlier) io.say(`this retrieval exists as ${retrieval.jobId} and is continued`);
  return await runAndReport(runtime, retrieval, io);
};

/** What would be asked for: of one campaign its windows, of several with a rhythm each one's, and when its first turn is. */
async function dryRun(
  campaigns: readonly string[],
  input: RetrievalInput,
  rhythm: Pick<Rhythm, "everyMs" | "staggerMs"> | undefined,
  options: Options,
  io: Io,
): Promise<void> {
  const now = io.clock.now();
  const turns = rhythm === undefined ? undefined : turnsOf(campaigns.length, rhythm, now);
  const inputs = (campaigns.length === 0 ? [input.campaignId] : campaigns).map((campaignId) => ({ ...input, campaignId }));
  const plans = await planRetrievals(options, io.env, inputs, now);
  const planned = plans.map(({ request, warnings, windows }, place) => {
    const shown = windows.map(({ from, to }) => ({ from: timeText(from), to: timeText(to) }));
    const firstAt = turns?.[place];
    const json = {
      ...request,
      from: timeText(request.from),
      to: timeText(request.to),
      ...(firstAt !== undefined && { firstAt: timeText(firstAt) }),
      windows: shown,
    };
    const lines = shown.map(
      ({ from, to }) => `${from}  ${to}  ${request.codes?.join(",") ?? "all codes"}  pages of ${request.limit}`,
    );
    const head =
      firstAt === undefined
        ? []
        : [`${printable(request.campaignId)}: first at ${timeText(firstAt)}, then every ${durationText(rhythm?.everyMs ?? 0)}`];
    return { json, lines: [...head, ...lines], warnings, windows: windows.length };
  });
  const [only] = planned;
  io.say([...new Set(planned.flatMap(({ warnings }) => warnings))].map((warning) => `warning: ${warning}`));
  await io.answer(
    planned.length === 1 && only !== undefined ? only.json : { items: planned.map(({ json }) => json) },
    planned.flatMap(({ lines }) => lines),
  );
  const windows = planned.reduce((sum, one) => sum + one.windows, 0);
  io.say(`dry run: ${windows} windows, at least ${windows} requests; nothing was sent`);
}

async function goOn(runtime: OutcomesRuntime, { resume, campaign }: Options, io: Io): Promise<number> {
  const { retrieving } = runtime;
  const retrieval = typeof resume === "string" ? await retrieving.find(resume) : await retrieving.unended(campaign[0]);
  if (retrieval === undefined) {
    io.say("no retrieval was interrupted");
    await io.answer({ retrieval: null }, []);
    return EXIT.done;
  }
  io.say(`continuing ${retrieval.jobId}: ${retrieval.totals.windowsDone} of ${retrieval.totals.windows} windows are done`);
  return runAndReport(runtime, retrieval, io);
}

async function runAndReport(
  { retrieving, doubt }: Pick<OutcomesRuntime, "retrieving" | "doubt">,
  retrieval: Retrieval,
  io: Io,
): Promise<number> {
  const ended = await retrieving.run(retrieval.jobId, (progress) => io.progress(retrievalProgressLine(progress)));
  io.say(retrievalLines(ended));
  const why = ended.calls === 0 ? await doubt(ended.campaignId) : undefined;
  if (why !== undefined) io.say(`warning: ${printable(why)}`);
  await io.answer({ retrieval: retrievalViewOf(ended) }, `${ended.jobId} ${ended.status}`);
  return exitOfRetrieval(ended);
}

function exitOfRetrieval({ status, error }: Retrieval): number {
  if (status === "done") return EXIT.done;
  if (status === "partly_failed") return EXIT.partlyFailed;
  if (status === "running" || status === "ready") return EXIT.interrupted;
  return typeof error === "object" && error !== null && "code" in error ? exitOf(String(error.code)) : EXIT.failed;
}

async function repeat(runtime: OutcomesRuntime, campaignIds: readonly string[], io: Io): Promise<number> {
  const one = campaignIds.length === 1;
  io.say(
    `${one ? "the schedule is" : `${campaignIds.length} schedules are`} set; this process retrieves whenever ${one ? "it" : "one"} falls due, until it is interrupted`,
  );
  const set = (await runtime.schedules()).filter(({ campaignId }) => campaignIds.includes(campaignId));
  if (!one) io.say(set.map(scheduleLine));
  await runtime.runSchedules({
    campaignIds,
    onProgress: (progress) => io.progress(retrievalProgressLine(progress)),
    onRun: async (run) => {
      // One that failed is told of and tried again when it next falls due.
      if ("failed" in run) return void (await report(run.failed, io));
      const { retrieval } = run;
      io.say(retrievalLines(retrieval));
      await io.answer({ retrieval: retrievalViewOf(retrieval) }, `${retrieval.jobId} ${retrieval.status}`);
    },
  });
  return EXIT.interrupted;
}

async function endSchedules(campaignIds: readonly string[], options: Options, io: Io): Promise<void> {
  await using records = await openOutcomeRecords(options, io.env);
  for (const campaignId of campaignIds) {
    const removed = await records.removeSchedule(campaignId);
    io.say(removed ? `the schedule of ${campaignId} is ended; what was retrieved stays` : `${campaignId} has no schedule`);
  }
}

const scheduleLine = ({ campaignId, everyMs, nextAt }: RetrievalSchedule) =>
  `scheduled: ${printable(campaignId)} every ${durationText(everyMs)}, next at ${timeText(nextAt)}`;

export const runs: Run<typeof declared.runs> = async ({ args: { id }, options, io }) => {
  const { campaign: campaignId, limit, quarantine } = options;
  await using records = await openOutcomeRecords(options, io.env);
  if (quarantine) {
    if (id === undefined) throw new OperationError("invalid_input", "--quarantine needs the id of a retrieval");
    return showQuarantine(records, await one(records, id), io);
  }
  const shown = id === undefined ? await records.retrievals({ limit, campaignId }) : [await one(records, id)];
  const schedules = id === undefined ? await records.schedules() : [];
  await io.answer({ items: shown.map(retrievalViewOf), schedules: schedules.map(scheduleViewOf) }, [
    ...shown.flatMap(retrievalLines),
    ...schedules.map(scheduleLine),
  ]);
  if (shown.length === 0 && !io.json) io.say("nothing was retrieved yet");
};

async function showQuarantine(records: OutcomeRecords, { jobId, campaignId }: Retrieval, io: Io): Promise<void> {
  const rows = await records.lake.query<Record<string, unknown>>(
    "SELECT reason, detail, call_id, observed_at, row FROM quarantine WHERE run_id = $1 ORDER BY observed_at, row",
    [jobId],
    { campaignId },
  );
  for (const row of rows) await io.data(JSON.stringify({ ...row, observed_at: timeText(Number(row["observed_at"])) }));
  io.say(`${rows.length} rows are in quarantine`);
}

export const verify: Run<typeof declared.verify> = async ({ args: { id }, options, io }) => {
  await using records = await openOutcomeRecords(options, io.env);
  const wanted = id === undefined ? await records.retrievals({ limit: options.limit }) : [await one(records, id)];
  const items: RetrievalVerdict[] = [];
  for (const retrieval of wanted) {
    const verdict = await records.verify(retrieval);
    items.push(verdictViewOf(retrieval.jobId, verdict));
    if (verdict === undefined) io.say(`${retrieval.jobId} has not ended; there is nothing to compare with yet`);
    else if (!io.json) await io.data(verdictLines(verdict));
  }
  const ok = items.every(({ whole }) => whole !== false);
  await io.answer({ ok, items }, []);
  return ok ? EXIT.done : EXIT.failed;
};

async function one(records: OutcomeRecords, id: string): Promise<Retrieval> {
  const found = await records.retrieval(id);
  if (found !== undefined) return found;
  throw new OperationError("job_not_found", `there is no retrieval ${id}`, {
    advice: "outdial outcomes runs shows the retrievals of this store.",
  });
}
