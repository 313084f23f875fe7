// outdial outcomes pull, runs, verify: once, again and again, or on from where it was left; what was retrieved, and whether the lake still holds it.

import { type ApiClient, type HereOperation, openApi } from "../../app/index.ts";
import { durationText, HOUR_MS, MINUTE_MS } from "../../kernel/index.ts";
import {
  GOES_ON,
  OperationError,
  type RetrievalInput,
  type RetrievalProgress,
  type Rhythm,
  turnsOf,
} from "../../operations/index.ts";
import { type RetrievalVerdict, type RetrievalView, retrievalViewOf, type ScheduleView } from "../../operations/views/index.ts";
import type { OptionsOf, Run } from "../command.ts";
import { EXIT, exitOf } from "../exit.ts";
import type * as declared from "../groups/outcomes.ts";
import type { Io } from "../io.ts";
import { report } from "../report.ts";
import { endedByInterrupt } from "../running.ts";
import { duration, grouped, printable, printableWhole, timeText } from "../text.ts";

const time = (at: string) => at.replace(/\.\d+Z$/, "Z");

/** One line for a terminal. */
function retrievalProgressLine(progress: RetrievalProgress): string {
  const { phase, windows, windowsDone, pages, rows, failures } = progress;
  const what = phase === "watching" ? "run by another process · " : phase === "closing" ? "hashing · " : "";
  const troubles = failures === 0 ? "" : ` · ${grouped(failures)} failed fetches`;
  return `${what}${windowsDone} of ${windows} windows · ${grouped(pages)} pages · ${grouped(rows)} rows${troubles}`;
}

/** `3 bad_end · 1 missing_id`, most frequent first; empty when nothing was quarantined. */
function quarantineLine({ quarantined }: Pick<RetrievalView, "quarantined">): string {
  return Object.entries(quarantined)
    .sort(([, a], [, b]) => b - a)
    .map(([reason, count]) => `${grouped(count)} ${reason}`)
    .join(" · ");
}

const NOT_COUNTED = "whether these are all calls is not known: nothing else counts the calls of this time";

/** The summary of a retrieval. */
function retrievalLines(retrieval: RetrievalView): string[] {
  const { jobId, campaignId, from, to, codes, status, calls, complianceHash, whole, doubt, stop } = retrieval;
  const { attempts, pages, pagesFailed, rows, bytes, windows, windowsDone, unfinished, successRate, latencySeconds } = retrieval;
  const well =
    successRate === null ? "" : ` (${Math.floor(successRate * 10_000) / 100} % of ${grouped(attempts)} requests went well)`;
  const lines = [
    `${jobId} · ${status.replaceAll("_", " ")} · ${printable(campaignId)} · ${time(from)} to ${time(to)}${codes === null ? "" : ` · ${codes.map(printable).join(", ")}`}`,
    `  ${calls === null ? `${grouped(rows)} rows so far` : `${grouped(calls)} calls`} · ${grouped(pages)} pages, ${grouped(pagesFailed)} failed fetches${well} · ${windowsDone} of ${windows} windows · ${grouped(bytes)} bytes${latencySeconds === null ? "" : ` · ${duration(latencySeconds)}`}`,
  ];
  if (unfinished > 0) lines.push(`  ${grouped(unfinished)} calls were still going on; a later retrieval reads them`);
  const poison = quarantineLine(retrieval);
  if (poison !== "") lines.push(`  in quarantine: ${poison} (outdial outcomes runs ${jobId} --quarantine shows them)`);
  if (doubt !== null) lines.push(`  ${printableWhole(doubt)}`);
  else if (complianceHash !== null && whole === null) lines.push(`  ${NOT_COUNTED}`);
  if (complianceHash !== null) lines.push(`  compliance hash ${complianceHash}`);
  if (stop !== null) lines.push(`  ${printable(stop.message)}`, ...(stop.advice === undefined ? [] : [`  ${stop.advice}`]));
  return lines;
}

/** One line for the verdict on a retrieval that has ended, and what is wrong. */
function verdictLines(verdict: RetrievalVerdict): string[] {
  const { jobId, whole, calls, expected, hash, expectedHash, damaged, erased, compared, doubt } = verdict;
  const found = grouped(calls ?? 0);
  const others = [
    ...(compared ?? []).map(({ by, count }) => `  compared with ${by}: ${grouped(count)}`),
    ...((erased ?? 0) > 0
      ? [`  of ${grouped(erased ?? 0)} calls a person was erased: only the digest that they came with is compared`]
      : []),
  ];
  if (whole === true) return [`${jobId} ok · ${found} calls · ${hash}`, ...others];
  if (whole === null && doubt !== null)
    return [`${jobId} unchanged · ${found} calls, ${printableWhole(doubt)} · ${hash}`, ...others];
  if (whole === null)
    return [
      `${jobId} NOT KNOWN · ${found} calls, unchanged, and nothing else counts the calls of this time · ${hash}`,
      ...others,
    ];
  if (doubt !== null && hash === expectedHash) return [`${jobId} SHORT · ${printableWhole(doubt)}`, ...others];
  const lines = [`${jobId} DIFFERS · ${grouped(expected ?? 0)} calls were retrieved, the lake has ${found} of them`];
  const { count, callIds } = damaged ?? { count: 0, callIds: [] };
  if (count > 0) lines.push(`  changed: ${grouped(count)} calls: ${callIds.map(printable).join(", ")}`);
  lines.push(`  recorded ${expectedHash}`, `  now      ${hash}`);
  return lines;
}

