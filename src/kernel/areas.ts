// Area codes in words. Pure.

/** Some area codes, or all that are not named elsewhere. */
interface Areas {
  readonly areaCodes: readonly string[];
  readonly others: boolean;
}

/** Most area codes that a sentence names. */
const NAMED = 8;

/** Area codes for people: `the area codes 212 and 813`. */
export function areasText({ areaCodes, others }: Areas, most = NAMED): string {
  if (others) return "all numbers";
  const few = areaCodes.length <= most;
  const shown = few ? areaCodes.join(", ").replace(/, (\d+)$/, " and $1") : `${areaCodes[0]} to ${areaCodes.at(-1)}`;
  if (areaCodes.length === 1) return `the area code ${shown}`;
  return few ? `the area codes ${shown}` : `${areaCodes.length} area codes (${shown})`;
}

/** What is covered, for people: with dates where they differ. */
export function coversText(covers: readonly (Areas & { readonly asOf: string })[], most = NAMED): string {
  const [first] = covers;
  if (first === undefined) return "no area code";
  if (covers.length === 1) return areasText(first, most);
  return covers.map((one) => `${areasText(one, most)}${one.others ? " not named here" : ""} as of ${one.asOf}`).join(", ");
}
