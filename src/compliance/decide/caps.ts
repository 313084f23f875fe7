// The binding cap: which of all caps on calls to one person decides.

import type { Place } from "./compile.ts";
import type { Context } from "./context.ts";
import type { Call, CapReading } from "./types.ts";

interface Candidate extends CapReading {
  /** Until when the cap certainly denies; 0 when it does not deny. */
  readonly until: number;
}

/**
 * The binding cap at an instant; null when no cap applies to the call. See Decision.cap.
 * @param at the instant that the context was begun with
 */
export function bindingCap(context: Context, place: Place, { callType }: Call, at: number): CapReading | null {
  let binding: Candidate | undefined;
  for (const bound of place.rules[callType]) {
    context.turnTo(at);
    const { rule, placed } = bound.standing(context) ?? {};
    if (rule?.kind !== "attempt-cap" || placed === undefined) continue;
    bound.run(context);
    const candidate: Candidate = {
      rule: rule.violation,
      ruleId: rule.id,
      jurisdiction: rule.jurisdiction,
      citation: rule.citation,
      max: rule.max,
      period: rule.period,
      scope: rule.scope,
      placed,
      left: Math.max(0, rule.max - placed),
      until: context.broken ? context.until : 0,
    };
    if (binding === undefined || binds(candidate, binding)) binding = candidate;
  }
  if (binding === undefined) return null;
  const { until: _, ...reading } = binding;
  return reading;
}

function binds(one: Candidate, other: Candidate): boolean {
  if (one.left !== other.left) return one.left < other.left;
  if (one.until !== other.until) return one.until > other.until;
  return one.max < other.max;
}
