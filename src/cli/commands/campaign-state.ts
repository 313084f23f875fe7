// outdial campaign status, pause, stops, resume.

import {
  Following,
  openCampaignStates,
  openStopRecords,
  pauseOverService,
  ServiceCampaigns,
  stopCampaigns,
  stopOverService,
  stopRecordsOf,
} from "../../app/index.ts";
import { formatInstant } from "../../compliance/index.ts";
import { messageOf, nearest, OutdialError } from "../../kernel/index.ts";
import {
  dncWords,
  OperationError,
  type ResumeReport,
  type StateChange,
  type StopReport,
  suggesting,
} from "../../operations/index.ts";
import {
  type CampaignStatus,
  type CampaignStatusList,
  type EmergencyStop,
  gateLookOf,
  type StopResult,
} from "../../operations/views/index.ts";
import { TenantError } from "../../tenant/index.ts";
import type { OptionsOf, Run } from "../command.ts";
import { answerWaits, confirmed } from "../confirm.ts";
import { EXIT, exitOf } from "../exit.ts";
import type * as declared from "../groups/campaign.ts";
import type { Io } from "../io.ts";
import { gateWords, HEALTH, healthLines } from "../render-campaign-state.ts";
import { againstWords, effectLines } from "../render-verb.ts";
import { table } from "../table.ts";
import { grouped, printable } from "../text.ts";

/** Contacts of a list that are looked at: of one campaign, of each of many. */
const CONTACTS_OF_ONE = 1_000;
const CONTACTS_OF_MANY = 100;
/** What figures are measured over. */
const WINDOW_MINUTES = 30;
/** Campaigns read at once. */
const AT_ONCE = 4;

export const status: Run<typeof declared.status> = async ({ args: { id }, options, io }) => {
  const { watch, every } = options;
  const { signal } = io;
  try {
    await using campaigns = await statusesOf(options, io);
    for (let first = true; ; first = false) {
      const list = await campaigns.read(id, first);
      await show(list, id !== undefined, io);
      if (!watch) return codeOf(list);
      await io.clock.sleep(every, signal);
    }
  } catch (thrown) {
    // A watch ends by being interrupted.
    if (signal.aborted && watch) return EXIT.done;
    throw thrown;
  }
};

/** Where campaigns are read: of the tenant, or of a service. */
interface Statuses extends AsyncDisposable {
  /** @param first nothing was read before */
  readonly read: (id: string | undefined, first: boolean) => Promise<CampaignStatusList>;
}

async function statusesOf(options: OptionsOf<typeof declared.status>, io: Io): Promise<Statuses> {
  const { service, watch, window = WINDOW_MINUTES, contacts } = options;
  const { signal } = io;
  if (service !== undefined) {
    if (options.window !== undefined || contacts !== undefined)
      throw new OperationError("invalid_input", "--window and --contacts do not go through a service: it looks by its own");
    const campaigns = new ServiceCampaigns(service);
    const following = new Following({ clock: io.clock, warn: io.say });
    signal.addEventListener("abort", () => following.interrupt(), { once: true });
    const read: Statuses["read"] = (id, fresh) => campaigns.statuses(id, { fresh, signal });
    return {
      // A look that a restart of the service spoils is made again; only the first says at once that it does not answer.
      read: (id, first) => (watch && !first ? following.patiently(() => read(id, false)) : read(id, first)),
      [Symbol.asyncDispose]: () => Promise.resolve(),
    };
  }
  const states = await openCampaignStates(options, io.env);
  const one = async (id: string, most: number) => {
    const health = await states.health.read(id, { windowMinutes: window, contacts: contacts ?? most, call: { signal } });
    return states.statusOf(health, { signal });
  };
  const read = async (id: string | undefined) =>
    id === undefined
      ? inTurns(await states.list({ signal }), (campaign) => one(campaign, CONTACTS_OF_MANY))
      : [
          await suggesting(
            id,
            () => states.list(),
            () => one(id, CONTACTS_OF_ONE),
          ),
        ];
  return {
    read: async (id) => ({ items: await read(id), next: null, asOf: new Date(io.clock.now()).toISOString(), failed: null }),
    [Symbol.asyncDispose]: () => states[Symbol.asyncDispose](),
  };
}

