// outdial campaign stops.

import { openApi } from "../../app/index.ts";
import { formatInstant } from "../../compliance/index.ts";
import type { EmergencyStop, StopResult } from "../../operations/views/index.ts";
import type { Run } from "../command.ts";
import { EXIT } from "../exit.ts";
import type * as declared from "../groups/campaign.ts";
import type { Io } from "../io.ts";
import { problemLine } from "../render-campaign-state.ts";
import { table } from "../table.ts";
import { grouped, printable } from "../text.ts";
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
  await using api = openApi(options, io);
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
  return open.length === 0 && listProblem === null ? EXIT.done : EXIT.partlyFailed;
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
