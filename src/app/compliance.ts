// Wiring of calling rules and facts about people's numbers: over a store, with the settings of the configuration.

import { randomUUID } from "node:crypto";
import { resolve } from "node:path";
import type { RulePack, SpreadTarget } from "../compliance/index.ts";
import { type Clock, createRandom } from "../kernel/index.ts";
import {
  ComplianceUseCases,
  type Context,
  compileRulePack,
  createGate,
  DEFAULT_TARGETS,
  FactsUseCases,
  type Gate,
  type KnownFacts,
  type RulesInForce,
} from "../operations/index.ts";
import type { AuditInput, Facts, Store } from "../store/index.ts";
import { systemClock } from "../tenant/index.ts";
import { type Config, type Flags, loadConfig } from "./config.ts";
import type { Environment } from "./environment.ts";
import { readRulePack, withCampaignRules } from "./rule-pack.ts";
import { storeIfAny, storeOf } from "./store-of-config.ts";

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
}

/** What can be done with rules and facts in a store. */
export interface ComplianceRuntime {
  readonly compliance: ComplianceUseCases;
  readonly facts: FactsUseCases;
  /** The actor. */
  readonly actor: string;
  /**
   * What must happen until the tenant's dialer obeys a number that is put on the company's list, as a sentence; null where the
   * tenant has no groups.
   */
  readonly untilObeyed: string | null;
}

/** What gates need from an open store. */
export interface FactsRuntime {
  readonly facts: Facts;
  readonly clock: Clock;
  readonly gate: Gate;
  readonly audit: Store["audit"];
  readonly counts: Pick<Store, "knownCounts">;
  /** Appends to the audit log. */
  readonly record: (entry: AuditInput) => Promise<void>;
  readonly settings: ComplianceSettings;
  /** The rules in force. */
  readonly rules: () => Promise<RulesInForce>;
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
  context: Pick<Context, "store" | "clock" | "random"> & { readonly config: Config },
  asked: RulesAsked = {},
  signal?: AbortSignal,
): ComplianceRuntime {
  const { config } = context;
  // A clock that the caller brings need not be the database's.
  const comparesClock = context.clock === systemClock && config.file.tenant?.compareClock !== false;
  const rules = { settings: () => complianceSettings(config), rules: rulesOf(config, asked), comparesClock };
  return {
    compliance: new ComplianceUseCases(context, rules),
    facts: new FactsUseCases(context, rules.rules, signal),
    actor: config.actor,
    untilObeyed: untilObeyed(config),
  };
}

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

/** Opens rules and facts in the store of the configuration. @param signal ends waiting for a database that is away */
export async function openCompliance(
  flags: Flags,
  environment: Environment,
  asked: RulesAsked = {},
  signal?: AbortSignal,
): Promise<ComplianceRuntime & AsyncDisposable> {
  const config = await loadConfig(flags, environment);
  const store = await storeOf(config, environment);
  const random = createRandom(randomUUID(), "facts");
  const runtime = complianceOn({ config, store, clock: config.clock, random }, asked, signal);
  return { ...runtime, [Symbol.asyncDispose]: () => store.close() };
}

/** Opens the facts when there is a store; otherwise `store` is undefined, and `dir` is where it would be. */
export async function openFactsIfAny(
  flags: Flags,
  environment: Environment,
): Promise<{ readonly store: KnownFacts | undefined; readonly dir: string } & AsyncDisposable> {
  const config = await loadConfig(flags, environment);
  const store = await storeIfAny(config, environment);
  return { store, dir: config.dir, [Symbol.asyncDispose]: async () => store?.close() };
}

/** What gates need from an open store. */
export function factsOf(config: Config, store: Store, clock: Clock = config.clock): FactsRuntime {
  const { facts, holds, audit } = store;
  const random = createRandom(randomUUID(), "facts");
  const { actor } = config;
  return {
    facts,
    audit,
    counts: store,
    clock,
    gate: createGate({ facts, holds, audit, clock, random, actor }),
    record: (entry) => audit.append([entry]),
    settings: complianceSettings(config),
    rules: rulesOf(config, {}),
  };
}

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
