// Converts flat rule sets to rule packs without loss (flat-back.ts converts them back).

import { problemsOf } from "../../kernel/index.ts";
import { ALL, collectionRules, federalRules, SALES, stated, ukRules, weekRule } from "./flat-rules.ts";
import { type FlatJurisdiction, type FlatRuleSet, flatSchema } from "./flat-schema.ts";
import { packProblems } from "./problems.ts";
import type { InlineGeography, RulePack } from "./schema.ts";

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
