// Checks on the clock: calling hours, closed days, declared emergencies.

import { DAY_MS, HOUR_MS, type Instant, MINUTE_MS } from "../../kernel/index.ts";
import { type RuleOf, WEEK_DAYS } from "../pack/schema.ts";
import { parseDay, weekdayOf } from "../time/civil.ts";
import type { Zone } from "../time/zone.ts";
import { type Check, DEFAULT_SUBJECT, type DecisionContext, isGiven } from "./context.ts";
import { type Attempt, NOT_COVERED } from "./types.ts";

const NEVER = Number.POSITIVE_INFINITY;

/** Opening and closing times of a day in ms since midnight, alternating. */
type Windows = readonly number[];

const minutesOf = (text: string) => Number(text.slice(0, 2)) * 60 + Number(text.slice(3, 5));

function windowsOf(windows: readonly (readonly [string, string])[]): Windows {
  return windows.flatMap(([open, close]) => [minutesOf(open) * MINUTE_MS, minutesOf(close) * MINUTE_MS]);
}

/** Calling hours. */
export class HoursCheck {
  readonly #week: readonly Windows[];
  readonly #holidays: ReadonlySet<number> | undefined;
  readonly #holidayWindows: Windows;
  readonly #zone: Zone | undefined;
  readonly #violation: number;
  readonly #closedDay: number;

  /** @param zone the fixed zone of the rule, if it has one; @param holidays days on which other hours apply */
  constructor(
    rule: RuleOf<"calling-hours">,
    zone: Zone | undefined,
    holidays: ReadonlySet<number> | undefined,
    violation: number,
    closedDay: number,
  ) {
    this.#week = WEEK_DAYS.map((day) => windowsOf(rule.week[day]));
    this.#holidays = holidays;
    this.#holidayWindows = windowsOf(rule.onHolidays?.windows ?? []);
    this.#zone = zone;
    this.#violation = violation;
    this.#closedDay = closedDay;
  }

  run(context: DecisionContext): void {
    if (this.#zone !== undefined) {
      const local = context.at + this.#zone.offset(context.at);
      const day = Math.floor(local / DAY_MS);
      this.#judge(context, -1, this.#zone, day, local - day * DAY_MS);
      return;
    }
    const { zones, days, times } = context;
    for (let i = 0; i < zones.length; i++) this.#judge(context, i, zones[i], days[i] ?? 0, times[i] ?? 0);
  }

  #judge(context: DecisionContext, index: number, zone: Zone | undefined, day: number, time: number): void {
    const windows = this.#windows(day);
    for (let i = 0; i < windows.length; i += 2) {
      if (time >= (windows[i] ?? 0) && time < (windows[i + 1] ?? 0)) return;
    }
    const opens = zone === undefined || !context.wantsNext ? NEVER : this.#opens(zone, context.at, context.limit);
    const onHoliday = this.#holidays?.has(day) === true ? 1 : 0;
    context.report(windows.length === 0 ? this.#closedDay : this.#violation, opens, index, onHoliday);
  }

  #windows(day: number): Windows {
    if (this.#holidays?.has(day) === true) return this.#holidayWindows;
    return this.#week[weekdayOf(day)] ?? [];
  }

  #opens(zone: Zone, from: Instant, limit: Instant): Instant {
    const lastDay = Math.floor(limit / DAY_MS) + 2;
    return zone.first(from, limit, (local) => {
      for (let day = Math.floor(local / DAY_MS); day <= lastDay; day++) {
        const windows = this.#windows(day);
        const time = local - day * DAY_MS;
        for (let i = 0; i < windows.length; i += 2) {
          if (time < (windows[i + 1] ?? 0)) return Math.max(local, day * DAY_MS + (windows[i] ?? 0));
        }
      }
      return NEVER;
    });
  }
}

/** Days on which no call is allowed. */
export const closedDaysCheck = (closed: ReadonlySet<number>, violation: number): Check => ({
  run(context) {
    const { zones, days } = context;
    for (let i = 0; i < zones.length; i++) {
      if (!closed.has(days[i] ?? 0)) continue;
      const open = context.wantsNext ? zones[i]?.firstDay(context.at, context.limit, (day) => !closed.has(day)) : undefined;
      context.report(violation, open ?? NEVER, i, 0, days[i]);
    }
  },
});

/** Declared emergencies of one jurisdiction. */
export const emergencyCheck = (
  spans: readonly { readonly start: Instant; readonly end: Instant }[],
  violation: number,
): Check => ({
  run(context) {
    for (const { start, end } of spans) if (context.at >= start && context.at < end) context.report(violation, end, -1, 0, start);
  },
});

