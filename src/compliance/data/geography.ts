// The tables that come with outdial: area codes, postal codes, countries.

import type { AreaCode, Geography, PostalPlace } from "../geography/types.ts";
import { areaCodeTable, nonGeographicCodes } from "./area-codes.ts";
import { COUNTRY_ZONES } from "./country-zones.ts";
import { NUMBERING_PLANS } from "./numbering-plans.ts";
import { createPostalTable } from "./postal.ts";

/** The date of the tables; part of the record of every decision made with them. */
const VERSION = "builtin-2026-11-2";

/** Loads the tables. The postal table is unpacked when the first postal code is looked up. */
export function createBuiltinGeography(): Geography {
  const areaCodes: readonly (AreaCode | undefined)[] = areaCodeTable();
  const nonGeographic = nonGeographicCodes();
  const countries = new Map(
    COUNTRY_ZONES.trim()
      .split("\n")
      .map((line): [string, readonly string[]] => {
        const [country = "", ...zones] = line.split(" ");
        return [country, zones];
      }),
  );
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
  northAmerica ??= new Set(/^1 (\S+)/m.exec(NUMBERING_PLANS)?.[1]?.split(","));
  return northAmerica.has(country);
}
let northAmerica: ReadonlySet<string> | undefined;

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
