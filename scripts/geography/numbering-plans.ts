// What src/compliance/data/numbering-plans.json holds: the countries and the pattern of national numbers of each calling code, taken from libphonenumber.

import metadata from "libphonenumber-js/min/metadata";

/**
 * The general pattern of national numbers. It admits reserved ranges such as the United Kingdom's numbers for drama, which the library's
 * patterns by type of line would refuse; those reach nobody.
 */
const NATIONAL_PATTERN = 2;

/** The text of the generated file. */
export function numberingPlans(): string {
  const patternOf = (plan: readonly unknown[] | undefined) => plan?.[NATIONAL_PATTERN];
  const rows = [
    ...Object.entries(metadata.country_calling_codes).map(([code, countries]) => ({
      code,
      countries,
      patterns: countries.map((country) => patternOf(metadata.countries[country])),
    })),
    ...Object.entries(metadata.nonGeographic).map(([code, plan]) => ({ code, countries: [], patterns: [patternOf(plan)] })),
  ].flatMap(({ code, countries, patterns }) => {
    const known = patterns.filter((pattern) => typeof pattern === "string").map((pattern) => `(?:${pattern})`);
    return known.length === 0 ? [] : [`  "${code}": ${JSON.stringify({ countries, pattern: known.join("|") })}`];
  });
  return `{\n${rows.join(",\n")}\n}\n`;
}
