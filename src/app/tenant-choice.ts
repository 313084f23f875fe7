// Which of the tenants named by outdial.yaml is used: chosen by the command line, the environment or `outdial context use`.

import { readFile, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { fileTrouble } from "../kernel/index.ts";
import { makeFolders } from "../store/index.ts";
import { ConfigError } from "./config-error.ts";
import type { ConfigFile } from "./config-schema.ts";
import { type Environment, filled, readSecretFile, secretFrom } from "./environment.ts";
import { STORE_NAME } from "./workplace-folder.ts";

/** File beside the store with the name of the tenant chosen by `outdial context use`. */
const CHOICE = "tenant";
/** Folder of the stores of named tenants. */
const STORES = "tenants";

/** A tenant by its name. */
export interface NamedTenant {
  readonly name: string;
  /** Where it was chosen. */
  readonly from: string;
}

/** Names of the tenants of a configuration; none when it has one tenant without a name. */
export const tenantNames = (file: ConfigFile): readonly string[] => Object.keys(file.tenants ?? {});

/** There are several tenants, and none was chosen. */
export class NoTenantChosen extends ConfigError {}

interface Asked {
  /** From the command line; true when the flag was given without a name. */
  readonly flag: string | true | undefined;
  readonly variable: string | undefined;
  readonly workplace: string;
  readonly path: string | undefined;
}

/** @returns undefined when the configuration names no tenants. Throws ConfigError when it is not clear which one is meant */
export async function chooseTenant(
  file: ConfigFile,
  { flag, variable, workplace, path }: Asked,
): Promise<NamedTenant | undefined> {
  const names = tenantNames(file);
  const allowed = names.join(", ");
  if (flag === true || flag === "")
    throw new ConfigError("--tenant: the name of a tenant is needed", names.length === 0 ? undefined : `Allowed are ${allowed}.`);
  const given = flag ?? variable;
  const from = flag === undefined ? "OUTDIAL_TENANT" : "--tenant";
  if (names.length === 0) {
    if (given === undefined) return undefined;
    throw new ConfigError(
      `${from} is ${given}, and no tenants are named ${path === undefined ? "here: there is no outdial.yaml" : `in ${path}`}`,
      "Name them there: tenants: { prod: { hosts: … }, staging: { hosts: … } }.",
    );
  }
  if (given !== undefined) {
    if (names.includes(given)) return { name: given, from };
    throw new ConfigError(`${from}: ${path} has no tenant ${given}; allowed are ${allowed}`);
  }
  const chosen = await readChoice(workplace);
  if (chosen !== undefined) {
    if (names.includes(chosen)) return { name: chosen, from: "outdial context use" };
    throw new ConfigError(
      `outdial context use chose the tenant ${chosen}, which ${path} does not have any more; allowed are ${allowed}`,
      "Choose another one: outdial context use NAME.",
    );
  }
  const [only] = names;
  if (only !== undefined && names.length === 1) return { name: only, from: `the only one of ${path}` };
  throw new NoTenantChosen(
    `${path} has several tenants (${allowed}), and none is chosen`,
    "Choose one: --tenant NAME, OUTDIAL_TENANT, or outdial context use NAME for this workplace.",
  );
}

/** The name chosen for a workplace. */
async function readChoice(workplace: string): Promise<string | undefined> {
  const text = await readFile(join(workplace, STORE_NAME, CHOICE), "utf8").catch(() => "");
  return text.trim() === "" ? undefined : text.trim();
}

/** Stores a name as the choice of a workplace. Throws ConfigError when it cannot be written. */
export async function keepChoice(workplace: string, name: string): Promise<void> {
  const folder = join(workplace, STORE_NAME);
  try {
    await makeFolders(folder, 0o700);
    await writeFile(join(folder, CHOICE), `${name}\n`, { mode: 0o600 });
  } catch (thrown) {
    throw new ConfigError(
      `cannot write ${join(folder, CHOICE)}: ${fileTrouble(thrown)}`,
      "Without it a tenant is chosen with --tenant NAME or OUTDIAL_TENANT.",
    );
  }
  await hideStores(workplace);
}

/** Keeps data, keys and choices out of a repository. */
export async function hideStores(workplace: string): Promise<void> {
  await writeFile(join(workplace, STORE_NAME, ".gitignore"), "*\n", { flag: "wx" }).catch(() => undefined);
}

/** The folder for the store, keys and calls of a tenant below a folder of stores: two tenants never share a folder. */
export const storeFolderOf = (folder: string, tenant: NamedTenant | undefined): string =>
  tenant === undefined ? folder : join(folder, STORES, tenant.name);

/** A credential of a tenant. */
export type Credential = "CLIENT_ID" | "CLIENT_SECRET" | "ACCESS_KEY_ID" | "ACCESS_KEY_SECRET";

/**
 * The variable of a credential. Each named tenant has its own, `CXONE_PROD_CLIENT_ID`: so the credentials of one are never sent
 * to another one because they were not set.
 */
export const credentialName = (tenantName: string | undefined, credential: Credential): string =>
  tenantName === undefined ? `CXONE_${credential}` : `CXONE_${tenantName.toUpperCase().replaceAll("-", "_")}_${credential}`;

/**
 * A credential of the tenant in use, from its variable; when no variable gives a client, from the file that the configuration names, so that
 * the id of one client never goes with the secret of another. Undefined when there is none. Throws ConfigError.
 */
export async function credentialFrom(
  { named, file, folder }: { readonly named: NamedTenant | undefined; readonly file: ConfigFile; readonly folder: string },
  environment: Environment,
  credential: Credential,
): Promise<string | undefined> {
  const nameOf = (one: Credential) => credentialName(named?.name, one);
  const { clientIdFile, clientSecretFile } = file.tenant?.token ?? {};
  const path = credential === "CLIENT_ID" ? clientIdFile : credential === "CLIENT_SECRET" ? clientSecretFile : undefined;
  const isGiven = (["CLIENT_ID", "CLIENT_SECRET"] as const)
    .flatMap((one) => [environment[nameOf(one)], environment[`${nameOf(one)}_FILE`]])
    .some((one) => filled(one) !== undefined);
  if (path === undefined || isGiven) return await secretFrom(environment, nameOf(credential));
  return await readSecretFile(resolve(folder, path), "tenant.token");
}
