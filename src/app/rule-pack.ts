// The rule pack of a command: the named file, else the built-in one; an overlay is applied to its base, and a campaign's own
// rules to the result.

import { basename, dirname, resolve } from "node:path";
import { z } from "zod";
import { campaignOverlay, mergePacks, parseRulePack, type RulePack, usCaUk2026 } from "../compliance/index.ts";
import { campaignDraft } from "../contract/index.ts";
import { fileTrouble, problemsOf } from "../kernel/index.ts";
import { boundedFileText, openSignedPack } from "../operations/index.ts";
import type { Profile } from "../tenant/index.ts";
import { ConfigError } from "./config-error.ts";

/**
 * Reads a rule pack, JSON or YAML; undefined gives the built-in one. A pack with a `base` is applied to it: to the built-in pack
 * when that has the id, else to the file of that name beside it. Throws ConfigError, ComplianceError `invalid_pack`.
 * @param key file of the public key for the signature; then the pack is a signed file, applied to the built-in pack when it has a
 * base
 */
export async function readRulePack(path: string | undefined, key?: string): Promise<RulePack> {
  if (path === undefined) return usCaUk2026();
  if (key === undefined) return await readLayered(resolve(path), path, []);
  const vkey = (await readText(key, key)).trim();
  return openSignedPack(await readText(resolve(path), path), vkey).pack;
}

/** The document in a pack's file, JSON or YAML, unchanged. Throws ConfigError. */
export async function readPackDocument(path: string): Promise<object> {
  const document = await readData(resolve(path), path);
  if (typeof document === "object" && document !== null) return document;
  throw new ConfigError(`${path} is no rule pack`);
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

async function readText(file: string, name: string): Promise<string> {
  try {
    return await boundedFileText(file);
  } catch (thrown) {
    throw new ConfigError(`cannot read ${name}: ${fileTrouble(thrown)}`);
  }
}

async function readData(file: string, name: string): Promise<unknown> {
  const text = await readText(file, name);
  try {
    const isJson = /^\s*\{/.test(text) && !/\.ya?ml$/i.test(file);
    return isJson ? JSON.parse(text) : (await import("yaml")).parse(text);
  } catch (thrown) {
    throw new ConfigError(`cannot read ${name}: ${fileTrouble(thrown)}`);
  }
}

const ownRules = campaignDraft.shape.complianceConfig.unwrap();
const campaignFile = z.looseObject({ id: z.string().optional(), name: z.string().optional(), complianceConfig: ownRules });

/**
 * Applies a campaign's own rules to a pack: `complianceConfig` of a campaign file, or a file that contains nothing else. Without
 * a file the pack stays as it is. Throws ConfigError for a file that cannot be read or has unknown fields, ComplianceError
 * `invalid_pack`.
 * @param profile of the tenant: with `acd`, hours are in the zone of the called person
 */
export async function withCampaignRules(pack: RulePack, path: string | undefined, profile: Profile): Promise<RulePack> {
  if (path === undefined) return pack;
  const data = await readData(resolve(path), path);
  const whole = typeof data === "object" && data !== null && "complianceConfig" in data;
  const schema = whole
    ? campaignFile
    : ownRules.transform((complianceConfig) => ({ complianceConfig, id: undefined, name: undefined }));
  const parsed = schema.safeParse(data);
  if (!parsed.success) {
    const problems = problemsOf(whole ? campaignFile : ownRules, data, parsed.error);
    const lines = problems.map(({ path: at, message }) => `${at === "" ? "the campaign" : at}: ${message}`);
    throw new ConfigError(`the campaign's rules ${path} cannot be used: ${lines.join("; ")}`);
  }
  const { id, name, complianceConfig } = parsed.data;
  const clockOf = profile === "acd" ? "called" : "campaign";
  return mergePacks(pack, campaignOverlay(id ?? name ?? basename(path), { ...complianceConfig, clockOf }));
}
