// Finds the workplace: the nearest folder, from the working folder upward, with an outdial.yaml or a store.

import { stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { ConfigError } from "./config-error.ts";

export const CONFIG_NAME = "outdial.yaml";
export const STORE_NAME = ".outdial";
/** A store's folder contains at least one of these: data, the location of the data, the key of the audit log. */
const STORE_MARKS = ["pg", "pg.location", "audit.pub"];

/** A workplace that was found. */
export interface FoundWorkplace {
  readonly folder: string;
  /** Path of its outdial.yaml; undefined when it has only a store. */
  readonly config: string | undefined;
}

/**
 * Searches `cwd` and every folder above it. @returns undefined when no folder is a workplace
 * @throws ConfigError for an outdial.yaml or a store above `cwd` that belongs to another user: it would decide which tenant gets
 * the credentials
 */
export async function findWorkplace(cwd: string): Promise<FoundWorkplace | undefined> {
  for (let folder = cwd; ; folder = dirname(folder)) {
    const [config, store] = [join(folder, CONFIG_NAME), join(folder, STORE_NAME)];
    const [owner, ...marks] = await Promise.all([config, ...STORE_MARKS.map((mark) => join(store, mark))].map(ownerOf));
    const hasStore = marks.some((mark) => mark !== undefined);
    if (owner !== undefined || hasStore) {
      if (folder !== cwd && owner !== undefined) refuseForeign(config, owner);
      if (folder !== cwd && hasStore) refuseForeign(store, await ownerOf(store));
      return { folder, config: owner === undefined ? undefined : config };
    }
    if (folder === dirname(folder)) return undefined;
  }
}

/** The owner of a file; undefined when the file does not exist or cannot be examined. */
async function ownerOf(path: string): Promise<number | undefined> {
  return stat(path).then(
    ({ uid }) => uid,
    () => undefined,
  );
}

/**
 * A user who may write to a folder above must not choose the tenant and the rules for others. Files of root are accepted for
 * everybody.
 */
function refuseForeign(path: string, owner: number | undefined): void {
  const own = process.getuid?.();
  if (own === undefined || owner === own || owner === 0) return;
  throw new ConfigError(
    `${path} belongs to another user (${owner}); it was found from a folder below it and is not used`,
    `If you trust it, name it: --config ${join(dirname(path), CONFIG_NAME)} or --dir, or go to its folder.`,
  );
}
