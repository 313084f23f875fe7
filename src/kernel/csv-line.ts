// Writing CSV (RFC 4180) that a spreadsheet opens without evaluating a formula. Pure.

/**
 * Whether a spreadsheet would take a text for a formula: it begins with one of the signs that OWASP lists, plain or in another form
 * of the same character (full width, small, raised), which some spreadsheets read as the plain one.
 */
function isFormula(text: string): boolean {
  return /^[\t\r]/.test(text) || /^[=+\-@]/.test(text.trimStart().slice(0, 1).normalize("NFKC"));
}

/**
 * One line without a line end. Text that a spreadsheet would take for a formula gets an apostrophe in front. A value that is
 * neither text nor number is written as JSON, null and undefined as an empty cell.
 */
export function csvLine(values: readonly unknown[]): string {
  return values
    .map((value) => {
      const text = cellText(value).toWellFormed();
      const safe = typeof value !== "number" && isFormula(text) ? `'${text}` : text;
      return /[",;\t\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
    })
    .join(",");
}

/** A cell of such a line as it was before it got its apostrophe. */
export function unmarkedCell(cell: string): string {
  return cell.startsWith("'") && isFormula(cell.slice(1)) ? cell.slice(1) : cell;
}

/** The text of a cell; empty for null and undefined. */
export function cellText(value: unknown): string {
  if (value === undefined || value === null) return "";
  return typeof value === "string" ? value : JSON.stringify(value);
}
