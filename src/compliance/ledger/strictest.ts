// The abandonment limit of a campaign that calls into several jurisdictions: the strictest of theirs.

import type { RuleOf, RulePack } from "../pack/schema.ts";
import type { AbandonmentLimit } from "./outlook.ts";

const DAY_HOURS = 24;
/** A calendar month counts as 30 days, the length of the shortest rolling window. */
const MONTH_HOURS = 30 * DAY_HOURS;

/** The strictest limit on abandoned calls over several rules. */
export interface StrictestAbandonment extends AbandonmentLimit {
  /** The rules that it is made of: the one with the smallest share, and the one with the shortest window. */
  readonly rules: readonly RuleOf<"abandonment-limit">[];
}

/** Length of a rule's window, h. */
function abandonmentHours({ period }: RuleOf<"abandonment-limit">): number {
  if ("rollingDays" in period) return period.rollingDays * DAY_HOURS;
  return "rollingHours" in period ? period.rollingHours : MONTH_HOURS;
}

/**
 * The smallest share and the shortest window among the rules of all jurisdictions. A campaign that keeps this share in each such
 * window keeps every rule. Undefined when no rule binds.
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
