// Canonical JSON (RFC 8785, JCS): one text for one value, so that hashes and signatures over JSON are stable.

/**
 * The canonical text of a JSON value: keys sorted by UTF-16 code units, no white space, numbers as ECMAScript writes them. Object
 * members whose value is undefined are left out. Throws TypeError for a value that JSON does not have (NaN, functions, bigint).
 */
export function canonicalJson(value: unknown): string {
  switch (typeof value) {
    case "string":
      return JSON.stringify(value);
    case "boolean":
      return value ? "true" : "false";
    case "number":
      if (!Number.isFinite(value)) throw new TypeError(`canonical JSON has no ${value}`);
      return JSON.stringify(value);
    case "object":
      break;
    default:
      throw new TypeError(`canonical JSON has no ${typeof value}`);
  }
  if (value === null) return "null";
  if (Array.isArray(value)) return `[${value.map((item) => canonicalJson(item)).join(",")}]`;
  if (value instanceof Date) return JSON.stringify(value);
  const members = value as Readonly<Record<string, unknown>>;
  let text = "";
  // `sort` without a comparison function compares UTF-16 code units.
  for (const key of Object.keys(value).sort()) {
    const member = members[key];
    if (member !== undefined) text += `${text === "" ? "" : ","}${JSON.stringify(key)}:${canonicalJson(member)}`;
  }
  return `{${text}}`;
}

/** A value of JSON that nothing changes: what a schema parses, all of it read-only. */
export type DeepReadonly<T> = T extends object ? { readonly [Name in keyof T]: DeepReadonly<T[Name]> } : T;
