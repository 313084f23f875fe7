// outdial dialer apply, rollback, resume: prepare a change, show it, ask, run it, say how it ended.

import { type DialerChanges, type OnChange, openDialer, ServiceDialer, type ShownChange } from "../../app/index.ts";
import { durationText, OutdialError } from "../../kernel/index.ts";
import { checkOverride, PREDICTED_ABANDONMENT } from "../../operations/index.ts";
import type { DialerChange } from "../../operations/views/index.ts";
import type { Place, Run } from "../command.ts";
import { answerWaits, confirmed } from "../confirm.ts";
import { EXIT, exitOf } from "../exit.ts";
import type * as declared from "../groups/dialer.ts";
import type { Io } from "../io.ts";
import { diffLines, endLines, judgementLines, phaseLine } from "../render-dialer.ts";
import { endedByInterrupt, standing } from "../running.ts";
import { settingsText } from "./dialer-files.ts";

/** Changes of the store's tenant, or of the service that OUTDIAL_URL names. */
const opened = async (options: Place, io: Io): Promise<DialerChanges> =>
  options.service === undefined
    ? await openDialer(options, io.env, { warn: io.say })
    : new ServiceDialer(options.service, { clock: io.clock, signal: io.signal, warn: io.say });

export const apply: Run<typeof declared.apply> = async ({ args, options, io }) => {
  const { overrideGate: overrides, expectedAnswerRate, dryRun, retryRejected, campaign } = options;
  const { guard: guardMs, guardCampaign: guardCampaigns } = options;
  for (const name of overrides) checkOverride(name);
  await using changes = await opened(options, io);
  const file = await settingsText(args.file, io);
  if (!dryRun) await finishOpen(changes, io);
  const asked = { campaign, overrides, expectedAnswerRate, retryRejected, guardMs, guardCampaigns, dryRun };
  return await change(changes, await changes.apply(file, asked), dryRun, io);
};

export const rollback: Run<typeof declared.rollback> = async ({ args: { version }, options, io }) => {
  const { overrideGate: overrides, expectedAnswerRate, dryRun, campaign } = options;
  for (const name of overrides) checkOverride(name);
  await using changes = await opened(options, io);
  if (!dryRun) await finishOpen(changes, io);
  return await change(changes, await changes.rollback(version, { campaign, overrides, expectedAnswerRate, dryRun }), dryRun, io);
};

export const resume: Run<typeof declared.resume> = async ({ args, options, io }) => {
  const { keep, rollBack } = options;
  if (keep && rollBack) throw new OutdialError("invalid_input", "--keep and --roll-back exclude each other");
  await using changes = await opened(options, io);
  const version = args.version ?? (await changes.open());
  if (version === undefined) {
    io.say("every change has ended");
    return await io.answer({ open: null }, []);
  }
  await changes.goOn(version, keep || rollBack ? keep : undefined);
  return await runAndReport(changes, version, io);
};

/** A change that was interrupted comes first: its outcome decides what is in force. */
async function finishOpen(changes: DialerChanges, io: Io): Promise<void> {
  const ended = await changes.finishOpen(progressOf(io));
  if (ended === undefined) return;
  io.say(`version ${ended.version} was interrupted and has been finished first:`);
  io.say(endLines(ended));
}

async function change(changes: DialerChanges, shown: ShownChange, dryRun: boolean, io: Io): Promise<number> {
  const { preview } = shown;
  const { verdict, refusals, guard } = preview;
  const end = async (result: string, exit: number) => {
    await io.answer({ result, ...preview }, result.replaceAll("_", " "));
    return exit;
  };
  if (verdict === "unchanged") {
    io.say(refusals.join("; "));
    return await end(verdict, EXIT.done);
  }
  io.say([...diffLines(preview.changes), ...judgementLines(preview)]);
  if (refusals.some((refusal) => refusal.startsWith(PREDICTED_ABANDONMENT)))
    io.say(`to override this gate: --override-gate ${PREDICTED_ABANDONMENT}; the audit log records who did`);
  if (verdict === "refused" && !dryRun) await shown.recordRefusal();
  if (verdict !== "ready") return await end(verdict, EXIT.refused);
  if (dryRun) {
    io.say("dry run: nothing was sent");
    return await end("dry_run", EXIT.done);
  }
  if (guard !== null)
    io.say(
      `watched for ${durationText(guard.minutes * 60_000)}: ${guard.campaigns.join(", ") || "no campaign is active, so the watch will be inconclusive"}`,
    );
  const changed = preview.changes.length === 1 ? "this change" : `these ${preview.changes.length} changes`;
  if (!(await confirmed(`Activate ${changed}?`, io))) {
    io.say("nothing was sent");
    return await end("declined", EXIT.interrupted);
  }
  const { result, approval } = await shown.begin();
  return approval === null ? await runAndReport(changes, result.version, io) : await answerWaits(approval, io);
}

function progressOf(io: Io): OnChange {
  const tell = standing(io);
  return (version, state) => {
    if (state?.phase !== "ended")
      tell(`version ${version}: ${state === undefined ? "run by another process" : phaseLine(state)}`);
  };
}

async function runAndReport(changes: DialerChanges, version: number, io: Io): Promise<number> {
  using _listening = endedByInterrupt(io, changes);
  const view = await changes.run(version, progressOf(io));
  await changes.deliverEvents();
  io.say(endLines(view));
  await io.answer(view, `${version} ${view.outcome ?? view.phase}`);
  return exitOfChange(view);
}

function exitOfChange({ outcome, phase, stop, failure }: DialerChange): number {
  switch (outcome) {
    case "applied":
      return EXIT.done;
    case "refused":
    case "conflict":
    case "overtaken":
      return EXIT.refused;
    case null:
      if (phase === "paused") return EXIT.partlyFailed;
      // An alarm was raised when the old settings are not back.
      if (stop !== null) return failure === null ? exitOf(stop.code) : EXIT.failed;
      return EXIT.interrupted;
    default:
      return EXIT.failed;
  }
}
