// Checks a campaign's hours, caps and abandonment threshold against the rules of every place on its list. Pure: contacts and rules are arguments.

import {
  type CallType,
  createBuiltinGeography,
  describeRule,
  type Rule,
  type RuleOf,
  type RulePack,
  type WeekHours,
  type Zone,
  zoneOf,
} from "../../../compliance/index.ts";
import { DAY_MS, type Instant, MINUTE_MS } from "../../../kernel/index.ts";
import type { ListFacts, ListPlace } from "./list-facts.ts";

/** A rule that a campaign's document breaks. */
interface Breach {
  readonly rule: "WINDOW" | "CAP" | "ABANDONMENT";
  /** Path of the field. */
  readonly field: string;
  readonly message: string;
}

/** The rules and what is needed to read them. */
export interface CampaignLaw {
  readonly pack: RulePack;
  readonly callType: CallType;
  readonly now: Instant;
}

/**
 * The part of a campaign that rules are about. null: left out; undefined: present but not readable, which was reported already.
 */
export interface Regulated {
  readonly timeZone: string | undefined;
  /** The clock of the hours: the campaign's, in `timeZone`, or that of the called person. */
  readonly clockOf: "campaign" | "called";
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

/** At most three in a hundred answered calls may be abandoned, whatever a pack says (47 CFR 64.1200(a)(7)). */
const MOST_ABANDONED = 0.03;
const DAYS = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"] as const;
const DAY = 1440;

/** Every breach, each once, for the place with the most contacts. */
export function breachesOf(campaign: Regulated, list: ListFacts | undefined, law: CampaignLaw): Breach[] {
  const places = placesOf(campaign, list, law.pack);
  return [...windowBreaches(campaign, places, law), ...capBreaches(campaign, places, law), ...abandonment(campaign, places, law)];
}

/** The places on the list; when they cannot be read, the campaign's own zone is used for all. */
function placesOf({ timeZone }: Regulated, list: ListFacts | undefined, pack: RulePack): readonly ListPlace[] {
  if (list !== undefined && list.places.length > 0) return list.places;
  return timeZone === undefined ? [] : [{ zone: timeZone, jurisdictions: jurisdictionsOfZone(timeZone, pack), contacts: 0 }];
}

/** The rules of a kind that apply at a place now. */
function binding<Kind extends Rule["kind"]>(kind: Kind, { jurisdictions }: ListPlace, law: CampaignLaw): RuleOf<Kind>[] {
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

function windowBreaches(campaign: Regulated, places: readonly ListPlace[], law: CampaignLaw): Breach[] {
  const { timeZone, clockOf, dialingRules } = campaign;
  if (dialingRules === null) {
    const [place, rule] = places.flatMap((at) => binding("calling-hours", at, law).map((hours) => [at, hours] as const))[0] ?? [];
    if (rule === undefined || place === undefined) return [];
    const message = `is missing: without it calls may be placed at any hour, and ${said(rule)} in ${place.zone}`;
    return [{ rule: "WINDOW", field: WINDOW, message }];
  }
  if (dialingRules === undefined || (clockOf === "campaign" && timeZone === undefined)) return [];
  const opens = minutes(dialingRules.startTime);
  const closes = minutes(dialingRules.endTime) + (dialingRules.endTime.endsWith(":00") ? 0 : 1);
  if (opens >= closes) {
    const message = `${dialingRules.endTime} is not after the start at ${dialingRules.startTime}: no call could be placed`;
    return [{ rule: "WINDOW", field: `${WINDOW}.endTime`, message }];
  }
  const allowed = new Set(dialingRules.allowedDays.map((day) => day.slice(0, 3).toLowerCase()));
  const weekdays = new Set(DAYS.flatMap((name, weekday) => (allowed.has(name) ? [weekday] : [])));
  const windows = new Map<string, readonly WindowElsewhere[]>();
  const windowsIn = (home: string, zone: string): readonly WindowElsewhere[] => {
    const known =
      windows.get(`${home} ${zone}`) ??
      windowElsewhere(zoneOf(home), zoneOf(zone), { opens, closes }, { weekdays, now: law.now });
    windows.set(`${home} ${zone}`, known);
    return known;
  };
  const found = new Map<string, Outside>();
  for (const place of places) {
    const home = clockOf === "called" ? place.zone : (timeZone ?? place.zone);
    for (const rule of binding("calling-hours", place, law)) {
      const zone = rule.zone ?? place.zone;
      // Each combination of rule and edge is reported once for a place, however many days and seasons it is broken in.
      const told = new Set<string>();
      for (const window of windowsIn(home, zone)) {
        for (const { field, local, given, day } of outside(rule.week, window)) {
          const key = `${field} ${home} ${zone}`;
          const known = found.get(key);
          if (known === undefined)
            found.set(key, {
              field,
              home,
              zone,
              local: clock(local),
              given: given === opens ? dialingRules.startTime : given === closes ? dialingRules.endTime : clock(given),
              day,
              rules: [rule],
              contacts: place.contacts,
            });
          else if (!told.has(field)) {
            if (!known.rules.includes(rule)) known.rules.push(rule);
            if (rule === known.rules[0]) known.contacts += place.contacts;
          }
          told.add(field);
        }
      }
    }
  }
  return [...found.values()].map((one) => ({
    rule: "WINDOW",
    field: `${WINDOW}.${one.field}`,
    message: outsideText(one),
  }));
}

/** An edge of the window, or a day, outside of the hours of some rules in one zone. */
interface Outside {
  readonly field: "startTime" | "endTime" | "allowedDays";
  /** The zone whose clock the hours use. */
  readonly home: string;
  readonly zone: string;
  /** The edge by the zone's own clock. */
  readonly local: string;
  /** The edge by the clock of `home`. */
  readonly given: string;
  readonly day: string;
  readonly rules: RuleOf<"calling-hours">[];
  contacts: number;
}

function outsideText({ field, home, zone, local, given, day, rules, contacts }: Outside): string {
  const who = contacts === 0 ? "" : ` (${contacts} of the contacts read)`;
  const what =
    field === "allowedDays"
      ? `calls on ${day} in ${zone}`
      : zone === home
        ? `${given} on ${day} in ${zone}`
        : `${given} in ${home} is ${local} on ${day} in ${zone}`;
  const [first, ...more] = rules;
  const others = more.length === 0 ? "" : `; also outside of ${more.map(({ id }) => id).join(", ")}`;
  return `${what}${who}, outside of the law: ${first === undefined ? "" : said(first)}${others}`;
}

/**
 * An edge of a window that is outside of the hours of a rule: minutes of the day by the place's clock, and by that of the hours.
 */
interface Edge {
  readonly field: Outside["field"];
  readonly local: number;
  readonly given: number;
  readonly day: string;
}

/** Where a window, by the place's own clock, is outside of the hours of a rule: each field once. */
function outside(week: WeekHours, { weekday, opens, closes, from: first, to: last }: WindowElsewhere): Edge[] {
  const found = new Map<Outside["field"], Edge>();
  const add = (field: Outside["field"], local: number, given: number, day: string) => {
    if (!found.has(field)) found.set(field, { field, local: ((local % DAY) + DAY) % DAY, given, day: longDay(day) });
  };
  const start = (day: string) => add("startTime", first, opens, day);
  const end = (day: string) => add("endTime", last, closes, day);
  // At the place, the window may fall on other days.
  for (let shift = Math.floor(first / DAY); shift * DAY < last; shift++) {
    const [from, to] = [Math.max(0, first - shift * DAY), Math.min(DAY, last - shift * DAY)];
    const day = DAYS[(((weekday + shift) % 7) + 7) % 7] ?? "sun";
    const windows = week[day].map(([open, close]) => [minutes(open), minutes(close)] as const);
    if (windows.some(([open, close]) => open <= from && to <= close)) continue;
    if (windows.length === 0) {
      add("allowedDays", first, opens, day);
      continue;
    }
    if (!windows.some(([open, close]) => open <= from && from < close)) start(day);
    if (!windows.some(([open, close]) => open < to && to <= close)) end(day);
    // A pause within the rule's hours that the window includes.
    if (found.size === 0) end(day);
  }
  return [...found.values()];
}

const longDay = (day: string): string =>
  ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"].find((name) =>
    name.toLowerCase().startsWith(day),
  ) ?? day;

const LIMITS = "complianceConfig.rateLimits";

function capBreaches({ rateLimits }: Regulated, places: readonly ListPlace[], law: CampaignLaw): Breach[] {
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
      const field = hours <= 24 || !Number.isFinite(byWeek) ? "maxCallsPerContactPerDay" : "maxCallsPerContactPerWeek";
      const message = `${rateLimits[field]} allows ${possible} calls to one person in ${period}, more than the law: ${law}`;
      found.set(rule.id, { rule: "CAP", field: `${LIMITS}.${field}`, message });
    }
  }
  return [...found.values()];
}

