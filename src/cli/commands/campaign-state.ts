// outdial campaign pause and resume.

import { openCampaignStates, stopCampaigns } from "../../app/index.ts";
import { messageOf, OutdialError } from "../../kernel/index.ts";
import { OperationError, type ResumeReport, type StateChange, type StopReport } from "../../operations/index.ts";
import type { OptionsOf, Run } from "../command.ts";
import { confirmed } from "../confirm.ts";
import { EXIT, exitOf } from "../exit.ts";
import type * as declared from "../groups/campaign.ts";
import type { Io } from "../io.ts";
import { gateWords } from "../render-campaign-state.ts";
import { grouped, printable } from "../render-tagging.ts";

type PauseOptions = OptionsOf<typeof declared.pause>;

/** Ctrl-C ends what is under way; an intent that was sent stays open, and the next attempt sends its key again. */
export const pause: Run<typeof declared.pause> = async ({ args: { id: ids }, options: given, io }) => {
  const { all, timeout: timeoutMs, reason } = given;
  if (all === ids.length > 0) throw new OperationError("invalid_input", "name the campaigns to pause, or give --all and no name");
  const options = { reason, timeoutMs, signal: io.signal };
  const onChange = (change: StateChange) => io.say(changeLine(change));
  const stop = (named?: readonly string[]) =>
    stopCampaigns(given, io.env, named, options, { onChange, warn: (message) => io.complain(message) });
  if (all) return conclude(await stop(), io);
  const states = await opened(given, io);
  if (states === undefined) return conclude(await stop(ids), io);
  await using runtime = states;
  const changes = await runtime.pause(ids, options, onChange);
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
  if (known.length > 0) lines.push(`  ${grouped(known.length)} of them are known from before, not from the list`);
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

export const resume: Run<typeof declared.resume> = async ({ args: { id }, options, io }) => {
  const { check, reason } = options;
  if (!check && !(await confirmed(`Let campaign ${printable(id)} call people again?`, io))) return EXIT.refused;
  const { signal } = io;
  await using states = await openCampaignStates(options, io.env);
  const report: ResumeReport = check
    ? { verdict: await states.forResume(await states.gate(id, { call: { signal } }), { signal }), change: null }
    : await states.resume(id, { reason, signal, call: { signal } });
  const { verdict, change } = report;
  await io.answer({ resume: report }, [...gateWords(verdict), ...(change === null ? [] : [changeLine(change)])]);
  if (!verdict.allowed) return EXIT.refused;
  if (change === null || change.confirmed) return EXIT.done;
  return change.outcome === "failed" || change.outcome === "unknown" ? exitOf(change.code ?? "") : EXIT.partlyFailed;
};
