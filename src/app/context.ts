// What a command would work with, where each part was configured, and whether there is a store; the tenants to choose from. Opens
// nothing, except in `rebindStore`.

import { hasEmbeddedStore, type Store, StoreError } from "../store/index.ts";
import { type Config, credentialName, type Flags, keepChoice, loadConfig, NoTenantChosen, readTenants } from "./config.ts";
import { ConfigError } from "./config-error.ts";
import type { Environment } from "./environment.ts";
import { storeName, tenantAddress } from "./standing.ts";
import { storeOf } from "./store-of-config.ts";
import { identityOf } from "./tenant-of-store.ts";

interface Named {
  readonly value: string | null;
  /** Where it was given: a flag, a variable, a file, or that it is the default. */
  readonly from: string;
}

/** Parts of a context by their names. */
export type WorkContext = Readonly<
  Record<"workplace" | "config" | "tenant" | "tenantName" | "profile" | "client" | "store" | "actor", Named>
>;

const is = (value: string | undefined) => value !== undefined && value.trim() !== "";

/** Throws ConfigError. */
export async function readContext(flags: Flags, environment: Environment): Promise<WorkContext> {
  const config = await loadConfig(flags, environment);
  const { path, folder, dirFrom, databaseFrom, cwd, actor, named: own } = config;
  const named = is(flags.config) ? "--config" : is(environment["OUTDIAL_CONFIG"]) ? "OUTDIAL_CONFIG" : "found";
  const tenantFrom = is(flags.tenantUrl) ? "--tenant-url" : is(environment["OUTDIAL_TENANT_URL"]) ? "OUTDIAL_TENANT_URL" : null;
  const isAcd = config.profile === "acd";
  const variable = credentialName(own?.name, isAcd ? "ACCESS_KEY_ID" : "CLIENT_ID");
  const client = is(environment[variable]) ? variable : `${variable}_FILE`;
  const { token, acd } = config.file.tenant ?? {};
  const clientFile = is(environment[client]) ? undefined : isAcd ? acd?.accessKeyIdFile : token?.clientIdFile;
  const profileFrom = is(environment["OUTDIAL_PROFILE"]) ? "OUTDIAL_PROFILE" : null;
  const missing = (await hasStore(config)) ? "" : "; there is none yet: outdial init creates it";
  const tenant = own === undefined ? "tenant" : `tenants.${own.name}`;
  return {
    workplace: { value: folder, from: path === undefined && folder === cwd ? "this folder" : named },
    config: { value: path ?? null, from: path === undefined ? "defaults and the environment decide" : named },
    tenant: {
      value: tenantAddress(config),
      from: tenantFrom ?? (path === undefined ? "named nowhere" : `${tenant}.hosts in ${path}`),
    },
    tenantName: { value: own?.name ?? null, from: own?.from ?? "the tenant has no name of its own" },
    profile: {
      value: config.profile,
      from:
        profileFrom ??
        (config.file.tenant?.profile === undefined ? "the default" : `${tenant}.profile in ${path ?? "outdial.yaml"}`),
    },
    client:
      clientFile === undefined
        ? { value: environment[client] ?? null, from: client }
        : { value: clientFile, from: `${tenant}.${isAcd ? "acd.accessKeyIdFile" : "token.clientIdFile"}` },
    store: { value: storeName(config), from: `${databaseFrom ?? dirFrom ?? "beside the configuration"}${missing}` },
    actor: { value: actor, from: is(environment["OUTDIAL_ACTOR"]) ? "OUTDIAL_ACTOR" : "your name on this machine" },
  };
}

const hasStore = async ({ databaseUrl, dir }: Config): Promise<boolean> =>
  databaseUrl !== undefined || (await hasEmbeddedStore(dir));

/** A tenant that commands can work with. */
export interface ListedTenant {
  /** Null for the only tenant of a configuration without names. */
  readonly name: string | null;
  /** Null when it has none. */
  readonly address: string | null;
  readonly profile: string;
  readonly store: string;
  /** Whether a store for that name exists; a database counts as one. */
  readonly hasStore: boolean;
  /** Whether a command here would work with it. */
  readonly isUsed: boolean;
}

/**
 * The tenants of a configuration, in the order of the file, and what is wrong with the choice among them (that none was chosen is
 * not wrong). Throws ConfigError.
 */
