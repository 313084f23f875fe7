// The configuration from outdial.yaml, the environment and flags, each taking precedence over the one before; read once at the
// start of a command.

import { readFile, stat, writeFile } from "node:fs/promises";
import { userInfo } from "node:os";
import { dirname, join, resolve } from "node:path";
import { type Clock, DAY_MS, fileTrouble, hiddenKeys, type Kept, problemsOf, yamlOffset, yamlValue } from "../kernel/index.ts";
import type { CompanyListView, RegistryView } from "../operations/views/index.ts";
import { makeFolders } from "../store/index.ts";
import { PROFILES, type Profile, systemClock } from "../tenant/index.ts";
import { ConfigError } from "./config-error.ts";
import { type ConfigFile, configSchema } from "./config-schema.ts";
import { type Environment, filled, readSecretFile, secretFrom } from "./environment.ts";
import { findWorkplace, STORE_NAME } from "./workplace-folder.ts";

/**
 * What is created when there is no store yet. `schema`: the tables in a configured database without them; `store`: an embedded
 * store in the folder as well. `nothing` throws StoreError `no_store`.
 */
export type Makes = "nothing" | "schema" | "store";

/** The store and the tenant in use, and how the lists of people not to call came into the store. */
export interface Standing {
  /** The folder of an embedded store, or the address of a database without user and password. */
  readonly store: string;
  /** The tenant's address; null when none is configured. */
  readonly tenant: string | null;
  /** Its name in outdial.yaml; null when that has one tenant without a name. */
  readonly tenantName: string | null;
  /** Null when it was neither loaded nor declared empty. */
  readonly companyList: CompanyListView | null;
  readonly registries: readonly RegistryView[];
  /** Why entries may be missing in the lists: the store was set back; null when every head that was compared fits. */
  readonly setBack: string | null;
}

/** What a command does when there is no store. */
export interface StoreUse {
  readonly makes: Makes;
  /** Called, before anything else, when the store was set back. */
  readonly setBack?: ((words: string) => void) | undefined;
  /** Called with the open store and its state. */
  readonly opened?: ((standing: Standing) => void) | undefined;
  /**
   * Called when a folder is given on the command line and a database elsewhere: the database is used, the folder is for the keys.
   */
  readonly outweighed?: ((dir: string, by: string) => void) | undefined;
}

/** Settings from the command line. */
export interface Flags {
  readonly config?: string | undefined;
  readonly dir?: string | undefined;
  /** Name of a tenant under `tenants` of the configuration; true when the flag was given without one. */
  readonly tenant?: string | true | undefined;
  readonly tenantUrl?: string | undefined;
  readonly databaseUrl?: string | undefined;
  /** By default an existing store is required; the service and the library create the tables in a configured database. */
  readonly store?: StoreUse | undefined;
  /**
   * The working folder: relative paths in flags and variables start there, and so does the search for the workplace; the
   * process's by default.
   */
  readonly cwd?: string | undefined;
  /** Clock for everything; the machine's by default. */
  readonly clock?: Clock | undefined;
}

/** What every command works with. Secrets are read only by the functions here and passed to the part that needs them. */
export interface Config {
  /** Folder of the embedded store, the audit keys and lock files. */
  readonly dir: string;
  readonly databaseUrl: string | undefined;
  /** The address of the same database without the pooler of `databaseUrl`. */
  readonly directUrl: string | undefined;
  /** Where the database was configured, such as DATABASE_URL; undefined without one. */
  readonly databaseFrom: string | undefined;
  /** The same, when a folder given on the command line names another store. */
  readonly outweighedBy: string | undefined;
  /** Where the folder of the store was given: `--dir`, `OUTDIAL_DIR`; undefined for the workplace's own. */
  readonly dirFrom: string | undefined;
  readonly store: StoreUse | undefined;
  /** The working folder. */
  readonly cwd: string;
  /** Path of outdial.yaml; undefined when there is none. */
  readonly path: string | undefined;
  /**
   * The workplace: the folder of outdial.yaml, from which its relative paths start; without that file, the folder that contains
   * the store.
   */
  readonly folder: string;
  readonly clock: Clock;
  /** Content of the file; when it names several tenants, `tenant` is the chosen one with its limits and its store. */
  readonly file: ConfigFile;
  /** The chosen tenant, when the file names several. */
  readonly named: NamedTenant | undefined;
  readonly tenantUrl: string | undefined;
  /** Which of the vendor's interfaces the tenant has. */
  readonly profile: Profile;
  readonly concurrency: number;
  readonly actor: string;
  /** Reads the access key of a lake in object storage. Throws ConfigError. */
  readonly lakeKeys: () => Promise<{ readonly id: string; readonly secret: string }>;
}

