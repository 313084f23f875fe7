// outdial campaign pause and resume.

import { openCampaignStates, stopCampaigns } from "../../app/index.ts";
import { messageOf, OutdialError, parseDuration } from "../../kernel/index.ts";
import { OperationError, type ResumeReport, type StateChange, type StopReport } from "../../operations/index.ts";
import { confirmed } from "../confirm.ts";
import { EXIT, exitOf } from "../exit.ts";
import type { Io } from "../io.ts";
import type { GlobalFlags } from "../options.ts";
import { gateWords } from "../render-campaign-state.ts";
import { grouped, printable } from "../render-tagging.ts";

interface StateFlags extends GlobalFlags {
  readonly reason?: string;
  readonly databaseUrl?: string;
  readonly tenantUrl?: string;
}

interface PauseFlags extends StateFlags {
  readonly all?: boolean;
  readonly timeout: string;
}

export async function pause(ids: readonly string[], flags: PauseFlags, io: Io): Promise<number> {
  if ((flags.all === true) === ids.length > 0)
    throw new OperationError("invalid_input", "name the campaigns to pause, or give --all and no name");
  const timeoutMs = parseDuration(flags.timeout);
  if (timeoutMs === undefined)
    throw new OperationError("invalid_input", `--timeout ${flags.timeout} is no span of time; give one such as 30s or 2m`);
  return interruptibly(io, async (signal) => {
    const options = { reason: flags.reason, timeoutMs, signal };
    const onChange = (change: StateChange) => io.say(changeLine(change));
    const stop = (named?: readonly string[]) =>
      stopCampaigns(flags, io.env, named, options, { onChange, warn: (message) => io.complain(message) });
    if (flags.all === true) return conclude(await stop(), io);
    const states = await opened(flags, io);
    if (states === undefined) return conclude(await stop(ids), io);
    await using runtime = states;
    const changes = await runtime.pause(ids, options, onChange);
    return conclude({ changes, alreadyPaused: [], listProblem: null, known: [] }, io);
  });
}

/** The store, or undefined when there is none to be had: a pause must not wait for a database. */
async function opened(flags: PauseFlags, io: Io) {
  try {
    return await openCampaignStates(flags, io.env);
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
  if (io.json) await io.data(JSON.stringify({ pause: report }));
  else {
    const parts = [`${grouped(changes.length - open.length)} paused and confirmed`];
    if (alreadyPaused.length > 0) parts.push(`${grouped(alreadyPaused.length)} listed as paused before`);
    if (open.length > failed.length) parts.push(`${grouped(open.length - failed.length)} paused, not confirmed`);
    if (failed.length > 0) parts.push(`${grouped(failed.length)} NOT paused`);
    await io.data(parts.join(" · "));
    for (const change of open) await io.data(`  ${changeLine(change)}`);
    if (listProblem !== null)
      await io.data(`  the list of campaigns is not whole, others may be dialing: ${printable(listProblem.message)}`);
    if (known.length > 0) await io.data(`  ${grouped(known.length)} of them are known from before, not from the list`);
  }
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

interface ResumeFlags extends StateFlags {
  readonly check?: boolean;
}

export async function resume([id = ""]: readonly string[], flags: ResumeFlags, io: Io): Promise<number> {
  if (flags.check !== true && !(await confirmed(`Let campaign ${printable(id)} call people again?`, flags, io)))
    return EXIT.refused;
  return interruptibly(io, async (signal) => {
    await using states = await openCampaignStates(flags, io.env);
    const report: ResumeReport =
      flags.check === true
        ? { verdict: await states.forResume(await states.gate(id, { call: { signal } }), { signal }), change: null }
        : await states.resume(id, { reason: flags.reason, signal, call: { signal } });
    const { verdict, change } = report;
    if (io.json) await io.data(JSON.stringify({ resume: report }));
    else {
      for (const line of gateWords(verdict)) await io.data(line);
      if (change !== null) await io.data(changeLine(change));
    }
    if (!verdict.allowed) return EXIT.refused;
    if (change === null || change.confirmed) return EXIT.done;
    return change.outcome === "failed" || change.outcome === "unknown" ? exitOf(change.code ?? "") : EXIT.partlyFailed;
  });
}

/** Ctrl-C ends what is under way; an intent that was sent stays open, and the next attempt sends its key again. */
async function interruptibly(io: Io, work: (signal: AbortSignal) => Promise<number>): Promise<number> {
  const stop = new AbortController();
  const interrupt = () =>
    stop.abort(new OutdialError("interrupted", "interrupted: what was sent before may be in force; run it again"));
  using _listening = io.onInterrupt(interrupt);
  try {
    return await work(stop.signal);
  } catch (thrown) {
    throw stop.signal.aborted ? stop.signal.reason : thrown;
  }
}
