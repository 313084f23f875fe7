// Writes src/compliance/data/postal-table.json: every US ZIP and every Canadian forward sortation area with its state and zones, packed.
//
//   node scripts/geography/postal-table.ts [--check]

import { readFile, writeFile } from "node:fs/promises";
import { writtenAs } from "./same-clock.ts";
import { SETTLED_FSAS, SETTLED_ZIPS, type SettledPostal } from "./settled-postal.ts";
import { canadianPostalPoints, usPostalPoints, zoneAt } from "./sources.ts";
import { straddlingZips } from "./straddle.ts";

/** Post of the armed forces: its state says nothing about where the person is. */
const MILITARY = new Set(["AA", "AE", "AP"]);
/** Sovereign states that the US Postal Service serves. */
const FREELY_ASSOCIATED = new Set(["FM", "MH", "PW"]);
const PROVINCES: Readonly<Record<string, readonly [province: string, zone: string]>> = {
  A: ["NL", "America/St_Johns"],
  B: ["NS", "America/Halifax"],
  C: ["PE", "America/Halifax"],
  E: ["NB", "America/Moncton"],
  G: ["QC", "America/Toronto"],
  H: ["QC", "America/Toronto"],
  J: ["QC", "America/Toronto"],
  K: ["ON", "America/Toronto"],
  L: ["ON", "America/Toronto"],
  M: ["ON", "America/Toronto"],
  N: ["ON", "America/Toronto"],
  P: ["ON", "America/Toronto"],
  R: ["MB", "America/Winnipeg"],
  S: ["SK", "America/Regina"],
  T: ["AB", "America/Edmonton"],
  V: ["BC", "America/Vancouver"],
  Y: ["YT", "America/Whitehorse"],
};
/** X serves two territories. */
const NUNAVUT = new Set(["X0A", "X0B", "X0C"]);

const settledBy = (list: readonly SettledPostal[]) =>
  new Map(list.flatMap(({ codes, zones }) => codes.map((code) => [code, zones] as const)));

/** `country state zones` of every ZIP code, in order of the codes. */
export function zipPlaces(): [zip: string, place: string][] {
  const points = usPostalPoints().filter(({ state, latitude }) => !MILITARY.has(state) && latitude !== 0);
  const settled = settledBy(SETTLED_ZIPS);
  const straddling = straddlingZips(points);
  return points
    .map(({ code, state, latitude, longitude }): [string, string] => {
      const second = straddling.get(code);
      const zones = settled.get(code) ?? [
        writtenAs(zoneAt(latitude, longitude), state),
        ...(second === undefined ? [] : [second]),
      ];
      return [code, `${FREELY_ASSOCIATED.has(state) ? state : "US"} ${state} ${zones.join(" ")}`];
    })
    .sort(([a], [b]) => (a < b ? -1 : 1));
}

/** `country province zones` of every FSA, in order of the codes. */
export function fsaPlaces(): [fsa: string, place: string][] {
  const settled = settledBy(SETTLED_FSAS);
  const places: [string, string][] = [];
  for (const { code, latitude, longitude } of canadianPostalPoints()) {
    if (code === "H0H") continue; // addressed to the North Pole
    const letter = code.charAt(0);
    const [province, usual] = PROVINCES[letter] ?? [NUNAVUT.has(code) ? "NU" : "NT", ""];
    const located = latitude !== 0 && longitude < 0 ? writtenAs(zoneAt(latitude, longitude), province) : usual;
    places.push([code, `CA ${province} ${(settled.get(code) ?? [located]).join(" ")}`]);
  }
  return places.sort(([a], [b]) => (a < b ? -1 : 1));
}

interface Run {
  readonly first: number;
  last: number;
  readonly place: number;
}

/**
 * Every ZIP code, and those not in use yet between two of one state in a three-digit area: new ones are opened there. Such a code has the
 * zones of both its neighbours.
 */
function withNewCodes(places: readonly (readonly [zip: string, place: string])[]): [zip: number, place: string][] {
  const known = new Map(places.map(([zip, place]) => [Number(zip), place]));
  const areas = [...new Set([...known.keys()].map((zip) => Math.floor(zip / 100)))].sort((a, b) => a - b);
  return areas.flatMap((area) => {
    const codes = Array.from({ length: 100 }, (_, i) => area * 100 + i);
    const used = codes.filter((code) => known.has(code));
    return codes.flatMap((code): [number, string][] => {
      const below = known.get(used.findLast((other) => other <= code) ?? Number.NaN);
      const above = known.get(used.find((other) => other >= code) ?? Number.NaN);
      if (below === undefined || above === undefined || below.slice(0, 5) !== above.slice(0, 5)) return [];
      return [[code, joined(below, above)]];
    });
  });
}

function joined(below: string, above: string): string {
  const [country, state, ...zones] = below.split(" ");
  return [country, state, ...new Set([...zones, ...above.split(" ").slice(2)])].join(" ");
}

interface Run {
  readonly first: number;
  last: number;
  readonly place: number;
}

/** Runs of consecutive codes with one place. */
function runsOf(places: readonly (readonly [zip: number, place: number])[]): Run[] {
  const runs: Run[] = [];
  for (const [code, place] of places) {
    const run = runs.at(-1);
    if (run !== undefined && run.place === place && run.last === code - 1) run.last = code;
    else runs.push({ first: code, last: code, place });
  }
  return runs;
}

/** The generated file: what src/compliance/data/postal-table.json must be. */
export function postalTableFile(zips = zipPlaces(), fsas = fsaPlaces()): string {
  const codes = withNewCodes(zips);
  const places = [...new Set([...codes, ...fsas].map(([, place]) => place))].sort();
  const numbers = new Map(places.map((place, number) => [place, number]));
  const numberOf = (place: string) => numbers.get(place) ?? 0;
  let last = -1;
  const runs = runsOf(codes.map(([code, place]) => [code, numberOf(place)])).map((run) => {
    const fields = [run.first - last - 1, run.last - run.first, run.place].map((field) => field.toString(36));
    last = run.last;
    return fields.join(",");
  });
  const groups = new Map<string, string[]>();
  for (const [fsa, place] of fsas) {
    const key = `${numberOf(place).toString(36)}:${fsa.charAt(0)}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [fsa.slice(1)]);
    else group.push(fsa.slice(1));
  }
  const fsaGroups = [...groups].map(([key, codes]) => `${key}${codes.join("")}`).join(" ");
  return `${JSON.stringify({ places, zipRuns: runs.join(" "), fsaGroups }, undefined, 2)}\n`;
}

if (import.meta.main) {
  const path = new URL("../../src/compliance/data/postal-table.json", import.meta.url);
  const wanted = postalTableFile();
  if (!process.argv.includes("--check")) await writeFile(path, wanted);
  else if ((await readFile(path, "utf8")) !== wanted) {
    process.stderr.write(
      "src/compliance/data/postal-table.json is not what its sources say: run node scripts/geography/postal-table.ts\n",
    );
    process.exitCode = 1;
  }
}