/** A campaign that was deleted since the list was read is left out. */
async function inTurns(ids: readonly string[], read: (id: string) => Promise<CampaignStatus>): Promise<CampaignStatus[]> {
  const waiting = [...ids.entries()];
  const found = new Map<number, CampaignStatus>();
  const worker = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const [place, id] = next;
      try {
        found.set(place, await read(id));
      } catch (thrown) {
        if (ids.length === 1 || !(thrown instanceof TenantError) || thrown.code !== "not_found") throw thrown;
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, ids.length) }, worker));
  return [...found].sort(([a], [b]) => a - b).map(([, status]) => status);
}

async function show(list: CampaignStatusList, one: boolean, io: Io): Promise<void> {
  const { items, failed } = list;
  const lines = () => (one ? items.flatMap(healthLines) : items.length === 0 ? [] : HEALTH.lines(items, io.width, io.colour));
  const empty = list.asOf === null ? "the tenant's campaigns have not been read yet" : "the tenant has no campaigns";
  await io.answer((one ? items[0] : undefined) ?? list, lines, one ? undefined : empty);
  if (failed !== null) io.say(`not all of it could be read at ${failed.at}: ${printable(failed.message)}`);
}

/** What the tenant would not tell decides the exit code; a campaign that does not dial is no failure. */
function codeOf({ items, failed }: CampaignStatusList): number {
  const problems = items.flatMap((one) => one.failed ?? []);
  if (failed !== null || (problems.length > 0 && problems.length === items.length))
    return exitOf((failed ?? problems[0])?.code ?? "");
  return problems.length === 0 ? EXIT.done : EXIT.partlyFailed;
}

const STOPS = table<EmergencyStop>(
  [
    { title: "id", value: ({ id }) => id },
    { title: "given", value: ({ createdAt }) => formatInstant(Date.parse(createdAt)) },
    { title: "by", value: ({ actor }) => actor },
    { title: "now", value: (stop) => standing(stop) },
    { title: "reason", value: ({ reason }) => reason },
  ],
  { widest: 60 },
);

/** The latest ones are shown. */
const SHOWN = 20;

export const stops: Run<typeof declared.stops> = async ({ args: { id }, options, io }) => {
  const { service } = options;
  await using records = service === undefined ? await openStopRecords(options, io.env) : stopRecordsOf(service);
  if (id !== undefined) return await showStop(await records.show(id), io);
  const list = await records.list(SHOWN);
  await io.answer({ items: list }, list.length === 0 ? [] : STOPS.lines(list, io.width), "there was no emergency stop");
};

async function showStop(stop: StopResult, io: Io): Promise<number> {
  const { id, actor, createdAt, changes, alreadyPaused, listProblem } = stop;
  const left = changes.filter(({ status }) => status === "resumed");
  const open = changes.filter(({ status, confirmed: sure }) => !sure && status !== "resumed");
  const parts = [`${grouped(changes.filter((change) => change.confirmed).length)} paused and confirmed`];
  if (alreadyPaused.length > 0) parts.push(`${grouped(alreadyPaused.length)} listed as paused before`);
  if (left.length > 0) parts.push(`${grouped(left.length)} resumed after it`);
  if (open.length > 0) parts.push(`${grouped(open.length)} NOT confirmed`);
  const lines = [
    `${id} by ${printable(actor)}, ${formatInstant(Date.parse(createdAt))}: ${standing(stop)}`,
    parts.join(" · "),
    ...open.map((one) => `  ${openLine(one)}`),
    ...left.map(({ campaignId, message }) => `  ${printable(campaignId)}: ${printable(message)}`),
  ];
  if (listProblem !== null)
    lines.push(`  the list of campaigns is not whole, others may be dialing: ${printable(listProblem.message)}`);
  await io.answer(stop, lines);
  return open.length === 0 && listProblem === null ? EXIT.done : EXIT.partlyFailed;
}

