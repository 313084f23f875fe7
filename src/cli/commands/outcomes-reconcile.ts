// outdial outcomes reconcile: vendor, lake and CRM by hour, and the calls that are not everywhere.

import { openOutcomes } from "../../app/index.ts";
import type { Difference, HourCounts } from "../../operations/index.ts";
import type { Run } from "../command.ts";
import { EXIT } from "../exit.ts";
import type * as declared from "../groups/outcomes.ts";
import { openOutput } from "../output.ts";
import { grouped, printable, timeText } from "../render-tagging.ts";
import { table } from "../table.ts";

const minuteOf = (at: number) => `${timeText(at).slice(0, 16)}Z`;
const count = (calls: number | undefined) => (calls === undefined ? "–" : grouped(calls));

const HOURS = table<HourCounts>([
  { title: "hour (UTC)", value: ({ hour }) => minuteOf(hour) },
  { title: "vendor", value: ({ vendor }) => count(vendor), align: "right", least: 8 },
  { title: "lake", value: ({ lake }) => count(lake), align: "right", least: 8 },
  { title: "CRM", value: ({ crm }) => count(crm), align: "right", least: 8 },
  { title: "", value: ({ vendor, lake }) => (vendor === lake ? "" : "≠") },
]);

/** Differences that are shown without --out. */
const SHOWN = 50;

export const reconcile: Run<typeof declared.reconcile> = async ({ options, io }) => {
  const { campaign: campaignId, from, to, last: lastMs, limit, out } = options;
  await using runtime = await openOutcomes(options, io.env, { warn: io.say });
  const { request, warnings } = await runtime.retrieving.check({ campaignId, from, to, lastMs, limit });
  io.say(warnings.map((warning) => `warning: ${warning}`));
  await using output = await openOutput(out, io);
  const hours: HourCounts[] = [];
  const shown: Difference[] = [];
  const result = await runtime.reconcile(request, {
    hour: (counts) => {
      hours.push(counts);
      io.progress(`comparing · ${new Date(counts.hour).toISOString().slice(0, 13)} h`);
    },
    difference: async (difference) => {
      if (shown.length < SHOWN) shown.push(difference);
      await output?.line({ ...difference, hour: new Date(difference.hour).toISOString() });
    },
  });
  const total = Object.values(result.differences).reduce((sum, count) => sum + count, 0);
  await io.answer({ ...result, hours, ...(output === undefined ? { first: shown } : {}) }, [
    ...(out === "-" ? [] : HOURS.lines(hours)),
    ...(output === undefined ? shown.map(differenceLine) : []),
  ]);
  if (output === undefined && !io.json && total > shown.length)
    io.say(`${grouped(total - shown.length)} further differences; --out FILE writes them all`);
  const crm = result.crm === undefined ? "" : ` · CRM acknowledged ${grouped(result.crm)}`;
  io.say(`vendor ${grouped(result.vendor)} · lake ${grouped(result.lake)}${crm} · ${grouped(total)} differences`);
  if (result.unreadable > 0) io.say(`${grouped(result.unreadable)} rows of the vendor are no records and were not compared`);
  return total === 0 ? EXIT.done : EXIT.partlyFailed;
};

function differenceLine({ callId, hour, kind }: Difference): string {
  return `${kind.replaceAll("_", " ").padEnd(13)}  ${minuteOf(hour)}  ${printable(callId)}`;
}
