// The store that the configuration names, opened and checked.

import { isAbsolute, join, resolve } from "node:path";
import { setBackWords } from "../operations/index.ts";
import { type HeadPlaceOptions, hasEmbeddedStore, openStore, type Store, StoreError } from "../store/index.ts";
import type { Config, StoreUse } from "./config.ts";
import { ConfigError } from "./config-error.ts";
import { type Environment, secretFrom } from "./environment.ts";
import { standingOf } from "./standing.ts";
import { takeStopNotes } from "./stop-notes.ts";
import { holdTenant } from "./tenant-of-store.ts";

/** Like `StoreUse`, and whether another tenant's store is accepted: for commands that only show stored data. */
type Opening = StoreUse & { readonly anyTenant?: true };

/**
 * Opens the store that the configuration names, or the embedded one of its folder.
 * @param use what to do when there is none, if the configuration does not say. Throws StoreError `no_store`, `other_tenant`
 */
export async function storeOf(config: Config, environment: Environment, use: Opening = { makes: "nothing" }): Promise<Store> {
  const { makes, opened, outweighed, setBack } = config.store ?? use;
  const { dir, databaseUrl: url, directUrl, clock } = config;
  if (config.outweighedBy !== undefined) outweighed?.(dir, config.outweighedBy);
  if (url === undefined && makes !== "store" && !(await hasEmbeddedStore(dir))) throw noStore(config);
  const auditKey = await secretFrom(environment, "OUTDIAL_AUDIT_KEY");
  const heads = await headPlacesOf(config, environment);
  // For a tenant of the first profile the profile is left out, as it was before there were two.
  const profile = config.profile === "rest" ? {} : { profile: config.profile };
  const said = config.named === undefined ? profile : { ...profile, tenant: config.named.name };
  const mark = Object.keys(said).length === 0 ? undefined : said;
  const store = await openStore({
    dir,
    url,
    directUrl,
    clock,
    auditKey,
    heads,
    mark,
    makes: makes !== "nothing",
  }).catch((thrown: unknown) => {
    throw thrown instanceof StoreError && thrown.code === "no_store" ? noStore(config) : thrown;
  });
  try {
    await takeStopNotes(dir, store);
    if (use.anyTenant !== true) await holdTenant(store, config);
    const [conflict] = store.audit.held;
    if (conflict !== undefined) setBack?.(setBackWords(conflict));
    if (opened !== undefined) opened(await standingOf(config, store));
  } catch (thrown) {
    await store.close();
    throw thrown;
  }
  return store;
}

/** The store, or undefined when there is none: for answers that are possible without one and say so. */
export async function storeIfAny(config: Config, environment: Environment): Promise<Store | undefined> {
  try {
    return await storeOf(config, environment);
  } catch (thrown) {
    if (thrown instanceof StoreError && thrown.code === "no_store") return undefined;
    throw thrown;
  }
}

/**
 * For commands that open no store: checks the existing one, because what is checked for one tenant must not be run for another.
 * Throws StoreError `other_tenant`.
 */
export async function requireOwnStore(config: Config, environment: Environment): Promise<void> {
  await (await storeIfAny(config, environment))?.close();
}

/** Says where the store was searched, and what to do. */
export function noStore({ cwd, dir, dirFrom, databaseFrom, path, databaseUrl }: Config): StoreError {
  const unnamed = "no database is named (--database-url, DATABASE_URL, store.url in outdial.yaml)";
  const said =
    databaseUrl !== undefined
      ? `the database of ${databaseFrom} has no tables of outdial`
      : dirFrom !== undefined
        ? `there is none in ${dir} (${dirFrom}), and ${unnamed}`
        : path !== undefined
          ? `there is none in ${dir}, beside ${path}, and ${unnamed}`
          : `looked for outdial.yaml and .outdial in ${cwd} and every folder above it, and ${unnamed}`;
  const advice = databaseUrl === undefined ? "outdial init makes one here." : "outdial init and outdial serve make them.";
  return new StoreError("no_store", `no store here: ${said}`, {
    advice: `${advice} To use one that is there already, go to its folder, or name it with --dir, OUTDIAL_DIR or DATABASE_URL.`,
  });
}

// Where heads of the audit log are stored besides the working folder: as configured, or by default in a place that is not set
// back together with an embedded store.

/** Relative folders start at the folder of outdial.yaml. */
async function headPlacesOf(
  { file, databaseUrl, folder }: Pick<Config, "file" | "databaseUrl" | "folder">,
  environment: Environment,
): Promise<HeadPlaceOptions[]> {
  const given = file.audit?.heads;
  if (given !== undefined)
    return Promise.all(
      given.map(async (place) => {
        if ("folder" in place) return { folder: resolve(folder, place.folder) };
        if ("witness" in place) return place;
        const { object } = place;
        if ("url" in object) {
          const { url, authorizationEnv: name } = object;
          return { object: { url, authorization: name === undefined ? undefined : await needed(environment, name) } };
        }
        const [readUrl, writeUrl] = await Promise.all([object.readEnv, object.writeEnv].map((name) => needed(environment, name)));
        return { object: { readUrl: readUrl ?? "", writeUrl: writeUrl ?? "" } };
      }),
    );
  // When the database is elsewhere, the working folder itself is such a place.
  if (databaseUrl !== undefined) return [];
  const state = stateFolder(environment);
  return state === undefined ? [] : [{ folder: join(state, "outdial", "heads"), create: true }];
}

async function needed(environment: Environment, name: string): Promise<string> {
  const value = await secretFrom(environment, name);
  if (value === undefined)
    throw new ConfigError(`audit.heads needs ${name}`, `Set ${name}, or ${name}_FILE with the path of a file that holds it.`);
  return value;
}

/** The user's folder for the state of programs (XDG_STATE_HOME). */
function stateFolder(environment: Environment): string | undefined {
  const { XDG_STATE_HOME: state, HOME: home } = environment;
  if (state !== undefined && isAbsolute(state)) return state;
  return home === undefined || home === "" ? undefined : join(home, ".local", "state");
}
