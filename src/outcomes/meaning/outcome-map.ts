// Classification as data: which disposition code is of which category, and from when to when.

import type { Instant } from "../../kernel/index.ts";
import type { Category } from "./category.ts";

/** The codes of a stretch of time. */
export interface Era {
  /** The version in force, for people. */
  readonly version: string;
  /** First instant, -Infinity for the beginning of time. */
  readonly from: Instant;
  /** The instant it ends at, itself excluded; Infinity when it does not end. */
  readonly to: Instant;
  readonly categories: ReadonlyMap<string, Category>;
}

/** A map: eras in order of time that cover all of it, without gap or overlap. */
export interface OutcomeMap {
  /** Names this content and no other: quoted beside every figure that was computed with it. */
  readonly id: string;
  readonly eras: readonly Era[];
}

/** What a code means. */
export interface Classified {
  readonly category: Category;
  /** False when the map does not know the code: neutral in sums, and counted and named apart. */
  readonly mapped: boolean;
}

/** The documented codes; what a tenant's map builds on. */
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

/** The place in `eras` of the era that an instant falls into. */
export function eraAt(map: OutcomeMap, at: Instant): number {
  return map.eras.findIndex(({ to }) => at < to);
}

/** What a code means in an era. A code that the era does not know is neutral and never anything else. */
export function classifyIn(era: Era | undefined, code: string): Classified {
  const category = era?.categories.get(code);
  return category === undefined ? { category: "neutral", mapped: false } : { category, mapped: true };
}

/** What a code means on a call that began at `at`. */
export function classify(map: OutcomeMap, code: string, at: Instant): Classified {
  return classifyIn(map.eras[eraAt(map, at)], code);
}
