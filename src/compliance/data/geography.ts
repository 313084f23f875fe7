// The tables that come with outdial: area codes, postal codes, countries.

import type { AreaCode, Geography, PostalPlace } from "../geography/types.ts";
import { areaCodeTable, nonGeographicCodes } from "./area-codes.ts";
import countryZones from "./country-zones.json" with { type: "json" };
import numberingPlans from "./numbering-plans.json" with { type: "json" };

/** The date of the tables; part of the record of every decision made with them. */
const VERSION = "builtin-2026-11-2";

/** Loads the tables. The postal table is unpacked when the first postal code is looked up. */
export function createBuiltinGeography(): Geography {
  const areaCodes: readonly (AreaCode | undefined)[] = areaCodeTable();
  const nonGeographic = nonGeographicCodes();
  const countries = new Map<string, readonly string[]>(Object.entries(countryZones));
  let lookUpPostal: ((code: string) => PostalPlace | undefined) | undefined;
  return {
    version: VERSION,
    areaCode: (code) => areaCodes[code],
    isNonGeographic: (code) => nonGeographic.has(code),
    postal: (code) => {
      lookUpPostal ??= createPostalTable();
      return lookUpPostal(code);
    },
    countryZones: (country) => countries.get(country) ?? [],
  };
}

/** Whether numbers of a country have area codes of the North American plan. */
export function hasAreaCodes(country: string): boolean {
  return numberingPlans["1"].countries.includes(country);
}

/** The area codes of a state, ascending; empty when it is not known. */
export function areaCodesOf(country: string, state: string): readonly number[] {
  return [...areaCodeTable().entries()].flatMap(([code, area]) =>
    area?.country === country && area.states.includes(state) ? [code] : [],
  );
}

/** The country of an area code and its states, such as US and US-NY; empty when it has no place. */
export function placesOfAreaCode(code: number): readonly string[] {
  const area = areaCodeTable()[code];
  return area === undefined
    ? []
    : [area.country, ...area.states.filter((state) => state !== "").map((state) => `${area.country}-${state}`)];
}

// Unpacks the table of postal codes: about 42,000 US ZIP codes and 1,600 Canadian forward sortation areas (FSA) in 13 kB.

// `places`: "country state zones", numbered from 0. `zipRuns`: in base 36, codes skipped since the last run, length less one, number
// of the place. `fsaGroups`: number of the place in base 36, first letter, then two characters for each FSA.
import packed from "./postal-table.json" with { type: "json" };

const ZIP = /^\d{5}$/;
const FSA_LENGTH = 3;
const CANADIAN = /^[A-Z]\d[A-Z]/;

/**
 * The place of a postal code. A code that is not in use yet gets the place of its neighbours: a ZIP between two of one state in a
 * three-digit area, an FSA whose first two characters have only one place. Military post has none.
 *
 * @returns a function that takes the five digits of a ZIP, or a Canadian code in upper case without the space (only its FSA is
 * used)
 */
function createPostalTable(): (code: string) => PostalPlace | undefined {
  const places = packed.places.map((line): PostalPlace => {
    const [country = "", state = "", ...zones] = line.split(" ");
    return { country, state, zones };
  });
  const zips = new Int16Array(100_000).fill(-1);
  let next = 0;
  for (const run of packed.zipRuns.split(" ")) {
    const [skipped = 0, more = 0, place = -1] = run.split(",").map((field) => Number.parseInt(field, 36));
    const first = next + skipped;
    next = first + more + 1;
    zips.fill(place, first, next);
  }
  const fsas = new Map<string, PostalPlace | undefined>();
  /** Places by the first two characters; undefined where their FSAs lie in several places. */
  const areas = new Map<string, PostalPlace | undefined>();
  for (const group of packed.fsaGroups.split(" ")) {
    const [place = "", codes = ""] = group.split(":");
    const letter = codes.charAt(0);
    const found = places[Number.parseInt(place, 36)];
    for (let at = 1; at < codes.length; at += FSA_LENGTH - 1) {
      const fsa = letter + codes.slice(at, at + FSA_LENGTH - 1);
      const area = fsa.slice(0, 2);
      fsas.set(fsa, found);
      areas.set(area, areas.has(area) && areas.get(area) !== found ? undefined : found);
    }
  }
  return (code) => {
    if (ZIP.test(code)) return places[zips[Number(code)] ?? -1];
    return CANADIAN.test(code) ? (fsas.get(code.slice(0, FSA_LENGTH)) ?? areas.get(code.slice(0, 2))) : undefined;
  };
}
