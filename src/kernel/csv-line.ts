// Writing CSV (RFC 4180) that a spreadsheet opens without running anything. Pure.

/** One line without its end. Text that a spreadsheet would take for a formula is marked as text; what is neither text nor number is written as JSON. */
export function csvLine(values: readonly unknown[]): string {
  return values
    .map((value) => {
      const text = cellText(value);
      const safe = typeof value !== "number" && /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
      return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
    })
    .join(",");
}

/** A value as the text of a cell; empty for none. */
export function cellText(value: unknown): string {
  if (value === undefined || value === null) return "";
  return typeof value === "string" ? value : JSON.stringify(value);
}
