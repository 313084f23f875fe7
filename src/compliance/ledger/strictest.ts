// The limit of abandonment for a campaign that calls into several jurisdictions: the strictest of theirs.

import type { RuleOf, RulePack } from "../pack/schema.ts";
import type { AbandonmentLimit } from "./abandonment.ts";

const DAY_HOURS = 24;
/** A calendar month is held to be as long as the shortest window of 30 days. */
const MONTH_HOURS = 30 * DAY_HOURS;

/** The strictest limit on abandoned calls over several rules. */
export interface StrictestAbandonment extends AbandonmentLimit {
  /** The rules that it is made of: the one of the smallest share, and the one of the shortest window. */
  readonly rules: readonly RuleOf<"abandonment-limit">[];
}

/** Length of a rule's window, h. */
function abandonmentHours({ period }: RuleOf<"abandonment-limit">): number {
  if ("rollingDays" in period) return period.rollingDays * DAY_HOURS;
  return "rollingHours" in period ? period.rollingHours : MONTH_HOURS;
}

/**
 * The smallest share in the shortest window of the rules that bind in any of the jurisdictions: who keeps it in each of those windows keeps all of them in theirs.
 * Undefined where no rule binds.
 * @param jurisdictions such as `US`, `US-CA`, `GB`; a country's rules bind in its parts
 */
export function strictestAbandonment(pack: RulePack, jurisdictions: readonly string[]): StrictestAbandonment | undefined {
  const rules = pack.rules
    .filter((rule) => rule.kind === "abandonment-limit")
    .filter(({ jurisdiction }) =>
      jurisdictions.some((one) => jurisdiction === "*" || one === jurisdiction || one.startsWith(`${jurisdiction}-`)),
    );
  const [smallest] = [...rules].sort((a, b) => a.maxRate - b.maxRate);
  const [shortest] = [...rules].sort((a, b) => abandonmentHours(a) - abandonmentHours(b));
  if (smallest === undefined || shortest === undefined) return undefined;
  return {
    maxRate: smallest.maxRate,
    windowHours: abandonmentHours(shortest),
    rules: smallest === shortest ? [smallest] : [smallest, shortest],
  };
}
