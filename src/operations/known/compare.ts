// An answer of the tenant compared with what is known besides it: one answer is never the only evidence that something is not there. Pure.

import { formatInstant } from "../../compliance/index.ts";
import type { Instant } from "../../kernel/index.ts";

/** A thing that is known to be there. */
export interface KnownThing {
  readonly id: string;
  readonly name: string;
  /** When it was last seen; null when that is not known. */
  readonly at: Instant | null;
}

/** A number of things that is known. */
export interface KnownNumber {
  readonly count: number;
  /** In words, who counted them, such as "the tenant's own counter". */
  readonly by: string;
  readonly at: Instant | null;
  /** An answer below this share of `count` is shorter, 0 to 1. */
  readonly share: number;
  /** What is compared with it; the answer's whole number where it is absent. */
  readonly brought?: number | undefined;
  /** Why there are fewer, where that is known. */
  readonly why?: string | undefined;
}

/** What the tenant answered: the things themselves, or how many there are; undefined where it does not say. */
export interface Answer {
  readonly ids?: ReadonlySet<string> | undefined;
  readonly count?: number | undefined;
}

/** What is known besides the answer. */
export interface Known {
  readonly things?: readonly KnownThing[] | undefined;
  readonly numbers?: readonly KnownNumber[] | undefined;
}

/**
 * - `ok`: the answer has all that is known, or not far fewer. `shorter`: it lacks something.
 * - `unknown`: nothing is known that it could be compared with, or it does not say how many there are.
 */
export interface Comparison {
  readonly verdict: "ok" | "shorter" | "unknown";
  /** Known things that the answer lacks. */
  readonly lacks: readonly KnownThing[];
  /** Known numbers that the answer is far below. */
  readonly below: readonly KnownNumber[];
  /** The answer's number, as far as it says one. */
  readonly answered: number | null;
}

/** A list of contacts that shrank to less than this share of the most that it had needs a person's word. */
export const HALF = 0.5;

/** Compares. Knowing more never makes a verdict better, except that nothing at all gives `unknown`. */
export function compare(answer: Answer, { things = [], numbers = [] }: Known): Comparison {
  const { ids, count } = answer;
  const answered = count ?? ids?.size ?? null;
  const lacks = ids === undefined ? [] : things.filter(({ id }) => !ids.has(id));
  const below = answered === null ? [] : numbers.filter(({ brought = answered, share, count }) => brought < share * count);
  const isShorter = lacks.length > 0 || below.length > 0;
  const compared = (ids === undefined ? 0 : things.length) + (answered === null ? 0 : numbers.length);
  return { verdict: isShorter ? "shorter" : compared === 0 ? "unknown" : "ok", lacks, below, answered };
}

/** Most things that a sentence names. */
const NAMED = 5;

/**
 * A sentence about a shorter answer; undefined for any other.
 * @param what such as "the tenant's list of campaigns" @param noun of the things, in the singular
 */
export function shorterWords({ verdict, lacks, below, answered }: Comparison, what: string, noun: string): string | undefined {
  if (verdict !== "shorter") return undefined;
  const parts: string[] = [];
  if (lacks.length > 0) {
    const names = lacks.slice(0, NAMED).map(({ id, name }) => (name === id ? id : `${name} (${id})`));
    const more = lacks.length > NAMED ? ` and ${lacks.length - NAMED} more` : "";
    parts.push(`it lacks ${lacks.length} ${noun}${lacks.length === 1 ? "" : "s"}: ${names.join(", ")}${more}`);
  }
  for (const { count, by, at, brought = answered, why } of below)
    parts.push(
      `it has ${brought} ${noun}s, and ${by} says ${count}${at === null ? "" : `, ${formatInstant(at)}`}${why === undefined ? "" : ` (${why})`}`,
    );
  return `${what} is shorter than known: ${parts.join("; ")}`;
}
