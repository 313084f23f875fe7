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
export function requireReferences(pack: RulePack, source: string): void {
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
