// The differences between two rule packs, by thing and field.

import { canonicalJson } from "../../kernel/index.ts";
import type { RulePack } from "./schema.ts";

/** One difference. `before` and `after` are undefined where the thing is missing. */
export interface PackDifference {
  /** Where it differs: "rules", "calendars", "jurisdictions", "emergencies", "geography" or a field of the pack itself. */
  readonly section: string;
  /** Id of the rule, calendar, jurisdiction, area code …; empty for a field of the pack. */
  readonly id: string;
  /** Path of the field; empty when the whole thing was added or removed. */
  readonly field: string;
  readonly before: unknown;
  readonly after: unknown;
}

/** Every difference from `before` to `after`; empty when there is none. */
export function diffPacks(before: RulePack, after: RulePack): PackDifference[] {
  return [
    ...diffFields("pack", "", heading(before), heading(after), []),
    ...diffThings("jurisdictions", byId(before.jurisdictions), byId(after.jurisdictions)),
    ...diffThings("rules", byId(before.rules), byId(after.rules)),
    ...diffThings("calendars", new Map(Object.entries(before.calendars)), new Map(Object.entries(after.calendars))),
    ...diffThings("emergencies", emergencies(before), emergencies(after)),
    ...diffThings("geography", places(before), places(after)),
  ];
}

function heading({ id, title, version, note, base, loosens, zoneData }: RulePack): object {
  return { id, title, version, note, base, loosens, zoneData };
}

function byId(things: readonly { readonly id: string }[]): Map<string, unknown> {
  return new Map(things.map((thing) => [thing.id, thing]));
}

function emergencies({ emergencies: list }: RulePack): Map<string, unknown> {
  return new Map(list.map((emergency) => [`${emergency.jurisdiction} ${emergency.start}`, emergency]));
}

function places({ geography }: RulePack): Map<string, unknown> {
  if (geography === "builtin") return new Map([["tables", "builtin"]]);
  const { areaCodes, nonGeographic, postal, countries } = geography;
  return new Map<string, unknown>([
    ...Object.entries(areaCodes),
    ...nonGeographic.map((code): [string, unknown] => [code, "no place"]),
    ...Object.entries(postal),
    ...Object.entries(countries),
  ]);
}

function diffThings(
  section: string,
  before: ReadonlyMap<string, unknown>,
  after: ReadonlyMap<string, unknown>,
): PackDifference[] {
  return [...new Set([...before.keys(), ...after.keys()])].flatMap((id) =>
    diffFields(section, id, before.get(id), after.get(id), []),
  );
}

/** Objects are compared member by member, so that the changed member is named; lists and plain values are shown whole. */
function diffFields(section: string, id: string, before: unknown, after: unknown, path: readonly string[]): PackDifference[] {
  if (before !== undefined && after !== undefined && canonicalJson(before) === canonicalJson(after)) return [];
  if (isObject(before) && isObject(after)) {
    const members = new Set([...Object.keys(before), ...Object.keys(after)]);
    return [...members].flatMap((member) => diffFields(section, id, before[member], after[member], [...path, member]));
  }
  return before === after ? [] : [{ section, id, field: path.join("."), before, after }];
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
