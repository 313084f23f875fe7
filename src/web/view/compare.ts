// The comparison in a report: as the form has it, and in the syntax of the address and the API. Pure.

/** What two groups of calls can differ in. */
export const DIFFER = [
  ["hour", "Hours of the day"],
  ["weekday", "Days of the week"],
  ["agent", "Agents"],
  ["list", "Lists"],
  ["attempt", "Attempts"],
  ["code", "Disposition codes"],
  ["campaign", "Campaigns"],
] as const;
type Differ = (typeof DIFFER)[number][0];

/** Ways to compare, as a person chooses them. */
export const WAYS = [
  ["", "Period, campaigns"],
  ["previous", "The period before"],
  ["campaign", "Each campaign with the others"],
  ["agent", "Each agent with the others"],
  ["list", "Each list with the others"],
  ["attempt", "Each attempt with the others"],
  ["hour", "Each hour with the others"],
  ["weekday", "Each day of the week with the others"],
  ["groups", "Two groups of calls"],
] as const;
export type Way = (typeof WAYS)[number][0];

export interface Compared {
  readonly way: Way;
  /** For two groups: in what they differ, and the values of each, separated by commas. */
  readonly differ: Differ;
  readonly first: string;
  readonly second: string;
}

const NONE: Compared = { way: "", differ: "hour", first: "", second: "" };

/** The form's values for the text of an address. @returns undefined: conditions for which the form has no fields */
export function comparedOf(words: string): Compared | undefined {
  const way = WAYS.find(([key]) => key === words.trim() && key !== "groups")?.[0];
  if (way !== undefined) return { ...NONE, way };
  const [first, second, ...more] = words.split(/\s+vs\s+/).map(sideOf);
  if (first === undefined || second === undefined || more.length > 0 || first.differ !== second.differ) return undefined;
  return { way: "groups", differ: first.differ, first: first.values, second: second.values };
}

/** The text for the form's values. @returns "" when a group is empty */
export function comparedWords({ way, differ, first, second }: Compared): string {
  if (way !== "groups") return way;
  const [a, b] = [first, second].map((values) => valuesOf(values).map(escaped).join("|"));
  return a === "" || b === "" ? "" : `${differ}=${a} vs ${differ}=${b}`;
}

const valuesOf = (text: string) =>
  text
    .split(",")
    .map((value) => value.trim())
    .filter(Boolean);
const escaped = (value: string) => value.replaceAll(/[\\|]/g, String.raw`\$&`);

function sideOf(side: string): { readonly differ: Differ; readonly values: string } | undefined {
  const equals = side.indexOf("=");
  const differ = DIFFER.find(([key]) => key === side.slice(0, Math.max(0, equals)).trim())?.[0];
  const values = side.slice(equals + 1);
  // A comma begins another condition, or is part of a value: the form has fields for neither.
  if (differ === undefined || values.includes(",")) return undefined;
  return { differ, values: (values.match(/(?:\\.|[^|\\])+/g) ?? []).map((value) => value.replaceAll(/\\(.)/g, "$1")).join(", ") };
}
