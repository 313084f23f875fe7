// Wiring of calling rules and facts about people's numbers: over a store, with the settings of the configuration.

import { randomUUID } from "node:crypto";
import { readFile } from "node:fs/promises";
import { basename, dirname, resolve } from "node:path";
import { z } from "zod";
import { campaignOverlay, mergePacks, parseRulePack, type RulePack, type SpreadTarget, usCaUk2026 } from "../compliance/index.ts";
import { campaignDraft } from "../contract/index.ts";
import { type Clock, createRandom, fileTrouble, problemsOf } from "../kernel/index.ts";
import {
  boundedFileText,
  ComplianceUseCases,
  type Context,
  compileRulePack,
  createGate,
  DEFAULT_TARGETS,
  FactsUseCases,
  type KnownFacts,
  openSignedPack,
  type RulesInForce,
  RuleUseCases,
} from "../operations/index.ts";
import type { Store } from "../store/index.ts";
import { type Profile, systemClock } from "../tenant/index.ts";
import { type Config, type Flags, loadConfig } from "./config.ts";
import { ConfigError } from "./config-error.ts";
import type { Environment } from "./environment.ts";
import { opening } from "./opening.ts";

/** Settings about compliance, defaults filled in. */
interface ComplianceSettings {
  readonly targets: readonly SpreadTarget[];
  readonly countEarlyHangups: boolean;
  /** IANA zone in which the operator's day ends. */
  readonly timeZone: string;
}

/** Rules that a command names instead of those of the configuration. */
export interface RulesAsked {
  /** File of a rule pack. */
  readonly pack?: string | undefined;
  /** File of a campaign whose own rules are added to the pack. */
  readonly campaignRules?: string | undefined;
  /** Whether the tenant is opened where it counts live answers itself. */
  readonly answers?: boolean | undefined;
}

/** What imports are told, and tell. */
interface ImportsTold {
  /** Ends waiting for a database that is away. */
  readonly signal?: AbortSignal | undefined;
  /** Told when they wait for it. */
  readonly warn?: ((message: string) => void) | undefined;
}

/** The compliance settings of a configuration. */
function complianceSettings(config: Config): ComplianceSettings {
  const given = config.file.compliance;
  const targets = Object.entries(given?.revocationTargets ?? {}).map(([system, hours]) => ({ system, hours }));
  return {
    targets: targets.length === 0 ? DEFAULT_TARGETS : targets,
    countEarlyHangups: given?.countEarlyHangups ?? true,
    timeZone: given?.timeZone ?? new Intl.DateTimeFormat().resolvedOptions().timeZone,
  };
}

/** Rules and facts of an open store. */
export function complianceOn(
  context: Pick<Context, "store" | "clock" | "random"> & {
    readonly config: Config;
    readonly tenant?: Context["tenant"] | undefined;
  },
  asked: RulesAsked = {},
  told: ImportsTold = {},
) {
  const { config } = context;
  // A clock that the caller brings need not be the database's.
  const comparesClock = context.clock === systemClock && config.file.tenant?.compareClock !== false;
  const rules = { settings: () => complianceSettings(config), rules: rulesOf(config, asked), comparesClock };
  return {
    compliance: new ComplianceUseCases(context, rules),
    facts: new FactsUseCases(context, rules.rules, { ...told, untilObeyed: untilObeyed(config) }),
    /** The actor. */
    actor: config.actor,
  };
}

/** What must happen until the tenant's dialer obeys a number that is put on the company's list; null where the tenant has no groups. */
function untilObeyed({ profile, file }: Config): string | null {
  if (profile !== "acd") return null;
  const group = file.tenant?.acd?.doNotCallGroup;
  const push = "outdial dnc push --campaign ID adds it now";
  return group === undefined
    ? `the tenant's dialer does not know it until a do-not-call group that the campaign obeys has it: ${push}`
    : `the tenant's dialer does not know it until group ${group} has it: a running service adds it within seconds, ${push}`;
}

/** The rules of each configuration that was read: all that works by one configuration goes by the same rules. */
const read = new WeakMap<Config["file"], Promise<RulesInForce>>();

/** Returns a function that gives the rules in force: those that are named, else those of the configuration; each read and compiled once. */
export function rulesOf(config: Config, asked: RulesAsked): () => Promise<RulesInForce> {
  const own = new WeakMap<Config["file"], Promise<RulesInForce>>();
  const known = asked.pack === undefined && asked.campaignRules === undefined ? read : own;
  return () => {
    // The service takes another file in its place when the configuration is read again.
    const { file } = config;
    const rules =
      known.get(file) ??
      rulesRead(config, asked).catch((thrown: unknown) => {
        // A broken file may have been fixed by the next request.
        known.delete(file);
        throw thrown;
      });
    known.set(file, rules);
    return rules;
  };
}

