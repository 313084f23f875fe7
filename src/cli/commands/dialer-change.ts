// outdial dialer apply, rollback, resume: prepare a change, show it, ask, run it, say how it ended.

import { type DialerRuntime, openDialer } from "../../app/index.ts";
import { durationText, OutdialError } from "../../kernel/index.ts";
import {
  type ChangeProgress,
  type ChangeReport,
  checkOverride,
  type DialerPlan,
  dialerPreviewOf,
  PREDICTED_ABANDONMENT,
} from "../../operations/index.ts";
import type { Planned } from "../../operations/views/index.ts";
import type { Run } from "../command.ts";
import { confirmed } from "../confirm.ts";
import { EXIT, exitOf } from "../exit.ts";
import type * as declared from "../groups/dialer.ts";
import type { Io } from "../io.ts";
import { diffLines, endLines, judgementLines, phaseLine } from "../render-dialer.ts";
import { endedByInterrupt, standing } from "../running.ts";
import { settingsFile } from "./dialer-files.ts";

export const apply: Run<typeof declared.apply> = async ({ args, options, io }) => {
  const { overrideGate: overrides, dryRun, retryRejected, guard: guardMs, guardCampaign: guardCampaigns, campaign } = options;
  for (const name of overrides) checkOverride(name);
  await using opened = await openDialer(options, io.env, { warn: io.say });
  const file = await settingsFile(args.file, io, (text, name) => opened.dialer.readFile(text, name));
  if (!dryRun) await finishOpen(opened, io);
  const wanted = { campaign, overrides, retryRejected, guardMs, guardCampaigns, store: !dryRun };
  return await change(opened, await opened.dialer.planApply(file, wanted), dryRun, io);
};

export const rollback: Run<typeof declared.rollback> = async ({ args: { version }, options, io }) => {
  const { overrideGate: overrides, dryRun, campaign } = options;
  for (const name of overrides) checkOverride(name);
  await using opened = await openDialer(options, io.env, { warn: io.say });
  if (!dryRun) await finishOpen(opened, io);
  return await change(opened, await opened.dialer.planRollback({ version, campaign, overrides }), dryRun, io);
};

export const resume: Run<typeof declared.resume> = async ({ args, options, io }) => {
  const { keep, rollBack } = options;
  if (keep && rollBack) throw new OutdialError("invalid_input", "--keep and --roll-back exclude each other");
  await using dialer = await openDialer(options, io.env, { warn: io.say });
  const version = args.version ?? (await dialer.changes.open())?.version;
  if (version === undefined) {
    io.say("every change has ended");
    return await io.answer({ open: null }, []);
  }
  if (keep || rollBack) await dialer.changes.decide(version, keep);
  return await runAndReport(dialer, version, io);
};

/** A change that was interrupted comes first: its outcome decides what is in force. */
async function finishOpen(dialer: DialerRuntime, io: Io): Promise<void> {
  const ended = await dialer.changes.finishOpen(progressOf(io));
  if (ended === undefined) return;
  io.say(`version ${ended.change.version} had been interrupted and was finished first:`);
  io.say(endLines(ended));
}

async function change(opened: DialerRuntime, planned: Planned<DialerPlan>, dryRun: boolean, io: Io): Promise<number> {
  const { dialer } = opened;
  const { verdict, prepared, guard } = planned.plan;
  const preview = dialerPreviewOf(planned);
  const end = async (result: string, exit: number) => {
    await io.answer({ result, ...preview }, result.replaceAll("_", " "));
    return exit;
  };
  if (verdict === "unchanged") {
    io.say(planned.refusals.join("; "));
    return await end(verdict, EXIT.done);
  }
  io.say([...diffLines(prepared.diff), ...judgementLines(prepared.judgement)]);
  if (preview.refusals.some((refusal) => refusal.startsWith(PREDICTED_ABANDONMENT)))
    io.say(`to pass this gate on purpose: --override-gate ${PREDICTED_ABANDONMENT}; the audit keeps who did`);
  if (verdict === "refused" && !dryRun) await dialer.changes.recordRefusal(prepared);
  if (verdict === "rejected_before") io.say(planned.refusals.join("; "));
  if (verdict !== "ready") return await end(verdict, EXIT.refused);
  if (dryRun) {
    io.say("dry run: nothing was sent");
    return await end("dry_run", EXIT.done);
  }
  if (guard !== null)
    io.say(
      `watched for ${durationText(guard.durationMs)}: ${guard.campaigns.join(", ") || "no campaign is active, so the watch cannot come to a verdict"}`,
    );
  const changes = preview.changes.length === 1 ? "this change" : `these ${preview.changes.length} changes`;
  if (!(await confirmed(`Activate ${changes}?`, io))) {
    io.say("nothing was sent");
    return await end("declined", EXIT.interrupted);
  }
  const { version } = await dialer.changes.begin(prepared, guard);
  return await runAndReport(opened, version, io);
}

function progressOf(io: Io): (progress: ChangeProgress) => void {
  const tell = standing(io);
  return ({ version, state, elsewhere }) => {
    if (state?.phase !== "ended")
      tell(`version ${version}: ${elsewhere || state === undefined ? "run by another process" : phaseLine(state)}`);
  };
}

async function runAndReport(opened: DialerRuntime, version: number, io: Io): Promise<number> {
  using _listening = endedByInterrupt(io, opened);
  const { dialer } = opened;
  const report = await dialer.changes.run(version, progressOf(io));
  await opened.deliverEvents();
  io.say(endLines(report));
  const view = await dialer.change(version);
  await io.answer(view, `${version} ${view.outcome ?? view.phase}`);
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
