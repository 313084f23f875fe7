// What the checks of one decision share: the instant, the local clocks, the facts, and what was found broken. One context serves one
// compiled pack; it is used again for each decision, so that deciding allocates next to nothing.

import type { Instant } from "../../kernel/index.ts";
import { ComplianceError } from "../error.ts";
import type { Exemption, LineType, Rule, RuleOf } from "../pack/schema.ts";
import { addMonths, DAY_MS, parseDay } from "../time/civil.ts";
import type { Zone } from "../time/zone.ts";
import type { Attempt, Call, CallFacts, ConsentLevel } from "./types.ts";

/** Days within which a next allowed instant is looked for. */
const HORIZON_DAYS = 45;
const NEVER = Number.POSITIVE_INFINITY;
/** Subject of attempts and consent that name none. */
export const DEFAULT_SUBJECT = "A";
const NO_ATTEMPTS: readonly Attempt[] = [];

/** Bits of the facts that some rules are about. */
export const ABOUT = { attempts: 1, dnc: 2, scrub: 4, consent: 8 } as const;

/** Bits of what lifts rules. */
export const LIFTED_BY: Readonly<Record<Exemption, number>> = { ebr: 1, express: 2, written: 4 };

/** Bits of the types of lines; a line whose type is not known has all of them. */
export const LINE_BITS: Readonly<Record<LineType, number>> = { mobile: 1, landline: 2, voip: 4 };
const ANY_LINE = 7;
const NO_COUNTRIES: readonly string[] = [];

/** How long a relationship lasts. */
export type RelationshipMonths = RuleOf<"relationship">["months"];

/** One rule found broken, in one zone if it is about a clock. */
export interface Finding {
  readonly rule: Rule;
  /** Number of the violation. */
  readonly violation: number;
  readonly zone: Zone | undefined;
  /** Facts that the sentence needs: calls counted, an instant or a day. */
  readonly count: number;
  readonly since: number;
  /** The do-not-call list that it is about. */
  readonly list: string | undefined;
}

/** Where the person may be. */
export interface Whereabouts {
  readonly zones: readonly Zone[];
  readonly countries: readonly string[];
}

/**
 * What the rules are judged on for one call: the pack, the facts, the places of the number, and the instant. Reused between
 * instants of one question.
 */
export class Context {
  /** The instant judged, and the last one worth looking at. */
  at: Instant = 0;
  limit: Instant = 0;
  utcDay = 0;
  zones: readonly Zone[] = [];
  /** Local dates and milliseconds of the day, by zone. */
  readonly days: number[] = [];
  readonly times: number[] = [];
  facts: CallFacts = {};
  attempts: readonly Attempt[] = NO_ATTEMPTS;
  tenantAttempts: readonly Attempt[] = NO_ATTEMPTS;
  /** Countries of the place. */
  countries: readonly string[] = NO_COUNTRIES;
  /** Bits of what the line may be. */
  line = ANY_LINE;
  /** Bits of the facts that are known; rules about others cannot be broken. */
  known = 0;
  subject = DEFAULT_SUBJECT;

  /** What was found: a flag for each violation, and the instant before which one of the rules broken surely stays broken. */
  readonly flags: Uint8Array;
  #flagged = false;
  broken = false;
  until: Instant = 0;
  /** The end of what the rule at hand may claim: its last day in force, or the beginning of what lifts it. */
  cap: Instant = NEVER;
  /** False when only the bit is asked for: then nobody computes when rules let go. */
  wantsNext = true;
  /** The rule at hand, and where to note what is found when somebody wants the reasons. */
  rule: Rule | undefined;
  findings: Finding[] | undefined;

  /** Days of the registry file, of the last query and of the last disconnection; NaN, which no comparison accepts, when there are none. */
  scrubbedDay = Number.NaN;
  queriedDay = Number.NaN;
  #disconnectedDay = Number.NaN;
  #consentBits = 0;
  #ebrStart = 0;

  constructor(violations: number) {
    this.flags = new Uint8Array(violations);
  }

