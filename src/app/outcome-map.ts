// The map of disposition codes that a configuration names.

import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { fileTrouble } from "../kernel/index.ts";
import { DOCUMENTED_MAP, MeaningError, type OutcomeMap, readOutcomeMap } from "../outcomes/index.ts";
import type { Config } from "./config.ts";

/** The map that a configuration names, or the one given. Throws MeaningError. */
export async function outcomeMapOf(config: Config, given?: string): Promise<OutcomeMap> {
  const path = given ?? config.file.outcomes?.map;
  if (path === undefined) return DOCUMENTED_MAP;
  const from = given === undefined ? config.folder : config.cwd;
  let text: string;
  try {
    text = await readFile(resolve(from, path), "utf8");
  } catch (thrown) {
    throw new MeaningError(`cannot read the outcome map ${path}: ${fileTrouble(thrown)}`);
  }
  return readOutcomeMap(text, path);
}
