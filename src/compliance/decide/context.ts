// What the checks of one decision share: the instant, the local clocks, the facts, and the violations found. Each compiled pack
// has one context, which is reused for all decisions, so that deciding allocates almost nothing.

import { DAY_MS, type Instant } from "../../kernel/index.ts";
import { ComplianceError } from "../error.ts";
import type { Exemption, LineType, Rule, RuleOf } from "../pack/schema.ts";
import { addMonths, parseDay } from "../time/civil.ts";
import type { Zone } from "../time/zone.ts";
import type { Attempt, Call, CallFacts, ConsentLevel } from "./types.ts";

/** Days ahead in which the next allowed instant is searched. */
const HORIZON_DAYS = 45;
const NEVER = Number.POSITIVE_INFINITY;
/** The subject of attempts and consent that do not name one. */
export const DEFAULT_SUBJECT = "A";
const NO_ATTEMPTS: readonly Attempt[] = [];

/** Bits of the kinds of facts that rules depend on. */
export const ABOUT = { attempts: 1, dnc: 2, scrub: 4, consent: 8 } as const;

/** Bits of what can lift a rule. */
export const LIFTED_BY: Readonly<Record<Exemption, number>> = { ebr: 1, express: 2, written: 4 };

/** Bits of line types; a line of unknown type has all of them. */
export const LINE_BITS: Readonly<Record<LineType, number>> = { mobile: 1, landline: 2, voip: 4 };
const ANY_LINE = 7;
const NO_COUNTRIES: readonly string[] = [];

/** For how many months a relationship counts, by its kind. */
export type RelationshipMonths = RuleOf<"relationship">["months"];

/** A violation, in one zone if the rule is about a clock. */
export interface Finding {
  readonly rule: Rule;
  /** Index of the violation. */
  readonly violation: number;
  readonly zone: Zone | undefined;
  /** Facts for the sentence: a number of calls, an instant or a day. */
  readonly count: number;
  readonly since: number;
  /** The do-not-call list that it is about. */
  readonly list: string | undefined;
}

/** The zones and countries where the person may be. */
interface Whereabouts {
  readonly zones: readonly Zone[];
  readonly countries: readonly string[];
}

/** Judges one rule. */
export interface Check {
  run(context: DecisionContext): void;
  /** Of an attempt cap: the number of calls that count now. */
  placed?(context: DecisionContext): number;
}

/**
 * What one call is judged on: the pack, the facts, the places of the number, and the instant. Reused between the instants of one
 * question.
 */
export class DecisionContext {
  /** The instant that is judged, and the last one that is searched. */
  at: Instant = 0;
  limit: Instant = 0;
  utcDay = 0;
  zones: readonly Zone[] = [];
  /** Local dates (day numbers) and ms since midnight, by index of the zone. */
  readonly days: number[] = [];
  readonly times: number[] = [];
  facts: CallFacts = {};
  attempts: readonly Attempt[] = NO_ATTEMPTS;
  tenantAttempts: readonly Attempt[] = NO_ATTEMPTS;
  /** Countries of the place. */
  countries: readonly string[] = NO_COUNTRIES;
  /** Bits of the types that the line may have. */
  line = ANY_LINE;
  /** Bits of the kinds of facts that are known; rules about other facts cannot be broken. */
  known = 0;
  subject = DEFAULT_SUBJECT;

  /** A flag for each violation found, and the instant until which at least one of the violations certainly lasts. */
  readonly flags: Uint8Array;
  #flagged = false;
  broken = false;
  until: Instant = 0;
  /**
   * The instant until which the current rule can say that it stays broken: its last day in force, or the beginning of what lifts
   * it.
   */
  cap: Instant = NEVER;
  /** False when only allow or deny is asked for: then the end of a violation is not computed. */
  wantsNext = true;
  /** The current rule, and the list that violations are added to when the reasons are asked for. */
  rule: Rule | undefined;
  findings: Finding[] | undefined;

  /**
   * Day numbers of the registry file, of the last query of the Reassigned Numbers Database and of the last disconnection; NaN
   * when there is none (every comparison with it is false).
   */
  scrubbedDay = Number.NaN;
  queriedDay = Number.NaN;
  #disconnectedDay = Number.NaN;
  #consentBits = 0;
  #ebrStart = 0;

  constructor(violations: number) {
    this.flags = new Uint8Array(violations);
  }

  /** Starts a decision on a call. Throws `invalid_facts` for a malformed date or instant. */
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
      if (dnc.internalLoadedAt !== undefined) requireInstant(dnc.internalLoadedAt, "dnc.internalLoadedAt");
    }
    this.known = known;
  }

  /** Clears the violations of the decision before. */
  clear(): void {
    if (this.#flagged) this.flags.fill(0);
    this.#flagged = false;
  }

  /** Sets the instant; no violation is noted for it yet. */
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
   * Notes that the current rule is broken, and until when it certainly stays so.
   * @param zone index of the zone that it is broken in, or -1
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

  /** Consent was given, and is neither withdrawn nor void. */
  consentInForce(): boolean {
    const { consent } = this.facts;
    if (consent === undefined || !isGiven(consent.level) || consent.at > this.at) return false;
    return !this.optedOut(consent.revokedAt) && !this.consentVoid();
  }

  /** An opt-out made at `since` counts at this instant. */
  optedOut(since: Instant | undefined): boolean {
    return since !== undefined && (since <= this.at || this.facts.optOutsCount === "always");
  }

  /** The holder gave up the number on or after the UTC date of the consent: another person may answer now. */
  consentVoid(): boolean {
    const { consent } = this.facts;
    return consent !== undefined && this.#disconnectedDay >= Math.floor(consent.at / DAY_MS);
  }

  /** Whether, by the clock of one of the zones, so many months have passed since the date of the consent. */
  consentIsOlderThan(months: number): boolean {
    const { consent } = this.facts;
    if (consent === undefined || months === NEVER) return false;
    const over = (given: number, today: number) => today >= addMonths(given, months);
    if (this.zones.length === 0) return over(Math.floor(consent.at / DAY_MS), this.utcDay);
    return this.zones.some((zone, i) => over(zone.day(consent.at), this.days[i] ?? 0));
  }

  /** True when something in `mask` (bits of LIFTED_BY) lifts a rule at this instant. */
  lifted(mask: number, months: RelationshipMonths | undefined): boolean {
    if ((mask & this.#consentBits) !== 0) return true;
    return (mask & 1) !== 0 && months !== undefined && this.relationshipInForce(months);
  }

  /**
   * Whether the relationship counts on the local date of every zone. Without a place there is no local date, and it does not
   * count.
   */
  relationshipInForce(months: RelationshipMonths): boolean {
    const { ebr } = this.facts;
    if (ebr === undefined || this.zones.length === 0) return false;
    const last = addMonths(this.#ebrStart, months[ebr.kind] ?? Number.NaN);
    // An unknown kind of relationship does not count.
    if (Number.isNaN(last)) return false;
    for (let i = 0; i < this.zones.length; i++) {
      const day = this.days[i] ?? 0;
      if (day < this.#ebrStart || day > last) return false;
    }
    return true;
  }

  /** The first instant at which consent or a relationship dated in the future begins to lift rules; NEVER when there is none. */
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

/** Whether a level is one that gives consent; any other text gives none. */
export function isGiven(level: ConsentLevel): boolean {
  return level === "express" || level === "written";
}

function requireInstant(value: Instant, what: string): void {
  if (!Number.isFinite(value)) throw new ComplianceError("invalid_facts", `${what} is not an instant: ${value}`);
}
