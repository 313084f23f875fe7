// decide: may this call be placed now, which rules forbid it, and from when on does none.

import type { Instant } from "../../kernel/index.ts";
import { ComplianceError } from "../error.ts";
import { areaCodeOf, numberShown, readNumber } from "../geography/numbers.ts";
import { callsOf, describeRule, isBan } from "../pack/describe.ts";
import { type Rule, type RuleOf, WEEK_DAYS } from "../pack/schema.ts";
import { textOfDay, weekdayOf } from "../time/civil.ts";
import { isInstantInRange, type Zone } from "../time/zone.ts";
import { DNC_NOT_COVERED } from "./bind.ts";
import { inScope, isConversation, isPlaced, KNOWN, LOADED } from "./checks-clock.ts";
import {
  COUNTRY_NOT_COVERED,
  type CompiledPack,
  INVALID_NUMBER,
  type Place,
  UNRESOLVED_LOCATION,
  ZONE_DATA_OLD,
} from "./compile.ts";
import { type DecisionContext, type Finding, isGiven } from "./context.ts";
import type { Attempt, Call, CallFacts, CapReading, Decision, Reason, Weighed } from "./types.ts";

// What an allowed call was weighed by: every rule that applies to it, with the fact that satisfied it and the date of the fact. What nobody told is said to
// be unknown.

/**
 * The rules that bind an allowed call, in the pack's order, each with what satisfied it; then law that is known by name only.
 * @param context begun with the call and turned to the instant
 */
function weighedFor(pack: CompiledPack, place: Place, { callType }: Call, context: DecisionContext): readonly Weighed[] {
  const weighed = place.rules[callType].flatMap((bound): Weighed[] => {
    const standing = bound.standing(context);
    if (standing === undefined) return [];
    const { rule, by, months, placed } = standing;
    const { id: ruleId, jurisdiction, citation } = rule;
    const title = pack.pack.jurisdictions.find(({ id }) => id === jurisdiction)?.title ?? jurisdiction;
    const fact =
      by === "line"
        ? `it binds ${(rule.lines ?? []).join(" and ")} lines, and this one is ${context.facts.lineType}`
        : by === "consent"
          ? `lifted by ${consentText(context)}`
          : by === "relationship"
            ? `lifted by ${relationshipText(context, months)}`
            : factOf(pack, rule, context, placed);
    const lines = by === "line" || rule.lines === undefined ? "" : ` (${rule.lines.join(" and ")} lines)`;
    const where = jurisdiction === "*" ? "everywhere" : title;
    return [{ ruleId, jurisdiction, citation, text: `${where}: ${describeRule(rule)}${lines}: ${fact} (${citation})` }];
  });
  const unread = pack.pack.jurisdictions.flatMap(({ id, title = id, unread }): Weighed[] => {
    if (unread === undefined || callType === "collection" || !place.jurisdictions.includes(id)) return [];
    const { citation } = unread;
    return [
      {
        ruleId: `${id.toLowerCase()}-unread`,
        jurisdiction: id,
        citation,
        text: `${title}: not weighed: ${citation}, whose text was not had`,
      },
    ];
  });
  return [...weighed, ...unread];
}

const NOT_LOOKED_AT = "earlier calls were not looked at";
const dayText = (at: Instant) => instantText(at).slice(0, 10);

function consentText({ facts: { consent } }: DecisionContext): string {
  return consent === undefined || !isGiven(consent.level)
    ? "no consent is known"
    : `${consent.level} consent of ${dayText(consent.at)}`;
}

function relationshipText({ facts: { ebr } }: DecisionContext, months: RuleOf<"relationship">["months"] | undefined): string {
  if (ebr === undefined) return "no relationship is known";
  return `the ${ebr.kind} of ${ebr.date}, which counts for ${months?.[ebr.kind] ?? 0} months`;
}