  /** Takes up a call. Throws `invalid_facts` for a date or an instant that is none. */
  begin(call: Call, facts: CallFacts, place: Whereabouts, now: Instant): void {
    const { attempts, tenantAttempts, consent, ebr, dnc, scrubbedOn, rndDisconnectedOn, rndQueriedOn, lineType } = facts;
    this.zones = place.zones;
    this.countries = place.countries;
    this.line = lineType === undefined ? ANY_LINE : (LINE_BITS[lineType] ?? ANY_LINE);
    this.facts = facts;
    this.attempts = attempts ?? NO_ATTEMPTS;
    this.tenantAttempts = tenantAttempts ?? NO_ATTEMPTS;
    this.subject = call.subject ?? DEFAULT_SUBJECT;
    this.limit = now + HORIZON_DAYS * DAY_MS;
    let known = 0;
    this.#ebrStart = ebr === undefined ? 0 : parseDay(ebr.date, "ebr.date");
    this.scrubbedDay = scrubbedOn === undefined ? Number.NaN : parseDay(scrubbedOn, "scrubbedOn");
    if (scrubbedOn !== undefined || facts.registryFiles !== undefined) known |= ABOUT.scrub;
    this.queriedDay = rndQueriedOn === undefined ? Number.NaN : parseDay(rndQueriedOn, "rndQueriedOn");
    this.#disconnectedDay = rndDisconnectedOn === undefined ? Number.NaN : parseDay(rndDisconnectedOn, "rndDisconnectedOn");
    if (attempts !== undefined && attempts.length > 0) {
      known |= ABOUT.attempts;
      for (const { at } of attempts) requireInstant(at, "attempts.at");
    }
    if (tenantAttempts !== undefined && tenantAttempts.length > 0) {
      known |= ABOUT.attempts;
      for (const { at } of tenantAttempts) requireInstant(at, "tenantAttempts.at");
    }
    if (consent !== undefined) {
      known |= ABOUT.consent;
      requireInstant(consent.at, "consent.at");
      if (consent.revokedAt !== undefined) requireInstant(consent.revokedAt, "consent.revokedAt");
    }
    if (dnc !== undefined) {
      known |= ABOUT.dnc;
      if (dnc.internalAt !== undefined) requireInstant(dnc.internalAt, "dnc.internalAt");
    }
    this.known = known;
  }

  /** Forgets what was flagged. */
  clear(): void {
    if (this.#flagged) this.flags.fill(0);
    this.#flagged = false;
  }

  /** Turns to an instant: nothing is broken there yet. */
  turnTo(at: Instant): void {
    this.at = at;
    this.utcDay = Math.floor(at / DAY_MS);
    this.broken = false;
    this.until = 0;
    this.cap = NEVER;
    for (let i = 0; i < this.zones.length; i++) {
      const zone = this.zones[i];
      if (zone === undefined) continue;
      const local = at + zone.offset(at);
      const day = Math.floor(local / DAY_MS);
      this.days[i] = day;
      this.times[i] = local - day * DAY_MS;
    }
    this.#consentBits =
      this.facts.consent !== undefined && this.consentInForce() ? (this.facts.consent?.level === "written" ? 6 : 2) : 0;
  }

  /**
   * Notes that the rule at hand is broken, and until when it surely stays so.
   * @param zone number of the zone in which it is, or -1
   * @param count @param since facts for the sentence
   */
  report(violation: number, until: Instant, zone = -1, count = 0, since = 0, list?: string): void {
    this.flags[violation] = 1;
    this.#flagged = true;
    this.broken = true;
    const release = until < this.cap ? until : this.cap;
    if (release > this.until) this.until = release;
    if (this.findings !== undefined && this.rule !== undefined)
      this.findings.push({ rule: this.rule, violation, zone: this.zones[zone], count, since, list });
  }

  /** Consent given, neither withdrawn nor void. */
  consentInForce(): boolean {
    const { consent } = this.facts;
    if (consent === undefined || !isGiven(consent.level) || consent.at > this.at) return false;
    return !(consent.revokedAt !== undefined && consent.revokedAt <= this.at) && !this.consentVoid();
  }

  /** The number was given up by its holder on or after the UTC date of the consent: whoever answers now may be somebody else. */
  consentVoid(): boolean {
    const { consent } = this.facts;
    return consent !== undefined && this.#disconnectedDay >= Math.floor(consent.at / DAY_MS);
  }

  /** True when something of `mask` lifts a rule at this instant. */
  lifted(mask: number, months: RelationshipMonths | undefined): boolean {
    if ((mask & this.#consentBits) !== 0) return true;
    return (mask & 1) !== 0 && months !== undefined && this.relationshipInForce(months);
  }

  /** The relationship holds on the local date of every zone. Without a place there is no local date, and nothing to rely on. */
  relationshipInForce(months: RelationshipMonths): boolean {
    const { ebr } = this.facts;
    if (ebr === undefined || this.zones.length === 0) return false;
    const last = addMonths(this.#ebrStart, months[ebr.kind] ?? Number.NaN);
    // What is no kind of relationship lasts for no time.
    if (Number.isNaN(last)) return false;
    for (let i = 0; i < this.zones.length; i++) {
      const day = this.days[i] ?? 0;
      if (day < this.#ebrStart || day > last) return false;
    }
    return true;
  }

  /** The first instant at which something could begin to lift rules that does not yet: consent or a relationship dated ahead. */
  nextLift(): Instant {
    const { consent, ebr } = this.facts;
    let next = consent !== undefined && consent.at > this.at ? consent.at : NEVER;
    if (ebr !== undefined) {
      const start = this.#ebrStart;
      for (let i = 0; i < this.zones.length; i++) {
        if ((this.days[i] ?? 0) >= start) continue;
        const begins = this.zones[i]?.firstDay(this.at, this.limit, (day) => day >= start) ?? NEVER;
        if (begins < next) next = begins;
      }
    }
    return next;
  }
}

/** True for consent of a level that says so; any other word gives none. */
export function isGiven(level: ConsentLevel): boolean {
  return level === "express" || level === "written";
}

function requireInstant(value: Instant, what: string): void {
  if (!Number.isFinite(value)) throw new ComplianceError("invalid_facts", `${what} is not an instant: ${value}`);
}
