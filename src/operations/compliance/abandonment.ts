// The abandonment ledger of a campaign under each limit of the rule pack.

import {
  type AbandonmentReading,
  type LedgerOptions,
  type RuleOf,
  type RulePack,
  readAbandonment,
} from "../../compliance/index.ts";
import type { Facts } from "../../store/index.ts";

const HOUR = 3_600_000;
/** The longest window that is read, and the week that a forecast needs. */
const PAST_HOURS = 31 * 24;

/** The reading of one rule. */
export interface RuleReading {
  readonly rule: RuleOf<"abandonment-limit">;
  readonly reading: AbandonmentReading;
}

/** The part of a reading of the abandonment ledger that is shown. */
export interface BudgetFigures extends Pick<RuleReading["reading"], "rate" | "withinLimit" | "live" | "abandoned"> {
  readonly limit: Pick<RuleReading["reading"]["limit"], "maxRate" | "windowHours">;
  readonly allowance: Pick<RuleReading["reading"]["allowance"], "certain" | "until">;
  readonly pace: Pick<RuleReading["reading"]["pace"], "burnRate">;
  readonly forecast: Pick<RuleReading["reading"]["forecast"], "exhaustedAt">;
}

/** Length of a rule's window in hours at an instant; for a calendar month, the time since its beginning, in UTC. */
function windowHours({ period }: RuleOf<"abandonment-limit">, now: number): number {
  if ("rollingDays" in period) return period.rollingDays * 24;
  if ("rollingHours" in period) return period.rollingHours;
  const today = new Date(now);
  return Math.max(1, Math.ceil((now - Date.UTC(today.getUTCFullYear(), today.getUTCMonth())) / HOUR));
}

/** Reads the ledger of a campaign under every abandonment limit of a pack, or only those of one country. */
export async function readCampaignAbandonment(
  facts: Facts,
  campaign: string,
  pack: RulePack,
  options: LedgerOptions & { readonly country?: string | undefined },
): Promise<RuleReading[]> {
  const { now, country } = options;
  const rules = pack.rules.filter((rule) => rule.kind === "abandonment-limit");
  const asked = rules.filter(({ jurisdiction }) => country === undefined || jurisdiction === "*" || jurisdiction === country);
  const past = Math.max(PAST_HOURS, ...asked.map((rule) => windowHours(rule, now)));
  const hours = await facts.answeredHours(campaign, now - past * HOUR, now);
  return asked.map((rule) => ({
    rule,
    reading: readAbandonment(hours, { maxRate: rule.maxRate, windowHours: windowHours(rule, now) }, options),
  }));
}