function factOf(pack: CompiledPack, rule: Rule, context: DecisionContext, placed: number | undefined): string {
  const { facts, zones, at } = context;
  switch (rule.kind) {
    case "calling-hours":
      return `it is ${clocks(at, rule.zone === undefined ? zones : [pack.zone(rule.zone)])}`;
    case "closed-days":
      return `${clocks(at, zones)} is on none of them`;
    case "emergency-ban":
      return "the rule pack lists none there at this moment";
    case "attempt-cap": {
      if (facts.attempts === undefined && facts.tenantAttempts === undefined) return NOT_LOOKED_AT;
      const latest = latestOf(context, rule.scope, isPlaced);
      return `${placed} of ${rule.max}${latest === undefined ? "" : `, the latest call at ${instantText(latest)}`}`;
    }
    case "conversation-quiet":
      return latestText(context, rule.scope, isConversation);
    case "abandoned-quiet":
      if (rule.liftedByGuaranteedAgent && facts.guaranteedAgent === true) return "an agent is guaranteed";
      return latestText(context, "all", ({ kind }) => kind === "abandoned");
    case "campaign-day-cap":
      return facts.campaignCalls === undefined
        ? "the campaign's calls were not counted"
        : `${facts.campaignCalls.placed} on ${facts.campaignCalls.date}`;
    case "consent-required":
      return consentText(context);
    case "consent-revocation": {
      const revokedAt = facts.consent?.revokedAt;
      return revokedAt === undefined ? "no revocation is known" : `revoked at ${instantText(revokedAt)}, not yet at this moment`;
    }
    case "national-registry":
      return listed(facts.dnc?.national === undefined, files(context, rule));
    case "do-not-call-list":
      return listed(facts.dnc?.lists === undefined, files(context, rule));
    case "registry-age":
      return files(context, rule);
    case "reassigned-query":
      return `asked on ${facts.rndQueriedOn}`;
    case "internal-list":
      if (facts.dnc === undefined) return "the list was not looked at";
      return facts.dnc.internalAt === undefined
        ? "not on it"
        : `on it from ${instantText(facts.dnc.internalAt)} on, not yet at this moment`;
    case "relationship":
    case "revocation-deadline":
    case "abandonment-limit":
      return rule.kind;
  }
}

const clocks = (at: Instant, zones: readonly Zone[]) => zones.map((zone) => `${localTime(zone, at)} in ${zone.name}`).join(", ");

const listed = (unknown: boolean, by: string) => `${unknown ? "not known to be on it" : "not on it"}, ${by}`;

/** The dates of the files that a rule about lists looked at. */
function files({ facts, countries }: DecisionContext, { jurisdiction, except = [] }: Rule): string {
  const { registryFiles, scrubbedOn } = facts;
  const isState = jurisdiction.includes("-");
  if (registryFiles === undefined)
    return scrubbedOn === undefined || isState ? "no file was named or checked" : `file of ${scrubbedOn}`;
  const lists = jurisdiction === "*" ? countries.filter((country) => !except.includes(country)) : [jurisdiction];
  return lists.map((list) => `file of ${list} of ${registryFiles[list]}`).join(", ");
}

function latestText(context: DecisionContext, scope: "subject" | "all", isOne: (attempt: Attempt) => boolean): string {
  if (context.facts.attempts === undefined) return NOT_LOOKED_AT;
  const latest = latestOf(context, scope, isOne);
  return latest === undefined ? "none is known" : `the latest was at ${instantText(latest)}`;
}

/** The latest such call. */
function latestOf(context: DecisionContext, scope: "subject" | "all", isOne: (attempt: Attempt) => boolean): Instant | undefined {
  const found = [...context.attempts, ...context.tenantAttempts].flatMap((attempt) =>
    isOne(attempt) && inScope(attempt, scope === "all", context.subject) ? attempt.at : [],
  );
  return found.length === 0 ? undefined : Math.max(...found);
}

const NONE: readonly string[] = Object.freeze([]);
const NEVER = Number.POSITIVE_INFINITY;

// Fields are only declared: a field with an initial value would be written twice, a million times a second.
class LazyDecision implements Decision {
  declare readonly decision: "allow" | "deny";
  declare readonly rules: readonly string[];
  declare readonly next: Instant | null;
  declare readonly zones: readonly string[];
  declare readonly packVersion: string;
  declare readonly timeZoneData: string;
  readonly #pack: CompiledPack;
  readonly #call: Call;
  readonly #facts: CallFacts;
  readonly #now: Instant;

  constructor(
    rules: readonly string[],
    next: Instant | null,
    zones: readonly string[],
    pack: CompiledPack,
    call: Call,
    facts: CallFacts,
    now: Instant,
  ) {
    this.decision = rules.length === 0 ? "allow" : "deny";
    this.rules = rules;
    this.next = next;
    this.zones = zones;
    this.packVersion = pack.packVersion;
    this.timeZoneData = pack.timeZoneData;
    this.#pack = pack;
    this.#call = call;
    this.#facts = facts;
    this.#now = now;
  }

