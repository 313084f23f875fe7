// Creates a workplace: outdial.yaml, and the store with the key of its audit log. Existing parts stay as they are.

import { stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileTrouble, messageOf } from "../kernel/index.ts";
import { makeFolders } from "../store/index.ts";
import type { Profile } from "../tenant/index.ts";
import { type Flags, hideStores, loadConfig } from "./config.ts";
import { ConfigError } from "./config-error.ts";
import type { Environment } from "./environment.ts";
import { storeName, tenantAddress } from "./standing.ts";
import { storeIfAny, storeOf } from "./store-of-config.ts";
import { CONFIG_NAME, findWorkplace, STORE_NAME } from "./workplace-folder.ts";

/** A workplace as it was created or found. */
export interface InitReport {
  readonly folder: string;
  /** Path of its outdial.yaml. */
  readonly config: string;
  /** Folder of the embedded store, or the database's address without user and password. */
  readonly store: string;
  readonly tenant: string | null;
  /** Its name in outdial.yaml; null when that has one tenant without a name. */
  readonly tenantName: string | null;
  /** What was created. */
  readonly made: readonly ("config" | "store")[];
}

/** The workplace above a folder that is not one itself; undefined when there is none. */
export async function workplaceAbove(folder: string): Promise<string | undefined> {
  const found = await findWorkplace(folder);
  return found === undefined || found.folder === folder ? undefined : found.folder;
}

/** A sandbox tenant that a workplace is made for. */
interface SandboxTenant {
  listen(where: { readonly port: number }): Promise<{ readonly url: string }>;
  readonly ready: { readonly clientId: string; readonly clientSecret: string };
}

const SANDBOX_FILES = { clientId: `${STORE_NAME}/sandbox/client-id`, clientSecret: `${STORE_NAME}/sandbox/client-secret` };

/** The profile is that of the flag, or of the variable; undefined when neither names one. */
export type InitFlags = Flags & { readonly profile?: Profile | undefined };

/**
 * Starts a sandbox tenant, at the address that the workplace has for one, and makes the workplace with the files of its credentials. Throws
 * ConfigError when the folder is of another tenant, or the sandbox runs already; StoreError
 */
export async function initSandbox(
  folder: string,
  tenant: SandboxTenant,
  flags: InitFlags,
  environment: Environment,
): Promise<InitReport> {
  const config = join(folder, CONFIG_NAME);
  const isThere = await stat(config).then(Boolean, () => false);
  const had = isThere ? await loadConfig({ ...flags, cwd: folder, config, store: undefined }, environment) : undefined;
  const address = had === undefined ? null : tenantAddress(had);
  if (
    had !== undefined &&
    (address === null ||
      ![had.file.tenant?.token?.clientIdFile, had.file.tenant?.acd?.accessKeyIdFile].includes(SANDBOX_FILES.clientId))
  )
    throw new ConfigError(`${config} is not of a sandbox`, "Name another folder: outdial init FOLDER --sandbox.");
  const port = address === null ? 0 : Number(new URL(address).port);
  const { url } = await tenant.listen({ port }).catch((thrown: unknown) => {
    throw new ConfigError(
      `the sandbox cannot listen at port ${port}: ${messageOf(thrown)}`,
      "When it runs in another terminal, it can be used from here: outdial doctor.",
    );
  });
  try {
    await makeFolders(join(folder, STORE_NAME, "sandbox"));
    for (const name of ["clientId", "clientSecret"] as const)
      await writeFile(join(folder, SANDBOX_FILES[name]), `${tenant.ready[name]}\n`, { mode: 0o600 });
  } catch (thrown) {
    throw unwritable(join(folder, STORE_NAME, "sandbox"), thrown);
  }
  await hideStores(folder);
  const { clientId, clientSecret } = SANDBOX_FILES;
  const credentials =
    flags.profile === "acd"
      ? `  acd: { accessKeyIdFile: ${clientId}, accessKeySecretFile: ${clientSecret} }`
      : `  token: { clientIdFile: ${clientId}, clientSecretFile: ${clientSecret} }`;
  return initWorkplace(folder, flags, environment, ["tenant:", ...profileLine(flags), `  hosts: ${url}`, credentials]);
}

const unwritable = (path: string, thrown: unknown) =>
  new ConfigError(`cannot write ${path}: ${fileTrouble(thrown)}`, "Name a folder that you may write to: outdial init FOLDER.");

/** @param folder created when it does not exist. Throws ConfigError, StoreError */
export async function initWorkplace(
  folder: string,
  flags: InitFlags,
  environment: Environment,
  tenant = tenantLines(flags),
): Promise<InitReport> {
  const config = join(folder, CONFIG_NAME);
  const isNew = !(await stat(config).then(Boolean, () => false));
  try {
    await makeFolders(folder);
    if (isNew) await writeFile(config, configText(tenant, flags.profile), { flag: "wx" });
  } catch (thrown) {
    throw unwritable(config, thrown);
  }
  const loaded = await loadConfig({ ...flags, cwd: folder, config, store: undefined }, environment);
  const found = await storeIfAny(loaded, environment);
  const store = found ?? (await storeOf(loaded, environment, { makes: "store" }));
  await store.close();
  if (loaded.dir.startsWith(join(folder, STORE_NAME))) await hideStores(folder);
  const made = [...(isNew ? (["config"] as const) : []), ...(found === undefined ? (["store"] as const) : [])];
  return {
    folder,
    config,
    store: storeName(loaded),
    tenant: tenantAddress(loaded),
    tenantName: loaded.named?.name ?? null,
    made,
  };
}

const profileLine = ({ profile }: InitFlags): readonly string[] => (profile === undefined ? [] : [`  profile: ${profile}`]);

function tenantLines(flags: InitFlags): readonly string[] {
  const lines = ["tenant:", ...profileLine(flags)];
  if (flags.tenantUrl !== undefined) return [...lines, `  hosts: ${JSON.stringify(flags.tenantUrl)}`];
  const isAcd = flags.profile === "acd";
  const named = [`#   hosts: ${isAcd ? "https://cxone.niceincontact.com" : "https://api-us-02.niceincontact.com"}`];
  return flags.profile === undefined
    ? ["# tenant:", ...named]
    : [...lines, ...named, ...(isAcd ? ["#   acd: { area: na1 }"] : [])];
}

function configText(tenant: readonly string[], profile: Profile | undefined): string {
  const [id, secret] = profile === "acd" ? ["ACCESS_KEY_ID", "ACCESS_KEY_SECRET"] : ["CLIENT_ID", "CLIENT_SECRET"];
  return `${[
    "# Settings of outdial for this folder and the folders below it. Paths are relative to this file.",
    `# Do not write secrets here: CXONE_${id} and CXONE_${secret} come from the environment, or from files named by CXONE_${id}_FILE, ….`,
    "# Every field is described in schemas/outdial.schema.json of the package.",
    ...tenant,
  ].join("\n")}\n`;
}
