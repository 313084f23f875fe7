// What the lists of whom not to call are, in words.

import type { CompanyListView } from "../views/schemas/compliance.ts";

/** How the company's own list came here. */
export function companyListWords({ state, since, at, source, by }: CompanyListView): string {
  if (state === "declared-empty") return `declared empty by ${by}, ${at}: ${source}`;
  return `${source}, loaded ${at} by ${by}${since === at ? "" : `, here since ${since}`}`;
}
