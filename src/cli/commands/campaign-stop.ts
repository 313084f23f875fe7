// outdial stop, outdial campaign stop and outdial campaign pause.

import { openCampaignStates, pauseOverService, stopCampaigns, stopOutlook, stopOverService } from "../../app/index.ts";
import { callsUnderWay, messageOf, nearest, OutdialError } from "../../kernel/index.ts";
import { inTime, OperationError, type StateChange } from "../../operations/index.ts";
import { type CampaignResult, campaignResultOf, isAllPaused, type StopResult, stoppedOf } from "../../operations/views/index.ts";
import { type StoppedCampaign, StoreError } from "../../store/index.ts";
import type { OptionsOf, Run } from "../command.ts";
import { confirmed } from "../confirm.ts";
import { EXIT, exitOf } from "../exit.ts";
import type * as declared from "../groups/campaign.ts";
import type { Io } from "../io.ts";
import { type ChangeResult, problemLine, resultLine } from "../render-campaign-state.ts";
import { grouped, printable } from "../text.ts";

type StopCommand = OptionsOf<typeof declared.stop>;

/** Ctrl-C ends what is under way; what was sent may be in force. */
export const stop: Run<typeof declared.stop> = async ({ args: { campaign: given }, options, io }) => {
  const ids = idsOf(given, options.all, "stop");
  if (!(await isWanted(ids, options, io))) return EXIT.refused;
  const watch = watchOf(io, options.for === 0);
  return concludeStop(await stopped(options.all ? undefined : ids, options, watch, io), io);
};

/** After so long without an answer of the database a pause goes on without it, ms: an embedded one may have to start. */
const STORE_MS = 10_000;
/** How often it is told what a stop waits for, ms. */
const PROGRESS_MS = 10_000;

/** A blank around an id that was pasted is not part of it. Throws OperationError `invalid_input`. */
function idsOf(given: readonly string[], all: boolean, verb: string): readonly string[] {
  const ids = given.map((id) => id.trim());
  if (all === ids.length > 0)
    throw new OperationError("invalid_input", `give the ids of the campaigns to ${verb}, or --all and no id`);
  if (ids.includes("")) throw new OperationError("invalid_input", "an id of a campaign is empty");
  return ids;
}

export const pause: Run<typeof declared.pause> = async ({ args: { id: given }, options, io, ...rest }) => {
  const { all, timeout: timeoutMs, reason, service } = options;
  const ids = idsOf(given, all, "pause");
  if (all) return stop({ args: { campaign: [] }, options, io, ...rest });
  const watch = watchOf(io);
  if (service !== undefined) {
    const over = { reason, timeoutMs, signal: io.signal, clock: io.clock, say: io.say };
    return concludePause(await pauseOverService(service, ids, over), io);
  }
  const late = new AbortController();
  const begun = Promise.withResolvers<void>();
  const beside = async () => {
    await using states = await openCampaignStates(options, io.env);
    late.signal.throwIfAborted();
    const onBegun = (id: string) => {
      watch.onBegun(id);
      begun.resolve();
    };
    const signal = AbortSignal.any([io.signal, late.signal]);
    const how = { reason, timeoutMs, signal, onBegun, onAnswered: watch.onAnswered };
    const onChange = (change: StateChange) => io.say(resultLine(campaignResultOf(change)));
    const changes = await watch.tell(states.pause(ids, how, onChange));
    const unknown = changes.filter(({ code }) => code === "not_found");
    const listed = unknown.length === 0 ? [] : await states.list({ signal: io.signal }).catch(() => []);
    for (const { campaignId } of unknown) {
      const near = nearest(campaignId, listed);
      if (near !== undefined) io.complain(`${printable(campaignId)}: did you mean ${printable(near)}?`);
    }
    return concludePause(changes.map(campaignResultOf), io);
  };
  const work = beside();
  work.then(() => begun.resolve(), begun.reject);
  const unanswered = () => {
    throw new StoreError("store_unavailable", `the database did not answer within ${STORE_MS / 1000} s`);
  };
  try {
    await inTime(io.clock, STORE_MS, begun.promise, unanswered, io.signal);
    return await work;
  } catch (thrown) {
    // A pause must not wait for a database, whatever is wrong with it.
    if (io.signal.aborted || (thrown instanceof OutdialError && !(thrown instanceof StoreError))) throw thrown;
    late.abort();
    io.complain(`outdial: pausing without the store: ${messageOf(thrown)}`);
    const { changes, listProblem } = await stopped(ids, options, watch, io);
    if (listProblem !== null) io.complain(problemLine(listProblem).trim());
    const code = await concludePause(changes, io);
    return code === EXIT.done && listProblem !== null ? EXIT.partlyFailed : code;
  }
};

