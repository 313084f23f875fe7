// The environment of the process: variables, and the secrets that they hold or name files of.

import { readFile } from "node:fs/promises";
import { fileTrouble } from "../kernel/index.ts";
import { ConfigError } from "./config-error.ts";

export type Environment = Readonly<Record<string, string | undefined>>;

/** A variable or flag with an empty text counts as not set. */
export function filled(value: string | undefined): string | undefined {
  return value === undefined || value.trim() === "" ? undefined : value;
}

/** A secret from the variable `NAME` or the file named by `NAME_FILE`; undefined when neither is set. */
export async function secretFrom(environment: Environment, name: string): Promise<string | undefined> {
  const value = environment[name];
  if (value !== undefined && value !== "") return value;
  const path = environment[`${name}_FILE`];
  if (path === undefined || path === "") return undefined;
  return readSecretFile(path, `${name}_FILE`);
}

/** The text of a file with a secret. Throws ConfigError. @param where names the setting */
export async function readSecretFile(path: string, where: string): Promise<string> {
  try {
    return (await readFile(path, "utf8")).trim();
  } catch (thrown) {
    throw new ConfigError(`${where}: cannot read ${path}: ${fileTrouble(thrown)}`);
  }
}
