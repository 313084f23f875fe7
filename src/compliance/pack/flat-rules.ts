// The rules of a flat rule set by what they are about.

import type { FlatRuleSet, FlatWeek } from "./flat-schema.ts";
import type { CallType, Rule, RuleOf } from "./schema.ts";

export const SALES: CallType[] = ["telemarketing", "prerecorded"];

export const ALL: CallType[] = ["telemarketing", "prerecorded", "collection"];

export const stated = { confidence: "unconfirmed" } as const;

export function federalRules(federal: FlatRuleSet["federal"]): Rule[] {
  const everywhere = { jurisdiction: "*", ...stated };
  const day = [federal.hours];
  const same: RuleOf<"calling-hours">["week"] = { sun: day, mon: day, tue: day, wed: day, thu: day, fri: day, sat: day };
  const usHours = { jurisdiction: "US", binds: SALES, ...stated, citation: "47 CFR 64.1200(c)(1)" };
  return [
    { kind: "calling-hours", id: "us-hours", ...usHours, week: same, violation: "HOURS_FEDERAL" },
    {
      kind: "relationship",
      id: "relationship",
      ...everywhere,
      binds: SALES,
      citation: "47 CFR 64.1200(f)(5)",
      months: federal.ebrMonths,
    },
    // The exception of 16 CFR 310.4(b)(1)(iii)(B) is for an agreement in writing: express consent alone does not lift the registry.
    {
      kind: "national-registry",
      id: "national-registry",
      ...everywhere,
      binds: SALES,
      citation: "47 CFR 64.1200(c)(2)",
      exempt: ["ebr", "written"],
      violation: "DNC_NATIONAL",
    },
    {
      kind: "registry-age",
      id: "registry-age",
      ...everywhere,
      binds: SALES,
      citation: "16 CFR 310.4(b)(3)",
      maxAgeDays: federal.nationalDncScrubMaxAgeDays,
      violation: "DNC_STALE",
    },
    {
      kind: "internal-list",
      id: "internal-list",
      ...everywhere,
      binds: ALL,
      citation: "47 CFR 64.1200(d)",
      violation: "DNC_INTERNAL",
    },
    {
      kind: "consent-required",
      id: "prerecorded-consent",
      ...everywhere,
      binds: ["prerecorded"],
      citation: "47 CFR 64.1200(a)(2)",
      level: "written",
      violation: "CONSENT_REQUIRED",
      reassignedViolation: "CONSENT_REASSIGNED",
    },
    // A person who withdraws consent does not want these calls, whatever kind of call the consent was for.
    {
      kind: "consent-revocation",
      id: "consent-revocation",
      ...everywhere,
      binds: ALL,
      citation: "47 CFR 64.1200(a)(10)",
      violation: "CONSENT_REVOKED",
    },
    {
      kind: "revocation-deadline",
      id: "revocation-deadline",
      ...everywhere,
      binds: ALL,
      citation: "47 CFR 64.1200(a)(10)",
      businessDays: federal.revocationBusinessDays,
      calendar: "US",
    },
  ];
}

export function collectionRules(collection: NonNullable<FlatRuleSet["collection"]>): Rule[] {
  const binds: CallType[] = ["collection"];
  const common = { jurisdiction: "US", binds, ...stated, scope: "subject" as const };
  const day = [collection.hours];
  return [
    {
      kind: "calling-hours",
      id: "us-collection-hours",
      jurisdiction: "US",
      binds,
      ...stated,
      citation: "12 CFR 1006.6(b)(1)",
      week: { sun: day, mon: day, tue: day, wed: day, thu: day, fri: day, sat: day },
      violation: "HOURS_FEDERAL",
    },
    {
      kind: "attempt-cap",
      id: "us-collection-calls",
      ...common,
      citation: "12 CFR 1006.14(b)(2)(i)(A)",
      max: collection.maxCallsPer7Days,
      period: { localDates: 7 },
      violation: "REGF_7IN7",
    },
    {
      kind: "conversation-quiet",
      id: "us-collection-conversation",
      ...common,
      citation: "12 CFR 1006.14(b)(2)(i)(B)",
      days: collection.conversationQuietDays,
      violation: "REGF_CONVERSATION",
    },
  ];
}

export function ukRules(uk: NonNullable<FlatRuleSet["uk"]>): Rule[] {
  return [
    weekRule("gb-hours", "GB", ALL, uk.week, "HOURS_POLICY", undefined, "policy: there are no statutory calling hours"),
    {
      kind: "abandoned-quiet",
      id: "gb-abandoned-quiet",
      jurisdiction: "GB",
      binds: ALL,
      ...stated,
      citation: "Ofcom, persistent misuse: 72 hours",
      hours: uk.abandonedQuietHours,
      liftedByGuaranteedAgent: true,
      violation: "UK_ABANDON_72H",
    },
  ];
}

export function weekRule(
  id: string,
  jurisdiction: string,
  binds: CallType[],
  flat: FlatWeek,
  violation: string,
  closedDayViolation: string | undefined,
  citation: string,
): RuleOf<"calling-hours"> {
  const windows = (day: keyof FlatWeek) => (flat[day] === null ? [] : [flat[day]]);
  return {
    kind: "calling-hours",
    id,
    jurisdiction,
    binds,
    ...stated,
    citation,
    week: {
      sun: windows("sun"),
      mon: windows("mon"),
      tue: windows("tue"),
      wed: windows("wed"),
      thu: windows("thu"),
      fri: windows("fri"),
      sat: windows("sat"),
    },
    violation,
    ...(closedDayViolation === undefined ? {} : { closedDayViolation }),
  };
}