function standing({ endedAt, supersededBy, carriedOut }: Pick<EmergencyStop, "endedAt" | "supersededBy" | "carriedOut">): string {
  if (supersededBy !== null) return `${supersededBy} continues in its place`;
  if (endedAt !== null) return `ended ${formatInstant(Date.parse(endedAt))}`;
  return carriedOut ? "a service carries it out" : "waits for a service to continue it";
}

const OPEN = {
  pending: "not paused yet",
  failed: "NOT paused",
  unknown: "unknown whether paused",
  paused: "paused, not confirmed",
};

function openLine({ campaignId, status, message }: StopResult["changes"][number]): string {
  return `${printable(campaignId)} ${status === "resumed" ? status : OPEN[status]}: ${printable(message)}`;
}

type PauseOptions = OptionsOf<typeof declared.pause>;

/** Ctrl-C ends what is under way; an intent that was sent stays open, and the next attempt sends its key again. */
export const pause: Run<typeof declared.pause> = async ({ args: { id: ids }, options: given, io }) => {
  const { all, timeout: timeoutMs, reason } = given;
  if (all === ids.length > 0) throw new OperationError("invalid_input", "name the campaigns to pause, or give --all and no name");
  const options = { reason, timeoutMs, signal: io.signal };
  if (given.service !== undefined) {
    const over = { ...options, clock: io.clock, warn: (message: string) => io.complain(message), say: io.say };
    if (all) return conclude(await stopOverService(given.service, over), io);
    const changes = await pauseOverService(given.service, ids, over);
    return await conclude({ changes, alreadyPaused: [], listProblem: null, known: [] }, io);
  }
  const onChange = (change: StateChange) => io.say(changeLine(change));
  const stop = (named?: readonly string[]) =>
    stopCampaigns(given, io.env, named, options, { onChange, warn: (message) => io.complain(message) });
  if (all) return conclude(await stop(), io);
  const states = await opened(given, io);
  if (states === undefined) return conclude(await stop(ids), io);
  await using runtime = states;
  const changes = await runtime.pause(ids, options, onChange);
  const unknown = changes.filter(({ code }) => code === "not_found");
  const listed = unknown.length === 0 ? [] : await runtime.list({ signal: io.signal }).catch(() => []);
  for (const { campaignId } of unknown) {
    const near = nearest(campaignId, listed);
    if (near !== undefined) io.complain(`${printable(campaignId)}: did you mean ${printable(near)}?`);
  }
  return await conclude({ changes, alreadyPaused: [], listProblem: null, known: [] }, io);
};

/** The store, or undefined when there is none to be had: a pause must not wait for a database. */
async function opened(options: PauseOptions, io: Io) {
  try {
    return await openCampaignStates(options, io.env, (message) => io.complain(`outdial: ${message}`));
  } catch (thrown) {
    if (thrown instanceof OutdialError && thrown.code === "invalid_config") throw thrown;
    io.complain(`outdial: pausing without the store: ${messageOf(thrown)}`);
    return undefined;
  }
}

async function conclude(report: StopReport, io: Io): Promise<number> {
  const { changes, alreadyPaused, listProblem, known } = report;
  const open = changes.filter((change) => !change.confirmed);
  const failed = changes.filter(({ outcome }) => outcome === "failed" || outcome === "unknown");
  const parts = [`${grouped(changes.length - open.length)} paused and confirmed`];
  if (alreadyPaused.length > 0) parts.push(`${grouped(alreadyPaused.length)} listed as paused before`);
  if (open.length > failed.length) parts.push(`${grouped(open.length - failed.length)} paused, not confirmed`);
  if (failed.length > 0) parts.push(`${grouped(failed.length)} NOT paused`);
  const lines = [parts.join(" · "), ...open.map((change) => `  ${changeLine(change)}`)];
  if (listProblem !== null)
    lines.push(`  the list of campaigns is not whole, others may be dialing: ${printable(listProblem.message)}`);
  if (known.length > 0) lines.push(`  ${grouped(known.length)} of them are known from earlier readings, not from the list`);
  await io.answer({ pause: report }, lines);
  if (listProblem !== null && changes.length === 0 && alreadyPaused.length === 0) return exitOf(listProblem.code);
  if (open.length === 0) return listProblem === null ? EXIT.done : EXIT.partlyFailed;
  return failed.length === changes.length && alreadyPaused.length === 0 ? exitOf(failed[0]?.code ?? "") : EXIT.partlyFailed;
}

