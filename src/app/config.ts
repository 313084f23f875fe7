// One configuration from outdial.yaml, the environment and flags, in rising order; read once at the start of a command.

import { readFile, stat } from "node:fs/promises";
import { userInfo } from "node:os";
import { dirname, join, resolve } from "node:path";
import { type Clock, fileTrouble, hiddenKeys, messageOf, problemsOf, yamlOffset } from "../kernel/index.ts";
import type { CompanyListView } from "../operations/views/index.ts";
import { PROFILES, type Profile, systemClock } from "../tenant/index.ts";
import { ConfigError } from "./config-error.ts";
import { type ConfigFile, configSchema } from "./config-schema.ts";
import { chooseTenant, type NamedTenant, storeFolderOf, tenantNames } from "./tenant-choice.ts";
import { findWorkplace, STORE_NAME } from "./workplace-folder.ts";

/**
 * What comes into being where there is no store yet. `schema`: the tables in a database that is named and has none; `store`: an embedded one in the
 * folder as well. `nothing` throws StoreError `no_store`.
 */
export type Makes = "nothing" | "schema" | "store";

/** Which store and which tenant, and how the lists of whom not to call came into the store. */
export interface Standing {
  /** The folder of an embedded store, or the address of a database without user and password. */
  readonly store: string;
  /** Where the tenant is; null where none is configured. */
  readonly tenant: string | null;
  /** Its name in outdial.yaml; null where that has one tenant without a name. */
  readonly tenantName: string | null;
  /** Null while it was neither loaded nor declared empty. */
  readonly companyList: CompanyListView | null;
  readonly registries: readonly { readonly registry: string; readonly asOf: string; readonly loadedAt: string }[];
  /** Why the lists may lack what was added: the store was set back; null when every head that was compared fits. */
  readonly setBack: string | null;
}

/** What a command does in a place without a store. */
export interface StoreUse {
  readonly makes: Makes;
  /** Told that the store was set back, before anything else is. */
  readonly setBack?: ((words: string) => void) | undefined;
  /** Told which store is open, and how things stand in it. */
  readonly opened?: ((standing: Standing) => void) | undefined;
  /** Told when a folder is given on the command line and a database elsewhere: the database is used, the folder is for the keys. */
  readonly outweighed?: ((dir: string, by: string) => void) | undefined;
}

/** Settings given on the command line. */
export interface Flags {
  readonly config?: string | undefined;
  readonly dir?: string | undefined;
  /** Name of a tenant under `tenants` of the configuration; true where the flag came without one. */
  readonly tenant?: string | true | undefined;
  readonly tenantUrl?: string | undefined;
  readonly databaseUrl?: string | undefined;
  /** By default one is found; the service and the library make the tables of a database that is named. */
  readonly store?: StoreUse | undefined;
  /** The working folder, from which flags and variables name files, and from which the workplace is looked for; the process's by default. */
  readonly cwd?: string | undefined;
  /** Time of everything that is done; the machine's by default. */
  readonly clock?: Clock | undefined;
}

/** What every command works with. Secrets are read only by the functions here and handed on to the part that needs them. */
export interface Config {
  /** Folder of the embedded store, the audit keys and lock files. */
  readonly dir: string;
  readonly databaseUrl: string | undefined;
  /** The same database without the pooler that `databaseUrl` leads through. */
  readonly directUrl: string | undefined;
  /** Where the database is named, such as DATABASE_URL; undefined where none is. */
  readonly databaseFrom: string | undefined;
  /** The same when a folder given on the command line names another store. */
  readonly outweighedBy: string | undefined;
  /** Where the folder of the store is named: `--dir`, `OUTDIAL_DIR`; undefined for the workplace's own. */
  readonly dirFrom: string | undefined;
  readonly store: StoreUse | undefined;
  /** The working folder. */
  readonly cwd: string;
  /** Path of outdial.yaml; undefined where there is none. */
  readonly path: string | undefined;
  /** The workplace: the folder of outdial.yaml, from which its paths are told; the one with the store where there is no file. */
  readonly folder: string;
  readonly clock: Clock;
  /** What the file says; of several tenants the one that is worked with is `tenant`, with its limits and its store. */
  readonly file: ConfigFile;
  /** The tenant that is worked with, where the file names several. */
  readonly named: NamedTenant | undefined;
  readonly tenantUrl: string | undefined;
  /** Which of the vendor's interfaces the tenant answers. */
  readonly profile: Profile;
  readonly concurrency: number;
  readonly actor: string;
}

/** The user's name as the system has it; a container may run under a number without one. */
function systemUser(): string {
  try {
    return userInfo().username;
  } catch {
    return `uid ${process.getuid?.() ?? "unknown"}`;
  }
}

