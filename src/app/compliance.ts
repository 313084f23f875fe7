// What commands about facts, gates and ledgers work in: the store, the clock, who does it, and the settings of the configuration.

import { randomUUID } from "node:crypto";
import { resolve } from "node:path";
import type { SpreadTarget } from "../compliance/index.ts";
import { type Clock, createRandom } from "../kernel/index.ts";
import { createGate, DEFAULT_TARGETS, type Gate, type ImportDeps } from "../operations/index.ts";
import type { AuditInput, Facts, Store } from "../store/index.ts";
import { type Config, type Flags, loadConfig } from "./config.ts";
import { type Environment, storeIfAny, storeOf } from "./workplace.ts";

/** Settings about compliance, defaults filled in. */
interface ComplianceSettings {
  /** File of the rule pack; undefined for the shipped one. */
  readonly pack: string | undefined;
  readonly optOutCodes: readonly string[];
  readonly targets: readonly SpreadTarget[];
  readonly countEarlyHangups: boolean;
  /** IANA zone in which the operator's day ends. */
  readonly timeZone: string;
}

/** What commands about facts need of an open store. */
export interface FactsRuntime {
  readonly facts: Facts;
  readonly clock: Clock;
  readonly actor: string;
  readonly imports: ImportDeps;
  readonly gate: Gate;
  /** Appends to the audit. */
  readonly record: (entry: AuditInput) => Promise<void>;
  readonly settings: ComplianceSettings;
}

/** The settings of a configuration. */
export function complianceSettings(config: Config): ComplianceSettings {
  const given = config.file.compliance;
  const targets = Object.entries(given?.revocationTargets ?? {}).map(([system, hours]) => ({ system, hours }));
  return {
    pack: given?.pack === undefined ? undefined : resolve(config.cwd, given.pack),
    optOutCodes: given?.optOutCodes ?? [],
    targets: targets.length === 0 ? DEFAULT_TARGETS : targets,
    countEarlyHangups: given?.countEarlyHangups ?? true,
    timeZone: given?.timeZone ?? new Intl.DateTimeFormat().resolvedOptions().timeZone,
  };
}

/** Opens the facts of the store that the configuration names. */
export async function openFacts(flags: Flags, environment: Environment): Promise<FactsRuntime & AsyncDisposable> {
  const config = await loadConfig(flags, environment);
  const store = await storeOf(config, environment);
  return { ...factsOf(config, store), [Symbol.asyncDispose]: () => store.close() };
}

/** Opens the facts where there is a store; `facts` is undefined where there is none, in `dir`. */
export async function openFactsIfAny(
  flags: Flags,
  environment: Environment,
): Promise<{ readonly facts: Facts | undefined; readonly dir: string } & AsyncDisposable> {
  const config = await loadConfig(flags, environment);
  const store = await storeIfAny(config, environment);
  return { facts: store?.facts, dir: config.dir, [Symbol.asyncDispose]: async () => store?.close() };
}

/** The facts of a store that is open. */
export function factsOf(config: Config, store: Store, clock: Clock = config.clock): FactsRuntime {
  const imports: ImportDeps = {
    facts: store.facts,
    clock,
    random: createRandom(randomUUID(), "facts"),
    actor: config.actor,
  };
  return {
    facts: store.facts,
    clock,
    actor: config.actor,
    imports,
    gate: createGate({ ...imports, holds: store.holds, sign: (text) => store.audit.sign(text) }),
    record: (entry) => store.audit.append([entry]),
    settings: complianceSettings(config),
  };
}

/** The folder of the audit's keys and the settings, without opening a store. */
export async function readSettings(
  flags: Flags,
  environment: Environment,
): Promise<ComplianceSettings & { readonly dir: string }> {
  const config = await loadConfig(flags, environment);
  return { ...complianceSettings(config), dir: config.dir };
}
