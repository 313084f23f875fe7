// decide: may this call be placed now, which rules forbid it, and from when on does none.

import type { Instant } from "../../kernel/index.ts";
import { ComplianceError } from "../error.ts";
import { isInstantInRange } from "../time/zone.ts";
import { bindingCap } from "./caps.ts";
import type { CompiledPack, Place } from "./compile.ts";
import type { Context } from "./context.ts";
import { reasonsFor } from "./reasons.ts";
import { type Decided, DecisionOfSeveral, nextOfAll } from "./several.ts";
import type { Call, CallFacts, CapReading, Decision, Reason, Weighed } from "./types.ts";
import { weighedFor } from "./weighed.ts";

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
