// Single values of a row of a file: the rules that hold for ids of any kind, and how values are shown in messages.

import type { RowProblem } from "./plan.ts";

const MAX_ID_LENGTH = 256;

/** A visible excerpt of a value for messages: quoted, control characters escaped, cut at 60 characters. */
export function shown(value: string): string {
  return JSON.stringify(value.length > 60 ? `${value.slice(0, 57)}…` : value);
}

/** Up to eight names, then how many more. */
export function listed(names: readonly string[]): string {
  if (names.length === 0) return "none";
  return names.length <= 8 ? names.join(", ") : `${names.slice(0, 8).join(", ")} and ${names.length - 8} more`;
}

/**
 * What is wrong with an identifier, or undefined: it is empty, too long, shortened by a spreadsheet (`1.2E+15`), or cannot be
 * part of a path.
 */
export function idProblem(field: string, value: string): RowProblem<"missing_field" | "malformed_id"> | undefined {
  if (value === "") return { code: "missing_field", field, message: `${field} is empty` };
  const malformed = malformation(value);
  return malformed === undefined ? undefined : { code: "malformed_id", field, message: `${field} ${malformed}` };
}

function malformation(value: string): string | undefined {
  if (value.length > MAX_ID_LENGTH) return `has ${value.length} characters; at most ${MAX_ID_LENGTH} are allowed`;
  if (/^\d(\.\d+)?E\+\d+$/i.test(value))
    return `${shown(value)} looks like a number that a spreadsheet shortened; export the column as text`;
  if (/[\s\p{Cc}\p{Cs}]/u.test(value) || value === "." || value === "..")
    return `${shown(value)} is malformed; an id has no white space and no control characters`;
  return undefined;
}