// Checks on the files that numbers must be compared with: national registries, state lists, the Reassigned Numbers Database.

/** The latest local date on which the call can take place; without a place the UTC date. */
function today(context: DecisionContext): number {
  const { zones, days } = context;
  let latest = zones.length === 0 ? Math.floor(context.at / DAY_MS) : Number.NEGATIVE_INFINITY;
  for (let i = 0; i < zones.length; i++) latest = Math.max(latest, days[i] ?? 0);
  return latest;
}

/**
 * A file may have the date of tomorrow, by the person's clock: it was loaded where that day has begun. A later date is not
 * accepted.
 */
const isOf = (age: number, maxAge: number): boolean => age >= -1 && age <= maxAge;

/** Indices of violations: a file that is missing or too old, and files of which none covers the number's area code. */
interface FileViolations {
  readonly stale: number;
  readonly uncovered: number;
}

/** Reports a list whose file is missing (`since` 0), too old, dated in the future, or not about the number's area code. */
function judgeFile(context: DecisionContext, list: string, maxAge: number, { stale, uncovered }: FileViolations): void {
  const date = context.facts.registryFiles?.[list];
  if (date === undefined || date === null) {
    context.report(stale, NEVER, -1, -1, 0, list);
    return;
  }
  if (date === NOT_COVERED) {
    context.report(uncovered, NEVER, -1, 0, 0, list);
    return;
  }
  const day = parseDay(date, `registryFiles.${list}`);
  const age = today(context) - day;
  if (!isOf(age, maxAge)) context.report(stale, NEVER, -1, age, day, list);
}

/** The files of national registries must cover the number's area code, and must not be too old. */
export class RegistryAgeCheck {
  readonly #maxAge: number;
  readonly #violations: FileViolations;
  readonly #country: string | undefined;
  readonly #except: readonly string[];

  constructor({ maxAgeDays, jurisdiction, except }: RuleOf<"registry-age">, violations: FileViolations) {
    this.#maxAge = maxAgeDays;
    this.#violations = violations;
    // A state may want a younger file of its country's registry.
    this.#country = jurisdiction === "*" ? undefined : jurisdiction.split("-")[0];
    this.#except = except ?? [];
  }

