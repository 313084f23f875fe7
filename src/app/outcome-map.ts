// The map of disposition codes from the configuration.

import { resolve } from "node:path";
import { fileTrouble } from "../kernel/index.ts";
import { boundedFileText, type GivenMap } from "../operations/index.ts";
import { DOCUMENTED_MAP, MeaningError, type OutcomeMap, readOutcomeMap } from "../outcomes/index.ts";
import type { Config } from "./config.ts";

/** The given map, or the one named by the configuration. Throws MeaningError. */
export async function outcomeMapOf(config: Config, given?: GivenMap): Promise<OutcomeMap> {
  if (typeof given === "object") return readOutcomeMap(given.text, given.name);
  const path = given ?? config.file.outcomes?.map;
  if (path === undefined) return DOCUMENTED_MAP;
  return readOutcomeMap(await textOf(path, given === undefined ? config.folder : config.cwd), path);
}

/** The text of a map's file; relative paths start at the working folder. Throws MeaningError. */
export const outcomeMapText = (config: Config, path: string): Promise<string> => textOf(path, config.cwd);

async function textOf(path: string, from: string): Promise<string> {
  try {
    return await boundedFileText(resolve(from, path));
  } catch (thrown) {
    throw new MeaningError(`cannot read the outcome map ${path}: ${fileTrouble(thrown)}`);
  }
}
