// outdial stop, outdial campaign stop and outdial campaign pause.

import { openCampaignStates, pauseOverService, stopCampaigns, stopOutlook, stopOverService } from "../../app/index.ts";
import { messageOf, nearest, OutdialError } from "../../kernel/index.ts";
import { OperationError, type StateChange } from "../../operations/index.ts";
import { type CampaignResult, campaignResultOf, isAllPaused, type StopResult, stoppedOf } from "../../operations/views/index.ts";
import { type StoppedCampaign, StoreError } from "../../store/index.ts";
import type { OptionsOf, Run } from "../command.ts";
import { confirmed } from "../confirm.ts";
import { EXIT, exitOf } from "../exit.ts";
import type * as declared from "../groups/campaign.ts";
import type { Io } from "../io.ts";
import { type ChangeResult, resultLine } from "../render-campaign-state.ts";
import { grouped, printable } from "../text.ts";

type StopCommand = OptionsOf<typeof declared.stop>;

/** Ctrl-C ends what is under way; what was sent may be in force. */
export const stop: Run<typeof declared.stop> = async ({ args: { campaign: ids }, options, io }) => {
  if (options.all === ids.length > 0)
    throw new OperationError("invalid_input", "name the campaigns to stop, or give --all and no name");
  if (!(await isWanted(ids, options, io))) return EXIT.refused;
  const watch = watchOf(io);
  return concludeStop(await stopped(options.all ? undefined : ids, options, watch, io), io);
};

export const pause: Run<typeof declared.pause> = async ({ args: { id: ids }, options, io, ...rest }) => {
  const { all, timeout: timeoutMs, reason, service } = options;
  if (all === ids.length > 0) throw new OperationError("invalid_input", "name the campaigns to pause, or give --all and no name");
  if (all) return stop({ args: { campaign: [] }, options, io, ...rest });
  const watch = watchOf(io);
  if (service !== undefined) {
    const over = { reason, timeoutMs, signal: io.signal, clock: io.clock, say: io.say };
    return concludePause(await pauseOverService(service, ids, over), io);
  }
  try {
    await using states = await openCampaignStates(options, io.env);
    const given = { reason, timeoutMs, signal: io.signal, onBegun: watch.onBegun, onAnswered: watch.onAnswered };
    const onChange = (change: StateChange) => io.say(resultLine(campaignResultOf(change)));
    const changes = await watch.tell(states.pause(ids, given, onChange));
    const unknown = changes.filter(({ code }) => code === "not_found");
    const listed = unknown.length === 0 ? [] : await states.list({ signal: io.signal }).catch(() => []);
    for (const { campaignId } of unknown) {
      const near = nearest(campaignId, listed);
      if (near !== undefined) io.complain(`${printable(campaignId)}: did you mean ${printable(near)}?`);
    }
    return await concludePause(changes.map(campaignResultOf), io);
  } catch (thrown) {
    // A pause must not wait for a database.
    if (!(thrown instanceof StoreError)) throw thrown;
    io.complain(`outdial: pausing without the store: ${messageOf(thrown)}`);
    return concludePause((await stopped(ids, options, watch, io)).changes, io);
  }
};

function stopped(campaigns: readonly string[] | undefined, options: StopCommand, watch: Watch, io: Io): Promise<StopResult> {
  const { timeout: timeoutMs, for: forMs, reason, service } = options;
  const given = { campaigns, reason, timeoutMs, forMs, signal: io.signal };
  const warn = (message: string) => io.complain(message);
  if (service !== undefined) return stopOverService(service, { ...given, clock: io.clock, warn, say: io.say });
  return watch.tell(stopCampaigns(options, io.env, given, { ...watch, warn }));
}

