// A change of a value as text. Pure.

/**
 * A value of settings in the form for people: text unchanged, nothing as a dash, texts of a list one after another, the rest as
 * JSON.
 */
export function valueText(value: unknown): string {
  if (value === null || value === undefined) return "–";
  if (Array.isArray(value) && value.length > 0 && value.every((one) => typeof one === "string")) return value.join(", ");
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** Leaves of a JSON value with their paths: `concurrency.max_agents`. An empty object or array is a leaf. */
export function leavesOf(value: unknown, path = ""): readonly (readonly [path: string, value: unknown])[] {
  if (typeof value !== "object" || value === null || Object.keys(value).length === 0) return path === "" ? [] : [[path, value]];
  return Object.entries(value).flatMap(([name, inner]) => leavesOf(inner, path === "" ? name : `${path}.${name}`));
}

/** It is stored with the settings, and changes with each write. */
export const VERSION_TAG = "versionTag";

/** Whether two settings are equal, whatever their order and their version tag. */
export function sameSettings(one: unknown, other: unknown): boolean {
  const told = (value: unknown) =>
    leavesOf(value)
      .flatMap(([path, leaf]) => (path === VERSION_TAG || leaf === null ? [] : [`${path} ${JSON.stringify(leaf)}`]))
      .sort()
      .join("\n");
  return told(one) === told(other);
}

/** The value at `a.b` in a JSON value; undefined when there is none. */
export function readPath(value: unknown, path: string): unknown {
  return path
    .split(".")
    .reduce<unknown>(
      (at, name) => (typeof at === "object" && at !== null ? new Map(Object.entries(at)).get(name) : undefined),
      value,
    );
}
