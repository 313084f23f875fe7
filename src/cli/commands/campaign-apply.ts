// outdial campaign apply, resume-apply: an apply shows the plan, asks, runs it, and says how it ended; what was agreed to is made anew before anything is
// sent.

import { stat } from "node:fs/promises";
import { type CampaignApplies, openCampaignApplies } from "../../app/index.ts";
import { messageOf, OutdialError } from "../../kernel/index.ts";
import { type CampaignPlan, looksLikePlan, parseCampaignFiles, readPlan } from "../../operations/index.ts";
import {
  type CampaignApplyView,
  type CampaignPlanMoved,
  type CampaignPlanView,
  campaignPlanMoved,
} from "../../operations/views/index.ts";
import type { Run } from "../command.ts";
import { answerWaits, confirmed } from "../confirm.ts";
import { EXIT, exitOf } from "../exit.ts";
import type * as declared from "../groups/campaign.ts";
import type { Io } from "../io.ts";
import { endLines, movedLines, planLines, progressLine } from "../render-campaign-plan.ts";
import { endedByInterrupt, standing } from "../running.ts";
import { readFileText } from "../source.ts";
import { atService, FOLDER, filesAt } from "./campaign-plan.ts";

export const apply: Run<typeof declared.apply> = async ({ args: { path }, options, io }) => {
  const { plan: hash, pack, contacts: contactPages } = options;
  const fromFile = path === undefined ? undefined : await planFile(path);
  const readsFiles = fromFile === undefined && (path !== undefined || hash === undefined);
  const texts = readsFiles ? await filesAt(path, io) : undefined;
  if (io.yes && fromFile === undefined && hash === undefined)
    throw new OutdialError("invalid_input", "--yes agrees to a plan that was shown: pass its file, or its hash with --plan", {
      advice: "outdial campaign plan shows the plan and its hash.",
    });
  if (fromFile !== undefined && hash !== undefined && !fromFile.hash.startsWith(hash))
    throw new OutdialError("invalid_input", `${path} is plan ${fromFile.hash}, not ${hash}`);
  const there = atService(options, io);
  // What is wrong with the files is found before a store is started.
  if (there === undefined && texts !== undefined) await parseCampaignFiles(texts);
  await using applies = there ?? (await openCampaignApplies(options, io.env, { warn: io.say, pack, contactPages }));
  const agreed = fromFile ?? hash;
  const before = await applies.latest();
  const finished = before !== undefined && before.endedAt === null ? await finishOpen(applies, before, io) : undefined;
  if (finished !== undefined && agreed !== undefined && finished.plan.startsWith(hashOf(agreed))) return await say(finished, io);
  try {
    const shown = agreed === undefined ? undefined : await applies.again(agreed);
    const now = texts === undefined ? shown : await applies.plan(texts, options.activate || shown?.activate === true);
    if (now === undefined) throw new TypeError("neither files nor a plan");
    // What is shown is what is executed: the plan that was agreed to, or the one of this moment.
    io.say(planLines(now));
    if (shown !== undefined && shown.plan !== now.plan) {
      // Throws when the tenant was changed between the two readings, with what has moved.
      await applies.again(shown.plan);
      return await refuse(
        "the campaign files differ from those of the plan",
        { agreed: shown.plan, plan: now.plan, moved: [] },
        io,
      );
    }
    return await applyShown(applies, now, { source: path ?? FOLDER, agreed: agreed !== undefined }, io);
  } catch (thrown) {
    const moved = movedIn(thrown);
    if (moved === undefined) throw thrown;
    // An answer that was lost: what was asked for is done.
    const latest = await applies.latest();
    if (latest === undefined || latest.plan !== moved.agreed || latest.endedAt === null) {
      return await refuse(moved.moved.length > 0 ? movedLines(moved.moved) : messageOf(thrown), moved, io);
    }
    io.say(`plan ${latest.plan.slice(0, 12)} was applied by ${latest.actor} as ${latest.job}; its result follows`);
    return await runAndSay(applies, latest.job, io);
  }
};

