// The rules that bind one place and one type of call, compiled into checks.

import type { Instant } from "../../kernel/index.ts";
import type { Exemption, Rule, RulePack } from "../pack/schema.ts";
import { parseDay } from "../time/civil.ts";
import type { Zone } from "../time/zone.ts";
import {
  abandonedCheck,
  ConversationCheck,
  campaignDayCheck,
  closedDaysCheck,
  consentCheck,
  DateCapCheck,
  doNotCallListCheck,
  emergencyCheck,
  HourCapCheck,
  HoursCheck,
  internalListCheck,
  nationalCheck,
  RegistryAgeCheck,
  reassignedQueryCheck,
  revocationCheck,
} from "./checks-clock.ts";
import { ABOUT, type Check, type DecisionContext, LIFTED_BY, LINE_BITS, type RelationshipMonths } from "./context.ts";

/** The violation of a number in an area code that no loaded file of a do-not-call list covers, whatever the pack says. */
export const DNC_NOT_COVERED = "DNC_NOT_COVERED";

const NEVER = Number.POSITIVE_INFINITY;

/** What compiling a rule needs of the pack. */
interface Binding {
  readonly pack: RulePack;
  readonly zone: (name: string) => Zone;
  readonly calendar: (name: string) => ReadonlySet<number>;
  readonly violation: (id: string) => number;
  /** The relationship rule for rules of a jurisdiction: its own, else its country's, else the one that binds everywhere. */
  readonly relationship: (jurisdiction: string) => RelationshipMonths | undefined;
}

/** Why a rule does not forbid a call. */
interface Standing {
  readonly rule: Rule;
  readonly by: "fact" | "consent" | "relationship" | "line";
  /** The terms of a relationship for this rule. */
  readonly months: RelationshipMonths | undefined;
  /** Of an attempt cap: the number of calls that count now. */
  readonly placed: number | undefined;
}

/** A compiled rule. It first looks whether it is in force and not lifted, then runs its check. */
export class BoundRule {
  /** Bits of the kinds of facts without which the rule cannot be broken. */
  readonly about: number;
  readonly #rule: Rule;
  readonly #check: Check;
  readonly #mask: number;
  readonly #months: RelationshipMonths | undefined;
  readonly #effective: number;
  readonly #ends: number;
  /** Bits of the line types that it binds; 0 for every type. */
  readonly #lines: number;

  constructor(rule: Rule, check: Check, exempt: readonly Exemption[], months: RelationshipMonths | undefined) {
    this.about = aboutOf(rule);
    this.#rule = rule;
    this.#check = check;
    this.#mask = exempt.reduce((mask, name) => mask | LIFTED_BY[name], 0);
    this.#months = months;
    this.#lines = (rule.lines ?? []).reduce((bits, name) => bits | LINE_BITS[name], 0);
    this.#effective = rule.effective === undefined ? -NEVER : parseDay(rule.effective, "effective");
    this.#ends = rule.ends === undefined ? NEVER : parseDay(rule.ends, "ends");
  }

