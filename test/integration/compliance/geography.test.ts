// The tables of places against their sources: every difference is settled, and what is checked in is what the sources say.

import { readFile } from "node:fs/promises";
import { beforeAll, expect, test } from "vitest";
import { areaCodeDifferences } from "../../../scripts/geography/check-area-codes.ts";
import { countryZonesFile } from "../../../scripts/geography/country-zones.ts";
import { fsaPlaces, postalTableFile, zipPlaces } from "../../../scripts/geography/postal-table.ts";
import { createBuiltinGeography } from "../../../src/compliance/index.ts";

let zips: [string, string][] = [];
let fsas: [string, string][] = [];
beforeAll(() => {
  zips = zipPlaces();
  fsas = fsaPlaces();
});

const source = (name: string) => readFile(new URL(`../../../src/compliance/data/${name}`, import.meta.url), "utf8");

test("every difference between the area codes and their two sources has been settled", async () => {
  const { differences, areaCodes, places } = await areaCodeDifferences();
  expect(differences.filter(({ settled }) => settled === undefined)).toEqual([]);
  expect(differences.length).toBeGreaterThan(0);
  expect(areaCodes).toBeGreaterThan(450);
  expect(places).toBeGreaterThan(100_000);
});

test("the packed postal table is what its sources say, and unpacks to every code of theirs", async () => {
  expect(await source("postal-table.json")).toBe(postalTableFile(zips, fsas));
  const geography = createBuiltinGeography();
  const wrong: string[] = [];
  for (const [code, place] of zips) {
    const found = geography.postal(code);
    if (found === undefined || `${found.country} ${found.state} ${found.zones.join(" ")}` !== place) wrong.push(code);
  }
  for (const [fsa, place] of fsas) {
    const found = geography.postal(`${fsa}1A1`);
    if (found === undefined || `${found.country} ${found.state} ${found.zones.join(" ")}` !== place) wrong.push(fsa);
  }
  expect(wrong).toEqual([]);
});

test("the zones of countries are those of this Node's territory data", async () => {
  expect(await source("country-zones.json")).toBe(countryZonesFile());
});

test("docs/rule-packs.md counts them right", async () => {
  const document = await readFile(new URL("../../../docs/rule-packs.md", import.meta.url), "utf8");
  const several = (places: [string, string][]) => places.filter(([, place]) => place.split(" ").length > 3).length;
  expect(document).toContain(`${zips.length.toLocaleString("en")} US ZIP codes, ${several(zips)} of them`);
  expect(document).toContain(`${fsas.length.toLocaleString("en")} Canadian forward sortation areas, ${several(fsas)} of them`);
});
