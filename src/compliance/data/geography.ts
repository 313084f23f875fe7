// The tables that come with outdial: area codes, postal codes, countries.

import type { AreaCode, Geography, PostalPlace } from "../geography/types.ts";
import { areaCodeTable, nonGeographicCodes } from "./area-codes.ts";
import countryZones from "./country-zones.json" with { type: "json" };
import numberingPlans from "./numbering-plans.json" with { type: "json" };
import { createPostalTable } from "./postal.ts";

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