/** The user's name from the system; a container may run under a number without a name. */
function systemUser(): string {
  try {
    return userInfo().username;
  } catch {
    return `uid ${process.getuid?.() ?? "unknown"}`;
  }
}

/** Reads the configuration. Throws ConfigError. */
export async function loadConfig(flags: Flags, environment: Environment): Promise<Config> {
  const { cwd, path, workplace } = await placeOf(flags, environment);
  const written = path === undefined ? {} : await readConfigFile(path);
  const variable = filled(environment["OUTDIAL_TENANT"]);
  const named = await chooseTenant(written, { flag: flags.tenant, variable, workplace, path });
  const file = named === undefined ? written : ofTenant(written, named.name);
  const own = named === undefined ? undefined : written.tenants?.[named.name]?.store;
  const { dir, from } = await storeFolder({ cwd, workplace, named, own: own?.dir }, flags, environment);
  const field = own?.url === undefined ? "store.url" : `tenants.${named?.name}.store.url`;
  const database = databaseOf(flags, environment, file, `${field} in ${path}`);
  const tenantUrl = filled(flags.tenantUrl) ?? filled(environment["OUTDIAL_TENANT_URL"]);
  if (named !== undefined && tenantUrl !== undefined)
    throw new ConfigError(
      `${filled(flags.tenantUrl) === undefined ? "OUTDIAL_TENANT_URL" : "--tenant-url"} cannot be used together with the tenants of ${path}: that file has the address of ${named.name}`,
      "Name one of its tenants with --tenant, or a configuration without names with --config.",
    );
  return {
    dir,
    dirFrom: from,
    databaseUrl: database?.url,
    // With an embedded store, it would be another database.
    directUrl: database === undefined ? undefined : directOf(environment, file, path),
    databaseFrom: database?.from,
    outweighedBy: filled(flags.dir) === undefined || filled(flags.databaseUrl) !== undefined ? undefined : database?.from,
    store: flags.store,
    cwd,
    path,
    folder: workplace,
    clock: flags.clock ?? systemClock,
    file,
    named,
    tenantUrl,
    profile: profileOf(environment, file),
    concurrency: file.tagging?.concurrency ?? 32,
    actor: filled(environment["OUTDIAL_ACTOR"]) ?? filled(environment["USER"]) ?? systemUser(),
    lakeKeys: () => lakeKeysOf(file, environment),
  };
}

async function lakeKeysOf({ outcomes }: ConfigFile, environment: Environment) {
  const { keyIdEnv = "OUTDIAL_LAKE_KEY_ID", keySecretEnv = "OUTDIAL_LAKE_KEY_SECRET" } = outcomes?.s3 ?? {};
  const [id, secret] = await Promise.all([keyIdEnv, keySecretEnv].map((name) => secretFrom(environment, name)));
  if (id !== undefined && secret !== undefined) return { id, secret };
  throw new ConfigError(
    `the access key of the lake in object storage is missing: ${id === undefined ? keyIdEnv : keySecretEnv} is not set`,
    `Set ${keyIdEnv} and ${keySecretEnv}, or ${keyIdEnv}_FILE and ${keySecretEnv}_FILE to files that hold them.`,
  );
}

