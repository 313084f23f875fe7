// Which store and which tenant a command used, and the dates of the do-not-call lists. Pure text.

import type { Standing } from "../app/index.ts";
import { coversText } from "../kernel/index.ts";
import { printable } from "./text.ts";

/** @param lists whether to include the company's list and the registries */
export function standingLines({ store, tenant, tenantName, companyList: list, registries }: Standing, lists: boolean): string[] {
  const where = tenant === null ? "none configured" : printable(tenant);
  const place = `store ${printable(store)} · tenant ${tenantName === null ? where : `${printable(tenantName)} (${where})`}`;
  if (!lists) return [place];
  const own =
    list === null
      ? "NOT loaded and not declared empty"
      : list.state === "declared-empty"
        ? `declared empty by ${printable(list.by)}, ${list.at}`
        : `${printable(list.source)}, loaded ${list.at}${list.since === list.at ? "" : `, here since ${list.since}`}`;
  const files = registries.map(
    ({ registry, asOf, loadedAt, covers }) => `${registry} of ${asOf}, loaded ${loadedAt}, covers ${coversText(covers)}`,
  );
  return [place, `company's do-not-call list: ${own}`, `registries: ${files.length === 0 ? "none loaded" : files.join(" · ")}`];
}
