// What a command worked with, for a person to check: which store, which tenant, and since when the store has the lists.

import { companyListOf, registriesOf, setBackWords } from "../operations/index.ts";
import type { Store } from "../store/index.ts";
import type { Config, Standing } from "./config.ts";

/** The place of a store, for people: without user and password. */
export function storeName({ databaseUrl, dir }: Pick<Config, "databaseUrl" | "dir">): string {
  if (databaseUrl === undefined) return dir;
  // A URL for a socket has no host between @ and /.
  const { hostname, port, pathname } = new URL(databaseUrl.replaceAll(" ", "%20").replace("@/", "@socket/"));
  return `postgres://${hostname}${port === "" ? "" : `:${port}`}${pathname}`;
}

/** The tenant's address; null when none is configured. */
export function tenantAddress({ tenantUrl, file }: Pick<Config, "tenantUrl" | "file">): string | null {
  const hosts = tenantUrl ?? file.tenant?.hosts;
  if (hosts === undefined || typeof hosts === "string") return hosts ?? null;
  return hosts.default ?? hosts.outbound ?? Object.values(hosts)[0] ?? null;
}

/** The tenant of a configuration, as it is shown; null without an address. */
export function tenantShown(config: Config): { readonly name: string | null; readonly address: string } | null {
  const address = tenantAddress(config);
  return address === null ? null : { name: config.named?.name ?? null, address };
}

/** The state of an open store. */
export async function standingOf(config: Config, { facts, audit }: Pick<Store, "facts" | "audit">): Promise<Standing> {
  const [conflict] = audit.held;
  const [list, files] = await Promise.all([facts.companyList(), facts.registryFiles()]);
  return {
    store: storeName(config),
    tenant: tenantAddress(config),
    tenantName: config.named?.name ?? null,
    companyList: list === undefined ? null : companyListOf(list),
    registries: registriesOf(files),
    setBack: conflict === undefined ? null : setBackWords(conflict),
  };
}
