// PostgreSQL array literals for bulk statements. The driver's own encoder visits every value through several layers; on the path of every
// tagged call this one pass over strings is worth its few lines. Pure.

/** `{1,2,NULL}` for int[], bigint[], float8[]. */
export function numberArray(values: readonly (number | null)[]): string {
  let out = "{";
  for (let i = 0; i < values.length; i++) out += `${i === 0 ? "" : ","}${values[i] ?? "NULL"}`;
  return `${out}}`;
}

/** `{"a","b\"c",NULL}` for text[]. NUL, which PostgreSQL cannot keep, becomes U+FFFD. */
export function textArray(values: readonly (string | null)[]): string {
  let out = "{";
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    if (i > 0) out += ",";
    out += value === null || value === undefined ? "NULL" : `"${escaped(value)}"`;
  }
  return `${out}}`;
}

function escaped(value: string): string {
  const safe = value.includes("\0") ? value.replaceAll("\0", "\ufffd") : value;
  return safe.includes('"') || safe.includes("\\") ? safe.replace(/["\\]/g, "\\$&") : safe;
}