type Options = OptionsOf<typeof declared.pull>;

type Api = ApiClient<HereOperation>;

/** A retrieval as the API takes it. */
const askedOf = ({ campaignId, from, to, lastMs, codes, limit }: RetrievalInput) => ({
  campaignId,
  from: timeText(from),
  to: timeText(to),
  ...(lastMs === undefined ? {} : { lastHours: lastMs / HOUR_MS }),
  codes: codes === undefined ? undefined : [...codes],
  limit,
});

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

  if (every !== undefined) {
    const rhythm = { everyMs: every, overlapMs: options.overlap, staggerMs };
    return await repeat(campaigns, { lastMs, codes, limit }, rhythm, options, io);
  }
  await using api = await openApi(options, io, { downloads });
  if (resume !== undefined) return await goOn(api, options, io);
  const { jobId, earlier, warnings } = await api.ask("outcomes.retrieve", { body: askedOf(input) });
  io.say(warnings.map((warning) => `warning: ${warning}`));
  io.say(earlier ? `this retrieval exists as ${jobId} and is continued` : `retrieval ${jobId}`);
  return await runAndReport(api, jobId, io);
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
  await using api = await openApi(options, io);
  const plans = await Promise.all(inputs.map((one) => api.ask("outcomes.plan", { body: askedOf(one) })));
  const planned = plans.map((plan, place) => {
    const { campaignId, codes, limit, warnings, windows } = plan;
    const firstAt = turns?.[place];
    const json = { ...plan, ...(firstAt !== undefined && { firstAt: timeText(firstAt) }) };
    const lines = windows.map(({ from, to }) => `${from}  ${to}  ${codes?.join(",") ?? "all codes"}  pages of ${limit}`);
    const head =
      firstAt === undefined
        ? []
        : [`${printable(campaignId)}: first at ${timeText(firstAt)}, then every ${durationText(rhythm?.everyMs ?? 0)}`];
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

async function goOn(api: Api, { resume, campaign }: Options, io: Io): Promise<number> {
  const retrieval =
    typeof resume === "string"
      ? await api.ask("outcomes.retrieval", { params: { id: resume } })
      : await unended(api, campaign[0]);
  if (retrieval === undefined) {
    io.say("no retrieval was interrupted");
    await io.answer({ retrieval: null }, []);
    return EXIT.done;
  }
  const { jobId, windows, windowsDone } = retrieval;
  io.say(`continuing ${jobId}: ${windowsDone} of ${windows} windows are done`);
  await api.ask("jobs.resume", { params: { id: jobId } });
  return runAndReport(api, jobId, io);
}

/** The newest that has not ended, of one campaign or of all. */
async function unended(api: Api, campaign: string | undefined): Promise<RetrievalView | undefined> {
  for await (const one of api.items("outcomes.retrievals", { query: { campaign } }))
    if (one.status === "stopped" || GOES_ON.some((status) => status === one.status)) return one;
  return undefined;
}

async function runAndReport(api: Api, jobId: string, io: Io): Promise<number> {
  using _listening = endedByInterrupt(io, api);
  const ended = await api.follow(
    "outcomes.retrieval",
    { params: { id: jobId } },
    {
      job: jobId,
      ended: ({ status }) => !GOES_ON.some((one) => one === status),
      onLook: ({ pagesFailed: failures, ...seen }, elsewhere) =>
        io.progress(retrievalProgressLine({ ...seen, failures, phase: elsewhere ? "watching" : "reading" })),
      again: `outdial outcomes runs ${jobId}`,
    },
  );
  io.say(retrievalLines(ended));
  const why = ended.calls === 0 ? (await api.ask("outcomes.doubt", { params: { campaign: ended.campaignId } })).doubt : null;
  if (why !== null) io.say(`warning: ${printableWhole(why)}`);
  await io.answer({ retrieval: ended }, `${ended.jobId} ${ended.status}`);
  return exitOfRetrieval(ended);
}

/** 0: all that the tenant listed was read. Whether these were all calls is told, and judged by a check: a run of long ago is counted by nothing on most tenants. */
function exitOfRetrieval({ status, stop }: RetrievalView): number {
  if (status === "done") return EXIT.done;
  if (status === "partly_failed") return EXIT.partlyFailed;
  if (status === "running" || status === "ready") return EXIT.interrupted;
  return stop === null ? EXIT.failed : exitOf(stop.code);
}

/** Sets schedules. A service retrieves by them; without one this process does, until it is interrupted. */
async function repeat(
  campaigns: readonly string[],
  input: Omit<RetrievalInput, "campaignId">,
  rhythm: Rhythm,
  options: Options,
  io: Io,
): Promise<number> {
  await using api = await openApi(options, io, { downloads: options.downloads });
  const { lastMs: firstMs, codes, limit } = input;
  const { everyMs, overlapMs = HOUR_MS, staggerMs } = rhythm;
  const body = {
    campaigns: [...campaigns],
    everyMinutes: everyMs / MINUTE_MS,
    overlapMinutes: overlapMs / MINUTE_MS,
    ...(staggerMs === undefined ? {} : { staggerMinutes: staggerMs / MINUTE_MS }),
    ...(firstMs === undefined ? {} : { firstHours: firstMs / HOUR_MS }),
    codes: codes === undefined ? undefined : [...codes],
    limit,
  };
  const { warnings } = await api.ask("outcomes.scheduleAll", { body });
  io.say(warnings.map((warning) => `warning: ${warning}`));
  const one = campaigns.length === 1;
  const { runSchedules } = api;
  const who = runSchedules === undefined ? "the service" : "this process";
  const until = runSchedules === undefined ? "" : ", until it is interrupted";
  io.say(
    `${one ? "the schedule is" : `${campaigns.length} schedules are`} set; ${who} retrieves whenever ${one ? "it" : "one"} falls due${until}`,
  );
  const set = (await api.list("outcomes.schedules", {})).filter(({ campaignId }) => campaigns.includes(campaignId));
  if (runSchedules === undefined) {
    await io.answer({ schedules: set }, set.map(scheduleLine));
    return EXIT.done;
  }
  if (!one) io.say(set.map(scheduleLine));
  using _listening = endedByInterrupt(io, api);
  await runSchedules({
    campaignIds: campaigns,
    onProgress: (progress) => io.progress(retrievalProgressLine(progress)),
    onRun: async (run) => {
      // One that failed is told of and tried again when it next falls due.
      if ("failed" in run) return void (await report(run.failed, io));
      const retrieval = retrievalViewOf(run.retrieval);
      io.say(retrievalLines(retrieval));
      await io.answer({ retrieval }, `${retrieval.jobId} ${retrieval.status}`);
    },
  });
  return EXIT.interrupted;
}

async function endSchedules(campaignIds: readonly string[], options: Options, io: Io): Promise<void> {
  await using api = await openApi(options, io);
  for (const campaign of campaignIds) {
    const { removed } = await api.ask("outcomes.unschedule", { params: { campaign } });
    io.say(removed ? `the schedule of ${campaign} is ended; what was retrieved stays` : `${campaign} has no schedule`);
  }
}

const scheduleLine = ({ campaignId, everyMs, nextAt }: ScheduleView) =>
  `scheduled: ${printable(campaignId)} every ${durationText(everyMs)}, next at ${nextAt}`;

export const runs: Run<typeof declared.runs> = async ({ args: { id }, options, io }) => {
  const { campaign, limit: most, quarantine } = options;
  await using api = await openApi(options, io);
  const show = (job: string) => api.ask("outcomes.retrieval", { params: { id: job } });
  if (quarantine) {
    if (id === undefined) throw new OperationError("invalid_input", "--quarantine needs the id of a retrieval");
    await show(id);
    const rows = await Array.fromAsync(api.lines("outcomes.quarantine", { params: { id } }));
    for (const row of rows) await io.data(JSON.stringify(row));
    return io.say(`${rows.length} rows are in quarantine`);
  }
  const shown = id === undefined ? await api.list("outcomes.retrievals", { query: { campaign }, most }) : [await show(id)];
  const schedules = id === undefined ? await api.list("outcomes.schedules", {}) : [];
  await io.answer({ items: shown, schedules }, [...shown.flatMap(retrievalLines), ...schedules.map(scheduleLine)]);
  if (shown.length === 0 && !io.json) io.say("nothing was retrieved yet");
};

/** All calls of the retrieval are read. */
const VERIFY_MS = 30 * MINUTE_MS;

export const verify: Run<typeof declared.verify> = async ({ args: { id }, options, io }) => {
  await using api = await openApi(options, io);
  const wanted =
    id === undefined ? (await api.list("outcomes.retrievals", { most: options.limit })).map(({ jobId }) => jobId) : [id];
  const items: RetrievalVerdict[] = [];
  for (const jobId of wanted) {
    const verdict = await api.ask("outcomes.verify", { params: { id: jobId }, withinMs: VERIFY_MS });
    items.push(verdict);
    if (!verdict.ended) io.say(`${jobId} has not ended; there is nothing to compare with yet`);
    else if (!io.json) await io.data(verdictLines(verdict));
  }
  if (items.length === 0) io.say("nothing was retrieved yet: there is nothing to compare");
  const ok = items.length > 0 && items.every(({ ended, whole }) => ended && whole === true);
  await io.answer({ ok, items }, []);
  return ok ? EXIT.done : items.some(({ whole }) => whole === false) ? EXIT.failed : EXIT.partlyFailed;
};
