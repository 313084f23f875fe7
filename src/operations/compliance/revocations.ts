// Revocations with their clock: deadline, our own targets, and the systems that have carried them out. Overdue ones come first.

import {
  type DeadlineRule,
  type RevocationClock,
  type RulePack,
  readRevocationClock,
  type SpreadTarget,
} from "../../compliance/index.ts";
import type { Facts, RevocationState } from "../../store/index.ts";
import { OperationError } from "../error.ts";

/** Default targets: systems that place calls must know at once, all others within a day. */
export const DEFAULT_TARGETS: readonly SpreadTarget[] = [
  { system: "dialer", hours: 4 },
  { system: "crm", hours: 24 },
  { system: "partner", hours: 48 },
];

/** The deadline rule of a pack. Throws OperationError `invalid_input` when it has none. */
export function deadlineRule(pack: RulePack): DeadlineRule {
  const rules = pack.rules.filter((rule) => rule.kind === "revocation-deadline");
  const shortest = rules.reduce<(typeof rules)[number] | undefined>(
    (found, rule) => (found !== undefined && found.businessDays <= rule.businessDays ? found : rule),
    undefined,
  );
  if (shortest === undefined)
    throw new OperationError("invalid_input", `the rule pack ${pack.id} has no deadline for revocations`, {
      advice: "It needs a rule of kind revocation-deadline.",
    });
  return { businessDays: shortest.businessDays, holidays: new Set(pack.calendars[shortest.calendar]?.days ?? []) };
}

/** A revocation with its state. */
export interface RevocationReading {
  readonly revocation: RevocationState;
  readonly clock: RevocationClock;
}

interface RevocationsQuery {
  readonly targets: readonly SpreadTarget[];
  readonly rule: DeadlineRule;
  readonly now: number;
  /** Only revocations that some system has not acknowledged. */
  readonly open: boolean;
  readonly number?: number | undefined;
  readonly limit: number;
  /** Id of a revocation: only later ones. */
  readonly after?: number | undefined;
}

/** Revocations, overdue first, then by what is due next. */
export async function readRevocations(facts: Facts, query: RevocationsQuery): Promise<RevocationReading[]> {
  const { targets, rule, now } = query;
  const found = await facts.listRevocations({
    systems: targets.map(({ system }) => system),
    open: query.open,
    number: query.number,
    limit: query.limit,
    after: query.after,
  });
  const read = found.map((revocation) => ({ revocation, clock: readRevocationClock(revocation, targets, rule, now) }));
  const due = ({ clock }: RevocationReading) => clock.nextDue ?? Number.POSITIVE_INFINITY;
  const rank = ({ clock }: RevocationReading) => (clock.overdue ? 0 : 1);
  return read.sort((a, b) => rank(a) - rank(b) || (due(a) === due(b) ? a.revocation.id - b.revocation.id : due(a) - due(b)));
}
