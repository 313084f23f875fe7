// Converts a rule pack that says no more than a flat rule set can into that flat rule set.

import { ComplianceError } from "../error.ts";
import type { FlatJurisdiction, FlatRuleSet, FlatWeek } from "./flat-schema.ts";
import type { Rule, RuleKind, RuleOf, RulePack, WeekHours } from "./schema.ts";

/** @returns the flat rule set that `convertFlatRuleSet` made this pack from. Throws `invalid_pack` for any other pack. */
export function toFlatRuleSet(pack: RulePack): FlatRuleSet {
  const rule = <Kind extends RuleKind>(id: string, kind: Kind): RuleOf<Kind> | undefined =>
    pack.rules.find((candidate): candidate is RuleOf<Kind> => candidate.id === id && candidate.kind === kind);
  const need = <Kind extends RuleKind>(id: string, kind: Kind): RuleOf<Kind> => {
    const found = rule(id, kind);
    if (found === undefined)
      throw new ComplianceError("invalid_pack", `${pack.id} has no rule ${id}, which a flat rule set needs`);
    return found;
  };
  if (pack.geography === "builtin")
    throw new ComplianceError("invalid_pack", `${pack.id} carries no tables of places, which a flat rule set needs`);
  const { areaCodes, nonGeographic, postal } = pack.geography;
  const collectionCalls = rule("us-collection-calls", "attempt-cap");
  const canada = rule("ca-hours", "calling-hours");
  const uk = rule("gb-hours", "calling-hours");
  return {
    id: pack.id,
    federal: {
      hours: oneWindow(need("us-hours", "calling-hours")),
      nationalDncScrubMaxAgeDays: need("registry-age", "registry-age").maxAgeDays,
      ebrMonths: need("relationship", "relationship").months,
      revocationBusinessDays: need("revocation-deadline", "revocation-deadline").businessDays,
      federalHolidays: pack.calendars["US"]?.days ?? [],
    },
    ...(collectionCalls === undefined
      ? {}
      : {
          collection: {
            hours: oneWindow(need("us-collection-hours", "calling-hours")),
            maxCallsPer7Days: collectionCalls.max,
            conversationQuietDays: need("us-collection-conversation", "conversation-quiet").days,
          },
        }),
    ...(canada === undefined ? {} : { canada: { week: flatWeek(canada.week) } }),
    ...(uk === undefined
      ? {}
      : { uk: { week: flatWeek(uk.week), abandonedQuietHours: need("gb-abandoned-quiet", "abandoned-quiet").hours } }),
    jurisdictions: Object.fromEntries(
      pack.jurisdictions.map((jurisdiction) => [stateOf(jurisdiction.id), flatJurisdiction(pack, jurisdiction)]),
    ),
    npa: mapped(areaCodes, ({ jurisdiction, zones }) => ({ state: stateOf(jurisdiction), zones })),
    tollFree: nonGeographic,
    postal: mapped(postal, ({ jurisdiction, zone }) => ({ state: stateOf(jurisdiction), zone })),
    emergencies: pack.emergencies.map(({ jurisdiction, start, end }) => ({
      state: stateOf(jurisdiction),
      start,
      ...(end === undefined ? {} : { end }),
    })),
  };
}

function flatJurisdiction(
  pack: RulePack,
  { id, citation, exempt, noOwnHours }: RulePack["jurisdictions"][number],
): FlatJurisdiction {
  const own = <Kind extends RuleKind>(kind: Kind) =>
    pack.rules.find(
      (rule: Rule): rule is RuleOf<Kind> =>
        rule.jurisdiction === id && rule.kind === kind && rule.binds.includes("telemarketing"),
    );
  const country = id.slice(0, 2);
  const hours = id === country ? undefined : own("calling-hours");
  const holidays = id === country ? undefined : pack.calendars[id]?.days;
  const closed = own("closed-days");
  const cap = id === country ? undefined : own("attempt-cap");
  const ban = own("emergency-ban");
  return {
    country,
    ...(hours === undefined ? (noOwnHours === true ? { week: null } : {}) : { week: flatWeek(hours.week) }),
    ...(holidays === undefined ? {} : { holidays }),
    ...(closed?.exempt === undefined ? {} : { holidayExempt: closed.exempt }),
    ...(exempt === undefined ? {} : { stateRuleExempt: exempt }),
    ...(cap === undefined
      ? {}
      : { cap24h: { max: cap.max, scope: cap.scope, ...(cap.exempt === undefined ? {} : { exempt: cap.exempt }) } }),
    ...(own("consent-required") === undefined ? {} : { requiresWrittenConsent: true as const }),
    ...(ban === undefined ? {} : { emergencyBan: ban.exempt === undefined ? {} : { exempt: ban.exempt } }),
    ...(citation === undefined ? {} : { cite: citation }),
  };
}

function stateOf(jurisdiction: string): string {
  return jurisdiction.split("-")[1] ?? jurisdiction;
}

function oneWindow({ week }: RuleOf<"calling-hours">): [string, string] {
  return week.mon[0] ?? ["00:00", "24:00"];
}

function flatWeek(week: WeekHours): FlatWeek {
  const day = (windows: WeekHours["mon"]) => windows[0] ?? null;
  return {
    mon: day(week.mon),
    tue: day(week.tue),
    wed: day(week.wed),
    thu: day(week.thu),
    fri: day(week.fri),
    sat: day(week.sat),
    sun: day(week.sun),
  };
}

function mapped<From, To>(record: Record<string, From>, to: (value: From) => To): Record<string, To> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, to(value)]));
}