/** Asks on a terminal, saying what would be stopped; elsewhere a stop is not held up by a question. */
async function isWanted(ids: readonly string[], options: StopCommand, io: Io): Promise<boolean> {
  if (io.yes || !io.canAsk) return true;
  const { tenant, campaigns, calls } = await stopOutlook(options, io.env, options.service);
  const what =
    ids.length > 0 ? ids.map(printable).join(", ") : campaigns === null ? "all campaigns" : `all ${grouped(campaigns)} campaigns`;
  const under = calls === null ? "how many calls are under way is not known" : `${grouped(calls)} calls are under way`;
  const place = tenant === null ? "" : ` of ${printable(tenant)}`;
  return confirmed(ids.length > 0 ? `Stop ${what}${place}?` : `Stop ${what}${place}: ${under}.`, io);
}

/**
 * Says of each campaign that the tenant has paused it, before its calls have ended; and of a pause that is interrupted, which
 * campaigns were paused and of which it is not known.
 */
function watchOf(io: Io) {
  const begun = new Set<string>();
  const paused = new Set<string>();
  const told = new Set<string>();
  const named = (ids: Iterable<string>) => [...ids].map(printable).join(", ");
  const onPause = (id: string) => {
    if (!paused.has(id)) io.say(`${printable(id)} paused at the tenant; its calls are waited for`);
    paused.add(id);
  };
  return {
    onBegun: (id: string) => void begun.add(id),
    onPause,
    onAnswered: (_outcome: string, id: string) => Promise.resolve(onPause(id)),
    /** Each campaign when nothing more is done about it, and the first time that it could not be paused. */
    onRow(row: StoppedCampaign) {
      const { campaignId, settled, outcome, code } = row;
      const what = settled ? "settled" : outcome === "failed" || outcome === "unknown" ? (code ?? outcome) : undefined;
      if (what === undefined || outcome === "seen" || told.has(`${what} ${campaignId}`)) return;
      told.add(`${what} ${campaignId}`);
      io.say(`${resultLine(stoppedOf(row))}${settled ? "" : "; it is tried again"}`);
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
  if (listProblem !== null)
    lines.push(`  the list of campaigns is not whole, others may be dialing: ${printable(listProblem.message)}`);
  const known = changes.filter((change) => change.known === "known").length;
  if (known > 0) lines.push(`  ${grouped(known)} of them are known from earlier readings, not from the list`);
  await io.answer(result, lines);
  if (isAllPaused(result)) return EXIT.done;
  if (listProblem !== null && changes.length === 0 && alreadyPaused.length === 0) return exitOf(listProblem.code);
  const isAll = listProblem === null && alreadyPaused.length === 0 && result.seenPaused.length === 0;
  return isAll ? pauseCode(changes, true) : EXIT.partlyFailed;
}

const NOT_PAUSED: ReadonlySet<string> = new Set(["failed", "unknown", "pending", "resumed", "superseded"] satisfies (
  | StopResult["changes"][number]["status"]
  | StateChange["outcome"]
)[]);

function pauseLines({
  changes,
  seenPaused,
  alreadyPaused,
}: { readonly changes: readonly ChangeResult[] } & Pick<StopResult, "seenPaused" | "alreadyPaused">): string[] {
  const open = changes.filter((change) => !change.confirmed);
  const failed = open.filter(({ status }) => NOT_PAUSED.has(status));
  const parts = [`${grouped(changes.length - open.length)} paused and confirmed`];
  if (seenPaused.length > 0) parts.push(`${grouped(seenPaused.length)} seen paused before`);
  if (alreadyPaused.length > 0) parts.push(`${grouped(alreadyPaused.length)} only listed as paused, not looked at`);
  if (open.length > failed.length) parts.push(`${grouped(open.length - failed.length)} paused, not confirmed`);
  if (failed.length > 0) parts.push(`${grouped(failed.length)} NOT paused`);
  return [parts.join(" · "), ...open.map((change) => `  ${resultLine(change)}`)];
}

/** @param isAll the tenant has no other campaign */
function pauseCode(changes: readonly ChangeResult[], isAll: boolean): number {
  if (changes.every((change) => change.confirmed)) return EXIT.done;
  const failed = changes.filter(({ status }) => NOT_PAUSED.has(status));
  return isAll && failed.length === changes.length ? exitOf(failed[0]?.code ?? "") : EXIT.partlyFailed;
}