export type Environment = Readonly<Record<string, string | undefined>>;

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
      `${filled(flags.tenantUrl) === undefined ? "OUTDIAL_TENANT_URL" : "--tenant-url"} and the tenants of ${path} do not go together: the address of ${named.name} is there`,
      "Name one of its tenants with --tenant, or a configuration without names with --config.",
    );
  return {
    dir,
    dirFrom: from,
    databaseUrl: database?.url,
    // Beside an embedded store it would be another database.
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
  };
}

/** The working folder, the configuration, and the workplace that they make. */
async function placeOf(flags: Flags, environment: Environment) {
  const cwd = flags.cwd ?? process.cwd();
  const given = filled(flags.config) ?? filled(environment["OUTDIAL_CONFIG"]);
  const found = given === undefined ? await findWorkplace(cwd) : undefined;
  const path = given === undefined ? found?.config : resolve(cwd, given);
  return { cwd, path, workplace: found?.folder ?? (path === undefined ? cwd : dirname(path)) };
}

/** A variable or flag without text counts as one that is not set. */
export function filled(value: string | undefined): string | undefined {
  return value === undefined || value.trim() === "" ? undefined : value;
}

function profileOf(environment: Environment, file: ConfigFile): Profile {
  const named = filled(environment["OUTDIAL_PROFILE"]);
  const profile = PROFILES.find((one) => one === named);
  if (named !== undefined && profile === undefined)
    throw new ConfigError(`OUTDIAL_PROFILE is ${JSON.stringify(named)}; allowed are ${PROFILES.join(" and ")}`);
  return profile ?? file.tenant?.profile ?? "rest";
}

/** The configuration for one of its tenants: what it says of that one counts before what it says of all. */
function ofTenant({ tenants, ...file }: ConfigFile, name: string): ConfigFile {
  const { limits, store, ...tenant } = tenants?.[name] ?? {};
  return { ...file, tenant, ...(limits === undefined ? {} : { limits }), ...(store === undefined ? {} : { store }) };
}

/** The workplace and the names of its tenants, of which none need be chosen. Throws ConfigError. */
export async function readTenants(
  flags: Flags,
  environment: Environment,
): Promise<{ readonly workplace: string; readonly path: string | undefined; readonly names: readonly string[] }> {
  const { path, workplace } = await placeOf(flags, environment);
  return { workplace, path, names: path === undefined ? [] : tenantNames(await readConfigFile(path)) };
}

/** The folder of the store, a folder or nothing yet, and where it is named. */
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
    if (code === "ENOTDIR") throw new ConfigError(`${from}: ${dir} lies in something that is a file; a folder is needed`);
    if (thrown instanceof ConfigError) throw thrown;
    throw new ConfigError(`${from}: cannot look at ${dir}: ${messageOf(thrown)}`);
  }
  return { dir, from: named };
}

/** The database that is named, and where. */
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

/** The database without its pooler: not from the command line, since it belongs to an installation. */
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
    // The text may hold a password: it is never told. A URL for a socket has no host between @ and /.
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

/** Parses the text of outdial.yaml. Errors name the file, the line where YAML has one, the field and what is allowed. */
export async function parseConfig(text: string, path: string): Promise<ConfigFile> {
  const { LineCounter, parseDocument } = await import("yaml");
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const [broken] = document.errors;
  if (broken !== undefined)
    throw new ConfigError(`${path}:${lines.linePos(broken.pos[0]).line}: ${broken.message.split("\n")[0]}`);
  const value: unknown = document.toJS() ?? {};
  const parsed = configSchema.safeParse(value);
  const hidden = hiddenKeys(document.contents).map((key) => ({ path: key, message: "this name is not allowed" }));
  if (parsed.success && hidden.length === 0) return parsed.data;
  const problems = [...hidden, ...(parsed.success ? [] : problemsOf(configSchema, value, parsed.error))].map(
    ({ path: field, message }) =>
      `${path}:${lines.linePos(yamlOffset(document.contents, field)).line}: ${field || "the file"}: ${message}`,
  );
  throw new ConfigError(problems.join("\n"), "An editor that knows schemas/outdial.schema.json completes and checks this file.");
}

/** A secret from `NAME` or the file named by `NAME_FILE`; undefined when neither is set. */
export async function secretFrom(environment: Environment, name: string): Promise<string | undefined> {
  const value = environment[name];
  if (value !== undefined && value !== "") return value;
  const path = environment[`${name}_FILE`];
  if (path === undefined || path === "") return undefined;
  return readSecretFile(path, `${name}_FILE`);
}

/** The text of a file that holds a secret. Throws ConfigError. @param where names the setting */
export async function readSecretFile(path: string, where: string): Promise<string> {
  try {
    return (await readFile(path, "utf8")).trim();
  } catch (thrown) {
    throw new ConfigError(`${where}: cannot read ${path}: ${fileTrouble(thrown)}`);
  }
}
