// The revocation clock: by when an opt-out must be carried out everywhere under the law and under our own targets, and which
// systems have not acknowledged it.

import type { Instant } from "../../kernel/index.ts";
import { DAY_MS, HOUR_MS } from "../../kernel/index.ts";
import type { CivilDate } from "../decide/types.ts";
import { ComplianceError } from "../error.ts";

/**
 * The last day of a deadline in business days: Saturdays, Sundays and the listed holidays do not count, nor does the day of the
 * request (47 CFR 64.1200(a)(10), (d)(3)). Throws ComplianceError `invalid_facts` when the date is malformed.
 */
export function businessDeadline(requestedOn: CivilDate, businessDays: number, holidays: ReadonlySet<CivilDate>): CivilDate {
  const start = Date.parse(`${requestedOn}T00:00:00Z`);
  if (!/^\d{4}-\d\d-\d\d$/.test(requestedOn) || Number.isNaN(start))
    throw new ComplianceError("invalid_facts", `${requestedOn} is not a date of the form YYYY-MM-DD`);
  let day = start;
  for (let left = businessDays; left > 0; ) {
    day += DAY_MS;
    const weekday = new Date(day).getUTCDay();
    if (weekday !== 0 && weekday !== 6 && !holidays.has(civilDate(day))) left -= 1;
  }
  return civilDate(day);
}

function civilDate(at: Instant): CivilDate {
  return new Date(at).toISOString().slice(0, 10);
}

/** A system that must carry out revocations, and our own target for it. */
export interface SpreadTarget {
  readonly system: string;
  /** Hours after the revocation. */
  readonly hours: number;
}

/** The state of one revocation in one system. */
export interface SystemSpread {
  readonly system: string;
  readonly target: Instant;
  readonly acknowledgedAt: Instant | undefined;
  /** `late`: acknowledged, but after the target. */
  readonly state: "done" | "late" | "due" | "overdue";
}

/** The state of one revocation. */
export interface RevocationClock {
  /** The last day the law allows. */
  readonly deadline: CivilDate;
  /** When that day first ends anywhere in the world, at UTC+14: whoever acts before is in time everywhere. */
  readonly deadlineEnds: Instant;
  readonly systems: readonly SystemSpread[];
  /** Some system has not acknowledged. */
  readonly open: boolean;
  /** Some system has not acknowledged and its target, or the deadline, has passed. */
  readonly overdue: boolean;
  /** The earliest instant at which an outstanding acknowledgement is, or was, due; undefined when none is outstanding. */
  readonly nextDue: Instant | undefined;
}

/** The length of a deadline, and the days that do not count. */
export interface DeadlineRule {
  readonly businessDays: number;
  readonly holidays: ReadonlySet<CivilDate>;
}

/**
 * Reads the clock of one revocation at `now`. The day of the request is the earliest that it may have been for the person: the
 * date at UTC-12. The deadline ends when its last day first ends anywhere: at UTC+14.
 */
export function readRevocationClock(
  revocation: {
    readonly revokedAt: Instant;
    readonly acknowledgements: readonly { readonly system: string; readonly at: Instant }[];
  },
  targets: readonly SpreadTarget[],
  rule: DeadlineRule,
  now: Instant,
): RevocationClock {
  const { revokedAt, acknowledgements } = revocation;
  const deadline = businessDeadline(civilDate(revokedAt - 12 * HOUR_MS), rule.businessDays, rule.holidays);
  const deadlineEnds = Date.parse(`${deadline}T00:00:00Z`) + DAY_MS - 14 * HOUR_MS;
  const systems = targets.map(({ system, hours }): SystemSpread => {
    const target = Math.min(revokedAt + hours * HOUR_MS, deadlineEnds);
    const acknowledgedAt = acknowledgements.find((ack) => ack.system === system)?.at;
    if (acknowledgedAt === undefined) return { system, target, acknowledgedAt, state: now > target ? "overdue" : "due" };
    return { system, target, acknowledgedAt, state: acknowledgedAt > target ? "late" : "done" };
  });
  const owed = systems.filter(({ acknowledgedAt }) => acknowledgedAt === undefined);
  return {
    deadline,
    deadlineEnds,
    systems,
    open: owed.length > 0,
    overdue: owed.some(({ state }) => state === "overdue"),
    nextDue: owed.length === 0 ? undefined : Math.min(...owed.map(({ target }) => target)),
  };
}
