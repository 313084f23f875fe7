// decide: may this call be placed now, which rules forbid it, and from when on does none.

import type { Instant } from "../../kernel/index.ts";
import { ComplianceError } from "../error.ts";
import { describeRule } from "../pack/describe.ts";
import type { Rule, RuleOf } from "../pack/schema.ts";
import { isInstantInRange, type Zone } from "../time/zone.ts";
import { inScope, isConversation, isPlaced } from "./checks-attempts.ts";
import type { CompiledPack, Place } from "./compile.ts";
import { type Context, isGiven } from "./context.ts";
import { instantText, localTime, reasonsFor } from "./reasons.ts";
import { type Decided, DecisionOfSeveral, nextOfAll } from "./several.ts";
import type { Attempt, Call, CallFacts, CapReading, Decision, Reason, Weighed } from "./types.ts";

// What an allowed call was weighed by: every rule that applies to it, with the fact that satisfied it and the date of the fact. What nobody told is said to
// be unknown.

/**
 * The rules that bind an allowed call, in the pack's order, each with what satisfied it.
 * @param context begun with the call and turned to the instant
 */
function weighedFor(pack: CompiledPack, place: Place, { callType }: Call, context: Context): readonly Weighed[] {
  return place.rules[callType].flatMap((bound): Weighed[] => {
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
}

const NOT_LOOKED_AT = "earlier calls were not looked at";
const dayText = (at: Instant) => instantText(at).slice(0, 10);

function consentText({ facts: { consent } }: Context): string {
  return consent === undefined || !isGiven(consent.level)
    ? "no consent is known"
    : `${consent.level} consent of ${dayText(consent.at)}`;
}

function relationshipText({ facts: { ebr } }: Context, months: RuleOf<"relationship">["months"] | undefined): string {
  if (ebr === undefined) return "no relationship is known";
  return `the ${ebr.kind} of ${ebr.date}, which counts for ${months?.[ebr.kind] ?? 0} months`;
}

function factOf(pack: CompiledPack, rule: Rule, context: Context, placed: number | undefined): string {
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
function files({ facts, countries }: Context, { jurisdiction, except = [] }: Rule): string {
  const { registryFiles, scrubbedOn } = facts;
  const isState = jurisdiction.includes("-");
  if (registryFiles === undefined)
    return scrubbedOn === undefined || isState ? "no file was named or checked" : `file of ${scrubbedOn}`;
  const lists = jurisdiction === "*" ? countries.filter((country) => !except.includes(country)) : [jurisdiction];
  return lists.map((list) => `file of ${list} of ${registryFiles[list]}`).join(", ");
}

function latestText(context: Context, scope: "subject" | "all", isOne: (attempt: Attempt) => boolean): string {
  if (context.facts.attempts === undefined) return NOT_LOOKED_AT;
  const latest = latestOf(context, scope, isOne);
  return latest === undefined ? "none is known" : `the latest was at ${instantText(latest)}`;
}

/** The latest such call. */
function latestOf(context: Context, scope: "subject" | "all", isOne: (attempt: Attempt) => boolean): Instant | undefined {
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

function judge(context: Context, place: Place, call: Call, facts: CallFacts, now: Instant, wantsNext: boolean): void {
  requireNow(now);
  context.begin(call, facts, place, now);
  context.wantsNext = wantsNext && place.fault < 0;
  context.clear();
  run(context, place, call, now);
}

function run(context: Context, place: Place, call: Call, at: Instant): void {
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
function nextAllowed(context: Context, place: Place, call: Call): Instant | null {
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
function bindingCap(context: Context, place: Place, { callType }: Call, at: number): CapReading | null {
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
