// Where heads of the audit log are kept besides the working folder: as configured, or by default where who sets an embedded store back does not set
// them back as well.

import { isAbsolute, join, resolve } from "node:path";
import type { HeadPlaceOptions } from "../store/index.ts";
import type { Config } from "./config.ts";

/** Folders are told from the folder of outdial.yaml. */
export function headPlacesOf(
  { file, databaseUrl, folder }: Pick<Config, "file" | "databaseUrl" | "folder">,
  environment: Readonly<Record<string, string | undefined>>,
): HeadPlaceOptions[] {
  const given = file.audit?.heads;
  if (given !== undefined) return given.map((place) => ("folder" in place ? { folder: resolve(folder, place.folder) } : place));
  // With a database elsewhere, the working folder is such a place itself.
  if (databaseUrl !== undefined) return [];
  const state = stateFolder(environment);
  return state === undefined ? [] : [{ folder: join(state, "outdial", "heads"), create: true }];
}

/** The user's folder for what programs keep from one run to the next (XDG_STATE_HOME). */
function stateFolder(environment: Readonly<Record<string, string | undefined>>): string | undefined {
  const { XDG_STATE_HOME: state, HOME: home } = environment;
  if (state !== undefined && isAbsolute(state)) return state;
  return home === undefined || home === "" ? undefined : join(home, ".local", "state");
}
