// Writes src/compliance/data/country-zones.json: every zone of every country outside the North American numbering plan, from the territory
// data of this Node's Intl (CLDR).
//
//   node scripts/geography/country-zones.ts [--check]

import { readFile, writeFile } from "node:fs/promises";
import { getCountries, getCountryCallingCode } from "libphonenumber-js/max";

/** Stations and islets that no dialer calls, in zones of their own. */
const UNINHABITED = /^Antarctica\//;
/** Countries that Intl places nowhere or by an outdated name. */
const CORRECTED: Readonly<Record<string, readonly string[]>> = {
  AC: ["Atlantic/St_Helena"],
  TA: ["Atlantic/St_Helena"],
  XK: ["Europe/Belgrade"],
};

function zonesOf(country: string): readonly string[] {
  const locale = new Intl.Locale(`und-${country}`) as Intl.Locale & { getTimeZones?: () => string[] | undefined };
  const zones = (locale.getTimeZones?.() ?? []).filter((zone) => !UNINHABITED.test(zone));
  return zones.length > 0 ? zones : (CORRECTED[country] ?? []);
}

/** The generated file: what src/compliance/data/country-zones.json must be. */
export function countryZonesFile(): string {
  const lines = getCountries()
    .filter((country) => getCountryCallingCode(country) !== "1")
    .sort()
    .map((country) => `  ${JSON.stringify(country)}: ${JSON.stringify(zonesOf(country))}`);
  return `{\n${lines.join(",\n")}\n}\n`;
}

if (import.meta.main) {
  const path = new URL("../../src/compliance/data/country-zones.json", import.meta.url);
  const wanted = countryZonesFile();
  if (!process.argv.includes("--check")) await writeFile(path, wanted);
  else if ((await readFile(path, "utf8")) !== wanted) {
    process.stderr.write(
      "src/compliance/data/country-zones.json is not what this Node says: run node scripts/geography/country-zones.ts\n",
    );
    process.exitCode = 1;
  }
}
