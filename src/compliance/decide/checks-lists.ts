// Checks on the files that numbers must be compared with: national registries, state lists, the Reassigned Numbers Database.

import { DAY_MS } from "../../kernel/index.ts";
import type { RuleOf } from "../pack/schema.ts";
import { parseDay } from "../time/civil.ts";
import type { Context } from "./context.ts";
import { NOT_COVERED } from "./types.ts";

const NEVER = Number.POSITIVE_INFINITY;

/** The latest local date on which the call can take place; without a place the UTC date. */
function today(context: Context): number {
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
function judgeFile(context: Context, list: string, maxAge: number, { stale, uncovered }: FileViolations): void {
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

  run(context: Context): void {
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
export class DoNotCallListCheck {
  readonly #list: string;
  readonly #maxAge: number;
  readonly #violation: number;
  readonly #violations: FileViolations;

  constructor({ jurisdiction, maxAgeDays }: RuleOf<"do-not-call-list">, violation: number, violations: FileViolations) {
    this.#list = jurisdiction;
    this.#maxAge = maxAgeDays;
    this.#violation = violation;
    this.#violations = violations;
  }

  run(context: Context): void {
    const { dnc, registryFiles } = context.facts;
    if (dnc?.lists?.includes(this.#list) === true) context.report(this.#violation, NEVER, -1, 0, 0, this.#list);
    if (registryFiles !== undefined) judgeFile(context, this.#list, this.#maxAge, this.#violations);
  }
}

/** The Reassigned Numbers Database must have been asked about the number recently. */
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