export async function listTenants(
  flags: Flags,
  environment: Environment,
): Promise<{ readonly items: readonly ListedTenant[]; readonly wrongChoice: ConfigError | undefined }> {
  let wrongChoice: ConfigError | undefined;
  const { names } = await readTenants(flags, environment);
  const used = await loadConfig(flags, environment).catch((thrown: unknown) => {
    if (names.length === 0 || !(thrown instanceof ConfigError)) throw thrown;
    if (!(thrown instanceof NoTenantChosen)) wrongChoice = thrown;
    return undefined;
  });
  const only = used === undefined || tenantAddress(used) === null ? [] : [used];
  const configs =
    names.length === 0 ? only : await Promise.all(names.map((tenant) => loadConfig({ ...flags, tenant }, environment)));
  const items = await Promise.all(
    configs.map(async (config) => ({
      name: config.named?.name ?? null,
      address: tenantAddress(config),
      profile: config.profile,
      store: storeName(config),
      hasStore: await hasStore(config),
      isUsed: config.named?.name === used?.named?.name,
    })),
  );
  return { items, wrongChoice };
}

/** The names to choose from; none when the configuration cannot be read. */
export const knownTenants = (flags: Flags, environment: Environment): Promise<readonly string[]> =>
  readTenants(flags, environment).then(
    ({ names }) => names,
    () => [],
  );

/** Chooses a tenant for a workplace. @returns what a command here works with from now on. Throws ConfigError */
export async function useTenant(name: string, flags: Flags, environment: Environment): Promise<WorkContext> {
  const { workplace, path, names } = await readTenants(flags, environment);
  if (!names.includes(name))
    throw new ConfigError(
      names.length === 0
        ? `no tenants are named ${path === undefined ? "here: there is no outdial.yaml" : `in ${path}`}`
        : `${path} has no tenant ${name}; allowed are ${names.join(", ")}`,
      names.length === 0 ? "Name them there: tenants: { prod: { hosts: … }, staging: { hosts: … } }." : undefined,
    );
  await keepChoice(workplace, name);
  return await readContext({ ...flags, tenant: undefined }, environment);
}

/** A process that has been silent for this long no longer works on the store, ms; several of its beats. */
const SILENT_MS = 10_000;

/**
 * Requires that no process works on the store and no job waits in it: they would continue with the other tenant. Throws
 * StoreError `invalid_state`.
 */
async function requireIdle(store: Pick<Store, "replicas" | "health">): Promise<void> {
  const services = (await store.replicas.list()).filter(({ scopes, silentMs }) => scopes.length > 0 && silentMs < SILENT_MS);
  if (services.length > 0)
    throw new StoreError(
      "invalid_state",
      `a service works on this store: ${services.map(({ pid, host }) => `process ${pid} on ${host}`).join(", ")}`,
      { advice: "Stop it first: it would continue with the tenant with which it was started." },
    );
  const open = (await store.health.openJobs()).reduce((sum, { count }) => sum + count, 0);
  if (open > 0)
    throw new StoreError(
      "invalid_state",
      `jobs in this store that have not ended: ${open}; they belong to the present tenant of the store`,
      {
        advice: "Let them end, or cancel them: outdial jobs list, outdial jobs cancel JOB.",
      },
    );
}

/**
 * Binds the store in use to the tenant in use, when that has another address or another name now. Throws ConfigError; StoreError
 * `invalid_state` while a service works on it, or a job has not ended.
 */
export async function rebindStore(
  reason: string,
  flags: Flags,
  environment: Environment,
): Promise<{ readonly store: string; readonly tenant: string; readonly tenantName: string | null }> {
  const config = await loadConfig(flags, environment);
  const to = identityOf(config);
  if (to === undefined) throw new ConfigError("no tenant is configured", "Set tenant.hosts in outdial.yaml.");
  const store = await storeOf(config, environment, { makes: "nothing", anyTenant: true });
  try {
    const bound = await store.tenantOf.read();
    if (bound !== undefined && bound.name === to.name && bound.address === to.address)
      throw new StoreError("invalid_state", "the store belongs to this tenant already");
    await requireIdle(store);
    await store.tenantOf.rebind(to, config.actor, reason);
    return { store: storeName(config), tenant: to.address, tenantName: to.name };
  } finally {
    await store.close();
  }
}
