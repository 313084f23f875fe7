// Holds the table of area codes against two independent sources: the exchange-level zones of libphonenumber, and the zones at the
// coordinates of the places whose exchanges libphonenumber names. Every difference must have been settled below, with its reason.
//
//   node scripts/geography/check-area-codes.ts      prints the differences; fails on one that is not settled

import { areaCodeLines } from "../../src/compliance/data/area-codes.ts";
import { clockOf, writtenAs } from "./same-clock.ts";
import { placesByPrefix, usPostalPoints, zoneAt, zonesByPrefix } from "./sources.ts";

/** A zone that only one side has. */
export interface Difference {
  /** Area codes, "850/448". */
  readonly codes: string;
  readonly zone: string;
  /** `missing`: a source names it, the table does not; `extra`: the table has it, no source does. */
  readonly kind: "missing" | "extra";
  readonly evidence: string;
  /** How it was settled; undefined: not yet. */
  readonly settled: string | undefined;
}

/** By area codes and zone: why the table stays as it is. */
const SETTLED: Readonly<Record<string, string>> = {
  "907 Pacific/Honolulu":
    "One exchange near Adak; the Aleutians change clocks, Hawaii does not, and America/Adak is in the table.",
  "321/407/689 America/Chicago": "Orlando's overlay 689 is Eastern; the source is wrong.",
  "402/531 America/Denver":
    "Cody, Kilgore and Nenzel in western Cherry County keep Mountain time and have 402 numbers; the source names no exchange of theirs.",
  "250/778/236/672/257 America/Fort_Nelson":
    "The Peace River country and Creston keep UTC-7 all year. Since 2026 so does Vancouver, but a runtime with older zone data does not know.",
  "709/879 America/Puerto_Rico":
    "No place in the province keeps Atlantic time without summer time (the Quebec shore across the strait does).",
  "867 America/Vancouver": "An older name for the Yukon's clock; the Yukon keeps UTC-7 all year, America/Whitehorse.",
  "867 America/Inuvik":
    "The zone data moved Yellowknife with Alberta in 2026 but not Inuvik; as long as the territory's law is not known, both count.",
  "867 America/Atikokan": "Coral Harbour keeps Eastern time all year.",
  "807 America/Atikokan": "Atikokan and Pickle Lake keep Eastern standard time all year.",
  "418/581/367/273 America/Blanc-Sablon": "The lower north shore east of 63 degrees west keeps Atlantic time all year.",
  "306/639/474 America/Edmonton": "Lloydminster keeps Alberta's time on both sides of the border.",
};

const WRONG_COORDINATES = "Asia/Bishkek"; // one New York ZIP whose longitude lacks its sign

/** Groups a table of prefixes by area code, which starts at `offset`. */
function byAreaCode(table: Record<string, string>, offset: number): Map<number, [prefix: string, value: string][]> {
  const groups = new Map<number, [string, string][]>();
  for (const [prefix, value] of Object.entries(table)) {
    const code = Number(prefix.slice(offset, offset + 3));
    const group = groups.get(code);
    if (group === undefined) groups.set(code, [[prefix, value]]);
    else group.push([prefix, value]);
  }
  return groups;
}

/** All differences, settled or not, with how much was compared. */
export async function areaCodeDifferences(): Promise<{ differences: Difference[]; areaCodes: number; places: number }> {
  const zones = byAreaCode(
    Object.fromEntries(Object.entries(await zonesByPrefix()).filter(([prefix]) => prefix.startsWith("1"))),
    1,
  );
  const places = byAreaCode(await placesByPrefix(), 0);
  const towns = new Map<string, { latitude: number; longitude: number }[]>();
  for (const point of usPostalPoints()) {
    if (point.latitude === 0) continue;
    const name = `${point.city}, ${point.state}`.toLowerCase();
    const known = towns.get(name);
    if (known === undefined) towns.set(name, [point]);
    else known.push(point);
  }
  const clocks = new Map<string, string>();
  const clock = (zone: string) => {
    const known = clocks.get(zone) ?? clockOf(zone);
    clocks.set(zone, known);
    return known;
  };

  const differences: Difference[] = [];
  let areaCodes = 0;
  let placed = 0;
  for (const { states, zones: declared, complexes } of areaCodeLines()) {
    const state = states[0] ?? "";
    for (const complex of complexes) {
      areaCodes += complex.length;
      const evidence = new Map<string, string>();
      for (const code of complex) {
        for (const [prefix, names] of zones.get(code) ?? [])
          for (const name of names.split("&")) evidence.set(writtenAs(name, state), `prefix ${prefix}`);
        for (const [prefix, place] of places.get(code) ?? []) {
          for (const { latitude, longitude } of towns.get(place.toLowerCase()) ?? []) {
            placed++;
            const zone = zoneAt(latitude, longitude);
            if (zone !== WRONG_COORDINATES) evidence.set(writtenAs(zone, state), `${place} (${prefix})`);
          }
        }
      }
      const codes = complex.join("/");
      const add = (zone: string, kind: Difference["kind"], why: string) =>
        differences.push({ codes, zone, kind, evidence: why, settled: SETTLED[`${codes} ${zone}`] });
      const has = (list: Iterable<string>, zone: string) => [...list].some((other) => clock(other) === clock(zone));
      for (const [zone, why] of evidence) if (!has(declared, zone)) add(zone, "missing", why);
      for (const zone of declared) if (!has(evidence.keys(), zone)) add(zone, "extra", "no exchange and no place");
    }
  }
  return { differences, areaCodes, places: placed };
}

if (import.meta.main) {
  const { differences, areaCodes, places } = await areaCodeDifferences();
  process.stdout.write(`${areaCodes} area codes, ${places} places compared, ${differences.length} differences\n`);
  for (const { codes, zone, kind, evidence, settled } of differences) {
    process.stdout.write(
      `${settled === undefined ? "OPEN " : ""}${codes} ${kind} ${zone} (${evidence}): ${settled ?? "not settled"}\n`,
    );
    if (settled === undefined) process.exitCode = 1;
  }
}
