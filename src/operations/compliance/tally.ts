// Counts a gate's verdicts by reason. Pure.

import { DNC_NOT_COVERED, type Rule, type RuleKind, type RulePack } from "../../compliance/index.ts";

/** Reasons why a contact is not called now, for an overview. A contact counts under the first one that applies. */
const GATE_REASONS = [
  "invalid number",
  "do not call",
  "registry file missing or too old",
  "no consent",
  "unknown location",
  "time-zone data too old",
  "called too often",
  "handed over",
  "outside calling hours",
  "on the list already",
  "other",
] as const;
type GateReason = (typeof GATE_REASONS)[number];

const OF_KIND: Readonly<Partial<Record<RuleKind, GateReason>>> = {
  "internal-list": "do not call",
  "national-registry": "do not call",
  "registry-age": "registry file missing or too old",
  "do-not-call-list": "do not call",
  "reassigned-query": "registry file missing or too old",
  "consent-required": "no consent",
  "consent-revocation": "no consent",
  "attempt-cap": "called too often",
  "conversation-quiet": "called too often",
  "abandoned-quiet": "called too often",
  "campaign-day-cap": "called too often",
  "calling-hours": "outside calling hours",
  "closed-days": "outside calling hours",
  "emergency-ban": "outside calling hours",
};

/** Violation ids of the gate itself: the contact's consent flag at the vendor forbids calls. */
export const CONSENT_FLAG = "CONSENT_FLAG";
/** The contact's number was decided for an earlier contact of the list. */
export const DUPLICATE = "DUPLICATE";
/** The first campaign of a hand-over has called the contact: the campaign that took over must not call it for some time. */
export const HANDED_OVER = "HANDED_OVER";

/** The reason for each violation id. */
function reasonsOfRules(pack: RulePack): ReadonlyMap<string, GateReason> {
  const found = new Map<string, GateReason>([
    ["INVALID_NUMBER", "invalid number"],
    ["UNRESOLVED_LOCATION", "unknown location"],
    ["COUNTRY_NOT_COVERED", "unknown location"],
    [DNC_NOT_COVERED, "registry file missing or too old"],
    ["ZONE_DATA_OLD", "time-zone data too old"],
    [CONSENT_FLAG, "no consent"],
    [DUPLICATE, "on the list already"],
    [HANDED_OVER, "handed over"],
  ]);
  for (const rule of pack.rules) {
    const reason = OF_KIND[rule.kind];
    if (reason !== undefined) for (const id of idsOf(rule)) found.set(id, reason);
    if (rule.kind === "do-not-call-list") found.set(rule.staleViolation, "registry file missing or too old");
  }
  return found;
}

/** The violation ids of a rule. */
export function idsOf(rule: Rule): string[] {
  const ids: string[] = [];
  if ("violation" in rule) ids.push(rule.violation);
  if ("reassignedViolation" in rule) ids.push(rule.reassignedViolation);
  if ("closedDayViolation" in rule && rule.closedDayViolation !== undefined) ids.push(rule.closedDayViolation);
  if ("staleViolation" in rule) ids.push(rule.staleViolation);
  return ids;
}

/** Number of contacts that are not called now for one reason. */
interface ReasonCount {
  readonly reason: GateReason;
  readonly verdict: "later" | "never";
  readonly contacts: number;
  /** First and last instant at which such contacts may be called, ms since the epoch; absent for `never`. */
  readonly from?: number | undefined;
  readonly to?: number | undefined;
}

/** Counts of a gate. */
export interface GateCounts {
  readonly contacts: number;
  readonly dial: number;
  readonly later: number;
  readonly never: number;
  /** Lines that could not be read, which are never called. */
  readonly refused: number;
  readonly byReason: readonly ReasonCount[];
  /** Number of contacts by violation; a contact counts under each of its violations. */
  readonly byRule: Readonly<Record<string, number>>;
}

/** Adds verdicts up in constant memory. */
export class GateTally {
  readonly #reasons: ReadonlyMap<string, GateReason>;
  readonly #counts = { contacts: 0, dial: 0, later: 0, never: 0, refused: 0 };
  readonly #byReason = new Map<
    string,
    { reason: GateReason; verdict: "later" | "never"; contacts: number; from: number; to: number }
  >();
  readonly #byRule = new Map<string, number>();

  constructor(pack: RulePack) {
    this.#reasons = reasonsOfRules(pack);
  }

  refused(): void {
    this.#counts.contacts += 1;
    this.#counts.refused += 1;
  }

  /** @param next when it may be called; null for never */
  add(verdict: "dial" | "later" | "never", rules: readonly string[], next: number | null): void {
    this.#counts.contacts += 1;
    this.#counts[verdict] += 1;
    if (verdict === "dial") return;
    for (const rule of rules) this.#byRule.set(rule, (this.#byRule.get(rule) ?? 0) + 1);
    const reason = this.#main(rules);
    const key = `${verdict} ${reason}`;
    let count = this.#byReason.get(key);
    if (count === undefined) {
      count = { reason, verdict, contacts: 0, from: Number.POSITIVE_INFINITY, to: Number.NEGATIVE_INFINITY };
      this.#byReason.set(key, count);
    }
    count.contacts += 1;
    if (next === null) return;
    count.from = Math.min(count.from, next);
    count.to = Math.max(count.to, next);
  }

  /** The reason that comes first in the overview's order. */
  #main(rules: readonly string[]): GateReason {
    let best: GateReason = "other";
    for (const rule of rules) {
      const reason = this.#reasons.get(rule) ?? "other";
      if (GATE_REASONS.indexOf(reason) < GATE_REASONS.indexOf(best)) best = reason;
    }
    return best;
  }

  counts(): GateCounts {
    const byReason = [...this.#byReason.values()]
      .sort((a, b) => b.contacts - a.contacts || a.reason.localeCompare(b.reason))
      .map(({ reason, verdict, contacts, from, to }) =>
        verdict === "later" ? { reason, verdict, contacts, from, to } : { reason, verdict, contacts },
      );
    const byRule = Object.fromEntries([...this.#byRule].sort(([a], [b]) => (a < b ? -1 : 1)));
    return { ...this.#counts, byReason, byRule };
  }
}