function changeLine({ campaignId, target, outcome, confirmed: sure, message }: StateChange): string {
  const id = printable(campaignId);
  const why = message === null ? "" : `: ${printable(message)}`;
  if (outcome === "failed") return `${id} NOT ${target}${why}`;
  if (outcome === "unknown") return `${id} unknown whether ${target}${why}`;
  const already = outcome === "already" ? " already" : "";
  return sure ? `${id} ${target}${already}, confirmed` : `${id} ${target}${already}, not confirmed${why}`;
}

export const resume: Run<typeof declared.resume> = async ({ args: { id }, options, io, standing }) => {
  const { check, reason, service } = options;
  const { signal } = io;
  if (service !== undefined) return resumeThere(new ServiceCampaigns(service), id, { check, reason }, io);
  await using states = await openCampaignStates(options, io.env);
  if (!check) {
    const doNotCall = await states.doNotCall(id, { signal });
    if (doNotCall !== null) io.say(`the tenant's do-not-call groups: ${printable(dncWords(doNotCall))}`);
    if (!(await confirmed(`Let campaign ${printable(id)} call people again?`, io))) return EXIT.refused;
  }
  const report: ResumeReport = await suggesting(
    id,
    () => states.list(),
    async () =>
      check
        ? { verdict: await states.forResume(await states.gate(id, { call: { signal } }), { signal }), change: null }
        : await states.resume(id, { reason, signal, call: { signal } }),
  );
  const { verdict, change } = report;
  await io.answer({ resume: report, standing: standing() }, [
    ...gateWords(id, gateLookOf(verdict), { manifest: verdict.manifest?.id, doNotCall: verdict.doNotCall }),
    ...(change === null ? [] : [changeLine(change)]),
  ]);
  if (!verdict.allowed) return EXIT.refused;
  if (change === null || change.confirmed) return EXIT.done;
  return change.outcome === "failed" || change.outcome === "unknown" ? exitOf(change.code ?? "") : EXIT.partlyFailed;
};

/** Through a service: it asks its gate, and once more when it carries the resume out. */
async function resumeThere(
  campaigns: ServiceCampaigns,
  id: string,
  { check, reason }: { readonly check: boolean; readonly reason: string | undefined },
  io: Io,
): Promise<number> {
  const { signal } = io;
  const preview = await campaigns.preview(id, "resume", signal);
  const told = (result: object | null, approval: object | null) => ({ resume: { preview, result, approval }, standing: null });
  if (check || preview.refusals.length > 0) {
    await io.answer(told(null, null), preview.refusals.length > 0 ? againstWords(preview) : effectLines(preview));
    return preview.refusals.length > 0 ? EXIT.refused : EXIT.done;
  }
  io.say(effectLines(preview));
  if (!(await confirmed(`Let campaign ${printable(id)} call people again?`, io))) return EXIT.refused;
  const { result, approval } = await campaigns.carryOut(preview, { reason, signal });
  if (approval !== null) return await answerWaits(approval, io, told(null, approval));
  const { status, message } = result;
  await io.answer(told(result, null), [`${printable(id)} ${status}: ${printable(message)}`]);
  if (result.confirmed) return EXIT.done;
  return status === "failed" ? EXIT.failed : EXIT.partlyFailed;
}
