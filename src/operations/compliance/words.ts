// The do-not-call lists in words.

import type { CompanyListView } from "../views/schemas/compliance.ts";

/** The state of the company's own list. */
export function companyListWords({ state, since, at, source, by }: CompanyListView): string {
  if (state === "declared-empty") return `declared empty by ${by}, ${at}: ${source}`;
  return `${source}, loaded ${at} by ${by}${since === at ? "" : `, here since ${since}`}`;
}

/** The warning above every answer from a database that was set back. */
export function setBackWords({ message }: { readonly message: string }): string {
  return `the database was set back or replaced; newer entries, also opt-outs, may be missing: ${message}`;
}
