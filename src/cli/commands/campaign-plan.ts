// outdial campaign plan, drift, export, apply, resume-apply: files against the tenant. An apply shows the plan, asks, reads the tenant once more,
// runs it, and says how it ended.

import { readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type CampaignApplies, exportCampaignFiles, openCampaignApplies, openCampaignReader } from "../../app/index.ts";
import { fileTrouble, OutdialError } from "../../kernel/index.ts";
import {
  type ApplyProgress,
  type CampaignPlan,
  campaignPlanOf,
  type ExportedFile,
  looksLikePlan,
  type Moved,
  movedSince,
  parseCampaignFiles,
  planText,
  readCampaignFiles,
  readPlan,
} from "../../operations/index.ts";
import type { CampaignApplyView } from "../../operations/views/index.ts";
import { makeFolders } from "../../store/index.ts";
import type { Run } from "../command.ts";
import { confirmed } from "../confirm.ts";
import { EXIT, exitOf } from "../exit.ts";
import type * as declared from "../groups/campaign.ts";
import type { Io } from "../io.ts";
import { writeText } from "../output.ts";
import { driftLines, endLines, movedLines, planLines, progressLine } from "../render-campaign-plan.ts";
import { endedByInterrupt, standing } from "../running.ts";
import { readFileText } from "../source.ts";

/** Where campaign files are looked for. */
export const FOLDER = "campaigns";

export const plan: Run<typeof declared.plan> = async ({ args, options, io }) => {
  const { activate, contacts: contactPages, pack, out } = options;
  const files = await parseCampaignFiles(await readCampaignFiles(args.path ?? io.path(FOLDER)));
  await using reader = await openCampaignReader(options, io.env, { pack });
  const made = await reader.plan(files, { activate, contactPages });
  if (out !== undefined) await writeText(out, planText(made));
  const view = campaignPlanOf(made);
  await io.answer(view, planLines(view));
  return made.violations.length > 0 ? EXIT.refused : EXIT.done;
};

export const drift: Run<typeof declared.drift> = async ({ args, options, io }) => {
  const files = await parseCampaignFiles(await readCampaignFiles(args.path ?? io.path(FOLDER)));
  await using reader = await openCampaignReader(options, io.env);
  const found = await reader.drift(files, { managedOnly: options.managedOnly });
  await io.answer(found, driftLines(found));
  return found.drifted ? EXIT.refused : EXIT.done;
};

export const exportAll: Run<typeof declared.exportAll> = async ({ args, options, io }) => {
  const files = await exportCampaignFiles(options, io.env, args.ids, io.say);
  const { out, force } = options;
  if (out === undefined) {
    // A file is written as it is, also to a terminal.
    if (!io.json) return await io.data(files.map(({ text }) => text.trimEnd()).join("\n---\n"));
    return await io.answer({ files }, []);
  }
  const taken = force ? [] : await conflicting(out, files);
  for (const path of taken) io.complain(`${path} is there and says something else; --force overwrites it`);
  if (taken.length > 0) return EXIT.refused;
  try {
    await makeFolders(out);
    for (const { name, text } of files) await writeFile(join(out, name), text);
  } catch (thrown) {
    throw new OutdialError("invalid_input", `cannot write to ${out}: ${fileTrouble(thrown)}`);
  }
  const written = files.map(({ name, campaignId }) => ({ path: join(out, name), campaignId }));
  await io.answer(
    { files: written },
    written.map(({ path, campaignId }) => `${path} ${campaignId}`),
  );
};

/** Files that are there with another text. */
async function conflicting(folder: string, files: readonly ExportedFile[]): Promise<string[]> {
  const found: string[] = [];
  for (const { name, text } of files) {
    const path = join(folder, name);
    const there = await readFile(path, "utf8").catch(() => undefined);
    if (there !== undefined && there !== text) found.push(path);
  }
  return found;
}

