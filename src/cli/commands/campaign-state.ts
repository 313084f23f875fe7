// outdial campaign status, pause, stops, resume.

import {
  Following,
  openCampaignStates,
  openStopRecords,
  pauseOverService,
  pauseWithoutStore,
  ServiceCampaigns,
  stopCampaigns,
  stopOverService,
  stopRecordsOf,
} from "../../app/index.ts";
import { formatInstant } from "../../compliance/index.ts";
import { messageOf, nearest, OutdialError } from "../../kernel/index.ts";
import { campaignPreviewOf, OperationError, resumePlanOf, type StateChange, suggesting } from "../../operations/index.ts";
import {
  type ApprovalView,
  type CampaignPreview,
  type CampaignResult,
  type CampaignStatus,
  type CampaignStatusList,
  campaignResultOf,
  type EmergencyStop,
  type StopResult,
} from "../../operations/views/index.ts";
import { TenantError } from "../../tenant/index.ts";
import type { OptionsOf, Run } from "../command.ts";
import { answerWaits, confirmed } from "../confirm.ts";
import { EXIT, exitOf } from "../exit.ts";
import type * as declared from "../groups/campaign.ts";
import type { Io } from "../io.ts";
import { HEALTH, healthLines } from "../render-campaign-state.ts";
import { effectLines, previewLines } from "../render-verb.ts";
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
    const following = new Following({ clock: io.clock, warn: io.say, silence: service.silence });
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
    ...open.map((one) => `  ${resultLine(one)}`),
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

type PauseOptions = OptionsOf<typeof declared.pause>;

/** Ctrl-C ends what is under way; an intent that was sent stays open, and the next attempt sends its key again. */
export const pause: Run<typeof declared.pause> = async ({ args: { id: ids }, options: given, io }) => {
  const { all, timeout: timeoutMs, reason } = given;
  if (all === ids.length > 0) throw new OperationError("invalid_input", "name the campaigns to pause, or give --all and no name");
  const watch = watchOf(io);
  const options = { reason, timeoutMs, signal: io.signal, ...watch.on };
  const { service } = given;
  if (service !== undefined) {
    const over = { ...options, clock: io.clock, warn: (message: string) => io.complain(message), say: io.say };
    if (all) return concludeStop(await stopOverService(service, over), io);
    return concludePause(await pauseOverService(service, ids, over), io);
  }
  const onChange = (change: StateChange) => io.say(resultLine(campaignResultOf(change)));
  const sink = { onChange, warn: (message: string) => io.complain(message) };
  if (all) return concludeStop(await watch.tell(stopCampaigns(given, io.env, options, sink)), io);
  const states = await opened(given, io);
  if (states === undefined)
    return concludePause((await watch.tell(pauseWithoutStore(given, io.env, ids, options, sink))).map(campaignResultOf), io);
  await using runtime = states;
  const changes = await watch.tell(runtime.pause(ids, options, onChange));
  const unknown = changes.filter(({ code }) => code === "not_found");
  const listed = unknown.length === 0 ? [] : await runtime.list({ signal: io.signal }).catch(() => []);
  for (const { campaignId } of unknown) {
    const near = nearest(campaignId, listed);
    if (near !== undefined) io.complain(`${printable(campaignId)}: did you mean ${printable(near)}?`);
  }
  return await concludePause(changes.map(campaignResultOf), io);
};

/**
 * Says of each campaign that the tenant has paused it, before its calls have ended; and of a pause that is interrupted, which
 * campaigns were paused and of which it is not known.
 */
function watchOf(io: Io) {
  const begun = new Set<string>();
  const paused = new Set<string>();
  const named = (ids: Iterable<string>) => [...ids].map(printable).join(", ");
  return {
    on: {
      onBegun: (id: string) => void begun.add(id),
      onAnswered: (_outcome: string, id: string) => {
        paused.add(id);
        io.say(`${printable(id)} paused at the tenant; its calls are waited for`);
        return Promise.resolve();
      },
    },
    async tell<T>(work: Promise<T>): Promise<T> {
      try {
        return await work;
      } catch (thrown) {
        if (!io.signal.aborted || begun.size === 0) throw thrown;
        const open = [...begun].filter((id) => !paused.has(id));
        const parts = [
          ...(paused.size === 0 ? [] : [`paused: ${named(paused)}`]),
          ...(open.length === 0 ? [] : [`not known: ${named(open)}`]),
        ];
        throw new OutdialError("interrupted", `interrupted: ${parts.join("; ")}. Calls may be under way; run it again`);
      }
    },
  };
}

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

type Result = CampaignResult | StopResult["changes"][number];

async function concludePause(items: readonly CampaignResult[], io: Io): Promise<number> {
  await io.answer({ items }, pauseLines(items, []));
  return pauseCode(items, true);
}

async function concludeStop(stop: StopResult, io: Io): Promise<number> {
  const { changes, alreadyPaused, listProblem } = stop;
  const lines = pauseLines(changes, alreadyPaused);
  if (listProblem !== null)
    lines.push(`  the list of campaigns is not whole, others may be dialing: ${printable(listProblem.message)}`);
  const known = changes.filter((change) => change.known === "known").length;
  if (known > 0) lines.push(`  ${grouped(known)} of them are known from earlier readings, not from the list`);
  await io.answer(stop, lines);
  if (listProblem !== null && changes.length === 0 && alreadyPaused.length === 0) return exitOf(listProblem.code);
  return listProblem === null
    ? pauseCode(changes, alreadyPaused.length === 0)
    : Math.max(pauseCode(changes, false), EXIT.partlyFailed);
}

