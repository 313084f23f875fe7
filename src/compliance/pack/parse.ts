// Parses rule packs: first the shape (zod), then what a shape cannot express (windows, zones, calendars, ids, dates). Every fault
// is reported.

import { nearest, problemsOf } from "../../kernel/index.ts";
import { Zone } from "../time/zone.ts";
import { convertFlatRuleSet, isFlatRuleSet } from "./flat.ts";
import { type PackProblem, packProblems } from "./problems.ts";
import { packSchema, type Rule, type RulePack } from "./schema.ts";

/**
 * Parses a rule pack: an object of the rule-pack format, a flat rule set, or a document with a flat rule set as `ruleset`. Throws
 * `invalid_pack` with the faults and their paths.
 * @param source file name or id, for messages
 */
export function parseRulePack(value: unknown, source: string): RulePack {
  const pack = parseShape(isFlatRuleSet(value) ? convertFlatRuleSet(value, source) : value, source);
  // References of an overlay may point into its base: they are checked when it is laid over the base.
  const problems = [...faults(pack), ...(pack.base === undefined ? references(pack) : [])];
  if (problems.length > 0) throw packProblems(source, problems);
  return pack;
}

/** Throws `invalid_pack` when a pack refers to a calendar or a jurisdiction that it does not have. */
function requireReferences(pack: RulePack, source: string): void {
  const problems = [...references(pack)];
  if (problems.length > 0) throw packProblems(source, problems);
}

function parseShape(value: unknown, source: string): RulePack {
  const parsed = packSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw packProblems(
    source,
    problemsOf(packSchema, value, parsed.error).map(({ path, message }) => ({ path: [path], message })),
  );
}

function* faults(pack: RulePack): Generator<PackProblem> {
  yield* duplicates(
    pack.rules.map(({ id }) => id),
    ["rules"],
    "rule id",
  );
  yield* duplicates(
    pack.jurisdictions.map(({ id }) => id),
    ["jurisdictions"],
    "jurisdiction",
  );
  for (const [index, rule] of pack.rules.entries()) yield* ruleFaults(rule, ["rules", `${index} (${rule.id})`]);
  yield* overlaps(pack.rules);
  yield* placeFaults(pack.jurisdictions);
  for (const [name, { days }] of Object.entries(pack.calendars)) yield* duplicates(days, ["calendars", name, "days"], "day");
  for (const [index, { start, end }] of pack.emergencies.entries()) {
    if (end !== undefined && Date.parse(end) <= Date.parse(start))
      yield { path: ["emergencies", `${index}`, "end"], message: `${end} is not after the start ${start}` };
  }
  const known = new Map<string, boolean>();
  for (const { zone, path } of zonesOf(pack)) {
    if (!known.has(zone)) known.set(zone, isZone(zone));
    if (known.get(zone) === false)
      yield { path, message: `${zone} is not a time zone that this runtime knows; use a name such as America/New_York` };
  }
}

function* references(pack: RulePack): Generator<PackProblem> {
  const jurisdictions = pack.jurisdictions.map(({ id }) => id);
  const calendars = Object.keys(pack.calendars);
  for (const { name, path } of jurisdictionsOf(pack)) {
    const whole = name === "*" || !name.includes("-");
    if (!whole && !jurisdictions.includes(name))
      yield { path, message: `${name} is not listed in jurisdictions${hint(name, jurisdictions)}` };
  }
  for (const [index, rule] of pack.rules.entries()) {
    const name = "calendar" in rule ? rule.calendar : "onHolidays" in rule ? rule.onHolidays?.calendar : undefined;
    if (name !== undefined && !calendars.includes(name))
      yield { path: ["rules", `${index} (${rule.id})`], message: `there is no calendar ${name}${hint(name, calendars)}` };
  }
}

function hint(name: string, known: readonly string[]): string {
  const near = nearest(name, known);
  return near === undefined ? "; add it there" : `; did you mean ${near}?`;
}

function* jurisdictionsOf(pack: RulePack): Generator<{ name: string; path: readonly string[] }> {
  for (const [index, rule] of pack.rules.entries()) yield { name: rule.jurisdiction, path: ["rules", `${index} (${rule.id})`] };
  for (const [index, { jurisdiction }] of pack.emergencies.entries())
    yield { name: jurisdiction, path: ["emergencies", `${index}`] };
  if (pack.geography === "builtin") return;
  for (const table of ["areaCodes", "postal"] as const) {
    for (const [code, { jurisdiction }] of Object.entries(pack.geography[table]))
      yield { name: jurisdiction, path: ["geography", table, code] };
  }
}