export const apply: Run<typeof declared.apply> = async ({ args: { path }, options, io }) => {
  const { plan: hash, pack } = options;
  const pages = { contactPages: options.contacts };
  const fromFile = path === undefined ? undefined : await planFile(path);
  const readsFiles = fromFile === undefined && (path !== undefined || hash === undefined);
  const files = readsFiles ? await parseCampaignFiles(await readCampaignFiles(path ?? io.path(FOLDER))) : undefined;
  if (io.yes && fromFile === undefined && hash === undefined)
    throw new OutdialError("invalid_input", "--yes agrees to a plan that was shown: pass its file, or its hash with --plan", {
      advice: "outdial campaign plan shows the plan and its hash.",
    });
  if (fromFile !== undefined && hash !== undefined && !fromFile.hash.startsWith(hash))
    throw new OutdialError("invalid_input", `${path} is plan ${fromFile.hash}, not ${hash}`);
  await using runtime = await openCampaignApplies(options, io.env, { warn: io.say, pack });
  const agreed = fromFile ?? (hash === undefined ? undefined : await runtime.plans.shown(hash));
  const finished = await finishOpen(runtime, io);
  if (finished !== undefined && finished.plan === agreed?.hash) return await say(finished, io);
  const activate = options.activate || agreed?.activate === true;
  const now =
    files === undefined && agreed !== undefined
      ? (await runtime.plans.again(agreed, pages)).plan
      : await runtime.plans.plan(files ?? { campaigns: [], violations: [] }, { ...pages, activate });
  // What is shown is what is executed: the plan that was agreed to, or the one of this moment.
  const view = campaignPlanOf(now);
  io.say(planLines(view));
  const moved = agreed === undefined ? [] : movedSince(agreed, now);
  if (agreed !== undefined && agreed.hash !== now.hash) return await refuseMoved(agreed, now, moved, io);
  const end = async (result: string, exit: number) => {
    await io.answer({ result, ...view }, result);
    return exit;
  };
  if (now.violations.length > 0) return await end("refused", EXIT.refused);
  const steps = now.entries.filter(({ action }) => action !== "in_sync");
  if (steps.length === 0) return await end("in sync", EXIT.done);
  const dials = steps.filter(({ blast }) => blast.dials).length;
  const question = `Apply this plan to ${steps.length} campaigns${dials === 0 ? "" : `, ${dials} of which dial`}?`;
  if (!(await confirmed(question, io))) return await end("declined", EXIT.interrupted);
  // Time has passed since the plan was made: somebody may have read for an hour.
  const again = await runtime.plans.again(now, pages);
  if (again.plan.hash !== now.hash) return await refuseMoved(now, again.plan, again.moved, io);
  const { jobId } = await runtime.plans.begin(again.plan, path ?? FOLDER);
  return await runAndSay(runtime, jobId, io);
};

export const resumeApply: Run<typeof declared.resumeApply> = async ({ options, io }) => {
  await using runtime = await openCampaignApplies(options, io.env, { warn: io.say });
  const open = await runtime.plans.open();
  if (open !== undefined) return await runAndSay(runtime, open.jobId, io);
  io.say("every apply has ended");
  return await io.answer({ open: null }, []);
};

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
    throw new OutdialError("invalid_input", `${path} is a plan that was cut off or changed: it is no JSON`);
  }
}

/** An apply that was interrupted comes first: the tenant is half way to its plan. */
async function finishOpen(runtime: CampaignApplies, io: Io): Promise<CampaignApplyView | undefined> {
  const open = await runtime.plans.open();
  if (open === undefined) return undefined;
  io.say(`an apply of plan ${open.planHash.slice(0, 12)} had been interrupted and is finished first:`);
  const report = await run(runtime, open.jobId, io);
  io.say(endLines(report));
  if (report.outcome !== null) return report;
  throw new OutdialError(report.stop?.code ?? "interrupted", "the interrupted apply could not be finished", {
    advice: "outdial campaign resume-apply goes on with it.",
  });
}

async function refuseMoved(agreed: CampaignPlan, now: CampaignPlan, moved: readonly Moved[], io: Io): Promise<number> {
  io.say(movedLines(moved));
  if (moved.length === 0) io.say("the campaign files are not those that the plan was made of");
  io.say("nothing was sent; make a new plan");
  await io.answer({ result: "moved", agreed: agreed.hash, plan: now.hash, moved }, "moved");
  return EXIT.refused;
}

async function run(runtime: CampaignApplies, jobId: string, io: Io): Promise<CampaignApplyView> {
  const tell = standing(io);
  const onProgress = (progress: ApplyProgress) => {
    if (progress.phase !== "ended") tell(progressLine(progress));
  };
  using _listening = endedByInterrupt(io, runtime);
  await runtime.plans.run(jobId, onProgress);
  return await runtime.plans.show(jobId);
}

async function runAndSay(runtime: CampaignApplies, jobId: string, io: Io): Promise<number> {
  const report = await run(runtime, jobId, io);
  await runtime.deliverEvents();
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
