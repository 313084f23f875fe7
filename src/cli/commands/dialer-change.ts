// outdial dialer apply, rollback, resume: prepare a change, show it, ask, run it, say how it ended.

import { type DialerRuntime, openDialer } from "../../app/index.ts";
import { durationText, OutdialError } from "../../kernel/index.ts";
import {
  type ChangeProgress,
  type ChangeReport,
  checkOverride,
  type DialerPlan,
  dialerPreviewOf,
} from "../../operations/index.ts";
import type { Planned } from "../../operations/views/index.ts";
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
  await using opened = await openDialer(flags, io.env, { warn: (message) => io.say(message) });
  if (flags.dryRun !== true) await finishOpen(opened, io);
  const planned = await opened.dialer.planApply(file, {
    overrides: flags.overrideGate,
    retryRejected: flags.retryRejected,
    guardMs: watch,
    guardCampaigns: flags.guardCampaign,
    store: flags.dryRun !== true,
  });
  return await change(opened, planned, flags, io);
}

export async function rollback([text]: readonly string[], flags: ChangeFlags, io: Io): Promise<number> {
  for (const name of flags.overrideGate) checkOverride(name);
  const version = text === undefined ? undefined : wholeNumber("<version>", text, 1, 2 ** 31 - 1);
  await using opened = await openDialer(flags, io.env, { warn: (message) => io.say(message) });
  if (flags.dryRun !== true) await finishOpen(opened, io);
  return await change(opened, await opened.dialer.planRollback({ version, overrides: flags.overrideGate }), flags, io);
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

async function change(opened: DialerRuntime, planned: Planned<DialerPlan>, flags: ChangeFlags, io: Io): Promise<number> {
  const { dialer } = opened;
  const { verdict, prepared, guard } = planned.plan;
  const preview = dialerPreviewOf(planned);
  const end = async (result: string, exit: number) => {
    await io.data(io.json ? JSON.stringify({ result, ...preview }) : result.replaceAll("_", " "));
    return exit;
  };
  if (verdict === "unchanged") {
    io.say(planned.refusals.join("; "));
    return await end(verdict, EXIT.done);
  }
  for (const line of [...diffLines(prepared.diff), ...judgementLines(prepared.judgement)]) io.say(line);
  if (verdict === "refused" && flags.dryRun !== true) await dialer.changes.recordRefusal(prepared);
  if (verdict === "rejected_before") io.say(planned.refusals.join("; "));
  if (verdict !== "ready") return await end(verdict, EXIT.refused);
  if (flags.dryRun === true) {
    io.say("dry run: nothing was sent");
    return await end("dry_run", EXIT.done);
  }
  if (guard !== null)
    io.say(
      `watched for ${durationText(guard.durationMs)}: ${guard.campaigns.join(", ") || "no campaign is active, so the watch cannot come to a verdict"}`,
    );
  const changes = preview.changes.length === 1 ? "this change" : `these ${preview.changes.length} changes`;
  if (!(await confirmed(`Activate ${changes}?`, flags, io))) {
    io.say("nothing was sent");
    return await end("declined", EXIT.interrupted);
  }
  const { version } = await dialer.changes.begin(prepared, guard);
  return await runAndReport(opened, version, io);
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

async function runAndReport(opened: DialerRuntime, version: number, io: Io): Promise<number> {
  using _listening = endedByInterrupt(io, opened);
  const { dialer } = opened;
  const report = await dialer.changes.run(version, progressOf(io));
  await opened.deliverEvents();
  for (const line of endLines(report)) io.say(line);
  const view = await dialer.change(version);
  await io.data(io.json ? JSON.stringify(view) : `${version} ${view.outcome ?? view.phase}`);
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
