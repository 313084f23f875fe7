// outdial dialer apply, rollback, resume: prepare a change, show it, ask, run it, say how it ended.

import { type ApiClient, type CarriedOut, type HereOperation, openApi } from "../../app/index.ts";
import { durationText, MINUTE_MS, OutdialError } from "../../kernel/index.ts";
import { checkOverride, PREDICTED_ABANDONMENT } from "../../operations/index.ts";
import type { DialerChange, DialerPreview } from "../../operations/views/index.ts";
import type { Run } from "../command.ts";
import { answerWaits, confirmed } from "../confirm.ts";
import { EXIT, exitOf } from "../exit.ts";
import type * as declared from "../groups/dialer.ts";
import type { Io } from "../io.ts";
import { diffLines, endLines, judgementLines, phaseLine } from "../render-dialer.ts";
import { endedByInterrupt, standing } from "../running.ts";
import { settingsText } from "./dialer-files.ts";

type Api = ApiClient<HereOperation>;

export const apply: Run<typeof declared.apply> = async ({ args, options, io }) => {
  const { overrideGate: overrides, expectedAnswerRate, dryRun, retryRejected, campaign, guard, guardCampaign } = options;
  for (const name of overrides) checkOverride(name);
  const { text: file, name: sourceName } = await settingsText(args.file, io);
  const watch = guard === undefined ? {} : { guardMinutes: guard / MINUTE_MS, guardCampaigns: [...guardCampaign] };
  const body = { file, sourceName, campaign, overrides: [...overrides], expectedAnswerRate, retryRejected, ...watch };
  await using api = openApi(options, io);
  if (!dryRun) await finishOpen(api, io);
  const preview = await api.ask("dialer.preview", { body });
  const begin: Begin = (confirm) => api.carryOut("dialer.apply", { body: { ...body, confirm } });
  return await change(api, { preview, begin, dryRun }, io);
};

export const rollback: Run<typeof declared.rollback> = async ({ args: { version }, options, io }) => {
  const { overrideGate: overrides, expectedAnswerRate, dryRun, campaign } = options;
  for (const name of overrides) checkOverride(name);
  const body = { version, campaign, overrides: [...overrides], expectedAnswerRate };
  await using api = openApi(options, io);
  if (!dryRun) await finishOpen(api, io);
  const preview = await api.ask("dialer.previewRollback", { body });
  const begin: Begin = (confirm) => api.carryOut("dialer.rollback", { body: { ...body, confirm } });
  return await change(api, { preview, begin, dryRun }, io);
};

export const resume: Run<typeof declared.resume> = async ({ args, options, io }) => {
  const { keep, rollBack } = options;
  if (keep && rollBack) throw new OutdialError("invalid_input", "--keep and --roll-back exclude each other");
  await using api = openApi(options, io);
  const version = args.version ?? (await api.ask("dialer.show", {})).open?.version;
  if (version === undefined) {
    io.say("every change has ended");
    return await io.answer({ open: null }, []);
  }
  const decision = keep ? "keep" : rollBack ? "rollBack" : undefined;
  return await runAndReport(api, await api.ask("dialer.resume", { params: { version }, body: { decision } }), io);
};

/** A change that was interrupted comes first: its outcome decides what is in force. One that waits for a person forbids another to begin. */
async function finishOpen(api: Api, io: Io): Promise<void> {
  const { open } = await api.ask("dialer.show", {});
  if (open === null || open.phase === "paused") return;
  const isStill = open.standing === "still";
  const ended = await run(api, isStill ? await api.ask("dialer.resume", { params: { version: open.version } }) : open, io);
  io.say(`version ${ended.version} was interrupted and has been finished first:`);
  io.say(endLines(ended));
}

type Begin = (confirm: string) => Promise<CarriedOut<DialerChange>>;

/** Shows a change, asks, and carries it out. */
async function change(
  api: Api,
  { preview, begin, dryRun }: { readonly preview: DialerPreview; readonly begin: Begin; readonly dryRun: boolean },
  io: Io,
): Promise<number> {
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
  // Asked for all the same, it is refused, and that is recorded.
  if (verdict === "refused" && !dryRun)
    await begin(preview.confirm).catch((thrown: unknown) => {
      if (!(thrown instanceof OutdialError) || thrown.code !== "plan_refused") throw thrown;
    });
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
  const { result, approval } = await begin(preview.confirm);
  return approval === null ? await runAndReport(api, result, io) : await answerWaits(approval, io);
}

async function run(api: Api, { version, job }: Pick<DialerChange, "version" | "job">, io: Io): Promise<DialerChange> {
  const tell = standing(io);
  using _listening = endedByInterrupt(io, api);
  return await api.follow(
    "dialer.change",
    { params: { version } },
    {
      job: job ?? "",
      ended: ({ phase, standing: stands }) => phase === "ended" || stands === "still",
      onLook(seen, elsewhere) {
        if (seen.phase !== "ended") tell(`version ${version}: ${elsewhere ? "run by another process" : phaseLine(seen)}`);
      },
      again: `outdial dialer resume ${version}`,
    },
  );
}

async function runAndReport(api: Api, begun: Pick<DialerChange, "version" | "job">, io: Io): Promise<number> {
  const view = await run(api, begun, io);
  io.say(endLines(view));
  await io.answer(view, `${view.version} ${view.outcome ?? view.phase}`);
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
