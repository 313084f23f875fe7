// The rule pack a command decides with: the file that is named, else the shipped one.

import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import {
  type CompiledPack,
  compilePack,
  createBuiltinGeography,
  parseRulePack,
  type RulePack,
  usCaUk2026,
} from "../compliance/index.ts";
import { messageOf } from "../kernel/index.ts";
import { ConfigError } from "./config.ts";

/** Reads a rule pack, JSON or YAML; undefined gives the shipped one. Throws ConfigError, ComplianceError `invalid_pack`. */
export async function readRulePack(path: string | undefined): Promise<RulePack> {
  if (path === undefined) return usCaUk2026();
  let value: unknown;
  try {
    const text = await readFile(resolve(path), "utf8");
    value = /^\s*\{/.test(text) ? JSON.parse(text) : (await import("yaml")).parse(text);
  } catch (thrown) {
    throw new ConfigError(`cannot read the rule pack ${path}: ${messageOf(thrown)}`);
  }
  return parseRulePack(value, path);
}

/** Makes a pack ready to decide with, on this runtime's time-zone data. */
export function compileRulePack(pack: RulePack): CompiledPack {
  return compilePack(pack, { geography: createBuiltinGeography(), timeZoneData: process.versions["tz"] });
}
