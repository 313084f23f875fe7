// Checks on earlier calls: caps, quiet days after a conversation, quiet hours after an abandoned call, a campaign's daily total.

import { HOUR_MS } from "../../kernel/index.ts";
import type { RuleOf } from "../pack/schema.ts";
import { parseDay } from "../time/civil.ts";
import type { Zone } from "../time/zone.ts";
import { type Context, DEFAULT_SUBJECT } from "./context.ts";
import type { Attempt } from "./types.ts";

const NEVER = Number.POSITIVE_INFINITY;
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
  placed(context: Context): number {
    const { attempts, tenantAttempts } = context;
    const known = this.#count(context, attempts);
    return tenantAttempts.length === 0 ? known : Math.max(known, this.#count(context, tenantAttempts));
  }

  run(context: Context): void {
    const { attempts, tenantAttempts } = context;
    const count = this.placed(context);
    if (count < this.#max) return;
    const release = context.wantsNext
      ? Math.max(this.#release(context, attempts), this.#release(context, tenantAttempts))
      : NEVER;
    context.report(this.#violation, release, -1, count, lessThan(count, this.#count(context, attempts)));
  }

  #count(context: Context, attempts: readonly Attempt[]): number {
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
  #release(context: Context, attempts: readonly Attempt[]): number {
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
  placed(context: Context): number {
    const { zones, days } = context;
    return zones.reduce((most, zone, i) => Math.max(most, this.#count(context, zone, days[i] ?? 0)), 0);
  }

  run(context: Context): void {
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

  #count(context: Context, zone: Zone, today: number): number {
    const { attempts, tenantAttempts } = context;
    const known = this.#counted(context, attempts, zone, today);
    return tenantAttempts.length === 0 ? known : Math.max(known, this.#counted(context, tenantAttempts, zone, today));
  }

  #counted(context: Context, attempts: readonly Attempt[], zone: Zone, today: number): number {
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

  run(context: Context): void {
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
  #conversation(context: Context, zone: Zone, today: number): number {
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
export class AbandonedCheck {
  readonly #period: number;
  readonly #liftedByAgent: boolean;
  readonly #violation: number;

  constructor({ hours, liftedByGuaranteedAgent }: RuleOf<"abandoned-quiet">, violation: number) {
    this.#period = hours * HOUR_MS;
    this.#liftedByAgent = liftedByGuaranteedAgent;
    this.#violation = violation;
  }

  run(context: Context): void {
    if (this.#liftedByAgent && context.facts.guaranteedAgent === true) return;
    let latest = Number.NEGATIVE_INFINITY;
    for (const { kind, at } of context.attempts) if (kind === "abandoned" && at > latest) latest = at;
    if (latest > context.at - this.#period) context.report(this.#violation, latest + this.#period, -1, 0, latest);
  }
}

/** A cap on a campaign's calls to all people on one date of the campaign's zone. */
export class CampaignDayCheck {
  readonly #max: number;
  readonly #zone: Zone;
  readonly #violation: number;

  constructor({ max }: RuleOf<"campaign-day-cap">, zone: Zone, violation: number) {
    this.#max = max;
    this.#zone = zone;
    this.#violation = violation;
  }

  run(context: Context): void {
    const { campaignCalls } = context.facts;
    const date = campaignCalls === undefined ? undefined : parseDay(campaignCalls.date, "campaignCalls.date");
    const placed = date === this.#zone.day(context.at) ? (campaignCalls?.placed ?? 0) : 0;
    if (placed < this.#max) return;
    const release =
      this.#max === 0 || !context.wantsNext ? NEVER : this.#zone.firstDay(context.at, context.limit, (day) => day !== date);
    context.report(this.#violation, release, -1, placed);
  }
}