  run(context: DecisionContext): void {
    if (!this.#binds(context)) return;
    context.rule = this.#rule;
    this.#check.run(context);
  }

  /** How the rule stands to a call now, if it does not forbid it: kept, lifted, or about another line; undefined when it is not in force. */
  standing(context: DecisionContext): Standing | undefined {
    const [rule, months] = [this.#rule, this.#months];
    if (!this.#inForce(context)) return undefined;
    if (this.#lines !== 0 && (this.#lines & context.line) === 0) return { rule, months, by: "line", placed: undefined };
    if (context.lifted(this.#mask & ~LIFTED_BY.ebr, undefined)) return { rule, months, by: "consent", placed: undefined };
    if (context.lifted(this.#mask & LIFTED_BY.ebr, months)) return { rule, months, by: "relationship", placed: undefined };
    return { rule, months, by: "fact", placed: this.#check.placed?.(context) };
  }

  /** Whether the rule binds this call now; sets `context.cap`, until when its result is certain. */
  #binds(context: DecisionContext): boolean {
    context.cap = NEVER;
    if (this.#lines !== 0 && (this.#lines & context.line) === 0) return false;
    if ((this.#effective !== -NEVER || this.#ends !== NEVER) && !this.#inForce(context)) return false;
    if (this.#mask !== 0) {
      if (context.lifted(this.#mask, this.#months)) return false;
      context.cap = Math.min(context.cap, context.nextLift());
    }
    return true;
  }

  /**
   * A rule is in force where any zone's local date is within the rule's dates. Sets `context.cap` to the instant from which no
   * zone's date is.
   */
  #inForce(context: DecisionContext): boolean {
    const { zones, days, at, limit } = context;
    if (zones.length === 0) return this.#covers(context.utcDay);
    let inForce = false;
    let over: Instant = at;
    for (let i = 0; i < zones.length; i++) {
      if (!this.#covers(days[i] ?? 0)) continue;
      inForce = true;
      if (this.#ends !== NEVER && context.wantsNext)
        over = Math.max(over, zones[i]?.firstDay(at, limit, (day) => day > this.#ends) ?? NEVER);
    }
    if (this.#ends !== NEVER) context.cap = over;
    return inForce;
  }

  #covers(day: number): boolean {
    return day >= this.#effective && day <= this.#ends;
  }
}

function aboutOf(rule: Rule): number {
  switch (rule.kind) {
    case "attempt-cap":
      return rule.max === 0 ? 0 : ABOUT.attempts;
    case "conversation-quiet":
    case "abandoned-quiet":
      return ABOUT.attempts;
    case "national-registry":
    case "internal-list":
      return ABOUT.dnc;
    case "registry-age":
      return ABOUT.scrub;
    case "consent-revocation":
      return ABOUT.consent;
    default:
      return 0;
  }
}

/**
 * Compiles a rule; undefined for kinds that judge no call by themselves.
 * @param revocationsReported another rule that binds the same calls reports revoked consent
 */
export function bindRule(rule: Rule, binding: Binding, revocationsReported: boolean): BoundRule | undefined {
  const check = checkOf(rule, binding, revocationsReported);
  if (check === undefined) return undefined;
  const jurisdiction = binding.pack.jurisdictions.find(({ id }) => id === rule.jurisdiction);
  const exempt = [...(rule.exempt ?? []), ...(jurisdiction?.exempt ?? [])];
  return new BoundRule(rule, check, exempt, binding.relationship(rule.jurisdiction));
}

function checkOf(rule: Rule, { pack, zone, calendar, violation }: Binding, revocationsReported: boolean): Check | undefined {
  switch (rule.kind) {
    case "calling-hours": {
      const holidays = rule.onHolidays === undefined ? undefined : calendar(rule.onHolidays.calendar);
      const fixed = rule.zone === undefined ? undefined : zone(rule.zone);
      return new HoursCheck(
        rule,
        fixed,
        holidays,
        violation(rule.violation),
        violation(rule.closedDayViolation ?? rule.violation),
      );
    }
    case "closed-days":
      return closedDaysCheck(calendar(rule.calendar), violation(rule.violation));
    case "emergency-ban": {
      const spans = pack.emergencies
        .filter(({ jurisdiction }) => jurisdiction === rule.jurisdiction)
        .map(({ start, end }) => ({ start: Date.parse(start), end: end === undefined ? NEVER : Date.parse(end) }));
      return emergencyCheck(spans, violation(rule.violation));
    }
    case "attempt-cap":
      return "hours" in rule.period
        ? new HourCapCheck(rule, rule.period.hours, violation(rule.violation))
        : new DateCapCheck(rule, rule.period.localDates, violation(rule.violation));
    case "conversation-quiet":
      return new ConversationCheck(rule, violation(rule.violation));
    case "abandoned-quiet":
      return abandonedCheck(rule, violation(rule.violation));
    case "campaign-day-cap":
      return campaignDayCheck(rule, zone(rule.zone), violation(rule.violation));
    case "consent-required":
      return consentCheck(rule, violation(rule.violation), violation(rule.reassignedViolation), !revocationsReported);
    case "consent-revocation":
      return revocationCheck(violation(rule.violation));
    case "national-registry":
      return nationalCheck(violation(rule.violation));
    case "registry-age":
      return new RegistryAgeCheck(rule, { stale: violation(rule.violation), uncovered: violation(DNC_NOT_COVERED) });
    case "internal-list":
      return internalListCheck(violation(rule.violation));
    case "do-not-call-list":
      return doNotCallListCheck(rule, violation(rule.violation), {
        stale: violation(rule.staleViolation),
        uncovered: violation(DNC_NOT_COVERED),
      });
    case "reassigned-query":
      return reassignedQueryCheck(rule, violation(rule.violation));
    case "relationship":
    case "revocation-deadline":
    case "abandonment-limit":
      return undefined;
  }
}
