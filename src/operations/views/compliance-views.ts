// Decisions, manifests, revocations and the abandonment ledger as the API shows them.

import { type Decision, localTime, zoneOf } from "../../compliance/index.ts";
import type { BudgetFigures, RuleReading } from "../compliance/abandonment.ts";
import type { RevocationReading } from "../compliance/import.ts";
import { type GateManifest, parseManifest } from "../compliance/manifest.ts";
import type { Explained } from "../compliance/questions.ts";
import { phoneText } from "../compliance/values.ts";
import type { AbandonmentBudget } from "./schemas/campaigns.ts";
import type { AbandonmentView, ComplianceExplain, ManifestView } from "./schemas/compliance.ts";
import type { RevocationView } from "./schemas/opt-outs.ts";
import type { PackComparison } from "./schemas/rule-packs.ts";
import { masked, maskedText, timeText } from "./texts.ts";

/** One decision with the 48 hours ahead. */
export function explainOf(
  { call, numbers, at, decision, ahead, geography, from, noFacts, setBack }: Explained,
  { reveal }: { readonly reveal: boolean },
): ComplianceExplain {
  const words = (text: string) => (reveal ? text : maskedText(text));
  const reasonsOf = ({ reasons }: Decision) => reasons.map(({ rule, text }) => ({ rule, text: words(text) }));
  return {
    number: (numbers.length === 0 ? [call.number] : numbers).map((one) => (reveal ? one : masked(one))).join(" or "),
    callType: call.callType,
    at: timeText(at),
    decision: decision.decision,
    rules: [...decision.rules],
    reasons: reasonsOf(decision),
    weighed: decision.weighed?.map(({ ruleId, text }) => ({ rule: ruleId, text: words(text) })) ?? null,
    cap: decision.cap,
    next: timeText(decision.next),
    zones: [...decision.zones],
    readings: (decision.readings ?? []).map(({ decision: one }, index) => ({
      number: reveal ? (numbers[index] ?? "") : masked(numbers[index] ?? ""),
      decision: one.decision,
      rules: [...one.rules],
      reasons: reasonsOf(one),
      next: timeText(one.next),
      zones: [...one.zones],
    })),
    clocks: decision.zones.map((zone) => ({ zone, time: localTime(zoneOf(zone), at).slice(-5) })),
    strip: {
      from: timeText(at),
      minutes: 30,
      all: [...ahead.open],
      rows: ahead.rows.map(({ violation, ruleId, zone, open }) => ({
        label: zone === undefined ? violation : `${violation} ${zone}`,
        violation,
        ruleId: ruleId ?? null,
        zone: zone ?? null,
        open: [...open],
      })),
    },
    packVersion: decision.packVersion,
    timeZoneData: decision.timeZoneData,
    geography,
    factsUsed: from === "store",
    facts: from,
    noFacts,
    setBack,
  };
}

/** The content of a signed manifest. Throws OperationError `invalid_input` for a text that is not one. */
export function manifestOf(text: string): ManifestView {
  return manifestViewOf(parseManifest(text));
}

/** A manifest of the gate as API and pages show it. */
export function manifestViewOf(manifest: GateManifest): ManifestView {
  return {
    id: manifest.id,
    campaign: manifest.campaign,
    callType: manifest.callType,
    at: manifest.at,
    madeAt: manifest.madeAt,
    actor: manifest.actor,
    pack: manifest.pack.version,
    contacts: manifest.input.contacts,
    counts: { ...manifest.counts },
    byReason: manifest.byReason.map(({ reason, verdict, contacts, from, to }) => ({
      reason,
      verdict,
      contacts,
      from: from ?? null,
      to: to ?? null,
    })),
    registries: manifest.facts.registries.map((one) => ({ ...one, covers: one.covers ?? null })),
    companyList: manifest.facts.companyList ?? null,
    unresolvedOptOuts: manifest.facts.unresolvedOptOuts,
  };
}

/** A revocation with its clock. */
export function revocationOf({ revocation, clock }: RevocationReading, reveal: boolean): RevocationView {
  const number = phoneText(revocation.number);
  return {
    id: revocation.id,
    number: reveal ? number : masked(number),
    revokedAt: timeText(revocation.revokedAt),
    channel: revocation.channel,
    reference: reveal ? revocation.reference : maskedText(revocation.reference),
    deadline: clock.deadline,
    open: clock.open,
    overdue: clock.overdue,
    systems: clock.systems.map(({ system, state, target, acknowledgedAt }) => ({
      system,
      state,
      target: timeText(target),
      acknowledgedAt: timeText(acknowledgedAt ?? null),
    })),
  };
}

/** What is left of an abandonment budget. */
export function budgetOf({
  rule,
  jurisdiction,
  reading,
}: {
  readonly rule: string;
  readonly jurisdiction: string;
  readonly reading: BudgetFigures;
}): AbandonmentBudget {
  const { limit, rate, allowance, pace, forecast, withinLimit, importing, live, abandoned, by } = reading;
  const allowed = limit.maxRate * live;
  const isKnown = live > 0 && withinLimit !== null;
  return {
    rule,
    jurisdiction,
    limit: limit.maxRate,
    windowHours: limit.windowHours,
    rate: { ...rate, rate: live === 0 ? null : rate.rate },
    // With a limit of zero there is no share.
    used: allowed === 0 || withinLimit === null ? null : abandoned / allowed,
    left: isKnown ? allowance.certain : null,
    until: timeText(allowance.until),
    burnRate: Number.isNaN(pace.burnRate) || withinLimit === null ? null : pace.burnRate,
    exhaustedAt: withinLimit === null ? null : timeText(forecast.exhaustedAt),
    withinLimit: isKnown ? withinLimit : null,
    by,
    importing: importing === null ? null : { since: timeText(importing.since), overBy: importing.overBy },
  };
}

/** A share of nothing is not known. */
const shareOf = ({ rate, numerator, denominator }: RuleReading["reading"]["pace"]["rate"]) => ({
  rate: Number.isNaN(rate) ? null : rate,
  numerator,
  denominator,
});

/** The abandonment ledger of a campaign under one rule. */
export function abandonmentOf(campaign: string, read: RuleReading): AbandonmentView {
  const { rule, reading } = read;
  const { forecast, vendor, window, allowance, pace } = reading;
  const isKnown = reading.live > 0 && reading.withinLimit !== null;
  return {
    campaign,
    rule: rule.id,
    citation: rule.citation,
    budget: budgetOf({ rule: rule.id, jurisdiction: rule.jurisdiction, reading }),
    sustainableRate: isKnown ? forecast.sustainableRate : null,
    sustainableToday: isKnown ? forecast.sustainableToday : null,
    vendorRate: shareOf(vendor.rate).rate,
    window: { from: timeText(window.from), to: timeText(window.to) },
    expected: isKnown ? allowance.expected : null,
    deficit: isKnown ? allowance.deficit : null,
    recoversAt: isKnown ? timeText(forecast.recoversAt) : null,
    pace: { hours: pace.hours, rate: shareOf(pace.rate) },
    vendor: {
      rate: shareOf(vendor.rate),
      ...(Number.isNaN(vendor.difference)
        ? { difference: null, parts: null }
        : { difference: vendor.difference, parts: { ...vendor.parts } }),
    },
  };
}

/** What a rule pack would change. */
export function comparisonOf({ calls, ...packs }: PackComparison, { reveal }: { readonly reveal: boolean }): PackComparison {
  const shown = (number: string) => (reveal ? number : masked(number));
  return {
    ...packs,
    calls: { ...calls, examples: calls.examples.map((one) => ({ ...one, number: shown(one.number) })) },
  };
}