function* zonesOf(pack: RulePack): Generator<{ zone: string; path: readonly string[] }> {
  for (const [index, rule] of pack.rules.entries()) {
    if ("zone" in rule && rule.zone !== undefined) yield { zone: rule.zone, path: ["rules", `${index} (${rule.id})`, "zone"] };
  }
  if (pack.geography === "builtin") return;
  const { areaCodes, postal, countries } = pack.geography;
  for (const [code, { zones }] of Object.entries(areaCodes))
    for (const zone of zones) yield { zone, path: ["geography", "areaCodes", code] };
  for (const [code, { zone }] of Object.entries(postal)) yield { zone, path: ["geography", "postal", code] };
  for (const [country, zones] of Object.entries(countries))
    for (const zone of zones) yield { zone, path: ["geography", "countries", country] };
}

function isZone(name: string): boolean {
  try {
    return new Zone(name).name === name;
  } catch {
    return false;
  }
}

function* duplicates(values: readonly string[], path: readonly string[], what: string): Generator<PackProblem> {
  const seen = new Set<string>();
  for (const [index, value] of values.entries()) {
    if (seen.has(value)) yield { path: [...path, `${index}`], message: `${what} ${value} occurs twice: keep one` };
    seen.add(value);
  }
}

function* ruleFaults(rule: Rule, path: readonly string[]): Generator<PackProblem> {
  yield* duplicates(rule.binds, [...path, "binds"], "call type");
  if (rule.effective !== undefined && rule.ends !== undefined && rule.ends < rule.effective)
    yield { path: [...path, "ends"], message: `${rule.ends} is before the rule takes effect on ${rule.effective}` };
  if (rule.except !== undefined && rule.jurisdiction !== "*")
    yield {
      path: [...path, "except"],
      message: `only a rule for * binds everywhere but in some countries; this one is for ${rule.jurisdiction}`,
    };
  if (rule.kind === "do-not-call-list" && !rule.jurisdiction.includes("-"))
    yield {
      path: [...path, "jurisdiction"],
      message: `${rule.jurisdiction} is not a state: for the list of a country use national-registry`,
    };
  if (rule.kind !== "calling-hours") return;
  for (const [day, windows] of Object.entries(rule.week)) yield* windowFaults(windows, [...path, "week", day]);
  yield* windowFaults(rule.onHolidays?.windows ?? [], [...path, "onHolidays", "windows"]);
}

function* placeFaults(jurisdictions: RulePack["jurisdictions"]): Generator<PackProblem> {
  for (const [index, { id, places }] of jurisdictions.entries()) {
    const path = ["jurisdictions", `${index} (${id})`, "places"];
    const city = /^[A-Z]{2}-[A-Z0-9]+-/.test(id);
    if (city && places === undefined)
      yield { path, message: "a city needs places; without them the rules of the city apply to nobody" };
    if (!city && places !== undefined) yield { path, message: `${id} is not a city: only a city, such as US-NY-NYC, has places` };
  }
}

function* windowFaults(windows: readonly (readonly [string, string])[], path: readonly string[]): Generator<PackProblem> {
  let last = "";
  for (const [index, [open, close]] of windows.entries()) {
    const at = [...path, `${index}`];
    if (open >= close)
      yield {
        path: at,
        message: `opens at ${open} and closes at ${close}: a closed day is an empty list, a window past midnight is two`,
      };
    else if (open < last) yield { path: at, message: `opens at ${open}, before the window above it closes at ${last}` };
    last = close;
  }
}

/** Two rules of one kind and jurisdiction that bind the same calls at the same time either repeat or contradict each other. */
function* overlaps(rules: readonly Rule[]): Generator<PackProblem> {
  for (const [index, rule] of rules.entries()) {
    for (const other of rules.slice(0, index)) {
      if (!sameSubject(rule, other) || !other.binds.some((type) => rule.binds.includes(type))) continue;
      if ((rule.effective ?? "") > (other.ends ?? "9999") || (other.effective ?? "") > (rule.ends ?? "9999")) continue;
      yield {
        path: ["rules", `${index} (${rule.id})`],
        message: `is in force at the same time as ${other.id} and sets the same: give the earlier one an end, or combine them`,
      };
    }
  }
}

function sameSubject(a: Rule, b: Rule): boolean {
  if (a.kind !== b.kind || a.jurisdiction !== b.jurisdiction) return false;
  // Several caps and calendars may bind at once: all of them must allow the call. Hours with the same violation, and definitions,
  // must be unambiguous.
  if (a.kind === "calling-hours" && b.kind === "calling-hours") return a.violation === b.violation;
  return (
    a.kind === "relationship" || a.kind === "revocation-deadline" || a.kind === "registry-age" || a.kind === "do-not-call-list"
  );
}

// Lays an operator's own rules over a pack. Added rules always make it stricter, because a rule can only forbid. Any other change
// to the base may loosen it, and must be named in `loosens`.

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
