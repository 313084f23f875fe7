// Reasons in words: what the rule says, what the local clock says, and the citation.

import type { Instant } from "../../kernel/index.ts";
import { areaCodeOf, numberShown, readNumber } from "../geography/numbers.ts";
import { type Rule, type RuleOf, WEEK_DAYS } from "../pack/schema.ts";
import { textOfDay, weekdayOf } from "../time/civil.ts";
import type { Zone } from "../time/zone.ts";
import { DNC_NOT_COVERED } from "./bind.ts";
import { KNOWN } from "./checks-attempts.ts";
import { LOADED } from "./checks-person.ts";
import {
  COUNTRY_NOT_COVERED,
  type CompiledPack,
  INVALID_NUMBER,
  type Place,
  UNRESOLVED_LOCATION,
  ZONE_DATA_OLD,
} from "./compile.ts";
import type { Finding } from "./context.ts";
import type { Call, Reason } from "./types.ts";

const DAY_NAMES = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"] as const;

/** `Tue 2026-06-16 20:30` in a zone. */
export function localTime(zone: Zone, at: Instant): string {
  const local = new Date(at + zone.offset(at));
  const name = DAY_NAMES[local.getUTCDay()] ?? "";
  return `${name.slice(0, 3)} ${local.toISOString().slice(0, 16).replace("T", " ")}`;
}

/** One reason for each violation and zone, sorted by violation. */
export function reasonsFor(
  pack: CompiledPack,
  place: Place,
  call: Call,
  now: Instant,
  findings: readonly Finding[],
): readonly Reason[] {
  const reasons: Reason[] = [];
  if (place.fault >= 0) {
    const rule = pack.violations[place.fault] ?? "";
    reasons.push({
      rule,
      ruleId: undefined,
      jurisdiction: undefined,
      citation: undefined,
      zone: undefined,
      text: placeFault(pack, rule, call, place),
    });
  }
  for (const finding of findings) {
    const { rule } = finding;
    const violation = pack.violations[finding.violation] ?? "";
    reasons.push({
      rule: violation,
      ruleId: rule.id,
      jurisdiction: rule.jurisdiction,
      citation: rule.citation,
      zone: finding.zone?.name ?? (rule.kind === "calling-hours" ? rule.zone : undefined),
      text: `${sentence(pack, call, finding, violation, now)} (${rule.citation})`,
    });
  }
  return reasons.sort((a, b) => (a.rule < b.rule ? -1 : a.rule > b.rule ? 1 : 0));
}

function placeFault(pack: CompiledPack, rule: string, call: Call, place: Place): string {
  if (rule === ZONE_DATA_OLD) return pack.zoneTrouble(place.outdated) ?? rule;
  if (rule === INVALID_NUMBER) {
    const read = readNumber(call.number);
    return `${call.number} is not a number that can be called: it ${"problem" in read ? read.problem : ""}`;
  }
  if (rule === COUNTRY_NOT_COVERED)
    return `the rule pack has no rules for ${place.jurisdictions.filter((id) => id !== "*").join(", ")}, so nothing says when to call there`;
  if (rule === UNRESOLVED_LOCATION && call.postal !== undefined)
    return `the postal code ${call.postal} is not known, so the person's local time is not: correct the code, or leave it out to go by the area code`;
  return `${numberShown(call.number)} says nothing about where the person is: a toll-free or non-geographic number, for which a postal code would, or an area code that the tables do not have yet`;
}

function sentence(pack: CompiledPack, call: Call, finding: Finding, violation: string, now: Instant): string {
  const { rule, zone, count, since } = finding;
  if (violation === DNC_NOT_COVERED) return notCovered(call, rule, finding.list ?? "COUNTRY");
  const where = zone === undefined ? "" : ` in ${zone.name}`;
  const clock = zone === undefined ? "" : `: it is ${localTime(zone, now)}${where}`;
  const who = nameOf(pack, rule);
  switch (rule.kind) {
    case "calling-hours":
      return hoursSentence({ rule, who, zone: zone ?? pack.zone(rule.zone ?? "UTC"), holiday: count === 1, violation, now });
    case "closed-days":
      return `${who} allows no calls on the holiday ${textOfDay(since)}${clock}${remedy(rule)}`;
    case "emergency-ban":
      return `an emergency declared in ${who} since ${instantText(since)} forbids unsolicited calls${remedy(rule)}`;
    case "attempt-cap": {
      const period = "hours" in rule.period ? `${rule.period.hours} hours` : `${rule.period.localDates} days up to today${where}`;
      const about = rule.scope === "subject" ? " about this subject" : "";
      const shown = since === KNOWN ? "" : `, as the tenant shows them (${since} of them known here)`;
      return `${many(count, "call")}${about} ${count === 1 ? "was" : "were"} placed within ${period}${shown}; ${who} allows ${rule.max}${remedy(rule)}`;
    }
    case "conversation-quiet":
      return `a conversation took place on ${textOfDay(since)}${where}; that day and the ${rule.days - 1} after it stay quiet`;
    case "abandoned-quiet":
      return `a call was abandoned at ${instantText(since)}; no call for ${rule.hours} hours unless an agent is guaranteed`;
    case "campaign-day-cap":
      return `the campaign has placed ${count} calls today in ${rule.zone}; its own limit is ${rule.max}`;
    case "consent-required":
      return violation === rule.reassignedViolation
        ? "the number was disconnected on or after the day of the consent, so the consent is void: whoever has it now did not give it"
        : `${who} requires ${rule.level === "written" ? "written" : "express"} consent ${callsText(rule)}, and there is none in force${remedy(rule)}${linesText(rule)}`;
    case "consent-revocation":
      return `consent was revoked at ${instantText(since)}; ${since > now ? "here it counts for every moment" : "a revocation binds at once"}`;
    case "national-registry":
      return `the number is on the national do-not-call registry and nothing on record lifts that${remedy(rule)}`;
    case "registry-age":
      return fileSentence(finding, rule.maxAgeDays, "registry");
    case "do-not-call-list":
      if (violation === rule.violation)
        return `the number is on the do-not-call list of ${who} and nothing on record lifts that${remedy(rule)}`;
      return fileSentence(finding, rule.maxAgeDays, "do-not-call list");
    case "reassigned-query":
      return since === 0
        ? "nobody has asked the Reassigned Numbers Database whether the number still has the same holder; to record an answer: outdial consent disconnections FILE"
        : `the Reassigned Numbers Database was last asked about the number on ${textOfDay(since)}, ${count < 0 ? "after the day of the call" : `${count} days before the call`}; ${rule.maxAgeDays} are allowed`;
    case "internal-list":
      if (count === LOADED)
        return `the person is on our own do-not-call list (loaded ${instantText(since).slice(0, 10)}; it counts for every moment)`;
      return `the person has been on our own do-not-call list since ${instantText(since)}${since > now ? "; here it counts for every moment" : ""}`;
    case "relationship":
    case "revocation-deadline":
    case "abandonment-limit":
      return rule.kind;
  }
}

