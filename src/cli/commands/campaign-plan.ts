// outdial campaign plan, drift, export: files against the tenant.

import { readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type ApiClient, type AskedOf, type HereOperation, openApi } from "../../app/index.ts";
import { fileTrouble, MINUTE_MS, messageOf, OutdialError } from "../../kernel/index.ts";
import {
  type CampaignPlan,
  type FileText,
  looksLikePlan,
  parseCampaignFiles,
  planText,
  readCampaignFiles,
  readPlan,
  SAY_GONE,
} from "../../operations/index.ts";
import {
  type CampaignApplyView,
  type CampaignPlanMoved,
  type CampaignPlanView,
  campaignPlanMoved,
} from "../../operations/views/index.ts";
import { makeFolders } from "../../store/index.ts";
import type { Run } from "../command.ts";
import { answerWaits, confirmed } from "../confirm.ts";
import { EXIT, exitOf } from "../exit.ts";
import type * as declared from "../groups/campaign.ts";
import type { Io } from "../io.ts";
import { writeText } from "../output.ts";
import { driftLines, endLines, movedLines, planLines, progressLine } from "../render-campaign-plan.ts";
import { endedByInterrupt, standing } from "../running.ts";
import { readFileText } from "../source.ts";
import { numberOf, printable } from "../text.ts";

/** Where campaign files are looked for. */
export const FOLDER = "campaigns";
/** The tenant is read for a plan, page by page, ms. */
export const PLAN_MS = 30 * MINUTE_MS;
/** The end of a file's name says which it is. */
const MOST_NAME = 4096;

/** The files at a path. What is wrong with them at any tenant is found before a store is started. */
export async function filesAt(path: string | undefined, io: Io): Promise<FileText[]> {
  const files = await readCampaignFiles(path ?? io.path(FOLDER));
  await parseCampaignFiles(files, "part");
  return files.map(({ name, text }) => ({ name: name.slice(-MOST_NAME), text }));
}

export const plan: Run<typeof declared.plan> = async ({ args, options, io }) => {
  const { activate, contacts: contactPages, pack, out } = options;
  const files = await filesAt(args.path, io);
  await using api = await openApi(options, io, { pack });
  const made = await api.ask("campaigns.plan", { body: { files, activate, contactPages }, withinMs: PLAN_MS });
  if (out !== undefined) {
    const kept = await api.ask("campaigns.planned", { params: { plan: made.plan } });
    await writeText(out, planText(readPlan(kept, "the plan")));
  }
  await io.answer(made, planLines(made));
  return made.violations.length > 0 ? EXIT.refused : EXIT.done;
};

export const drift: Run<typeof declared.drift> = async ({ args, options, io }) => {
  const files = await filesAt(args.path, io);
  await using api = await openApi(options, io);
  const found = await api.ask("campaigns.drift", { body: { files, unmanaged: options.unmanaged }, withinMs: PLAN_MS });
  await io.answer(found, driftLines(found));
  return found.drifted ? EXIT.refused : EXIT.done;
};

export const exportAll: Run<typeof declared.exportAll> = async ({ args, options, io }) => {
  await using api = await openApi(options, io);
  const { files, shorter } = await api.ask("campaigns.export", { query: { id: args.ids }, withinMs: PLAN_MS });
  const code = shorter === null ? EXIT.done : EXIT.partlyFailed;
  if (shorter !== null) io.complain(`${printable(shorter)}; ${SAY_GONE}`);
  const { out, force } = options;
  if (out === undefined) {
    // A file is written as it is, also to a terminal.
    if (io.json) await io.answer({ files, shorter }, []);
    else if (files.length > 0) await io.data(files.map(({ text }) => text.trimEnd()).join("\n---\n"));
    return code;
  }
  const taken = force ? [] : await conflicting(out, files);
  for (const path of taken) io.complain(`${path} exists with other content; --force overwrites it`);
  if (taken.length > 0) return EXIT.refused;
  try {
    await makeFolders(out);
    for (const { name, text } of files) await writeFile(join(out, name), text);
  } catch (thrown) {
    throw new OutdialError("invalid_input", `cannot write to ${out}: ${fileTrouble(thrown)}`);
  }
  const written = files.map(({ name, campaignId }) => ({ path: join(out, name), campaignId }));
  await io.answer(
    { files: written, shorter },
    written.map(({ path, campaignId }) => `${path} ${campaignId}`),
  );
  return code;
};

/** Files that are there with another text. */
async function conflicting(folder: string, files: readonly FileText[]): Promise<string[]> {
  const found: string[] = [];
  for (const { name, text } of files) {
    const path = join(folder, name);
    const there = await readFile(path, "utf8").catch(() => undefined);
    if (there !== undefined && there !== text) found.push(path);
  }
  return found;
}

// outdial campaign apply, resume-apply: an apply shows the plan, asks, runs it, and says how it ended; what was agreed to is made anew before anything is
// sent.

type Api = ApiClient<HereOperation>;

