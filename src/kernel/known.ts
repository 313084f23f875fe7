// What is known of a figure or a fact, and the verdict that follows: less knowledge never makes it better. Pure.

import type { Instant } from "./clock.ts";

/**
 * Where a value comes from, best first: the tenant or outdial measured it, a person gave it, outdial assumes it, or there is none.
 */
export const SOURCES = ["measured", "given", "assumed", "none"] as const;
/** Where a value comes from. */
type Source = (typeof SOURCES)[number];

/** How many of the parts of an aggregate are known. */
export interface Covers {
  readonly known: number;
  /** Null: how many there are is not known. */
  readonly of: number | null;
}

/** Whether every part is known; where their number is not, it is not known that they are. */
export const isWhole = ({ known, of }: Covers): boolean => known === of;

/** A figure or fact as it is known. */
export interface Known<T> {
  /** Null when nothing is known. */
  readonly value: T | null;
  /** When it was true, ms since the epoch; null when that is not known. */
  readonly at: Instant | null;
  /** `none` exactly when there is no value. */
  readonly from: Source;
  /** Of an aggregate: how many of its parts it was made of. */
  readonly covers?: Covers | undefined;
}

/** Nothing is known of it. */
export const NOT_KNOWN: Known<never> = { value: null, at: null, from: "none" };

/** A value that the tenant or outdial measured at an instant; without a value or an instant it is not known. */
export function measured<T>(value: T | null, at: Instant | null): Known<T> {
  return value === null || at === null ? NOT_KNOWN : { value, at, from: "measured" };
}

const ONE: Covers = { known: 1, of: 1 };

/**
 * The whole of some parts: made of the known ones, as old and as assumed as the worst of these, and covering as many as are known.
 * @param make the value, of the values that are known; not called when none is
 */
export function aggregate<T, R>(parts: readonly Known<T>[], make: (values: readonly T[]) => R): Known<R> {
  const told = parts.flatMap(({ value, at, from, covers }) => (value === null ? [] : [{ value, at, from, covers }]));
  const covers = {
    known: told.reduce((sum, one) => sum + (one.covers ?? ONE).known, 0),
    of: parts.reduce((sum: number | null, { covers = ONE }) => (sum === null || covers.of === null ? null : sum + covers.of), 0),
  };
  if (told.length === 0) return { ...NOT_KNOWN, covers };
  const times = told.map(({ at }) => at ?? Number.NEGATIVE_INFINITY);
  const oldest = times.reduce((a, b) => Math.min(a, b));
  const from = SOURCES.findLast((source) => told.some((one) => one.from === source)) ?? "none";
  return {
    value: make(told.map(({ value }) => value)),
    at: oldest === Number.NEGATIVE_INFINITY ? null : oldest,
    from,
    covers,
  };
}

/** Something that is missing for a verdict, such as `calling windows`, and of how many things. */
interface Missing {
  readonly what: string;
  readonly count: number;
}

/** A verdict. Nothing that acts takes `unknown` for `ok`, and nothing that shows paints it green. */
export type Verdict =
  | { readonly is: "ok" }
  | { readonly is: "not_ok" }
  | { readonly is: "unknown"; readonly missing: readonly Missing[] };

/** Whether all of them hold: one that does not decides, then one that is unknown, with all that is missing. Of none: ok. */
export function allHold(verdicts: readonly Verdict[]): Verdict {
  if (verdicts.some(({ is }) => is === "not_ok")) return { is: "not_ok" };
  const counts = new Map<string, number>();
  let isUnknown = false;
  for (const verdict of verdicts) {
    if (verdict.is !== "unknown") continue;
    isUnknown = true;
    for (const { what, count } of verdict.missing) counts.set(what, (counts.get(what) ?? 0) + count);
  }
  if (!isUnknown) return { is: "ok" };
  return { is: "unknown", missing: [...counts].map(([what, count]) => ({ what, count })) };
}
