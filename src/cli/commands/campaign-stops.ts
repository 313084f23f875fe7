// outdial campaign stops, story, resume.

import { openApi } from "../../app/index.ts";
import { formatInstant } from "../../compliance/index.ts";
import { OutdialError } from "../../kernel/index.ts";
import type { CampaignPreview, EmergencyStop, StopResult, Story } from "../../operations/views/index.ts";
import type { Run } from "../command.ts";
import { answerWaits, confirmed } from "../confirm.ts";
import { EXIT, exitOf } from "../exit.ts";
import type * as declared from "../groups/campaign.ts";
import type { Io } from "../io.ts";
import { problemLine, resultLine } from "../render-campaign-state.ts";
import { effectLines, previewLines } from "../render-verb.ts";
import { table } from "../table.ts";
import { grouped, printable, printableWhole, shareText } from "../text.ts";
import { pauseLines } from "./campaign-stop.ts";

const STOPS = table<EmergencyStop>(
  [
    { title: "id", value: ({ id }) => id },
    { title: "given", value: ({ createdAt }) => formatInstant(Date.parse(createdAt)) },
    { title: "by", value: ({ actor }) => actor },
    { title: "now", value: (stop) => standing(stop) },
    { title: "reason", value: ({ reason }) => reason },
  ],
  { widest: 60 },
);

/** The latest ones are shown. */
const SHOWN = 20;

export const stops: Run<typeof declared.stops> = async ({ args: { id }, options, io }) => {
  await using api = await openApi(options, io);
  if (id !== undefined) return await showStop(await api.ask("campaigns.stopped", { params: { stop: id } }), io);
  const list = await api.list("campaigns.stops", { most: SHOWN });
  const lines = list.length === 0 ? [] : [...STOPS.lines(list, io.width), ...(list.some(isLeft) ? [LEFT] : [])];
  await io.answer({ items: list }, lines, "there was no emergency stop");
};

async function showStop(stop: StopResult, io: Io): Promise<number> {
  const { id, actor, createdAt, changes, listProblem } = stop;
  const left = changes.filter(({ status }) => status === "resumed");
  const open = changes.filter(({ status, confirmed: sure }) => !sure && status !== "resumed");
  const [sum = "", ...each] = pauseLines({ ...stop, changes: changes.filter(({ status }) => status !== "resumed") });
  const lines = [
    `${id} by ${printable(actor)}, ${formatInstant(Date.parse(createdAt))}: ${standing(stop)}`,
    left.length === 0 ? sum : `${sum} · ${grouped(left.length)} resumed after it`,
    ...each,
    ...left.map(({ campaignId, message }) => `  ${printable(campaignId)}: ${printable(message)}`),
  ];
  if (listProblem !== null) lines.push(problemLine(listProblem));
  if (isLeft(stop)) lines.push(LEFT);
  await io.answer(stop, lines);
  return open.length === 0 && listProblem === null && stop.supersededBy === null ? EXIT.done : EXIT.partlyFailed;
}

export const story: Run<typeof declared.story> = async ({ args: { campaign }, options, io }) => {
  await using api = await openApi(options, io);
  const found = await api.ask("campaigns.stories", { query: { campaign } });
  const none = `nothing is known that ${campaign} went through: no hand-over, no guarded change of settings, no stop`;
  await io.answer(found, found.items.flatMap(storyLines), none);
};

function storyLines({ title, from, to, curve, steps }: Story, place: number): string[] {
  const time = (at: string) => formatInstant(Date.parse(at));
  const value = (of: number) => (curve.share ? shareText(of) : grouped(of));
  const last = curve.points.findLast((point) => point.value !== null)?.value ?? null;
  const limit = curve.limit === null ? "" : `, ${curve.limit.name} ${value(curve.limit.at)}`;
  return [
    ...(place === 0 ? [] : [""]),
    `${printable(title)}: ${to === null ? `since ${time(from)}, it goes on` : `${time(from)} to ${time(to)}`}`,
    `${printable(curve.name)}: ${last === null ? "no figures" : value(last)}${limit}`,
    ...steps.flatMap(({ at, text, facts }) => [
      `  ${time(at)}  ${printable(text)}`,
      ...facts.map((fact) => `      ${printable(fact.name)}: ${printableWhole(fact.value)}`),
    ]),
  ];
}

type Standing = Pick<EmergencyStop, "endedAt" | "supersededBy" | "carriedOut" | "lastSign">;

/** Nobody carries it out at present. */
const isLeft = ({ endedAt, supersededBy, carriedOut }: Standing): boolean =>
  endedAt === null && supersededBy === null && !carriedOut;

const LEFT = "Nobody carries out a stop that waits: start a service (outdial serve), or give the stop again (outdial stop).";

function standing(stop: Standing): string {
  const { endedAt, supersededBy, lastSign } = stop;
  if (supersededBy !== null) return `${supersededBy} continues in its place`;
  if (endedAt !== null) return `ended ${formatInstant(Date.parse(endedAt))}`;
  if (!isLeft(stop)) return "a service carries it out";
  return lastSign === null
    ? "waits for a service to continue it"
    : `waits; its service's last sign of life: ${formatInstant(Date.parse(lastSign))}`;
}

// outdial campaign resume.

export const resume: Run<typeof declared.resume> = async ({ args: { id }, options, io }) => {
  const { check, reason } = options;
  const show = async (shown: CampaignPreview) => {
    await io.answer({ ...shown, result: check ? "dry_run" : "refused" }, previewLines(shown));
    return shown.refusals.length > 0 ? EXIT.refused : EXIT.done;
  };
  await using api = await openApi(options, io);
  const preview = await api.ask("campaigns.preview", { params: { id, verb: "resume" } });
  if (check) return await show(preview);
  // Asked for all the same, one that is refused is recorded.
  if (preview.refusals.length === 0) {
    io.say(effectLines(preview));
    if (!(await confirmed(`Let campaign ${printable(preview.campaignId)} call people again?`, io))) return EXIT.refused;
  }
  try {
    const { confirm } = preview;
    const { result, approval } = await api.carryOut("campaigns.resume", { params: { id }, body: { confirm, reason } });
    if (approval !== null) return await answerWaits(approval, io);
    await io.answer(result, [resultLine(result, "active")]);
    if (result.confirmed) return EXIT.done;
    return result.status === "failed" || result.status === "unknown" ? exitOf(result.code ?? "") : EXIT.partlyFailed;
  } catch (thrown) {
    if (!(thrown instanceof OutdialError) || thrown.code !== "plan_refused") throw thrown;
    const { refusals } = thrown.details;
    return await show({ ...preview, refusals: Array.isArray(refusals) ? refusals.map(String) : preview.refusals });
  }
};