/** The working folder, the configuration, and the workplace that follows from them. */
async function placeOf(flags: Flags, environment: Environment) {
  const cwd = flags.cwd ?? process.cwd();
  const given = filled(flags.config) ?? filled(environment["OUTDIAL_CONFIG"]);
  const found = given === undefined ? await findWorkplace(cwd) : undefined;
  const path = given === undefined ? found?.config : resolve(cwd, given);
  return { cwd, path, workplace: found?.folder ?? (path === undefined ? cwd : dirname(path)) };
}

function profileOf(environment: Environment, file: ConfigFile): Profile {
  const named = filled(environment["OUTDIAL_PROFILE"]);
  const profile = PROFILES.find((one) => one === named);
  if (named !== undefined && profile === undefined)
    throw new ConfigError(`OUTDIAL_PROFILE is ${JSON.stringify(named)}; allowed are ${PROFILES.join(" and ")}`);
  return profile ?? file.tenant?.profile ?? "rest";
}

/** The configuration for one of its tenants: settings of that tenant take precedence over those for all. */
function ofTenant({ tenants, ...file }: ConfigFile, name: string): ConfigFile {
  const { limits, store, ...tenant } = tenants?.[name] ?? {};
  return { ...file, tenant, ...(limits === undefined ? {} : { limits }), ...(store === undefined ? {} : { store }) };
}

/** The workplace and the names of its tenants; none of them need be chosen. Throws ConfigError. */
export async function readTenants(
  flags: Flags,
  environment: Environment,
): Promise<{ readonly workplace: string; readonly path: string | undefined; readonly names: readonly string[] }> {
  const { path, workplace } = await placeOf(flags, environment);
  return { workplace, path, names: path === undefined ? [] : tenantNames(await readConfigFile(path)) };
}

/** The folder of the store (it may not exist yet), and where it was given. */
async function storeFolder(
  place: Pick<Config, "cwd" | "named"> & { readonly workplace: string; readonly own: string | undefined },
  flags: Flags,
  environment: Environment,
): Promise<{ readonly dir: string; readonly from: string | undefined }> {
  const given = filled(flags.dir) ?? filled(environment["OUTDIAL_DIR"]);
  const { cwd, workplace, named: tenant, own } = place;
  const folder = given === undefined ? join(workplace, STORE_NAME) : resolve(cwd, given);
  const dir = given === undefined && own !== undefined ? resolve(workplace, own) : storeFolderOf(folder, tenant);
  const named = given === undefined ? undefined : filled(flags.dir) === undefined ? "OUTDIAL_DIR" : "--dir";
  const from = named ?? "the folder of the store";
  try {
    if (!(await stat(dir)).isDirectory()) throw new ConfigError(`${from}: ${dir} is a file; a folder is needed`);
  } catch (thrown) {
    const code = thrown instanceof Error && "code" in thrown ? thrown.code : undefined;
    if (code === "ENOENT") return { dir, from: named };
    if (code === "ENOTDIR") throw new ConfigError(`${from}: ${dir} is inside a file; a folder is needed`);
    if (thrown instanceof ConfigError) throw thrown;
    throw new ConfigError(`${from}: cannot look at ${dir}: ${fileTrouble(thrown)}`);
  }
  return { dir, from: named };
}

/** The configured database, and where it was configured. */
function databaseOf(
  flags: Flags,
  environment: Environment,
  file: ConfigFile,
  field: string,
): { readonly url: string; readonly from: string } | undefined {
  const places = [
    ["--database-url", flags.databaseUrl],
    ["DATABASE_URL", environment["DATABASE_URL"]],
    [field, file.store?.url],
  ] as const;
  return firstUrl(places);
}

/** The database address without its pooler: not taken from the command line, because it belongs to an installation. */
function directOf(environment: Environment, file: ConfigFile, path: string | undefined): string | undefined {
  const places = [
    ["DATABASE_DIRECT_URL", environment["DATABASE_DIRECT_URL"]],
    [`store.directUrl in ${path}`, file.store?.directUrl],
  ] as const;
  return firstUrl(places)?.url;
}