const NOT_PAUSED: ReadonlySet<string> = new Set(["failed", "unknown", "pending", "resumed", "superseded"] satisfies (
  | StopResult["changes"][number]["status"]
  | StateChange["outcome"]
)[]);

function pauseLines(changes: readonly Result[], alreadyPaused: readonly string[]): string[] {
  const open = changes.filter((change) => !change.confirmed);
  const failed = open.filter(({ status }) => NOT_PAUSED.has(status));
  const parts = [`${grouped(changes.length - open.length)} paused and confirmed`];
  if (alreadyPaused.length > 0) parts.push(`${grouped(alreadyPaused.length)} listed as paused before`);
  if (open.length > failed.length) parts.push(`${grouped(open.length - failed.length)} paused, not confirmed`);
  if (failed.length > 0) parts.push(`${grouped(failed.length)} NOT paused`);
  return [parts.join(" · "), ...open.map((change) => `  ${resultLine(change)}`)];
}

/** @param isAll no other campaign was listed as paused */
function pauseCode(changes: readonly Result[], isAll: boolean): number {
  if (changes.every((change) => change.confirmed)) return EXIT.done;
  const failed = changes.filter(({ status }) => NOT_PAUSED.has(status));
  return isAll && failed.length === changes.length ? exitOf(failed[0]?.code ?? "") : EXIT.partlyFailed;
}

/** What became of a campaign that was to be paused, or to dial. */
function resultLine({ campaignId, status, confirmed: sure, already, message }: Result, target = "paused"): string {
  const id = printable(campaignId);
  const why = printable(message);
  if (status === target) return `${id} ${target}${already ? " already" : ""}, ${sure ? "confirmed" : `not confirmed: ${why}`}`;
  if (status === "failed") return `${id} NOT ${target}: ${why}`;
  if (status === "unknown") return `${id} unknown whether ${target}: ${why}`;
  return `${id} ${status === "pending" ? `not ${target} yet` : status}: ${why}`;
}

/** Shows a resume as the API does: its preview while nothing was done, its result afterwards. */
export const resume: Run<typeof declared.resume> = async ({ args: { id }, options, io }) => {
  const { check, service } = options;
  const end =
    service === undefined ? await resumeHere(id, options, io) : await resumeThere(new ServiceCampaigns(service), id, options, io);
  if (end === undefined) return EXIT.refused;
  if ("approval" in end) return answerWaits(end.approval, io);
  if ("preview" in end) {
    const { preview } = end;
    const isRefused = preview.refusals.length > 0;
    await io.answer({ ...preview, result: check ? "dry_run" : "refused" }, previewLines(preview));
    return isRefused ? EXIT.refused : EXIT.done;
  }
  const { result } = end;
  await io.answer(result, [resultLine(result, "active")]);
  if (result.confirmed) return EXIT.done;
  return result.status === "failed" || result.status === "unknown" ? exitOf(result.code ?? "") : EXIT.partlyFailed;
};

/** How a resume ended: not carried out, carried out, or another person must agree; undefined when the person who asked did not. */
type ResumeEnd =
  | { readonly preview: CampaignPreview }
  | { readonly result: CampaignResult }
  | { readonly approval: ApprovalView }
  | undefined;

type ResumeOptions = OptionsOf<typeof declared.resume>;

/** Shows what a resume would do, and asks. */
async function agreed(preview: CampaignPreview, io: Io): Promise<boolean> {
  io.say(effectLines(preview));
  return await confirmed(`Let campaign ${printable(preview.campaignId)} call people again?`, io);
}

async function resumeHere(id: string, options: ResumeOptions, io: Io): Promise<ResumeEnd> {
  const { check, reason } = options;
  const { signal } = io;
  const call = { signal };
  await using states = await openCampaignStates(options, io.env);
  if (!check) await states.requireFits();
  const stopMark = await states.stopMark();
  const planned = await suggesting(
    id,
    () => states.list(),
    async () => resumePlanOf(await states.previewOfResume(id, call), stopMark),
  );
  const preview = campaignPreviewOf(planned);
  if (check) return { preview };
  if (preview.refusals.length > 0) {
    await states.recordRefusal(planned.plan, reason);
    return { preview };
  }
  if (!(await agreed(preview, io))) return undefined;
  const { verdict, change } = await states.resume(id, { reason, signal, call, stopMark });
  return change === null ? { preview: campaignPreviewOf(resumePlanOf(verdict, stopMark)) } : { result: campaignResultOf(change) };
}

/** Through a service: it asks its gate, and once more when it carries the resume out. One that it refuses it records. */
async function resumeThere(
  campaigns: ServiceCampaigns,
  id: string,
  { check, reason }: ResumeOptions,
  io: Io,
): Promise<ResumeEnd> {
  const { signal } = io;
  const preview = await campaigns.preview(id, "resume", signal);
  if (check) return { preview };
  if (preview.refusals.length === 0 && !(await agreed(preview, io))) return undefined;
  try {
    const { result, approval } = await campaigns.carryOut(preview, { reason, signal });
    return approval === null ? { result } : { approval };
  } catch (thrown) {
    if (!(thrown instanceof OutdialError) || thrown.code !== "plan_refused") throw thrown;
    const { refusals } = thrown.details;
    return { preview: { ...preview, refusals: Array.isArray(refusals) ? refusals.map(String) : preview.refusals } };
  }
}
