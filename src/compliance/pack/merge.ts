// Lays an operator's own rules over a pack. Added rules always make it stricter, because a rule can only forbid. Any other change
// to the base may loosen it, and must be named in `loosens`.

import { nearest } from "../../kernel/index.ts";
import { requireReferences } from "./parse.ts";
import { type PackProblem, packProblems } from "./problems.ts";
import type { Rule, RulePack } from "./schema.ts";

/**
 * The base with the overlay's rules, calendars, emergencies and jurisdictions. A rule of the overlay replaces the base's rule of
 * the same id; a rule named in `loosens` that the overlay does not contain is removed. Throws `invalid_pack` for a loosening that
 * is not named or has no reason (`note`), and for names that the base does not have.
 */
export function mergePacks(base: RulePack, overlay: RulePack): RulePack {
  const problems: PackProblem[] = [];
  const named = new Set(overlay.loosens ?? []);
  const used = new Set<string>();
  /** Reports a change that may loosen the base and was not named in `loosens`. */
  const demand = (name: string, path: readonly string[], what: string) => {
    if (named.has(name)) used.add(name);
    else problems.push({ path, message: `${what}; name ${JSON.stringify(name)} in loosens if that is meant` });
  };

  const own = new Map(overlay.rules.map((rule) => [rule.id, rule]));
  for (const rule of base.rules) {
    if (own.has(rule.id))
      demand(
        rule.id,
        ["rules", rule.id],
        "replaces a rule of the base, which may loosen it (a rule of another id binds beside it)",
      );
    else if (named.has(rule.id)) used.add(rule.id);
  }
  for (const rule of overlay.rules) {
    if (rule.kind === "relationship" && !hasRelationship(base, rule))
      demand(
        rule.id,
        ["rules", rule.id],
        "defines a relationship where the base knows none, which lifts rules that nothing lifted",
      );
  }
  const calendars = { ...base.calendars };
  for (const [name, calendar] of Object.entries(overlay.calendars)) {
    const before = base.calendars[name];
    if (before !== undefined && movesDeadlines(base, name))
      demand(name, ["calendars", name], "adds days to a calendar that deadlines or other hours depend on");
    calendars[name] = before === undefined ? calendar : joined(before, calendar);
  }
  const jurisdictions = new Map(base.jurisdictions.map((jurisdiction) => [jurisdiction.id, jurisdiction]));
  for (const jurisdiction of overlay.jurisdictions) {
    const before = jurisdictions.get(jurisdiction.id)?.exempt ?? [];
    if (jurisdiction.exempt?.some((exemption) => !before.includes(exemption)) === true && bindsAny(base, jurisdiction.id))
      demand(jurisdiction.id, ["jurisdictions", jurisdiction.id], "lifts rules of the base");
    jurisdictions.set(jurisdiction.id, { ...jurisdictions.get(jurisdiction.id), ...jurisdiction });
  }
  if (overlay.geography !== "builtin") demand("geography", ["geography"], "replaces the base's tables of places");

  const known = [
    ...base.rules.map(({ id }) => id),
    ...Object.keys(base.calendars),
    ...base.jurisdictions.map(({ id }) => id),
    "geography",
  ];
  for (const name of named) {
    if (used.has(name)) {
      if ((own.get(name)?.note ?? overlay.note ?? "").trim() === "")
        problems.push({
          path: ["loosens"],
          message: `${name} is loosened without a reason; write it as note of the rule or of the pack`,
        });
      continue;
    }
    const near = nearest(name, known);
    problems.push({
      path: ["loosens"],
      message: `${name} loosens nothing here${near === undefined ? "" : `; did you mean ${near}?`}`,
    });
  }
  if (problems.length > 0) throw packProblems(`${overlay.id}, laid over ${base.id},`, problems);

  const merged: RulePack = {
    format: base.format,
    id: `${base.id}+${overlay.id}`,
    title: overlay.title,
    version: `${base.version}+${overlay.version}`,
    jurisdictions: [...jurisdictions.values()],
    rules: [...base.rules.filter(({ id }) => !own.has(id) && !named.has(id)), ...overlay.rules],
    calendars,
    emergencies: [...base.emergencies, ...overlay.emergencies],
    ...zoneDataOf(base, overlay),
    geography: overlay.geography === "builtin" ? base.geography : overlay.geography,
  };
  requireReferences(merged, merged.id);
  return merged;
}

/** The newer version of both, and the changes of both: an overlay cannot need less than its base. */
function zoneDataOf({ zoneData: a }: RulePack, { zoneData: b }: RulePack): Pick<RulePack, "zoneData"> {
  if (a === undefined || b === undefined) return a === undefined && b === undefined ? {} : { zoneData: a ?? b };
  return { zoneData: { version: a.version > b.version ? a.version : b.version, changes: [...a.changes, ...b.changes] } };
}

type Calendar = RulePack["calendars"][string];

function joined(before: Calendar, added: Calendar): Calendar {
  const sources = [...(before.sources ?? []), ...(added.sources ?? [])];
  const days = [...new Set([...before.days, ...added.days])].sort();
  return { ...before, days, ...(sources.length > 0 && { sources }) };
}

function hasRelationship(pack: RulePack, { jurisdiction }: Rule): boolean {
  const country = jurisdiction.split("-")[0];
  return pack.rules.some((rule) => rule.kind === "relationship" && ["*", country, jurisdiction].includes(rule.jurisdiction));
}

function movesDeadlines(pack: RulePack, calendar: string): boolean {
  return pack.rules.some(
    (rule) =>
      (rule.kind === "revocation-deadline" && rule.calendar === calendar) ||
      (rule.kind === "calling-hours" && rule.onHolidays?.calendar === calendar),
  );
}

function bindsAny(pack: RulePack, jurisdiction: string): boolean {
  return pack.rules.some((rule) => rule.jurisdiction === jurisdiction);
}