function stopped(campaigns: readonly string[] | undefined, options: StopCommand, watch: Watch, io: Io): Promise<StopResult> {
  const { timeout: timeoutMs, for: forMs, reason, service } = options;
  const given = { campaigns, reason, timeoutMs, forMs, signal: io.signal };
  const warn = (message: string) => io.complain(message);
  if (service !== undefined) return stopOverService(service, { ...given, clock: io.clock, warn, say: io.say });
  const over = new AbortController();
  void watch.progress(over.signal);
  return watch
    .tell(stopCampaigns(options, io.env, given, { ...watch, warn, onUntold: () => io.leave() }))
    .finally(() => over.abort());
}

/** Asks on a terminal, saying what would be stopped; elsewhere a stop is not held up by a question. */
async function isWanted(ids: readonly string[], options: StopCommand, io: Io): Promise<boolean> {
  if (io.yes || !io.canAsk) return true;
  const { tenant, calls } = await stopOutlook(options, io.env, options.service);
  const what =
    ids.length > 0 ? ids.map(printable).join(", ") : calls === null ? "all campaigns" : `all ${grouped(calls.length)} campaigns`;
  const under = callsUnderWay(calls ?? [null], grouped);
  const place = tenant === null ? "" : ` of ${printable(tenant)}`;
  return confirmed(ids.length > 0 ? `Stop ${what}${place}?` : `Stop ${what}${place}: ${under}.`, io);
}

/**
 * Says of each campaign that the tenant has answered its pause, before that is read back and its calls have ended; now and then what is waited for; and
 * of a pause that is interrupted, which campaigns were paused and of which it is not known.
 */