  get reasons(): readonly Reason[] {
    if (this.rules.length === 0) return [];
    const place = this.#pack.place(this.#call.number, this.#call.postal);
    const { context } = this.#pack;
    context.findings = [];
    try {
      judge(context, place, this.#call, this.#facts, this.#now, false);
      return reasonsFor(this.#pack, place, this.#call, this.#now, context.findings);
    } finally {
      context.findings = undefined;
    }
  }

  get weighed(): readonly Weighed[] | null {
    if (this.rules.length > 0) return null;
    const place = this.#begin();
    this.#pack.context.turnTo(this.#now);
    return weighedFor(this.#pack, place, this.#call, this.#pack.context);
  }

  get cap(): CapReading | null {
    const place = this.#begin();
    return bindingCap(this.#pack.context, place, this.#call, this.#now);
  }

  #begin(): Place {
    const { context } = this.#pack;
    const place = this.#pack.place(this.#call.number, this.#call.postal);
    context.begin(this.#call, this.#facts, place, this.#now);
    context.wantsNext = true;
    context.clear();
    return place;
  }

  toJSON(): Omit<Decision, "toJSON" | "readings"> {
    const { decision, rules, reasons, weighed, cap, next, zones, packVersion, timeZoneData } = this;
    return { decision, rules, reasons, weighed, cap, next, zones, packVersion, timeZoneData };
  }
}

/**
 * Decides on a call. A text that names several numbers is decided number by number, and the call needs all of them.
 * @param facts what is known about the person. They are not copied: do not change them before the decision's reasons are read
 * @param now the instant of the call, ms since the epoch
 * @returns allow or deny, every violation, and the earliest instant at which the same call with the same facts has none. Throws
 * `invalid_facts` for a malformed date or instant.
 */
export function decide(call: Call, facts: CallFacts, pack: CompiledPack, now: Instant): Decision {
  const { context } = pack;
  const place = pack.place(call.number, call.postal);
  if (place.several !== undefined) {
    const calls = place.several.map((number) => ({ ...call, number }));
    return together(
      calls.map((one) => ({ call: one, facts, decision: decide(one, facts, pack, now) })),
      pack,
      now,
    );
  }
  judge(context, place, call, facts, now, true);
  if (!context.broken) return new LazyDecision(NONE, now, place.zoneNames, pack, call, facts, now);
  const rules: string[] = [];
  for (let i = 0; i < context.flags.length; i++) {
    if (context.flags[i] === 1) rules.push(pack.violations[i] ?? "");
  }
  return new LazyDecision(rules, nextAllowed(context, place, call), place.zoneNames, pack, call, facts, now);
}

/** What decisions on each of a person's numbers say together: the call needs all of them, and each sentence names its number. */
export function together(parts: readonly Decided[], pack: CompiledPack, now: Instant): Decision {
  const [only, ...others] = parts;
  return only !== undefined && others.length === 0 ? only.decision : new DecisionOfSeveral(parts, pack, now, decide);
}

/** The first instant, not before `from`, at which every number may be called; null when there is none. @param now of the decisions */
export function nextForAll(parts: readonly Decided[], pack: CompiledPack, now: Instant, from: Instant): Instant | null {
  return nextOfAll(parts, pack, now, from, decide);
}

/**
 * Only allow or deny: true when no rule is broken. Faster than `decide`, because it stops at the first violation. Throws as
 * `decide` does.
 */
export function mayCall(call: Call, facts: CallFacts, pack: CompiledPack, now: Instant): boolean {
  const { context } = pack;
  const place = pack.place(call.number, call.postal);
  if (place.several !== undefined) return place.several.every((number) => mayCall({ ...call, number }, facts, pack, now));
  if (place.fault >= 0) return false;
  requireNow(now);
  context.begin(call, facts, place, now);
  context.wantsNext = false;
  context.turnTo(now);
  const rules = rulesOf(place, call);
  const { known } = context;
  for (let i = 0; i < rules.length; i++) {
    const rule = rules[i];
    if (rule === undefined || (rule.about & ~known) !== 0) continue;
    rule.run(context);
    if (context.broken) return false;
  }
  return true;
}

function judge(context: DecisionContext, place: Place, call: Call, facts: CallFacts, now: Instant, wantsNext: boolean): void {
  requireNow(now);
  context.begin(call, facts, place, now);
  context.wantsNext = wantsNext && place.fault < 0;
  context.clear();
  run(context, place, call, now);
}

function run(context: DecisionContext, place: Place, call: Call, at: Instant): void {
  context.turnTo(at);
  context.rule = undefined;
  if (place.fault >= 0) context.report(place.fault, NEVER);
  const rules = rulesOf(place, call);
  const { known } = context;
  for (let i = 0; i < rules.length; i++) {
    const rule = rules[i];
    if (rule !== undefined && (rule.about & ~known) === 0) rule.run(context);
  }
}

/**
 * Each violation says until when it certainly lasts. No instant before the latest of these can be free of all, so that one is
 * tried next. The first instant tried that is free of violations is the earliest.
 */
function nextAllowed(context: DecisionContext, place: Place, call: Call): Instant | null {
  let { until } = context;
  while (until <= context.limit) {
    // Time moves on even when a rule only knows that it is broken at the present instant.
    const at = Math.max(until, context.at + 1);
    run(context, place, call, at);
    if (!context.broken) return at;
    until = context.until;
  }
  return null;
}

function rulesOf(place: Place, { callType }: Call): Place["rules"][Call["callType"]] {
  const rules: Place["rules"][Call["callType"]] | undefined = place.rules[callType];
  if (rules !== undefined) return rules;
  throw new ComplianceError(
    "invalid_facts",
    `callType ${JSON.stringify(callType)} is not known; allowed are telemarketing, prerecorded, collection`,
  );
}

function requireNow(now: Instant): void {
  if (!isInstantInRange(now))
    throw new ComplianceError(
      "invalid_facts",
      `the instant of the call, ${now}, is not within the years 1971 to 2198 (ms since the epoch)`,
    );
}

// The binding cap: which of all caps on calls to one person decides.

interface Candidate extends CapReading {
  /** Until when the cap certainly denies; 0 when it does not deny. */
  readonly until: number;
}

/**
 * The binding cap at an instant; null when no cap applies to the call. See Decision.cap.
 * @param at the instant that the context was begun with
 */
function bindingCap(context: DecisionContext, place: Place, { callType }: Call, at: number): CapReading | null {
  let binding: Candidate | undefined;
  for (const bound of place.rules[callType]) {
    context.turnTo(at);
    const { rule, placed } = bound.standing(context) ?? {};
    if (rule?.kind !== "attempt-cap" || placed === undefined) continue;
    bound.run(context);
    const candidate: Candidate = {
      rule: rule.violation,
      ruleId: rule.id,
      jurisdiction: rule.jurisdiction,
      citation: rule.citation,
      max: rule.max,
      period: rule.period,
      scope: rule.scope,
      placed,
      left: Math.max(0, rule.max - placed),
      until: context.broken ? context.until : 0,
    };
    if (binding === undefined || binds(candidate, binding)) binding = candidate;
  }
  if (binding === undefined) return null;
  const { until: _, ...reading } = binding;
  return reading;
}

function binds(one: Candidate, other: Candidate): boolean {
  if (one.left !== other.left) return one.left < other.left;
  if (one.until !== other.until) return one.until > other.until;
  return one.max < other.max;
}

// Reasons in words: what the rule says, what the local clock says, and the citation.

const DAY_NAMES = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"] as const;

/** `Tue 2026-06-16 20:30` in a zone. */
export function localTime(zone: Zone, at: Instant): string {
  const local = new Date(at + zone.offset(at));
  const name = DAY_NAMES[local.getUTCDay()] ?? "";
  return `${name.slice(0, 3)} ${local.toISOString().slice(0, 16).replace("T", " ")}`;
}

/** One reason for each violation and zone, sorted by violation. */
function reasonsFor(pack: CompiledPack, place: Place, call: Call, now: Instant, findings: readonly Finding[]): readonly Reason[] {
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
      return `${who} allows no ${callsOf(rule)} on the holiday ${textOfDay(since)}${clock}${remedy(rule)}`;
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
        : `${who} requires ${rule.level === "written" ? "written" : "express"} consent${rule.months === undefined ? "" : ` of the last ${rule.months} months`} ${callsText(rule)}, and there is none in force${remedy(rule)}${linesText(rule)}`;
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
  if (callsOf({ binds }) !== "calls") return `to ${callsOf({ binds })}`;
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
  const lifts = remedy(rule);
  if (isBan(rule))
    return `${who} allows no ${rule.binds.includes("telemarketing") ? "sales calls" : callsOf(rule)} at any time${lifts}${linesText(rule)}`;
  const [clock, calls] = [`: it is ${localTime(zone, now)} in ${zone.name}${lifts}`, callsOf(rule)];
  const day = weekdayOf(zone.day(now));
  const windows = windowsText(holiday ? (rule.onHolidays?.windows ?? []) : rule.week[WEEK_DAYS[day] ?? "sun"]);
  const shut = windows === "" || (!holiday && violation === rule.closedDayViolation);
  if (holiday) return `${who} allows ${shut ? `no ${calls}` : `${calls} ${windows}`} on holidays${clock}`;
  return `${who} allows ${shut ? "no " : ""}${calls} on ${DAY_NAMES[day] ?? ""}s${shut ? "" : ` ${windows}`}${clock}`;
}

function windowsText(windows: readonly (readonly [string, string])[]): string {
  return windows.map(([open, close]) => `from ${open} to ${close}`).join(" and ");
}

/** An instant in UTC, to the second. */
function instantText(at: Instant): string {
  return new Date(at).toISOString().slice(0, 19).replace("T", " ").concat(" UTC");
}

// A text that names several numbers: each is decided by itself, by the rules and clocks of its own place, and the call needs all.

/** The decision on one of several numbers. */
export interface Decided {
  readonly call: Call;
  readonly facts: CallFacts;
  readonly decision: Decision;
}

type Decide = (call: Call, facts: CallFacts, pack: CompiledPack, now: Instant) => Decision;

/**
 * An instant that suits one number may not suit another, which then gives a later one. After so many rounds they have none in
 * common.
 */
const MOST_TURNS = 100;

/**
 * The first instant, not before `from`, at which every number may be called; null when there is none within the horizon.
 * @param now of the decisions
 */
function nextOfAll(parts: readonly Decided[], pack: CompiledPack, now: Instant, from: Instant, decide: Decide): Instant | null {
  let at = Math.max(now, from);
  for (let turn = 0; turn < MOST_TURNS; turn++) {
    let latest = at;
    for (const { call, facts, decision } of parts) {
      // A denial lasts until the decision's own next instant.
      const isOver = decision.decision === "allow" ? at > now : decision.next !== null && decision.next <= at;
      const { next } = isOver ? decide(call, facts, pack, at) : decision;
      if (next === null) return null;
      latest = Math.max(latest, next);
    }
    if (latest === at) return at;
    at = latest;
  }
  return null;
}

/** What the decisions say together: what forbids one of the numbers forbids the call. Each sentence names its number. */
class DecisionOfSeveral implements Decision {
  readonly #parts: readonly Decided[];
  readonly #pack: CompiledPack;
  readonly #now: Instant;
  readonly #decide: Decide;
  readonly decision: "allow" | "deny";
  readonly rules: readonly string[];

  constructor(parts: readonly Decided[], pack: CompiledPack, now: Instant, decide: Decide) {
    this.#parts = parts;
    this.#pack = pack;
    this.#now = now;
    this.#decide = decide;
    this.rules = [...new Set(parts.flatMap(({ decision }) => decision.rules))].sort();
    this.decision = this.rules.length === 0 ? "allow" : "deny";
  }

  get readings(): readonly Decided[] {
    return this.#parts;
  }

  get reasons(): readonly Reason[] {
    return this.#named(({ reasons }) => reasons);
  }

  get weighed(): readonly Weighed[] | null {
    return this.decision === "deny" ? null : this.#named(({ weighed }) => weighed ?? []);
  }

  get cap(): CapReading | null {
    const caps = this.#parts.flatMap(({ decision }) => decision.cap ?? []);
    return caps.reduce<CapReading | null>((least, one) => (least === null || one.left < least.left ? one : least), null);
  }

  get next(): Instant | null {
    return nextOfAll(this.#parts, this.#pack, this.#now, this.#now, this.#decide);
  }

  get zones(): readonly string[] {
    return [...new Set(this.#parts.flatMap(({ decision }) => decision.zones))];
  }

  get packVersion(): string {
    return this.#pack.packVersion;
  }

  get timeZoneData(): string {
    return this.#pack.timeZoneData;
  }

  toJSON(): Omit<Decision, "toJSON" | "readings"> {
    const { decision, rules, reasons, weighed, cap, next, zones, packVersion, timeZoneData } = this;
    return { decision, rules, reasons, weighed, cap, next, zones, packVersion, timeZoneData };
  }

  #named<One extends { readonly text: string }>(of: (decision: Decision) => readonly One[]): readonly One[] {
    return this.#parts.flatMap(({ call, decision }) =>
      of(decision).map((one) => ({ ...one, text: `${numberShown(call.number)}: ${one.text}` })),
    );
  }
}
