// The consent that counts now, from everything that was given and withdrawn.

import type { Instant } from "../../kernel/index.ts";
import { DAY_MS } from "../../kernel/index.ts";
import type { CivilDate, Consent, ConsentLevel } from "../decide/types.ts";

const STRENGTH: Readonly<Record<ConsentLevel, number>> = { none: 0, express: 1, written: 2 };

/** One consent as it was given. */
export interface ConsentRecord {
  readonly level: ConsentLevel;
  readonly at: Instant;
}

/**
 * The consent in force, in the form that a decision takes. A revocation, and a record of level `none`, ends every consent given
 * before or at the same instant. Of the rest, consents given after the number's reassignment come first, then the stronger, then
 * the newer. When none is left: the last one given, with what ended it.
 * @param disconnectedOn date of the last known permanent disconnection; a consent of this UTC date or before is void
 */
export function currentConsent(
  records: readonly ConsentRecord[],
  revocations: readonly Instant[],
  disconnectedOn?: CivilDate,
): Consent | undefined {
  const refusals = records.filter(({ level }) => level === "none").map(({ at }) => at);
  const endings = [...refusals, ...revocations];
  const ended = latest(endings);
  const given = records.filter(({ level }) => level !== "none");
  const reassigned = disconnectedOn === undefined ? Number.NEGATIVE_INFINITY : Date.parse(disconnectedOn) + DAY_MS;
  const best = highest(
    given.filter(({ at }) => at > ended),
    ({ level, at }) => [at >= reassigned ? 1 : 0, STRENGTH[level], at],
  );
  if (best !== undefined) return { level: best.level, at: best.at };
  const last = highest(given, ({ level, at }) => [at, STRENGTH[level]]);
  if (last !== undefined) {
    const revokedAt = Math.min(...endings.filter((at) => at >= last.at));
    return { level: last.level, at: last.at, revokedAt };
  }
  if (revocations.length > 0) return { level: "none", at: Math.min(...revocations), revokedAt: Math.min(...revocations) };
  return refusals.length > 0 ? { level: "none", at: ended } : undefined;
}

function latest(instants: readonly Instant[]): Instant {
  return instants.reduce((found, at) => Math.max(found, at), Number.NEGATIVE_INFINITY);
}

/** The record that ranks highest; ranks are compared member by member. */
function highest(
  records: readonly ConsentRecord[],
  rank: (record: ConsentRecord) => readonly number[],
): ConsentRecord | undefined {
  return records.reduce<ConsentRecord | undefined>(
    (found, one) => (found === undefined || isAbove(rank(one), rank(found)) ? one : found),
    undefined,
  );
}

function isAbove(a: readonly number[], b: readonly number[]): boolean {
  const at = a.findIndex((value, i) => value !== b[i]);
  return at >= 0 && (a[at] ?? 0) > (b[at] ?? 0);
}
