// outdial outcomes reconcile: vendor, lake and CRM by hour, and the calls that are not everywhere.

import { openOutcomes } from "../../app/index.ts";
import type { Difference, HourCounts } from "../../operations/index.ts";
import { EXIT } from "../exit.ts";
import type { Io } from "../io.ts";
import { type GlobalFlags, wholeNumber } from "../options.ts";
import { openOutput } from "../output.ts";
import { grouped, printable } from "../render-tagging.ts";
import { instant, span } from "../time-options.ts";

/** Differences that are shown without --out. */
const SHOWN = 50;

interface ReconcileFlags extends GlobalFlags {
  readonly campaign: string;
  readonly from?: string;
  readonly to?: string;
  readonly last?: string;
  readonly limit: string;
  readonly out?: string;
  readonly tenantUrl?: string;
  readonly databaseUrl?: string;
}

export async function reconcile(_args: readonly string[], flags: ReconcileFlags, io: Io): Promise<number> {
  await using runtime = await openOutcomes(flags, io.env, { warn: (message) => io.say(message) });
  const { request, warnings } = await runtime.retrieving.check({
    campaignId: flags.campaign,
    from: instant("--from", flags.from),
    to: instant("--to", flags.to),
    lastMs: span("--last", flags.last),
    limit: wholeNumber("--limit", flags.limit, 1, 5000),
  });
  for (const warning of warnings) io.say(`warning: ${warning}`);
  await using output = flags.out === undefined ? undefined : await openOutput(flags.out, io);
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
  if (io.json) await io.data(JSON.stringify({ ...result, hours, ...(output === undefined ? { first: shown } : {}) }));
  else if (flags.out !== "-") for (const line of hourLines(hours)) await io.data(line);
  if (output === undefined && !io.json) {
    for (const { callId, hour, kind } of shown)
      await io.data(
        `${kind.replaceAll("_", " ").padEnd(13)}  ${new Date(hour).toISOString().slice(0, 16)}Z  ${printable(callId)}`,
      );
    if (total > shown.length) io.say(`${grouped(total - shown.length)} further differences; --out FILE writes them all`);
  }
  const crm = result.crm === undefined ? "" : ` · CRM acknowledged ${grouped(result.crm)}`;
  io.say(`vendor ${grouped(result.vendor)} · lake ${grouped(result.lake)}${crm} · ${grouped(total)} differences`);
  if (result.unreadable > 0) io.say(`${grouped(result.unreadable)} rows of the vendor are no records and were not compared`);
  return total === 0 ? EXIT.done : EXIT.partlyFailed;
}

function hourLines(hours: readonly HourCounts[]): string[] {
  const cell = (count: number | undefined) => (count === undefined ? "–" : grouped(count)).padStart(10);
  return [
    `${"hour (UTC)".padEnd(17)}${["vendor", "lake", "CRM"].map((name) => name.padStart(10)).join("")}`,
    ...hours.map(
      ({ hour, vendor, lake, crm }) =>
        `${new Date(hour).toISOString().slice(0, 16)}Z${cell(vendor)}${cell(lake)}${cell(crm)}${vendor === lake ? "" : "  ≠"}`,
    ),
  ];
}
