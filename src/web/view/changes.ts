// A change of a value as text. Pure.

/** A value of settings as people read it: text bare, nothing as a dash, texts of a list behind one another, the rest as JSON. */
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

/** Stands beside the settings, and is another one after each write. */
export const VERSION_TAG = "versionTag";

/** Whether two settings say the same, whatever their order and their version tag. */
export function sameSettings(one: unknown, other: unknown): boolean {
  const told = (value: unknown) =>
    leavesOf(value)
      .flatMap(([path, leaf]) => (path === VERSION_TAG || leaf === null ? [] : [`${path} ${JSON.stringify(leaf)}`]))
      .sort()
      .join("\n");
  return told(one) === told(other);
}

/** Reads `a.b` of a JSON value; undefined where there is none. */
export function readPath(value: unknown, path: string): unknown {
  return path
    .split(".")
    .reduce<unknown>(
      (at, name) => (typeof at === "object" && at !== null ? new Map(Object.entries(at)).get(name) : undefined),
      value,
    );
}
