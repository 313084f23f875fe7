// What the lists of whom not to call are, in words.

import type { CompanyListView } from "../views/schemas/compliance.ts";

/** How the company's own list came here. */
export function companyListWords({ state, since, at, source, by }: CompanyListView): string {
  if (state === "declared-empty") return `declared empty by ${by}, ${at}: ${source}`;
  return `${source}, loaded ${at} by ${by}${since === at ? "" : `, here since ${since}`}`;
}

/** What stands above every answer from a database that was set back. */
export function setBackWords({ message }: { readonly message: string }): string {
  return `the database was set back or replaced, and may lack what was added since, opt-outs too: ${message}`;
}