function abandonment({ abandonmentThreshold }: Regulated, places: readonly ListPlace[], law: CampaignLaw): Breach[] {
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

// A window of hours by the clocks of other time zones, and the countries of a zone.

/** A year and a week: includes every weekday in every season, and every night in which a clock changes. */
const ZONE_DAYS = 53 * 7;
/** No local time differs from UTC by more. */
const FARTHEST_MS = 16 * 3_600_000;

/** Hours of one weekday, on two clocks; all in minutes since midnight of that day by the first. */
interface WindowElsewhere {
  /** 0 Sunday … 6 Saturday, by the first clock. */
  readonly weekday: number;
  /** By the first clock. */
  readonly opens: number;
  readonly closes: number;
  /** By the other clock: below 0 on the day before, from 1440 on the day after. */
  readonly from: number;
  readonly to: number;
}

/**
 * A window of hours in one zone by the clock of another, over the year to come: each case once, the most frequent first. Only
 * instants inside the window are compared, so that it does not matter that two zones change their clocks some hours apart, unless
 * calls are placed in these hours; a window in which a clock changes results in two cases.
 * @param window in the zone `home`, in minutes of its day
 * @param weekdays on which it is open there, 0 Sunday … 6 Saturday
 */
export function windowElsewhere(
  home: Zone,
  place: Zone,
  window: { readonly opens: number; readonly closes: number },
  { weekdays, now }: { readonly weekdays: ReadonlySet<number>; readonly now: Instant },
): WindowElsewhere[] {
  const found = new Map<string, WindowElsewhere>();
  const often = new Map<string, number>();
  const shift = ({ opens, from }: WindowElsewhere) => `${from - opens}`;
  const today = home.day(now);
  for (let day = today; day < today + ZONE_DAYS; day++) {
    const midnight = day * DAY_MS;
    const weekday = new Date(midnight).getUTCDay();
    if (!weekdays.has(weekday)) continue;
    const last = midnight + DAY_MS + FARTHEST_MS;
    for (let at = midnight - FARTHEST_MS, end = at; at < last; at = end) {
      const [here, there] = [home.offset(at), place.offset(at)];
      // A stretch may also end at the end of a year, without a clock change.
      do end = Math.min(home.stretchEnd(end), place.stretchEnd(end));
      while (end < last && home.offset(end) === here && place.offset(end) === there);
      const first = Math.max(at, midnight + window.opens * MINUTE_MS - here);
      const until = Math.min(end, midnight + window.closes * MINUTE_MS - here);
      if (first >= until) continue;
      const minute = (instant: Instant, offset: number) => Math.round((instant + offset - midnight) / MINUTE_MS);
      const one = {
        weekday,
        opens: minute(first, here),
        closes: minute(until, here),
        from: minute(first, there),
        to: minute(until, there),
      };
      found.set(JSON.stringify(one), one);
      often.set(shift(one), (often.get(shift(one)) ?? 0) + 1);
    }
  }
  const frequency = (one: WindowElsewhere) => often.get(shift(one)) ?? 0;
  return [...found.values()].sort(
    (a, b) => frequency(b) - frequency(a) || a.from - a.opens - (b.from - b.opens) || a.weekday - b.weekday || a.opens - b.opens,
  );
}

/** `*` and the countries of a zone, as far as the pack and the tables of numbers know them. */
function jurisdictionsOfZone(zone: string, pack: RulePack): string[] {
  const geography = createBuiltinGeography();
  const countries = new Set<string>();
  for (let code = 200; code < 1000; code++) {
    const area = geography.areaCode(code);
    if (area?.zones.includes(zone)) countries.add(area.country);
  }
  for (const { jurisdiction } of pack.rules) {
    const country = jurisdiction.split("-")[0] ?? "";
    if (country !== "*" && geography.countryZones(country).includes(zone)) countries.add(country);
  }
  return ["*", ...[...countries].sort()];
}
