// outdial compliance abandonment: the ledger of a campaign for a person, or as JSON.

import { openFacts, readRulePack } from "../../app/index.ts";
import type { RateInterval } from "../../kernel/index.ts";
import { percent } from "../../kernel/index.ts";
import { endOfDay, OperationError, type RuleReading, readCampaignAbandonment } from "../../operations/index.ts";
import { EXIT } from "../exit.ts";
import type { Io } from "../io.ts";
import type { GlobalFlags } from "../options.ts";
import { grouped, printable } from "../render-tagging.ts";
import { momentOf } from "../values.ts";

interface Flags extends GlobalFlags {
  readonly campaign: string;
  readonly country?: string;
  readonly at?: string;
  readonly pack?: string;
  readonly databaseUrl?: string;
}

const iso = (at: number) => new Date(at).toISOString();
const points = (share: number) => `${share >= 0 ? "+" : "−"}${Math.abs(share * 100).toFixed(2)} points`;

export async function abandonment(_args: readonly string[], flags: Flags, io: Io): Promise<number> {
  await using runtime = await openFacts(flags, io.env);
  const { settings, clock } = runtime;
  const pack = await readRulePack(flags.pack ?? settings.pack);
  const now = momentOf(flags.at, clock.now());
  const readings = await readCampaignAbandonment(runtime.facts, flags.campaign, pack, {
    now,
    dayEnds: endOfDay(now, settings.timeZone),
    countEarlyHangups: settings.countEarlyHangups,
    country: flags.country?.toUpperCase(),
  });
  if (readings.length === 0) {
    const where = flags.country === undefined ? "" : ` for ${flags.country}`;
    throw new OperationError("invalid_input", `the rule pack ${pack.id} states no abandonment limit${where}`, {
      advice: "It needs a rule of kind abandonment-limit; the shipped pack has them.",
    });
  }
  if (io.json) await io.data(JSON.stringify({ campaign: flags.campaign, at: iso(now), readings: readings.map(toJson) }));
  else for (const reading of readings) for (const line of toLines(flags.campaign, reading)) await io.data(line);
  return EXIT.done;
}

function ofAnswers({ rate, low, high, numerator, denominator }: RateInterval): string {
  if (denominator === 0) return "no live answers";
  return `${percent(rate, 2)} (${grouped(numerator)} of ${grouped(denominator)}, 95 % interval ${percent(low, 2)} to ${percent(high, 2)})`;
}

function toLines(campaign: string, { rule, reading }: RuleReading): string[] {
  const { limit, window, rate, allowance, pace, forecast, vendor } = reading;
  const lines = [
    `${printable(campaign)} under ${rule.id} (${rule.citation}): at most ${percent(limit.maxRate, 2)} of live answers, ${iso(window.from)} to ${iso(window.to)}`,
    `  abandoned: ${ofAnswers(rate)}${reading.withinLimit ? "" : " OVER THE LIMIT"}`,
    reading.withinLimit
      ? `  until ${iso(allowance.until)}: ${grouped(allowance.certain)} more may be abandoned, ${grouped(allowance.expected)} if people go on answering as in the last ${pace.hours} h`
      : `  until ${iso(allowance.until)}: none may be abandoned; ${grouped(allowance.deficit)} served answers bring the window back within the limit${forecast.recoversAt === null ? "" : `, by ${iso(forecast.recoversAt)} at this volume`}`,
    `  pace of the last ${pace.hours} h: ${ofAnswers(pace.rate)}${Number.isNaN(pace.burnRate) ? "" : `, ${pace.burnRate.toFixed(2)} times what the limit allows`}`,
  ];
  if (reading.withinLimit) {
    const runsOut = forecast.exhaustedAt === null ? "does not run out within 30 days" : `runs out ${iso(forecast.exhaustedAt)}`;
    lines.push(`  at this pace the budget ${runsOut}`);
  }
  lines.push(
    `  an abandonment rate of ${percent(forecast.sustainableRate, 2)} keeps the limit for 30 days, ${percent(forecast.sustainableToday, 2)} until the day ends: set the dialer's target there or below`,
    `  the vendor's figure from the same calls: ${ofAnswers(vendor.rate)}; the legal one is ${points(vendor.difference)} apart: ${points(vendor.parts.machines)} machines among the answers, ${points(vendor.parts.lateConnects)} agents who came late, ${points(vendor.parts.earlyHangups)} early hang-ups`,
  );
  return lines;
}

function toJson({ rule, reading }: RuleReading): object {
  const { window, allowance, forecast } = reading;
  const maybe = (at: number | null) => (at === null ? null : iso(at));
  return {
    rule: rule.id,
    citation: rule.citation,
    ...reading,
    window: { from: iso(window.from), to: iso(window.to) },
    allowance: { ...allowance, until: iso(allowance.until) },
    forecast: { ...forecast, exhaustedAt: maybe(forecast.exhaustedAt), recoversAt: maybe(forecast.recoversAt) },
  };
}