/** The sentence on a list's file that is missing (`since` 0), too old, or of a later day. */
function fileSentence({ count, since, list }: Finding, allowed: number, what: string): string {
  const of = list === undefined ? "" : ` of ${list}`;
  if (since === 0) return `no ${what}${of} is loaded, so nothing says who is on it; to load one: ${importOf(list ?? "COUNTRY")}`;
  return `the file of the ${what}${of} is of ${textOfDay(since)}, ${count < 0 ? "after" : `${count} days old on`} the local date of the call; ${allowed} are allowed`;
}

/** The sentence on files of a list that do not cover the number's area code. */
function notCovered(call: Call, rule: Rule, list: string): string {
  const number = numberShown(call.number);
  const areaCode = areaCodeOf(number);
  const what = rule.kind === "registry-age" ? "registry" : "do-not-call list";
  return `no file of the ${what} of ${list} that is loaded covers ${areaCode === 0 ? number : `the area code ${areaCode}`}, so nothing says who is on it there; to load one: ${importOf(list)} (with --covers all when the file is the whole list)`;
}

const importOf = (list: string): string => `outdial dnc import FILE --list national --registry ${list} --as-of DATE`;

/** The name of the jurisdiction that made the rule, as subject of a sentence. */
function nameOf({ pack }: CompiledPack, { jurisdiction, citation, confidence }: Rule): string {
  if (jurisdiction === "*") return confidence === "policy" && !citation.startsWith("policy") ? citation : "the rule pack";
  return pack.jurisdictions.find(({ id }) => id === jurisdiction)?.title ?? jurisdiction;
}

const LIFTS = {
  ebr: "a business relationship in force",
  express: "express consent",
  written: "consent in writing",
} as const;

/** What would lift the rule. */
function remedy({ exempt }: Rule): string {
  return exempt === undefined || exempt.length === 0 ? "" : `; ${exempt.map((one) => LIFTS[one]).join(" or ")} would lift that`;
}

function callsText({ binds }: Rule): string {
  if (binds.length === 1 && binds[0] === "prerecorded") return "to recorded sales calls";
  return binds.includes("collection") ? "to calls" : "to sales calls that a dialer places";
}

function linesText({ lines }: Rule): string {
  if (lines === undefined) return "";
  return `; it binds ${lines.join(" and ")} lines, and a line whose type is not known counts as one (outdial consent lines FILE says what lines are)`;
}

function many(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? "" : "s"}`;
}

interface HoursFound {
  readonly rule: RuleOf<"calling-hours">;
  readonly who: string;
  readonly zone: Zone;
  readonly holiday: boolean;
  readonly violation: string;
  readonly now: Instant;
}

function hoursSentence({ rule, who, zone, holiday, violation, now }: HoursFound): string {
  if (Object.values(rule.week).every((windows) => windows.length === 0))
    return `${who} allows no ${rule.binds.includes("telemarketing") ? "" : "recorded "}sales calls at any time${remedy(rule)}${linesText(rule)}`;
  const clock = `: it is ${localTime(zone, now)} in ${zone.name}`;
  const day = weekdayOf(zone.day(now));
  const windows = windowsText(holiday ? (rule.onHolidays?.windows ?? []) : rule.week[WEEK_DAYS[day] ?? "sun"]);
  if (holiday) return `${who} allows ${windows === "" ? "no calls" : `calls ${windows}`} on holidays${clock}`;
  if (violation === rule.closedDayViolation || windows === "")
    return `${who} allows no calls on ${DAY_NAMES[day] ?? ""}s${clock}`;
  return `${who} allows calls on ${DAY_NAMES[day] ?? ""}s ${windows}${clock}`;
}

function windowsText(windows: readonly (readonly [string, string])[]): string {
  return windows.map(([open, close]) => `from ${open} to ${close}`).join(" and ");
}

/** An instant in UTC, to the second. */
export function instantText(at: Instant): string {
  return new Date(at).toISOString().slice(0, 19).replace("T", " ").concat(" UTC");
}
