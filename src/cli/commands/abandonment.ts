// outdial compliance abandonment: the ledger of a campaign for a person, or as JSON.

import { openFacts, readRulePack } from "../../app/index.ts";
import type { RateInterval } from "../../kernel/index.ts";
import { percent } from "../../kernel/index.ts";
import { endOfDay, OperationError, type RuleReading, readCampaignAbandonment } from "../../operations/index.ts";
import type { Run } from "../command.ts";
import type * as declared from "../groups/compliance.ts";
import { grouped, printable, timeText } from "../render-tagging.ts";

const points = (share: number) => `${share >= 0 ? "+" : "−"}${Math.abs(share * 100).toFixed(2)} points`;

export const abandonment: Run<typeof declared.abandonment> = async ({ options, io }) => {
  const { campaign } = options;
  const country = options.country?.toUpperCase();
  await using runtime = await openFacts(options, io.env);
  const { settings, clock } = runtime;
  const pack = await readRulePack(options.pack ?? settings.pack);
  const now = options.at ?? clock.now();
  const { countEarlyHangups, timeZone } = settings;
  const asked = { now, dayEnds: endOfDay(now, timeZone), countEarlyHangups, country };
  const readings = await readCampaignAbandonment(runtime.facts, campaign, pack, asked);
  if (readings.length === 0) {
    const where = options.country === undefined ? "" : ` for ${options.country}`;
    throw new OperationError("invalid_input", `the rule pack ${pack.id} states no abandonment limit${where}`, {
      advice: "It needs a rule of kind abandonment-limit; the shipped pack has them.",
    });
  }
  await io.answer(
    { campaign, at: timeText(now), readings: readings.map(toJson) },
    readings.flatMap((reading) => toLines(campaign, reading)),
  );
};

function ofAnswers({ rate, low, high, numerator, denominator }: RateInterval): string {
  if (denominator === 0) return "no live answers";
  return `${percent(rate, 2)} (${grouped(numerator)} of ${grouped(denominator)}, 95 % interval ${percent(low, 2)} to ${percent(high, 2)})`;
}

function toLines(campaign: string, { rule, reading }: RuleReading): string[] {
  const { limit, window, rate, allowance, pace, forecast, vendor } = reading;
  const lines = [
    `${printable(campaign)} under ${rule.id} (${rule.citation}): at most ${percent(limit.maxRate, 2)} of live answers, ${timeText(window.from)} to ${timeText(window.to)}`,
    `  abandoned: ${ofAnswers(rate)}${reading.withinLimit ? "" : " OVER THE LIMIT"}`,
    reading.withinLimit
      ? `  until ${timeText(allowance.until)}: ${grouped(allowance.certain)} more may be abandoned, ${grouped(allowance.expected)} if people go on answering as in the last ${pace.hours} h`
      : `  until ${timeText(allowance.until)}: none may be abandoned; ${grouped(allowance.deficit)} served answers bring the window back within the limit${forecast.recoversAt === null ? "" : `, by ${timeText(forecast.recoversAt)} at this volume`}`,
    `  pace of the last ${pace.hours} h: ${ofAnswers(pace.rate)}${Number.isNaN(pace.burnRate) ? "" : `, ${pace.burnRate.toFixed(2)} times what the limit allows`}`,
  ];
  if (reading.withinLimit) {
    const runsOut =
      forecast.exhaustedAt === null ? "does not run out within 30 days" : `runs out ${timeText(forecast.exhaustedAt)}`;
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
  return {
    rule: rule.id,
    citation: rule.citation,
    ...reading,
    window: { from: timeText(window.from), to: timeText(window.to) },
    allowance: { ...allowance, until: timeText(allowance.until) },
    forecast: { ...forecast, exhaustedAt: timeText(forecast.exhaustedAt), recoversAt: timeText(forecast.recoversAt) },
  };
}
