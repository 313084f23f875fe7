// The rule pack a command decides with: the file that is named, else the shipped one; an overlay is laid over its base.

import { readFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import {
  type CompiledPack,
  compilePack,
  createBuiltinGeography,
  mergePacks,
  parseRulePack,
  type RulePack,
  usCaUk2026,
} from "../compliance/index.ts";
import { messageOf } from "../kernel/index.ts";
import { ConfigError } from "./config.ts";

/**
 * Reads a rule pack, JSON or YAML; undefined gives the shipped one. A pack with a `base` is laid over it: over the shipped pack when that is its
 * id, else over the file of that name beside it. Throws ConfigError, ComplianceError `invalid_pack`.
 */
export async function readRulePack(path: string | undefined): Promise<RulePack> {
  return path === undefined ? usCaUk2026() : await readLayered(resolve(path), path, []);
}

async function readLayered(file: string, name: string, above: readonly string[]): Promise<RulePack> {
  if (above.includes(file)) throw new ConfigError(`the rule pack ${name} is its own base, by way of ${above.length} files`);
  const pack = parseRulePack(await readData(file, name), name);
  if (pack.base === undefined) return pack;
  const shipped = usCaUk2026();
  const base =
    pack.base === shipped.id ? shipped : await readLayered(resolve(dirname(file), pack.base), pack.base, [...above, file]);
  return mergePacks(base, pack);
}

async function readData(file: string, name: string): Promise<unknown> {
  try {
    const text = await readFile(file, "utf8");
    const isJson = /^\s*\{/.test(text) && !/\.ya?ml$/i.test(file);
    return isJson ? JSON.parse(text) : (await import("yaml")).parse(text);
  } catch (thrown) {
    throw new ConfigError(`cannot read the rule pack ${name}: ${messageOf(thrown)}`);
  }
}

/** Makes a pack ready to decide with, on this runtime's time-zone data. */
export function compileRulePack(pack: RulePack): CompiledPack {
  return compilePack(pack, { geography: createBuiltinGeography(), timeZoneData: process.versions["tz"] });
}
