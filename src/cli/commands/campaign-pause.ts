// outdial campaign pause.

import { openCampaignStates, pauseOverService, pauseWithoutStore, stopCampaigns, stopOverService } from "../../app/index.ts";
import { messageOf, nearest, OutdialError } from "../../kernel/index.ts";
import { OperationError, type StateChange } from "../../operations/index.ts";
import { type CampaignResult, campaignResultOf, type StopResult } from "../../operations/views/index.ts";
import type { OptionsOf, Run } from "../command.ts";
import { EXIT, exitOf } from "../exit.ts";
import type * as declared from "../groups/campaign.ts";
import type { Io } from "../io.ts";
import { type ChangeResult, resultLine } from "../render-campaign-state.ts";
import { grouped, printable } from "../text.ts";

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

function pauseLines(changes: readonly ChangeResult[], alreadyPaused: readonly string[]): string[] {
  const open = changes.filter((change) => !change.confirmed);
  const failed = open.filter(({ status }) => NOT_PAUSED.has(status));
  const parts = [`${grouped(changes.length - open.length)} paused and confirmed`];
  if (alreadyPaused.length > 0) parts.push(`${grouped(alreadyPaused.length)} listed as paused before`);
  if (open.length > failed.length) parts.push(`${grouped(open.length - failed.length)} paused, not confirmed`);
  if (failed.length > 0) parts.push(`${grouped(failed.length)} NOT paused`);
  return [parts.join(" · "), ...open.map((change) => `  ${resultLine(change)}`)];
}

/** @param isAll no other campaign was listed as paused */
function pauseCode(changes: readonly ChangeResult[], isAll: boolean): number {
  if (changes.every((change) => change.confirmed)) return EXIT.done;
  const failed = changes.filter(({ status }) => NOT_PAUSED.has(status));
  return isAll && failed.length === changes.length ? exitOf(failed[0]?.code ?? "") : EXIT.partlyFailed;
}
