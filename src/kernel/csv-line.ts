// Writing CSV (RFC 4180) that a spreadsheet opens without evaluating a formula. Pure.

/**
 * One line without a line end. Text that a spreadsheet would take for a formula gets an apostrophe in front. A value that is
 * neither text nor number is written as JSON, null and undefined as an empty cell.
 */
export function csvLine(values: readonly unknown[]): string {
  return values
    .map((value) => {
      const text = cellText(value);
      const safe = typeof value !== "number" && /^\s*[=+\-@]|^[\t\r]/.test(text) ? `'${text}` : text;
      return /[",;\t\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
    })
    .join(",");
}

/** The text of a cell; empty for null and undefined. */
export function cellText(value: unknown): string {
  if (value === undefined || value === null) return "";
  return typeof value === "string" ? value : JSON.stringify(value);
}
