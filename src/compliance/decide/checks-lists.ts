// Checks of rules about the files that numbers must be checked against: registries of countries, lists of states, the database of reassigned numbers.

import type { RuleOf } from "../pack/schema.ts";
import { DAY_MS, parseDay } from "../time/civil.ts";
import type { Context } from "./context.ts";

const NEVER = Number.POSITIVE_INFINITY;

/** The latest local date on which the call can be; without a place the UTC date. */
function today(context: Context): number {
  const { zones, days } = context;
  let latest = zones.length === 0 ? Math.floor(context.at / DAY_MS) : Number.NEGATIVE_INFINITY;
  for (let i = 0; i < zones.length; i++) latest = Math.max(latest, days[i] ?? 0);
  return latest;
}

/** A file of tomorrow, by the person's clock, may have been loaded already where the day began earlier; later ones are none yet. */
const isOf = (age: number, maxAge: number): boolean => age >= -1 && age <= maxAge;

/** Reports a list whose file is missing (a count of -1), older than it may be, or of a date that is still to come. */
function judgeFile(context: Context, list: string, maxAge: number, violation: number): void {
  const date = context.facts.registryFiles?.[list];
  if (date === undefined || date === null) {
    context.report(violation, NEVER, -1, -1, 0, list);
    return;
  }
  const day = parseDay(date, `registryFiles.${list}`);
  const age = today(context) - day;
  if (!isOf(age, maxAge)) context.report(violation, NEVER, -1, age, day, list);
}

/** The registry files of countries must be young. */
export class RegistryAgeCheck {
  readonly #maxAge: number;
  readonly #violation: number;
  readonly #country: string | undefined;
  readonly #except: readonly string[];

  constructor({ maxAgeDays, jurisdiction, except }: RuleOf<"registry-age">, violation: number) {
    this.#maxAge = maxAgeDays;
    this.#violation = violation;
    this.#country = jurisdiction === "*" ? undefined : jurisdiction;
    this.#except = except ?? [];
  }

  run(context: Context): void {
    if (context.facts.registryFiles !== undefined) {
      if (this.#country !== undefined) judgeFile(context, this.#country, this.#maxAge, this.#violation);
      else
        for (const country of context.countries)
          if (!this.#except.includes(country)) judgeFile(context, country, this.#maxAge, this.#violation);
      return;
    }
    if (Number.isNaN(context.scrubbedDay)) return;
    const age = today(context) - context.scrubbedDay;
    if (!isOf(age, this.#maxAge)) context.report(this.#violation, NEVER, -1, age, context.scrubbedDay, this.#country);
  }
}

/** The number is not on the do-not-call list of a state, and the state's file says so. */
export class DoNotCallListCheck {
  readonly #list: string;
  readonly #maxAge: number;
  readonly #violation: number;
  readonly #stale: number;

  constructor({ jurisdiction, maxAgeDays }: RuleOf<"do-not-call-list">, violation: number, stale: number) {
    this.#list = jurisdiction;
    this.#maxAge = maxAgeDays;
    this.#violation = violation;
    this.#stale = stale;
  }

  run(context: Context): void {
    const { dnc, registryFiles } = context.facts;
    if (dnc?.lists?.includes(this.#list) === true) context.report(this.#violation, NEVER, -1, 0, 0, this.#list);
    if (registryFiles !== undefined) judgeFile(context, this.#list, this.#maxAge, this.#stale);
  }
}

/** The Reassigned Numbers Database must have been asked about the number lately. */
export class ReassignedQueryCheck {
  readonly #maxAge: number;
  readonly #violation: number;

  constructor({ maxAgeDays }: RuleOf<"reassigned-query">, violation: number) {
    this.#maxAge = maxAgeDays;
    this.#violation = violation;
  }

  run(context: Context): void {
    const day = context.queriedDay;
    const age = Number.isNaN(day) ? -1 : today(context) - day;
    if (age < 0 || age > this.#maxAge) context.report(this.#violation, NEVER, -1, age, Number.isNaN(day) ? 0 : day);
  }
}
