// A campaign's hours, caps and abandonment against the rules of every place on its list. Pure: contacts and rules come in as values.

import { type CallType, describeRule, type Rule, type RuleOf, type RulePack, type WeekHours } from "../../../compliance/index.ts";
import type { Instant } from "../../../kernel/index.ts";
import type { ListFacts, ListPlace } from "./list-facts.ts";
import { jurisdictionsOfZone, yearOfOffsets } from "./zones.ts";

/** A rule that a campaign's document breaks. */
export interface Breach {
  readonly rule: "WINDOW" | "CAP" | "ABANDONMENT";
  /** Path of the field. */
  readonly field: string;
  readonly message: string;
}

/** What rules are read with. */
export interface Law {
  readonly pack: RulePack;
  readonly callType: CallType;
  readonly now: Instant;
}

/** The part of a campaign that rules are about. null: left out; undefined: there, but not readable, which was told already. */
export interface Regulated {
  readonly timeZone: string | undefined;
  readonly dialingRules:
    | { readonly startTime: string; readonly endTime: string; readonly allowedDays: readonly string[] }
    | null
    | undefined;
  readonly rateLimits:
    | { readonly maxCallsPerContactPerDay: number; readonly maxCallsPerContactPerWeek: number }
    | null
    | undefined;
  readonly abandonmentThreshold: number | undefined;
}

/** Nobody may have more than three in a hundred answered calls abandoned, whatever a pack says (47 CFR 64.1200(a)(7)). */
const MOST_ABANDONED = 0.03;
const DAYS = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"] as const;
const DAY = 1440;

/** Every breach, each once, the place with the most contacts named. */
export function breachesOf(campaign: Regulated, list: ListFacts | undefined, law: Law): Breach[] {
  const places = placesOf(campaign, list, law.pack);
  return [...windowBreaches(campaign, places, law), ...capBreaches(campaign, places, law), ...abandonment(campaign, places, law)];
}

/** The places on the list; when they cannot be read, the campaign's own zone stands for all. */
function placesOf({ timeZone }: Regulated, list: ListFacts | undefined, pack: RulePack): readonly ListPlace[] {
  if (list !== undefined && list.places.length > 0) return list.places;
  return timeZone === undefined ? [] : [{ zone: timeZone, jurisdictions: jurisdictionsOfZone(timeZone, pack), contacts: 0 }];
}

/** The rules of a kind that bind at a place now. */
function binding<Kind extends Rule["kind"]>(kind: Kind, { jurisdictions }: ListPlace, law: Law): RuleOf<Kind>[] {
  const today = new Date(law.now).toISOString().slice(0, 10);
  return law.pack.rules.filter(
    (rule): rule is RuleOf<Kind> =>
      rule.kind === kind &&
      jurisdictions.includes(rule.jurisdiction) &&
      rule.binds.includes(law.callType) &&
      (rule.effective ?? "") <= today &&
      (rule.ends ?? "9") >= today,
  );
}

const minutes = (time: string): number => Number(time.slice(0, 2)) * 60 + Number(time.slice(3, 5));
const clock = (minute: number): string =>
  `${String(Math.floor(minute / 60)).padStart(2, "0")}:${String(minute % 60).padStart(2, "0")}`;
const WINDOW = "complianceConfig.dialingRules";

function windowBreaches(campaign: Regulated, places: readonly ListPlace[], law: Law): Breach[] {
  const { timeZone, dialingRules } = campaign;
  if (dialingRules === null) {
    const [place, rule] = places.flatMap((at) => binding("calling-hours", at, law).map((hours) => [at, hours] as const))[0] ?? [];
    if (rule === undefined || place === undefined) return [];
    const message = `is missing: without it calls may be placed at any hour, and ${said(rule)} in ${place.zone}`;
    return [{ rule: "WINDOW", field: WINDOW, message }];
  }
  if (dialingRules === undefined || timeZone === undefined) return [];
  const opens = minutes(dialingRules.startTime);
  const closes = minutes(dialingRules.endTime) + (dialingRules.endTime.endsWith(":00") ? 0 : 1);
  if (opens >= closes) {
    const message = `${dialingRules.endTime} is not after the start at ${dialingRules.startTime}: no call could be placed`;
    return [{ rule: "WINDOW", field: `${WINDOW}.endTime`, message }];
  }
  const allowed = new Set(dialingRules.allowedDays.map((day) => day.slice(0, 3).toLowerCase()));
  const home = yearOfOffsets(timeZone, law.now);
  const found = new Map<string, Breach>();
  for (const place of places) {
    for (const rule of binding("calling-hours", place, law)) {
      const zone = rule.zone ?? place.zone;
      const there = yearOfOffsets(zone, law.now);
      for (const shift of new Set(there.map((offset, week) => offset - (home[week] ?? 0)))) {
        const worst = outside(rule.week, allowed, opens + shift, closes + shift);
        if (worst === undefined) continue;
        const { field, edge, day } = worst;
        const given = edge === "start" ? dialingRules.startTime : dialingRules.endTime;
        const local = clock(((((edge === "start" ? opens : closes) + shift) % DAY) + DAY) % DAY);
        const far = zone === timeZone ? `on ${day}` : `is ${local} in ${zone} on ${day}`;
        const who = place.contacts === 0 ? "" : ` (${place.contacts} of the contacts read)`;
        const what =
          field === "allowedDays"
            ? `${day} in ${zone}`
            : zone === timeZone
              ? `${given} in ${zone} ${far}`
              : `${given} in ${timeZone} ${far}`;
        const key = `${rule.id} ${field} ${zone}`;
        if (!found.has(key))
          found.set(key, {
            rule: "WINDOW",
            field: `${WINDOW}.${field}`,
            message: `${what}${who} is outside of the law: ${said(rule)}`,
          });
      }
    }
  }
  return [...found.values()];
}