/** Asks about a plan that was shown, and carries it out. Throws `plan_changed`: somebody may have read for an hour. */
async function applyShown(
  applies: CampaignApplies,
  shown: CampaignPlanView,
  { source, agreed }: { readonly source: string; readonly agreed: boolean },
  io: Io,
): Promise<number> {
  const end = async (result: string, exit: number) => {
    await io.answer({ result, ...shown }, result);
    return exit;
  };
  if (shown.violations.length > 0) return await end("refused", EXIT.refused);
  const steps = shown.entries.filter(({ action }) => action !== "in_sync");
  if (steps.length === 0) return await end("in sync", EXIT.done);
  const dials = steps.filter(({ blast }) => blast.dials).length;
  const question = `Apply this plan to ${steps.length} campaigns${dials === 0 ? "" : `, ${dials} of which dial`}?`;
  const advice = agreed ? undefined : `Pass --plan ${shown.plan.slice(0, 12)} --yes to apply exactly this plan.`;
  if (!(await confirmed(question, io, advice))) return await end("declined", EXIT.interrupted);
  const { result, approval } = await applies.begin(shown, source);
  return approval === null ? await runAndSay(applies, result.job, io) : await answerWaits(approval, io);
}

export const resumeApply: Run<typeof declared.resumeApply> = async ({ options, io }) => {
  await using applies = atService(options, io) ?? (await openCampaignApplies(options, io.env, { warn: io.say }));
  const latest = await applies.latest();
  if (latest?.endedAt === null) {
    if (latest.standing === "still") await applies.goOn(latest.job);
    return await runAndSay(applies, latest.job, io);
  }
  io.say("every apply has ended");
  return await io.answer({ open: null }, []);
};

const hashOf = (agreed: string | CampaignPlan): string => (typeof agreed === "string" ? agreed : agreed.hash);

/** What has moved since a plan was shown, when that is what an error says. */
function movedIn(thrown: unknown): CampaignPlanMoved | undefined {
  if (!(thrown instanceof OutdialError) || thrown.code !== "plan_changed") return undefined;
  return campaignPlanMoved.safeParse(thrown.details).data;
}

/** A plan of a file; undefined when the path is a folder or a campaign file. */
async function planFile(path: string): Promise<CampaignPlan | undefined> {
  const there = await stat(path).catch(() => undefined);
  if (there?.isFile() !== true) return undefined;
  const text = await readFileText(path);
  return looksLikePlan(text) ? readPlan(parsed(text, path), path) : undefined;
}

function parsed(text: string, path: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new OutdialError("invalid_input", `${path} is not a complete plan: it is not valid JSON`);
  }
}

/** An apply that has not ended comes first: the tenant is half way to its plan. */
async function finishOpen(
  applies: CampaignApplies,
  { job, plan: hash, standing: stands }: Pick<CampaignApplyView, "job" | "plan" | "standing">,
  io: Io,
): Promise<CampaignApplyView> {
  const isStill = stands === "still";
  io.say(`an apply of plan ${hash.slice(0, 12)} was interrupted and is finished first:`);
  if (isStill) await applies.goOn(job);
  const report = await run(applies, job, io);
  io.say(endLines(report));
  if (report.outcome !== null) return report;
  throw new OutdialError(report.stop?.code ?? "interrupted", "the interrupted apply could not be finished", {
    advice: "outdial campaign resume-apply continues it.",
  });
}

async function refuse(words: string | string[], { agreed, plan: now, moved }: CampaignPlanMoved, io: Io): Promise<number> {
  io.say(words);
  io.say("nothing was sent; make a new plan");
  await io.answer({ result: "moved", agreed, plan: now, moved }, "moved");
  return EXIT.refused;
}

async function run(applies: CampaignApplies, job: string, io: Io): Promise<CampaignApplyView> {
  const tell = standing(io);
  using _listening = endedByInterrupt(io, applies);
  return await applies.run(job, (progress) => {
    if (progress.phase !== "ended") tell(progressLine(progress));
  });
}

async function runAndSay(applies: CampaignApplies, job: string, io: Io): Promise<number> {
  const report = await run(applies, job, io);
  await applies.deliverEvents();
  io.say(endLines(report));
  return await say(report, io);
}

async function say(report: CampaignApplyView, io: Io): Promise<number> {
  const result = report.outcome ?? "stopped";
  await io.answer({ result, ...report }, result.replaceAll("_", " "));
  return exitOfApply(report);
}

function exitOfApply({ outcome, results, stop }: CampaignApplyView): number {
  switch (outcome) {
    case "applied":
      return EXIT.done;
    case "partly_applied":
      return EXIT.partlyFailed;
    case "not_applied":
      return results.every((result) => result.outcome === "moved" || result.outcome === "not_activated")
        ? EXIT.refused
        : EXIT.failed;
    default:
      return stop === null ? EXIT.interrupted : exitOf(stop.code);
  }
}