function watchOf(io: Io, isOnce = false) {
  const begun = new Set<string>();
  const paused = new Set<string>();
  const told = new Set<string>();
  const rows = new Map<string, StoppedCampaign>();
  const named = (ids: Iterable<string>) => [...ids].map(printable).join(", ");
  const onPause = (id: string, outcome: string) => {
    const how = outcome === "already" ? "it was paused before" : "it is paused";
    if (!paused.has(id)) io.say(`${printable(id)}: the tenant answers that ${how}; it is looked at until no call is under way`);
    paused.add(id);
  };
  return {
    onBegun: (id: string) => void begun.add(id),
    onPause,
    onAnswered: (outcome: string, id: string) => Promise.resolve(onPause(id, outcome)),
    /** Each campaign when nothing more is done about it, and the first time that it could not be paused. */
    onRow(row: StoppedCampaign) {
      rows.set(row.campaignId, row);
      const { campaignId, settled, outcome, code } = row;
      const what = settled ? "settled" : outcome === "failed" || outcome === "unknown" ? (code ?? outcome) : undefined;
      if (what === undefined || outcome === "seen" || told.has(`${what} ${campaignId}`)) return;
      told.add(`${what} ${campaignId}`);
      io.say(`${resultLine(stoppedOf(row))}${settled || isOnce ? "" : "; it is tried again"}`);
    },
    async progress(over: AbortSignal) {
      while (!over.aborted) {
        await io.clock.sleep(PROGRESS_MS, over).catch(() => undefined);
        const open = [...rows.values()].filter(({ settled, outcome }) => !settled && outcome !== "listed");
        if (over.aborted || open.length === 0) continue;
        const talking = open.filter(({ shown }) => shown === true);
        const under = callsUnderWay(
          talking.map(({ activeCalls }) => activeCalls),
          grouped,
        );
        const parts = [
          ...(talking.length === 0 ? [] : [`paused and not at rest: ${grouped(talking.length)} (${under})`]),
          ...(talking.length === open.length ? [] : [`not shown paused yet: ${grouped(open.length - talking.length)}`]),
        ];
        io.say(`campaigns ${parts.join("; ")}`);
      }
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
type Watch = ReturnType<typeof watchOf>;

async function concludePause(items: readonly CampaignResult[], io: Io): Promise<number> {
  await io.answer({ items }, pauseLines({ changes: items, seenPaused: [], alreadyPaused: [] }));
  return pauseCode(items, true);
}

async function concludeStop(result: StopResult, io: Io): Promise<number> {
  const { changes, alreadyPaused, listProblem } = result;
  const lines = pauseLines(result);
  if (listProblem !== null && changes.length + alreadyPaused.length + result.seenPaused.length === 0)
    lines.unshift("NOTHING IS KNOWN TO BE PAUSED");
  if (listProblem !== null) lines.push(problemLine(listProblem));
  const known = changes.filter((change) => change.known === "known").length;
  if (known > 0) lines.push(`  ${grouped(known)} of them are known from earlier readings, not from the list`);
  if (changes.some(({ code, known: how }) => code === "not_found" && how === "named"))
    lines.push("  a campaign is named by its id, not by its name: outdial campaign status shows both");
  await io.answer(result, lines);
  if (isAllPaused(result)) return EXIT.done;
  const isNothing = changes.length + alreadyPaused.length + result.seenPaused.length === 0;
  if (listProblem !== null && listProblem.code !== "known_unread" && isNothing) return exitOf(listProblem.code);
  const isAll = listProblem === null && alreadyPaused.length === 0 && result.seenPaused.length === 0;
  // What is confirmed is not all where more is said not to be known.
  return (isAll && pauseCode(changes, true)) || EXIT.partlyFailed;
}

const NOT_PAUSED: ReadonlySet<string> = new Set(["failed", "unknown", "pending", "resumed", "superseded"] satisfies (
  | StopResult["changes"][number]["status"]
  | StateChange["outcome"]
)[]);

/** What came of pauses: the sum, and each that is not confirmed. */
export function pauseLines({
  changes,
  seenPaused,
  alreadyPaused,
}: { readonly changes: readonly ChangeResult[] } & Pick<StopResult, "seenPaused" | "alreadyPaused">): string[] {
  const open = changes.filter((change) => !change.confirmed);
  const failed = open.filter(({ status }) => NOT_PAUSED.has(status));
  const unknown = failed.filter(({ status }) => status === "unknown").length;
  const parts = [`${grouped(changes.length - open.length)} paused and confirmed`];
  if (seenPaused.length > 0) parts.push(`${grouped(seenPaused.length)} seen paused before`);
  if (alreadyPaused.length > 0) parts.push(`${grouped(alreadyPaused.length)} only listed as paused, not looked at`);
  if (open.length > failed.length) parts.push(`${grouped(open.length - failed.length)} paused, not confirmed`);
  if (failed.length > unknown) parts.push(`${grouped(failed.length - unknown)} NOT paused`);
  if (unknown > 0) parts.push(`${grouped(unknown)} NOT KNOWN whether paused`);
  const isNone = changes.length > 0 && failed.length === changes.length && seenPaused.length === 0;
  return [
    ...(isNone ? ["NOTHING IS KNOWN TO BE PAUSED"] : []),
    parts.join(" · "),
    ...open.map((change) => `  ${resultLine(change)}`),
  ];
}

/** @param isAll the tenant has no other campaign */
function pauseCode(changes: readonly ChangeResult[], isAll: boolean): number {
  if (changes.every((change) => change.confirmed)) return EXIT.done;
  const failed = changes.filter(({ status }) => NOT_PAUSED.has(status));
  return isAll && failed.length === changes.length ? exitOf(failed[0]?.code ?? "") : EXIT.partlyFailed;
}
