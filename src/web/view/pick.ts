// The options of a list for choosing a campaign. Pure.

/** Stands for a campaign that is not in the list. Ids never contain a space. */
export const OTHER = "another one";
/** Longest name in the list, characters: the list is as wide as its longest line. */
const LONGEST = 60;

/**
 * Options of a list: none, every campaign by name, the chosen one even when it is unknown, and one for entering another id.
 * @param none text of the empty choice
 */
export function pickable(
  campaigns: readonly { readonly id: string; readonly name: string }[],
  chosen: string,
  none: string,
): readonly (readonly [string, string])[] {
  const named = campaigns.map(({ id, name }) => [id, lineOf(id, name)] as const);
  const unknown = chosen === "" || campaigns.some(({ id }) => id === chosen) ? [] : [[chosen, chosen] as const];
  return [
    ["", none],
    ...named.toSorted(([, a], [, b]) => a.localeCompare(b, "en")),
    ...unknown,
    [OTHER, "Another one, by its id …"],
  ];
}

function lineOf(id: string, name: string): string {
  const told = name.trim();
  if (told === "" || told === id) return id;
  // Not between the two halves of a surrogate pair.
  const cut = told.slice(0, LONGEST).replace(/[\uD800-\uDBFF]$/, "");
  return `${told.length > LONGEST ? `${cut}…` : told} (${id})`;
}
