// How long ago the rules of a pack were looked up, and which of its calendars end soon.

import { DAY_MS, type Instant } from "../../kernel/index.ts";
import { parseDay } from "../time/civil.ts";
import type { Rule, RulePack } from "./schema.ts";

/** A rule whose source was last read longer ago than it should be. */
export interface StaleRule {
  readonly id: string;
  readonly jurisdiction: string;
  readonly citation: string;
  readonly confidence: Rule["confidence"];
  /** Date of the last reading; null when the pack does not say. */
  readonly lookedUp: string | null;
  /** Whole days since then, by UTC dates; null when the pack does not say. */
  readonly days: number | null;
}

/** A calendar that has ended or ends soon: after its last day, rules that need it forbid nothing. */
export interface EndingCalendar {
  readonly calendar: string;
  readonly lastDay: string;
  /** Days left, by UTC dates; negative when it has ended. */
  readonly daysLeft: number;
}

/** Which rules were last read long ago, and which holiday calendars end soon. */
export interface Freshness {
  /** Longest unread first. */
  readonly rules: readonly StaleRule[];
  readonly calendars: readonly EndingCalendar[];
}

/**
 * The rules that were last looked up more than `days` days before `now`, or for which the pack does not say when, and the
 * calendars that end within `days` days. Policies do not come from a source: they count only when they have a date.
 * @param now ms since the epoch
 */
export function freshnessOf(pack: RulePack, now: Instant, days: number): Freshness {
  const today = Math.floor(now / DAY_MS);
  const rules = pack.rules.flatMap(({ id, jurisdiction, citation, confidence, lookedUp }): StaleRule[] => {
    if (lookedUp === undefined && confidence === "policy") return [];
    const age = lookedUp === undefined ? null : today - parseDay(lookedUp, "lookedUp");
    return age === null || age > days ? [{ id, jurisdiction, citation, confidence, lookedUp: lookedUp ?? null, days: age }] : [];
  });
  const calendars = Object.entries(pack.calendars).flatMap(([calendar, { days: dates }]): EndingCalendar[] => {
    const lastDay = dates.reduce<string | undefined>(
      (last, date) => (last === undefined || date > last ? date : last),
      undefined,
    );
    if (lastDay === undefined) return [];
    const daysLeft = parseDay(lastDay, `calendar ${calendar}`) - today;
    return daysLeft < days ? [{ calendar, lastDay, daysLeft }] : [];
  });
  const age = (rule: StaleRule) => rule.days ?? Number.POSITIVE_INFINITY;
  return { rules: rules.sort((a, b) => (age(a) === age(b) ? 0 : age(b) - age(a))), calendars };
}
