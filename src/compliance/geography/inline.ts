// The geography that a pack brings itself, as lookups.

import type { InlineGeography } from "../pack/schema.ts";
import { normalisePostal } from "./numbers.ts";
import type { AreaCode, Geography, PostalPlace } from "./types.ts";

/** Splits "US-FL" into country and state. */
function splitJurisdiction(id: string): { country: string; state: string | undefined } {
  const [country = id, state] = id.split("-");
  return { country, state };
}

/** @param version its name in the record of a decision */
export function geographyOf(data: InlineGeography, version: string): Geography {
  const areaCodes = new Map<number, AreaCode>();
  for (const [code, { jurisdiction, zones }] of Object.entries(data.areaCodes)) {
    const { country, state } = splitJurisdiction(jurisdiction);
    areaCodes.set(Number(code), { country, states: state === undefined ? [] : [state], zones });
  }
  const nonGeographic = new Set(data.nonGeographic.map(Number));
  const places = new Map<string, PostalPlace>();
  const postal = new Map<string, PostalPlace>();
  for (const [code, { jurisdiction, zone }] of Object.entries(data.postal)) {
    const { country, state = "" } = splitJurisdiction(jurisdiction);
    const key = `${jurisdiction} ${zone}`;
    const place = places.get(key) ?? { country, state, zones: [zone] };
    places.set(key, place);
    postal.set(normalisePostal(code) ?? code, place);
  }
  const none: readonly string[] = [];
  return {
    version,
    areaCode: (code) => areaCodes.get(code),
    isNonGeographic: (code) => nonGeographic.has(code),
    postal: (code) => postal.get(code),
    countryZones: (country) => data.countries[country] ?? none,
  };
}
