// Where heads of the audit log are stored besides the working folder: as configured, or by default in a place that is not set
// back together with an embedded store.

import { isAbsolute, join, resolve } from "node:path";
import type { HeadPlaceOptions } from "../store/index.ts";
import type { Config } from "./config.ts";
import { ConfigError } from "./config-error.ts";
import { secretFrom } from "./environment.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/** Relative folders start at the folder of outdial.yaml. */
export async function headPlacesOf(
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