  run(context: DecisionContext): void {
    if (context.facts.registryFiles !== undefined) {
      if (this.#country !== undefined) judgeFile(context, this.#country, this.#maxAge, this.#violations);
      else
        for (const country of context.countries)
          if (!this.#except.includes(country)) judgeFile(context, country, this.#maxAge, this.#violations);
      return;
    }
    if (Number.isNaN(context.scrubbedDay)) return;
    const age = today(context) - context.scrubbedDay;
    if (!isOf(age, this.#maxAge)) context.report(this.#violations.stale, NEVER, -1, age, context.scrubbedDay, this.#country);
  }
}

/** The number must not be on a state's do-not-call list, whose files must cover its area code and must not be too old. */
export const doNotCallListCheck = (
  { jurisdiction: list, maxAgeDays }: RuleOf<"do-not-call-list">,
  violation: number,
  violations: FileViolations,
): Check => ({
  run(context) {
    const { dnc, registryFiles } = context.facts;
    if (dnc?.lists?.includes(list) === true) context.report(violation, NEVER, -1, 0, 0, list);
    if (registryFiles !== undefined) judgeFile(context, list, maxAgeDays, violations);
  },
});

/** The Reassigned Numbers Database must have been asked about the number recently. */
export const reassignedQueryCheck = ({ maxAgeDays }: RuleOf<"reassigned-query">, violation: number): Check => ({
  run(context) {
    const day = context.queriedDay;
    const age = Number.isNaN(day) ? -1 : today(context) - day;
    if (age < 0 || age > maxAgeDays) context.report(violation, NEVER, -1, age, Number.isNaN(day) ? 0 : day);
  },
});

// Checks on what the person has said: consent, revocation, do-not-call lists.

/** In place of a count: the instant is that of loading, not since when the person has been on the list. */
export const LOADED = 1;

/**
 * Consent of a level must have been given, by the present holder of the number.
 * @param seesRevocation treat revoked consent as missing, because no rule of the pack reports revocations
 */
export const consentCheck = (
  { level, months = NEVER }: RuleOf<"consent-required">,
  violation: number,
  reassigned: number,
  seesRevocation: boolean,
): Check => ({
  run(context) {
    const { consent } = context.facts;
    if (consent === undefined || !isGiven(consent.level) || (level === "written" && consent.level !== "written")) {
      context.report(violation, NEVER);
    } else if (consent.at > context.at) {
      context.report(violation, consent.at);
    } else if ((seesRevocation && context.optedOut(consent.revokedAt)) || context.consentIsOlderThan(months)) {
      context.report(violation, NEVER);
    }
    if (consent !== undefined && consent.level !== "none" && context.consentVoid()) context.report(reassigned, NEVER);
  },
});

/** Withdrawn consent denies at once. */
export const revocationCheck = (violation: number): Check => ({
  run(context) {
    const revokedAt = context.facts.consent?.revokedAt;
    if (revokedAt !== undefined && context.optedOut(revokedAt)) context.report(violation, NEVER, -1, 0, revokedAt);
  },
});

/** The number is on a national do-not-call registry. */
export const nationalCheck = (violation: number): Check => ({
  run(context) {
    // Any value other than false or null counts as yes.
    if (context.facts.dnc?.national ?? false) context.report(violation, NEVER);
  },
});

/** The number is on our own do-not-call list. */
export const internalListCheck = (violation: number): Check => ({
  run(context) {
    const { internalAt, internalLoadedAt } = context.facts.dnc ?? {};
    if (internalAt !== undefined && context.optedOut(internalAt)) context.report(violation, NEVER, -1, 0, internalAt);
    else if (internalLoadedAt !== undefined) context.report(violation, NEVER, -1, LOADED, internalLoadedAt);
  },
});

// Checks on earlier calls: caps, quiet days after a conversation, quiet hours after an abandoned call, a campaign's daily total.

/** Stands for: outdial knows of all the calls that a cap counts. */
export const KNOWN = -1;

/** Calls that caps count. */
export const isPlaced = (attempt: Attempt) => attempt.kind !== "inbound-conversation";
export const isConversation = (attempt: Attempt) => attempt.kind === "conversation" || attempt.kind === "inbound-conversation";
export const inScope = (attempt: Attempt, all: boolean, subject: string) =>
  all || (attempt.subject ?? DEFAULT_SUBJECT) === subject;

/** For the sentence about a cap: the number of calls that outdial knows of, when the tenant shows more; KNOWN otherwise. */
const lessThan = (count: number, known: number): number => (known < count ? known : KNOWN);

/** A cap on placed calls in a number of elapsed hours. A call counts as long as less than the period has passed since. */
export class HourCapCheck {
  readonly #max: number;
  readonly #period: number;
  readonly #all: boolean;
  readonly #violation: number;

  constructor({ max, scope }: RuleOf<"attempt-cap">, hours: number, violation: number) {
    this.#max = max;
    this.#period = hours * HOUR_MS;
    this.#all = scope === "all";
    this.#violation = violation;
  }

  /** Calls that count now. */
  placed(context: DecisionContext): number {
    const { attempts, tenantAttempts } = context;
    const known = this.#count(context, attempts);
    return tenantAttempts.length === 0 ? known : Math.max(known, this.#count(context, tenantAttempts));
  }

  run(context: DecisionContext): void {
    const { attempts, tenantAttempts } = context;
    const count = this.placed(context);
    if (count < this.#max) return;
    const release = context.wantsNext
      ? Math.max(this.#release(context, attempts), this.#release(context, tenantAttempts))
      : NEVER;
    context.report(this.#violation, release, -1, count, lessThan(count, this.#count(context, attempts)));
  }

  #count(context: DecisionContext, attempts: readonly Attempt[]): number {
    const since = context.at - this.#period;
    let count = 0;
    for (const attempt of attempts) {
      if (attempt.at > since && isPlaced(attempt) && inScope(attempt, this.#all, context.subject)) count++;
    }
    return count;
  }

  /**
   * The cap no longer denies when only max - 1 calls are younger than the period: when the max-th youngest reaches the period's
   * age.
   */
  #release(context: DecisionContext, attempts: readonly Attempt[]): number {
    if (this.#max === 0) return NEVER;
    const since = context.at - this.#period;
    const counted: number[] = [];
    for (const attempt of attempts) {
      if (attempt.at > since && isPlaced(attempt) && inScope(attempt, this.#all, context.subject)) counted.push(attempt.at);
    }
    counted.sort((a, b) => b - a);
    const last = counted[this.#max - 1];
    return last === undefined ? context.at : last + this.#period;
  }
}

/** A cap on placed calls on the local date and a number of dates before it. */
export class DateCapCheck {
  readonly #max: number;
  readonly #dates: number;
  readonly #all: boolean;
  readonly #violation: number;

  constructor({ max, scope }: RuleOf<"attempt-cap">, dates: number, violation: number) {
    this.#max = max;
    this.#dates = dates;
    this.#all = scope === "all";
    this.#violation = violation;
  }

  /** Calls that count now; where zones disagree, the most. */
  placed(context: DecisionContext): number {
    const { zones, days } = context;
    return zones.reduce((most, zone, i) => Math.max(most, this.#count(context, zone, days[i] ?? 0)), 0);
  }

  run(context: DecisionContext): void {
    const { zones, days } = context;
    for (let i = 0; i < zones.length; i++) {
      const zone = zones[i];
      if (zone === undefined) continue;
      const count = this.#count(context, zone, days[i] ?? 0);
      if (count < this.#max) continue;
      const release = context.wantsNext
        ? zone.firstDay(context.at, context.limit, (day) => this.#count(context, zone, day) < this.#max)
        : NEVER;
      const known = this.#counted(context, context.attempts, zone, days[i] ?? 0);
      context.report(this.#violation, release, i, count, lessThan(count, known));
    }
  }

  #count(context: DecisionContext, zone: Zone, today: number): number {
    const { attempts, tenantAttempts } = context;
    const known = this.#counted(context, attempts, zone, today);
    return tenantAttempts.length === 0 ? known : Math.max(known, this.#counted(context, tenantAttempts, zone, today));
  }

  #counted(context: DecisionContext, attempts: readonly Attempt[], zone: Zone, today: number): number {
    let count = 0;
    for (const attempt of attempts) {
      if (!isPlaced(attempt) || !inScope(attempt, this.#all, context.subject)) continue;
      const day = zone.day(attempt.at);
      if (day <= today && day > today - this.#dates) count++;
    }
    return count;
  }
}

/** No calls on the local dates after a conversation, whoever started it; the date of the conversation counts as the first. */
export class ConversationCheck {
  readonly #days: number;
  readonly #all: boolean;
  readonly #violation: number;

  constructor({ days, scope }: RuleOf<"conversation-quiet">, violation: number) {
    this.#days = days;
    this.#all = scope === "all";
    this.#violation = violation;
  }

  run(context: DecisionContext): void {
    const { zones, days } = context;
    for (let i = 0; i < zones.length; i++) {
      const zone = zones[i];
      const since = zone === undefined ? NEVER : this.#conversation(context, zone, days[i] ?? 0);
      if (zone === undefined || since === NEVER) continue;
      const release = context.wantsNext
        ? zone.firstDay(context.at, context.limit, (day) => this.#conversation(context, zone, day) === NEVER)
        : NEVER;
      context.report(this.#violation, release, i, 0, since);
    }
  }

  /** The latest local date of a conversation because of which `today` is quiet, or Infinity. */
  #conversation(context: DecisionContext, zone: Zone, today: number): number {
    let latest = NEVER;
    for (const attempt of context.attempts) {
      if (!isConversation(attempt) || !inScope(attempt, this.#all, context.subject)) continue;
      const day = zone.day(attempt.at);
      if (day <= today && today < day + this.#days && (latest === NEVER || day > latest)) latest = day;
    }
    return latest;
  }
}

/** No calls for some elapsed hours after an abandoned call, unless an agent is guaranteed. */
export const abandonedCheck = ({ hours, liftedByGuaranteedAgent }: RuleOf<"abandoned-quiet">, violation: number): Check => ({
  run(context) {
    if (liftedByGuaranteedAgent && context.facts.guaranteedAgent === true) return;
    const period = hours * HOUR_MS;
    let latest = Number.NEGATIVE_INFINITY;
    for (const { kind, at } of context.attempts) if (kind === "abandoned" && at > latest) latest = at;
    if (latest > context.at - period) context.report(violation, latest + period, -1, 0, latest);
  },
});

/** A cap on a campaign's calls to all people on one date of the campaign's zone. */
export const campaignDayCheck = ({ max }: RuleOf<"campaign-day-cap">, zone: Zone, violation: number): Check => ({
  run(context) {
    const { campaignCalls } = context.facts;
    const date = campaignCalls === undefined ? undefined : parseDay(campaignCalls.date, "campaignCalls.date");
    const placed = date === zone.day(context.at) ? (campaignCalls?.placed ?? 0) : 0;
    if (placed < max) return;
    const release = max === 0 || !context.wantsNext ? NEVER : zone.firstDay(context.at, context.limit, (day) => day !== date);
    context.report(violation, release, -1, placed);
  },
});
