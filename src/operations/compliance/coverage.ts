// Which area codes the files of do-not-call registries cover, and as of which date: read from a person's words, shown to people. Pure.

import { areaCodesOf, hasAreaCodes, placesOfAreaCode } from "../../compliance/index.ts";
import { areaCodeOf, type CoveredArea, OTHERS, type PhoneKey, RegistryCoverage, type RegistryFile } from "../../store/index.ts";
import { OperationError } from "../error.ts";
import type { RegistryCovers, RegistryView } from "../views/schemas/compliance.ts";
import type { SuppressionView } from "../views/schemas/opt-outs.ts";
import { timeText } from "../views/texts.ts";

/** What a person says that a registry file covers: all numbers of the registry, or some area codes. */
export type StatedCovers = "all" | ReadonlySet<number>;

/** Whether the files of a registry can be of single area codes. */
export function isByAreaCode(registry: string): boolean {
  return hasAreaCodes(registry.slice(0, 2));
}

/** Reads `all`, or area codes and states separated by commas. Throws OperationError `invalid_input`. */
export function statedCovers(text: string, registry: string): StatedCovers {
  const wrong = (what: string) => new OperationError("invalid_input", `covers: ${what}`);
  const words = text.split(",").map((word) => word.trim().toUpperCase());
  if (words.length === 1 && words[0] === "ALL") return "all";
  if (!isByAreaCode(registry)) throw wrong(`numbers of ${registry} have no area codes: a file of it covers all`);
  const country = registry.slice(0, 2);
  const codes = words.flatMap((word) => {
    if (/^[2-9]\d\d$/.test(word)) return [Number(word)];
    const found = /^([A-Z]{2}-)?[A-Z]{2}$/.test(word) ? areaCodesOf(country, word.replace(`${country}-`, "")) : [];
    if (found.length > 0) return found;
    throw wrong(
      `${JSON.stringify(word)} is neither an area code, such as 212, nor a state of ${country}, such as NY; all stands alone`,
    );
  });
  return new Set(codes);
}

/** Area codes by their date, the oldest first. Those that have the date of all others are not named. */
function coversOf(areas: readonly Omit<CoveredArea, "numbers">[]): RegistryCovers[] {
  return [...Map.groupBy(areas, ({ asOf }) => asOf)]
    .map(([asOf, of]) => {
      const others = of.some(({ areaCode }) => areaCode === OTHERS);
      return { asOf, others, areaCodes: others ? [] : of.map(({ areaCode }) => String(areaCode)).sort() };
    })
    .sort((a, b) => (a.asOf < b.asOf ? -1 : 1));
}

/** Each registry of which files are in force. */
export function registriesOf(files: readonly RegistryFile[]): RegistryView[] {
  return [...Map.groupBy(files, ({ registry }) => registry)].map(([registry, of]) => {
    const areas = of.flatMap((file) => file.covers);
    const covers = coversOf(areas);
    return {
      registry,
      asOf: covers[0]?.asOf ?? "",
      loadedAt: timeText(Math.max(...of.map(({ loadedAt }) => loadedAt))),
      numbers: areas.reduce((sum, { numbers }) => sum + numbers, 0),
      covers,
    };
  });
}

/** The registries that a number is checked against by its own place, each with the date of the file that covers it. */
export function checkedAgainst(number: PhoneKey, files: readonly RegistryFile[]): SuppressionView["checkedAgainst"] {
  const coverage = new RegistryCoverage(files);
  const areaCode = areaCodeOf(number);
  const place = placesOfAreaCode(areaCode);
  const lists =
    place.length > 0
      ? [place[0] ?? "", ...place.slice(1).filter((state) => coverage.registries.includes(state))]
      : coverage.registries.filter((registry) => isByAreaCode(registry) === (areaCode !== OTHERS));
  return lists.map((registry) => ({ registry, asOf: coverage.of(registry, areaCode)?.asOf ?? null }));
}