/** Where a window that is open on the allowed days, in minutes of the place's own clock, leaves the hours of a rule. */
function outside(
  week: WeekHours,
  allowed: ReadonlySet<string>,
  opens: number,
  closes: number,
): { field: "startTime" | "endTime" | "allowedDays"; edge: "start" | "end"; day: string } | undefined {
  for (const [index, name] of DAYS.entries()) {
    if (!allowed.has(name)) continue;
    // The window may lie on the day before or after at the place.
    for (let shift = -1; shift <= 1; shift++) {
      const [from, to] = [Math.max(0, opens - shift * DAY), Math.min(DAY, closes - shift * DAY)];
      if (from >= to) continue;
      const day = DAYS[(index + shift + 7) % 7] ?? name;
      const windows = week[day].map(([open, close]) => [minutes(open), minutes(close)] as const);
      if (windows.some(([open, close]) => open <= from && to <= close)) continue;
      if (windows.length === 0) return { field: "allowedDays", edge: "start", day: longDay(day) };
      const early = !windows.some(([open, close]) => open <= from && from < close);
      return early
        ? { field: "startTime", edge: "start", day: longDay(day) }
        : { field: "endTime", edge: "end", day: longDay(day) };
    }
  }
  return undefined;
}

const longDay = (day: string): string =>
  ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"].find((name) =>
    name.toLowerCase().startsWith(day),
  ) ?? day;

const LIMITS = "complianceConfig.rateLimits";

function capBreaches({ rateLimits }: Regulated, places: readonly ListPlace[], law: Law): Breach[] {
  const found = new Map<string, Breach>();
  if (rateLimits === undefined) return [];
  for (const place of places) {
    for (const rule of binding("attempt-cap", place, law)) {
      if (found.has(rule.id)) continue;
      const hours = "hours" in rule.period ? rule.period.hours : rule.period.localDates * 24;
      const period = "hours" in rule.period ? `${hours} hours` : `${rule.period.localDates} local dates`;
      const law = `${rule.id} allows at most ${rule.max} in ${period} in ${rule.jurisdiction} (${rule.citation})`;
      if (rateLimits === null) {
        found.set(rule.id, { rule: "CAP", field: LIMITS, message: `is missing: calls to one person are not limited; ${law}` });
        continue;
      }
      const byDay = rateLimits.maxCallsPerContactPerDay * Math.ceil(hours / 24);
      const byWeek = rateLimits.maxCallsPerContactPerWeek * Math.ceil(hours / 168);
      const possible = Math.min(byDay, byWeek);
      if (possible <= rule.max) continue;
      const field = hours <= 24 ? "maxCallsPerContactPerDay" : "maxCallsPerContactPerWeek";
      const message = `${rateLimits[field]} allows ${possible} calls to one person in ${period}, more than the law: ${law}`;
      found.set(rule.id, { rule: "CAP", field: `${LIMITS}.${field}`, message });
    }
  }
  return [...found.values()];
}

function abandonment({ abandonmentThreshold }: Regulated, places: readonly ListPlace[], law: Law): Breach[] {
  if (abandonmentThreshold === undefined) return [];
  let [limit, citation] = [MOST_ABANDONED, "47 CFR 64.1200(a)(7)"];
  for (const place of places)
    for (const rule of binding("abandonment-limit", place, law))
      if (rule.maxRate < limit) [limit, citation] = [rule.maxRate, rule.citation];
  if (abandonmentThreshold <= limit) return [];
  const message = `${abandonmentThreshold} is above ${limit}, the share of answered calls that the law lets be abandoned (${citation})`;
  return [{ rule: "ABANDONMENT", field: "dialerConfig.predictiveSettings.abandonmentThreshold", message }];
}

function said(rule: RuleOf<"calling-hours">): string {
  return `${rule.id} allows ${describeRule(rule)} (${rule.citation})`;
}
