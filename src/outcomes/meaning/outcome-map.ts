// The outcome map: the category of each disposition code, by period.

import type { Instant } from "../../kernel/index.ts";
import type { Category } from "./category.ts";

/** The codes of one period. */
export interface Era {
  /** Name of the version, for people. */
  readonly version: string;
  /** First instant, ms since the epoch; -Infinity for the beginning of time. */
  readonly from: Instant;
  /** End, exclusive; Infinity when it does not end. */
  readonly to: Instant;
  readonly categories: ReadonlyMap<string, Category>;
}

/** An outcome map: eras in order, which cover all time without gap or overlap. */
export interface OutcomeMap {
  /** Identifies the content; given with every figure computed with it. */
  readonly id: string;
  readonly eras: readonly Era[];
}

/** The meaning of a code. */
export interface Classified {
  readonly category: Category;
  /** False when the map does not know the code: it counts as neutral, and is also counted and named separately. */
  readonly mapped: boolean;
}

/** The documented codes, on which a tenant's map is based. */
export const DOCUMENTED_CODES: ReadonlyMap<string, Category> = new Map([
  ["CONVERTED", "success"],
  ["APPOINTMENT_SET", "success"],
  ["INTERESTED", "warm"],
  ["CALLBACK_REQUESTED", "warm"],
  ["NOT_INTERESTED", "cold"],
  ["BUSY", "neutral"],
  ["NO_ANSWER", "neutral"],
  ["DISCONNECTED", "failure"],
  ["WRONG_NUMBER", "failure"],
] as const);

/** Version of the map of documented disposition codes. */
export const DOCUMENTED_VERSION = "documented-1";

const ALL_TIME = { from: Number.NEGATIVE_INFINITY, to: Number.POSITIVE_INFINITY };

/** The documented map: the same codes at all times. */
export const DOCUMENTED_MAP: OutcomeMap = {
  id: DOCUMENTED_VERSION,
  eras: [{ version: DOCUMENTED_VERSION, ...ALL_TIME, categories: DOCUMENTED_CODES }],
};

/** The index in `eras` of the era of an instant. */
export function eraAt(map: OutcomeMap, at: Instant): number {
  return map.eras.findIndex(({ to }) => at < to);
}

/** The meaning of a code in an era; an unknown code is always neutral. */
export function classifyIn(era: Era | undefined, code: string): Classified {
  const category = era?.categories.get(code);
  return category === undefined ? { category: "neutral", mapped: false } : { category, mapped: true };
}

/** The meaning of the code of a call that began at `at`. */
export function classify(map: OutcomeMap, code: string, at: Instant): Classified {
  return classifyIn(map.eras[eraAt(map, at)], code);
}
