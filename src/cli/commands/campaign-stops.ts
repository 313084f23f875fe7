// outdial campaign stops.

import { openStopRecords } from "../../app/index.ts";
import { formatInstant } from "../../compliance/index.ts";
import type { EmergencyStopReport } from "../../operations/index.ts";
import { EXIT } from "../exit.ts";
import type { Io } from "../io.ts";
import type { GlobalFlags } from "../options.ts";
import { tableLines } from "../render-rows.ts";
import { grouped, printable } from "../render-tagging.ts";

type Stop = EmergencyStopReport["stop"];
type Stopped = EmergencyStopReport["campaigns"][number];

/** The latest ones are shown. */
const SHOWN = 20;

export async function stops(
  [id]: readonly string[],
  flags: GlobalFlags & { readonly databaseUrl?: string },
  io: Io,
): Promise<number> {
  await using records = await openStopRecords(flags, io.env);
  if (id !== undefined) return show(await records.report(id), io);
  const list = await records.list(SHOWN);
  if (io.json) for (const stop of list) await io.data(JSON.stringify(stop));
  else if (list.length === 0) await io.data("there was no emergency stop");
  else
    for (const line of tableLines(
      list.map((stop) => ({
        id: stop.id,
        given: formatInstant(stop.createdAt),
        by: stop.actor,
        now: standing(stop),
        reason: stop.reason,
      })),
    ))
      await io.data(line);
  return EXIT.done;
}

async function show(report: EmergencyStopReport, io: Io): Promise<number> {
  const { stop, campaigns } = report;
  const left = campaigns.filter(({ outcome }) => outcome === "resumed");
  const open = campaigns.filter(({ outcome, confirmed }) => !confirmed && outcome !== "listed" && outcome !== "resumed");
  if (io.json) await io.data(JSON.stringify({ stop, campaigns }));
  else {
    await io.data(`${stop.id} by ${printable(stop.actor)}, ${formatInstant(stop.createdAt)}: ${standing(stop)}`);
    const listed = campaigns.filter(({ outcome }) => outcome === "listed").length;
    const parts = [`${grouped(campaigns.filter(({ confirmed }) => confirmed).length)} paused and confirmed`];
    if (listed > 0) parts.push(`${grouped(listed)} listed as paused before`);
    if (left.length > 0) parts.push(`${grouped(left.length)} resumed after it`);
    if (open.length > 0) parts.push(`${grouped(open.length)} NOT confirmed`);
    await io.data(parts.join(" · "));
    for (const one of open) await io.data(`  ${openLine(one)}`);
    for (const { campaignId, message } of left) await io.data(`  ${printable(campaignId)}: ${printable(message ?? "resumed")}`);
    if (stop.listProblem !== null)
      await io.data(`  the list of campaigns is not whole, others may be dialing: ${printable(stop.listProblem.message)}`);
  }
  return open.length === 0 && stop.listProblem === null ? EXIT.done : EXIT.partlyFailed;
}

function standing({ endedAt, supersededBy, executor }: Stop): string {
  if (supersededBy !== null) return `${supersededBy} goes on in its place`;
  if (endedAt !== null) return `ended ${formatInstant(endedAt)}`;
  return executor === null ? "waits for a service that goes on with it" : `goes on at ${printable(executor)}`;
}

function openLine({ campaignId, outcome, shown, message }: Stopped): string {
  const why = message === null ? "" : `: ${printable(message)}`;
  const id = printable(campaignId);
  if (outcome === null) return `${id} not tried yet`;
  if (outcome === "failed") return `${id} NOT paused${why}`;
  if (outcome === "unknown" || shown === false) return `${id} unknown whether paused${why}`;
  return `${id} paused, not confirmed${why}`;
}