function firstUrl(
  places: readonly (readonly [from: string, value: string | undefined])[],
): { readonly url: string; readonly from: string } | undefined {
  for (const [from, value] of places) {
    const url = filled(value)?.trim();
    if (url === undefined) continue;
    // The text may contain a password, so it is never shown. A URL for a socket has no host between @ and /.
    const whole = /^postgres(ql)?:\/\//i.test(url) && URL.canParse(url.replaceAll(" ", "%20").replace("@/", "@socket/"));
    if (whole) return { url, from };
    throw new ConfigError(
      `${from} is not the URL of a PostgreSQL database`,
      "It has the form postgres://USER:PASSWORD@HOST:5432/DATABASE; characters such as @, / and # of a password are written as %40, %2F and %23.",
    );
  }
  return undefined;
}

async function readConfigFile(path: string): Promise<ConfigFile> {
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (thrown) {
    throw new ConfigError(`cannot read the configuration ${path}: ${fileTrouble(thrown)}`);
  }
  return parseConfig(text, path);
}

/** Parses the text of outdial.yaml. Errors name the file, the line if YAML gives one, the field and what is allowed. */
export async function parseConfig(text: string, path: string): Promise<ConfigFile> {
  const { LineCounter, parseDocument } = await import("yaml");
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const [broken] = document.errors;
  if (broken !== undefined)
    throw new ConfigError(`${path}:${lines.linePos(broken.pos[0]).line}: ${broken.message.split("\n")[0]}`);
  const value = yamlValue(document, (why) => new ConfigError(`${path}: ${why}`)) ?? {};
  const parsed = configSchema.safeParse(value);
  const hidden = hiddenKeys(document.contents).map((key) => ({ path: key, message: "this name is not allowed" }));
  if (parsed.success && hidden.length === 0) return parsed.data;
  const problems = [...hidden, ...(parsed.success ? [] : problemsOf(configSchema, value, parsed.error))].map(
    ({ path: field, message }) =>
      `${path}:${lines.linePos(yamlOffset(document.contents, field)).line}: ${field || "the file"}: ${message}`,
  );
  throw new ConfigError(problems.join("\n"), "An editor that knows schemas/outdial.schema.json completes and checks this file.");
}

/** How long the configuration says that data is kept. */
export const keptIn = ({ kept = {} }: ConfigFile): Partial<Kept> =>
  Object.fromEntries(
    Object.entries(kept).flatMap(([name, days]) => (days === undefined ? [] : [[name, Number.parseInt(days, 10) * DAY_MS]])),
  );

// Which of the tenants named by outdial.yaml is used: chosen by the command line, the environment or `outdial context use`.

/** File beside the store with the name of the tenant chosen by `outdial context use`. */
const CHOICE = "tenant";
/** Folder of the stores of named tenants. */
const STORES = "tenants";

/** A tenant by its name. */
interface NamedTenant {
  readonly name: string;
  /** Where it was chosen. */
  readonly from: string;
}

/** Names of the tenants of a configuration; none when it has one tenant without a name. */
const tenantNames = (file: ConfigFile): readonly string[] => Object.keys(file.tenants ?? {});

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
async function chooseTenant(file: ConfigFile, { flag, variable, workplace, path }: Asked): Promise<NamedTenant | undefined> {
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
const storeFolderOf = (folder: string, tenant: NamedTenant | undefined): string =>
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
  const { token, acd } = file.tenant ?? {};
  const isKey = credential === "ACCESS_KEY_ID" || credential === "ACCESS_KEY_SECRET";
  const [id, secret] = isKey ? (["ACCESS_KEY_ID", "ACCESS_KEY_SECRET"] as const) : (["CLIENT_ID", "CLIENT_SECRET"] as const);
  const files = isKey ? [acd?.accessKeyIdFile, acd?.accessKeySecretFile] : [token?.clientIdFile, token?.clientSecretFile];
  const path = files[credential === id ? 0 : 1];
  const isGiven = [id, secret]
    .flatMap((one) => [environment[nameOf(one)], environment[`${nameOf(one)}_FILE`]])
    .some((one) => filled(one) !== undefined);
  if (path === undefined || isGiven) return await secretFrom(environment, nameOf(credential));
  return await readSecretFile(resolve(folder, path), isKey ? "tenant.acd" : "tenant.token");
}