async function rulesRead({ file, folder, profile }: Config, { pack, campaignRules }: RulesAsked): Promise<RulesInForce> {
  const path = (given: string | undefined) => (given === undefined ? undefined : resolve(folder, given));
  const { pack: configured, packKey } = file.compliance ?? {};
  const found = await withCampaignRules(await readRulePack(pack ?? path(configured), path(packKey)), campaignRules, profile);
  return { pack: found, compiled: compileRulePack(found) };
}

/** Opens rules and facts in the store of the configuration. */
export const openCompliance = opening(async (parts, asked: RulesAsked & ImportsTold = {}) => {
  const { config } = parts;
  const store = await parts.store();
  const tenant = asked.answers === true && config.profile === "acd" ? await parts.tenant() : undefined;
  const random = createRandom(randomUUID(), "facts");
  return complianceOn({ config, store, tenant, clock: config.clock, random }, asked, asked);
});

/** The same, with the tenant's own count of live answers. */
export const openAnswers: typeof openCompliance = (flags, environment, asked) =>
  openCompliance(flags, environment, { ...asked, answers: true });

/** Opens rules, and a store only for a question about a person. */
export const openRules = opening(async ({ config, storeIfAny }, asked: RulesAsked = {}) => {
  const none = `there is no store in ${config.dir}, so company's list, consent and attempts were not read`;
  let opened: Promise<KnownFacts | undefined> | undefined;
  const known = async () => (await (opened ??= storeIfAny())) ?? none;
  return new RuleUseCases({ clock: config.clock, known }, { rules: rulesOf(config, asked) });
});

/** Opens the facts when there is a store; otherwise `store` is undefined, and `dir` is where it would be. */
export const openFactsIfAny = opening(async ({ config: { dir }, storeIfAny }) => {
  const store: KnownFacts | undefined = await storeIfAny();
  return { store, dir };
});

/** What gates need from an open store. */
export function factsOf(config: Config, store: Store, clock: Clock = config.clock) {
  const { facts, holds, audit } = store;
  const random = createRandom(randomUUID(), "facts");
  const { actor } = config;
  return {
    facts,
    audit,
    counts: store,
    clock,
    gate: createGate({ facts, holds, audit, clock, random, actor }),
    settings: complianceSettings(config),
    /** The rules in force. */
    rules: rulesOf(config, {}),
  };
}
export type FactsRuntime = ReturnType<typeof factsOf>;

/** The rules for a command: those it names, else those of the configuration; opens no store. */
export async function readRules(flags: Flags, environment: Environment, asked: RulesAsked): Promise<RulesInForce> {
  return rulesOf(await loadConfig(flags, environment), asked)();
}

/**
 * A pack with the rules of a campaign's file added, parsed as the profile of the configuration's tenant requires; opens no store.
 */
export async function withOwnRules(
  flags: Flags,
  environment: Environment,
  pack: RulePack,
  path: string | undefined,
): Promise<RulePack> {
  return path === undefined ? pack : withCampaignRules(pack, path, (await loadConfig(flags, environment)).profile);
}

/** The folder of the audit log's keys, without opening a store. */
export async function storeFolder(flags: Flags, environment: Environment): Promise<string> {
  return (await loadConfig(flags, environment)).dir;
}

// The rule pack of a command: the named file, else the built-in one; an overlay is applied to its base, and a campaign's own
// rules to the result.

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
async function withCampaignRules(pack: RulePack, path: string | undefined, profile: Profile): Promise<RulePack> {
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

// Gets signed rule packs from a file or a URL.

const TIMEOUT_MS = 30_000;
const MAX_BYTES = 20_000_000;

/** The text of a signed pack, not checked in any way. Throws ConfigError. @param from an https or http URL, or a file's path */
export async function readSignedPack(from: string): Promise<string> {
  try {
    if (!/^https?:\/\//i.test(from)) return await readFile(from, "utf8");
    const response = await fetch(from, { redirect: "error", signal: AbortSignal.timeout(TIMEOUT_MS) });
    if (!response.ok) throw new Error(`the server answered ${response.status}`);
    const bytes = await response.arrayBuffer();
    if (bytes.byteLength > MAX_BYTES) throw new Error(`it has more than ${MAX_BYTES} bytes`);
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (thrown) {
    throw new ConfigError(`cannot read the signed pack ${from}: ${fileTrouble(thrown)}`);
  }
}