export const apply: Run<typeof declared.apply> = async ({ args: { path }, options, io }) => {
  const { plan: hash, pack, contacts: contactPages } = options;
  const fromFile = path === undefined ? undefined : await planFile(path);
  const readsFiles = fromFile === undefined && (path !== undefined || hash === undefined);
  const files = readsFiles ? await filesAt(path, io) : undefined;
  if (io.yes && fromFile === undefined && hash === undefined)
    throw new OutdialError("invalid_input", "--yes agrees to a plan that was shown: pass its file, or its hash with --plan", {
      advice: "outdial campaign plan shows the plan and its hash.",
    });
  if (fromFile !== undefined && hash !== undefined && !fromFile.hash.startsWith(hash))
    throw new OutdialError("invalid_input", `${path} is plan ${fromFile.hash}, not ${hash}`);
  await using api = await openApi(options, io, { pack });
  const agreed = fromFile ?? hash;
  const before = await latestOf(api);
  const finished = before !== undefined && before.endedAt === null ? await finishOpen(api, before, io) : undefined;
  if (finished !== undefined && agreed !== undefined && finished.plan.startsWith(hashOf(agreed))) return await say(finished, io);
  try {
    const shown = agreed === undefined ? undefined : await again(api, agreed, contactPages);
    const activate = options.activate || shown?.activate === true;
    const now =
      files === undefined
        ? shown
        : await api.ask("campaigns.plan", { body: { files, activate, contactPages }, withinMs: PLAN_MS });
    if (now === undefined) throw new TypeError("neither files nor a plan");
    // What is shown is what is executed: the plan that was agreed to, or the one of this moment.
    io.say(planLines(now));
    if (shown !== undefined && shown.plan !== now.plan) {
      // Throws when the tenant was changed between the two readings, with what has moved.
      await again(api, shown.plan, contactPages);
      return await refuse(
        "the campaign files differ from those of the plan",
        { agreed: shown.plan, plan: now.plan, moved: [] },
        io,
      );
    }
    const body = { plan: now.plan, confirm: now.confirm, contactPages, sourceName: (path ?? FOLDER).slice(-MOST_SOURCE) };
    return await applyShown(api, now, { body, agreed: agreed !== undefined }, io);
  } catch (thrown) {
    const moved = movedIn(thrown);
    if (moved === undefined) throw thrown;
    // An answer that was lost: what was asked for is done.
    const latest = await latestOf(api);
    if (latest === undefined || latest.plan !== moved.agreed || latest.endedAt === null) {
      return await refuse(moved.moved.length > 0 ? movedLines(moved.moved) : messageOf(thrown), moved, io);
    }
    io.say(`plan ${latest.plan.slice(0, 12)} was applied by ${latest.actor} as ${latest.job}; its result follows`);
    return await runAndSay(api, latest.job, io);
  }
};

/** Characters of a source's name. */
const MOST_SOURCE = 200;

/** The latest apply; only this one can be unended. */
const latestOf = async (api: Api) => (await api.list("campaigns.applies", { most: 1 }))[0];

/**
 * Makes a plan that was shown again. One that was not shown here is given whole. @param agreed the plan, its hash, or the
 * beginning of its hash. Throws `plan_changed` with `CampaignPlanMoved`
 */
async function again(api: Api, agreed: string | CampaignPlan, contactPages: number): Promise<CampaignPlanView> {
  const ask = (plan: string | CampaignPlan) => {
    const given = typeof plan === "string" ? plan : { ...plan };
    return api.ask("campaigns.plan", { body: { plan: given, contactPages }, withinMs: PLAN_MS });
  };
  if (typeof agreed === "string") return await ask(agreed);
  return await ask(agreed.hash).catch((thrown: unknown) => {
    if (!(thrown instanceof OutdialError) || thrown.code !== "job_not_found") throw thrown;
    return ask(agreed);
  });
}

/** Asks about a plan that was shown, and carries it out. Throws `plan_changed`: somebody may have read for an hour. */
async function applyShown(
  api: Api,
  shown: CampaignPlanView,
  { body, agreed }: { readonly body: AskedOf<"campaigns.apply">["body"]; readonly agreed: boolean },
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
  const question = `Apply this plan to ${numberOf(steps.length, "campaign")}${dials === 0 ? "" : `, ${dials} of which dial`}?`;
  const advice = agreed ? undefined : `Pass --plan ${shown.plan.slice(0, 12)} --yes to apply exactly this plan.`;
  if (!(await confirmed(question, io, advice))) return await end("declined", EXIT.interrupted);
  const { result, approval } = await api.carryOut("campaigns.apply", { body, withinMs: PLAN_MS });
  return approval === null ? await runAndSay(api, result.job, io) : await answerWaits(approval, io);
}

export const resumeApply: Run<typeof declared.resumeApply> = async ({ options, io }) => {
  await using api = await openApi(options, io);
  const latest = await latestOf(api);
  if (latest?.endedAt === null) {
    if (latest.standing === "still") await api.ask("campaigns.resumeApply", { params: { job: latest.job } });
    return await runAndSay(api, latest.job, io);
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
  api: Api,
  { job, plan: hash, standing: stands }: Pick<CampaignApplyView, "job" | "plan" | "standing">,
  io: Io,
): Promise<CampaignApplyView> {
  const isStill = stands === "still";
  io.say(`an apply of plan ${hash.slice(0, 12)} was interrupted and is finished first:`);
  if (isStill) await api.ask("campaigns.resumeApply", { params: { job } });
  const report = await run(api, job, io);
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

async function run(api: Api, job: string, io: Io): Promise<CampaignApplyView> {
  const tell = standing(io);
  using _listening = endedByInterrupt(io, api);
  return await api.follow(
    "campaigns.applied",
    { params: { job } },
    {
      job,
      ended: ({ endedAt, standing: stands }) => endedAt !== null || stands === "still",
      onLook(seen, elsewhere) {
        if (seen.endedAt === null) tell(progressLine(seen, elsewhere));
      },
      again: "outdial campaign resume-apply",
    },
  );
}

async function runAndSay(api: Api, job: string, io: Io): Promise<number> {
  const report = await run(api, job, io);
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
