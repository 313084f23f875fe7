// Converts flat rule sets to rule packs without loss (flat-back.ts converts them back).

import { problemsOf } from "../../kernel/index.ts";
import { type FlatJurisdiction, type FlatRuleSet, type FlatWeek, flatSchema } from "./flat-schema.ts";
import { packProblems } from "./problems.ts";
import type { CallType, InlineGeography, Rule, RuleOf, RulePack } from "./schema.ts";

/** Whether a value looks like a flat rule set, or like a document with one as `ruleset`. */
export function isFlatRuleSet(value: unknown): boolean {
  const inner = innerRuleSet(value);
  return typeof inner === "object" && inner !== null && "npa" in inner && "jurisdictions" in inner && !("format" in inner);
}

function innerRuleSet(value: unknown): unknown {
  return typeof value === "object" && value !== null && "ruleset" in value ? value.ruleset : value;
}

/**
 * Converts a flat rule set (or a document with one as `ruleset`) to a rule pack. Throws `invalid_pack`.
 * @param source file name, for messages
 */
export function convertFlatRuleSet(value: unknown, source: string): RulePack {
  const inner = innerRuleSet(value);
  const parsed = flatSchema.safeParse(inner);
  if (!parsed.success)
    throw packProblems(
      source,
      problemsOf(flatSchema, inner, parsed.error).map(({ path, message }) => ({ path: [path], message })),
    );
  const flat = parsed.data;
  const idOf = (state: string, path: string[]): string => {
    const country = flat.jurisdictions[state]?.country;
    if (country === undefined) {
      const message = `names ${state}, which is not among the jurisdictions`;
      throw packProblems(source, [{ path, message }]);
    }
    return country === state ? country : `${country}-${state}`;
  };
  const { federal } = flat;
  const pack: RulePack = {
    format: "outdial-rule-pack/1",
    id: flat.id,
    title: `Rule set ${flat.id}`,
    version: "1",
    jurisdictions: [],
    rules: [
      ...federalRules(federal),
      ...(flat.collection === undefined ? [] : collectionRules(flat.collection)),
      ...(flat.canada === undefined
        ? []
        : [weekRule("ca-hours", "CA", ALL, flat.canada.week, "HOURS_CRTC", undefined, "CRTC UTR")]),
      ...(flat.uk === undefined ? [] : ukRules(flat.uk)),
    ],
    calendars: { US: { days: federal.federalHolidays } },
    emergencies: flat.emergencies.map(({ state, ...rest }, index) => ({
      jurisdiction: idOf(state, ["emergencies", `${index}`, "state"]),
      ...rest,
    })),
    geography: geographyOf(flat, idOf),
  };
  for (const [state, jurisdiction] of Object.entries(flat.jurisdictions)) addJurisdiction(pack, idOf(state, []), jurisdiction);
  return pack;
}

function addJurisdiction(pack: RulePack, id: string, flat: FlatJurisdiction): void {
  const prefix = id.toLowerCase();
  const citation = flat.cite ?? "not stated";
  const common = { jurisdiction: id, binds: SALES, ...stated, citation };
  pack.jurisdictions.push({
    id,
    ...(flat.cite === undefined ? {} : { citation: flat.cite }),
    ...(flat.stateRuleExempt === undefined ? {} : { exempt: flat.stateRuleExempt }),
    ...(flat.week === null ? { noOwnHours: true as const } : {}),
  });
  if (flat.week) pack.rules.push(weekRule(`${prefix}-hours`, id, SALES, flat.week, "HOURS_STATE", "DAY_CLOSED", citation));
  if (flat.holidays !== undefined) {
    pack.calendars[id] = { days: flat.holidays };
    const lifted = flat.holidayExempt === undefined ? {} : { exempt: flat.holidayExempt };
    if (flat.holidays.length > 0 || flat.holidayExempt !== undefined) {
      pack.rules.push({
        kind: "closed-days",
        id: `${prefix}-holidays`,
        ...common,
        ...lifted,
        calendar: id,
        violation: "HOLIDAY",
      });
    }
  }
  if (flat.cap24h !== undefined) {
    const { max, scope, exempt } = flat.cap24h;
    pack.rules.push({
      kind: "attempt-cap",
      id: `${prefix}-cap`,
      ...common,
      max,
      period: { hours: 24 },
      scope,
      ...(exempt === undefined ? {} : { exempt }),
      violation: "FREQ_24H",
    });
  }
  if (flat.requiresWrittenConsent !== undefined) {
    pack.rules.push({
      kind: "consent-required",
      id: `${prefix}-consent`,
      ...common,
      level: "written",
      violation: "CONSENT_REQUIRED",
      reassignedViolation: "CONSENT_REASSIGNED",
    });
  }
  if (flat.emergencyBan !== undefined) {
    const lifted = flat.emergencyBan.exempt === undefined ? {} : { exempt: flat.emergencyBan.exempt };
    pack.rules.push({ kind: "emergency-ban", id: `${prefix}-emergency`, ...common, ...lifted, violation: "EMERGENCY" });
  }
}

function geographyOf(flat: FlatRuleSet, idOf: (state: string, path: string[]) => string): InlineGeography {
  const areaCodes: InlineGeography["areaCodes"] = {};
  for (const [code, { state, zones }] of Object.entries(flat.npa))
    areaCodes[code] = { jurisdiction: idOf(state, ["npa", code, "state"]), zones };
  const postal: InlineGeography["postal"] = {};
  for (const [code, { state, zone }] of Object.entries(flat.postal))
    postal[code] = { jurisdiction: idOf(state, ["postal", code, "state"]), zone };
  return { areaCodes, nonGeographic: flat.tollFree, postal, countries: flat.uk === undefined ? {} : { GB: ["Europe/London"] } };
}

// The rules of a flat rule set by what they are about.

const SALES: CallType[] = ["telemarketing", "prerecorded"];

const ALL: CallType[] = ["telemarketing", "prerecorded", "collection"];

const stated = { confidence: "unconfirmed" } as const;

function federalRules(federal: FlatRuleSet["federal"]): Rule[] {
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

function collectionRules(collection: NonNullable<FlatRuleSet["collection"]>): Rule[] {
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

function ukRules(uk: NonNullable<FlatRuleSet["uk"]>): Rule[] {
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

function weekRule(
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
