// outdial dialer apply, rollback, resume: prepare a change, show it, ask, run it, say how it ended.

import { type DialerRuntime, openDialer } from "../../app/index.ts";
import { OutdialError } from "../../kernel/index.ts";
import {
  type ChangeProgress,
  type ChangeReport,
  checkOverride,
  type GuardPlan,
  type PreparedChange,
} from "../../operations/index.ts";
import { confirmed } from "../confirm.ts";
import { EXIT, exitOf } from "../exit.ts";
import type { Io } from "../io.ts";
import { wholeNumber } from "../options.ts";
import { diffLines, endLines, judgementLines, phaseLine } from "../render-dialer.ts";
import { endedByInterrupt } from "../running.ts";
import { span } from "../time-options.ts";
import { type DialerFlags, settingsFile } from "./dialer-files.ts";

interface ChangeFlags extends DialerFlags {
  readonly overrideGate: readonly string[];
  readonly retryRejected?: boolean;
  readonly dryRun?: boolean;
}

interface ApplyFlags extends ChangeFlags {
  readonly guard?: string;
  readonly guardCampaign: readonly string[];
}

export async function apply([path = ""]: readonly string[], flags: ApplyFlags, io: Io): Promise<number> {
  for (const name of flags.overrideGate) checkOverride(name);
  const file = await settingsFile(path, io);
  const watch = span("--guard", flags.guard);
  await using dialer = await openDialer(flags, io.env, { warn: (message) => io.say(message) });
  if (flags.dryRun !== true) await finishOpen(dialer, io);
  const guard = watch === undefined ? null : await dialer.guardPlan(watch, flags.guardCampaign);
  const options = { overrides: flags.overrideGate, store: flags.dryRun !== true };
  return await change(dialer, await dialer.changes.prepare("apply", file, options), guard, flags, io);
}

export async function rollback([text]: readonly string[], flags: ChangeFlags, io: Io): Promise<number> {
  for (const name of flags.overrideGate) checkOverride(name);
  const version = text === undefined ? undefined : wholeNumber("<version>", text, 1, 2 ** 31 - 1);
  await using dialer = await openDialer(flags, io.env, { warn: (message) => io.say(message) });
  if (flags.dryRun !== true) await finishOpen(dialer, io);
  const prepared = await dialer.changes.prepareRollback(version, { overrides: flags.overrideGate });
  // Going back to settings that once did not hold is a person's own decision.
  return await change(dialer, prepared, null, { ...flags, retryRejected: true }, io);
}

export async function resume(
  [text]: readonly string[],
  flags: DialerFlags & { readonly keep?: boolean; readonly rollBack?: boolean },
  io: Io,
): Promise<number> {
  if (flags.keep === true && flags.rollBack === true)
    throw new OutdialError("invalid_input", "--keep and --roll-back exclude each other");
  await using dialer = await openDialer(flags, io.env, { warn: (message) => io.say(message) });
  const named = text === undefined ? undefined : wholeNumber("<version>", text, 1, 2 ** 31 - 1);
  const version = named ?? (await dialer.changes.open())?.version;
  if (version === undefined) {
    io.say("every change has ended");
    if (io.json) await io.data(JSON.stringify({ open: null }));
    return EXIT.done;
  }
  if (flags.keep === true || flags.rollBack === true) await dialer.changes.decide(version, flags.keep === true);
  return await runAndReport(dialer, version, io);
}

/** A change that was interrupted comes first: its outcome decides what is in force. */
async function finishOpen(dialer: DialerRuntime, io: Io): Promise<void> {
  const ended = await dialer.changes.finishOpen(progressOf(io));
  if (ended === undefined) return;
  io.say(`version ${ended.change.version} had been interrupted and was finished first:`);
  for (const line of endLines(ended)) io.say(line);
}

async function change(
  dialer: DialerRuntime,
  prepared: PreparedChange,
  guard: GuardPlan | null,
  flags: ChangeFlags,
  io: Io,
): Promise<number> {
  const { diff, judgement, rejection } = prepared;
  const facts = { diff, ...judgement };
  const show = async (result: string) => {
    if (io.json) await io.data(JSON.stringify({ result, ...facts }));
    else await io.data(result.replaceAll("_", " "));
  };
  if (diff.length === 0) {
    io.say("these settings are in force already");
    await show("unchanged");
    return EXIT.done;
  }
  for (const line of diffLines(diff)) io.say(line);
  for (const line of judgementLines(judgement)) io.say(line);
  if (judgement.refusals.length > 0) {
    if (flags.dryRun !== true) await dialer.changes.recordRefusal(prepared);
    await show("refused");
    return EXIT.refused;
  }
  if (rejection !== undefined && flags.retryRejected !== true) {
    io.say(`version ${rejection.version} had the same settings and did not hold: ${rejection.message ?? "rejected"}`);
    io.say("  --retry-rejected applies them again");
    await show("rejected_before");
    return EXIT.refused;
  }
  if (flags.dryRun === true) {
    io.say("dry run: nothing was sent");
    await show("dry_run");
    return EXIT.done;
  }
  if (guard !== null)
    io.say(
      `watched for ${guard.durationMs / 60_000} min: ${guard.campaigns.join(", ") || "no campaign is active, so the watch cannot come to a verdict"}`,
    );
  if (!(await confirmed(`Activate ${diff.length === 1 ? "this change" : `these ${diff.length} changes`}?`, flags, io))) {
    io.say("nothing was sent");
    await show("declined");
    return EXIT.interrupted;
  }
  const { version } = await dialer.changes.begin(prepared, guard);
  return await runAndReport(dialer, version, io);
}

function progressOf(io: Io): (progress: ChangeProgress) => void {
  let told = "";
  return ({ version, state, elsewhere }) => {
    const line = `version ${version}: ${elsewhere || state === undefined ? "run by another process" : phaseLine(state)}`;
    if (line === told || state?.phase === "ended") return;
    told = line;
    if (io.live) io.progress(line);
    else io.say(line);
  };
}

async function runAndReport(dialer: DialerRuntime, version: number, io: Io): Promise<number> {
  using _listening = endedByInterrupt(io, dialer);
  const report = await dialer.changes.run(version, progressOf(io));
  await dialer.deliverEvents();
  for (const line of endLines(report)) io.say(line);
  const { change, state } = report;
  if (io.json)
    await io.data(
      JSON.stringify({
        version,
        outcome: change.outcome,
        phase: state.phase,
        message: change.message,
        failure: state.failure,
        conflicts: state.conflicts,
        taken: state.taken,
        guard: state.guard,
        stop: state.stop,
        settingsBefore: state.snapshot.settings,
        settings: state.target,
        seen: state.seen,
      }),
    );
  else await io.data(`${version} ${change.outcome ?? state.phase}`);
  return exitOfChange(report);
}

function exitOfChange({ change, state }: ChangeReport): number {
  switch (change.outcome) {
    case "applied":
      return EXIT.done;
    case "refused":
    case "conflict":
    case "overtaken":
      return EXIT.refused;
    case null:
      if (state.phase === "paused") return EXIT.partlyFailed;
      // An alarm was raised when the old settings are not back.
      if (state.stop !== null) return state.failure === null ? exitOf(state.stop.code) : EXIT.failed;
      return EXIT.interrupted;
    default:
      return EXIT.failed;
  }
}
