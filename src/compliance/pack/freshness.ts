// How long ago the rules of a pack were looked up, and which of its calendars end soon.

import { DAY_MS, type Instant } from "../../kernel/index.ts";
import { parseDay } from "../time/civil.ts";
import type { Rule, RulePack } from "./schema.ts";

/** A rule, and when its source was last read. */
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

/** The ways in which a number can be known without the text of its law. */
const UNREAD: Readonly<Partial<Record<Rule["confidence"], string>>> = {
  quotation: "; quotation of",
  summary: "; summary of",
  tables: "; tables of",
  unconfirmed: "",
};

/** What was read of a rule's law, and when: `text read 2026-11-26`, `text not read; summary of 2026-07-01`, `text not read`, `no law`. */
export function readingOf({ confidence, lookedUp }: Pick<Rule, "confidence" | "lookedUp">): string {
  if (confidence === "policy") return "no law";
  const of = UNREAD[confidence];
  if (of === undefined) return lookedUp === undefined ? "text read on no known day" : `text read ${lookedUp}`;
  return `text not read${lookedUp === undefined ? "" : `${of} ${lookedUp}`}`;
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
  /** The rules whose law nobody has read: their numbers are from summaries, from tables, or from nothing that was read. */
  readonly unread: readonly StaleRule[];
}

/**
 * The rules that were last looked up more than `days` days before `now`, or for which the pack does not say when, and the
 * calendars that end within `days` days. Policies do not come from a source, and of an unconfirmed rule none was read: they count
 * only when they have a date.
 * @param now ms since the epoch
 */
export function freshnessOf(pack: RulePack, now: Instant, days: number): Freshness {
  const today = Math.floor(now / DAY_MS);
  const all = pack.rules.map(({ id, jurisdiction, citation, confidence, lookedUp }): StaleRule => {
    const age = lookedUp === undefined ? null : today - parseDay(lookedUp, "lookedUp");
    return { id, jurisdiction, citation, confidence, lookedUp: lookedUp ?? null, days: age };
  });
  const rules = all.filter(({ confidence, days: age }) =>
    age === null ? confidence !== "policy" && confidence !== "unconfirmed" : age > days,
  );
  const unread = all.filter(({ confidence }) => UNREAD[confidence] !== undefined);
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
  return { rules: rules.sort((a, b) => (age(a) === age(b) ? 0 : age(b) - age(a))), calendars, unread };
}
