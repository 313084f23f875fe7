// Wiring of the dialer's settings: changes over the store, and what is only read or validated at the tenant.

import { ABANDONMENT_LIMIT, type Clock, parseDuration } from "../kernel/index.ts";
import {
  createDialerCampaign,
  DEFAULT_PATIENCE,
  type GuardPlan,
  type Interruption,
  type Judgement,
  judge,
  type Patience,
  type Predictor,
  SettingsChanges,
  type SettingsFile,
} from "../operations/index.ts";
import type { DialerChange } from "../store/index.ts";
import type { Tenant } from "../tenant/index.ts";
import { type Config, ConfigError, type Flags, loadConfig } from "./config.ts";
import type { ConfigFile, Receiver } from "./config-schema.ts";
import { predictSettings } from "./settings-predictor.ts";
import { tenantFromConfig } from "./tenant-from-config.ts";
import {
  type DeliveryEnd,
  type Environment,
  openWorkplace,
  storeOf,
  type Workplace,
  type WorkplaceOptions,
} from "./workplace.ts";

const ALARMS: Receiver = "alarms";
const MINUTE_MS = 60_000;
/** Chance of a false alarm, and of missing the alternative, of each test of a guarded rollout. */
const GUARD_ALPHA = 0.01;
const GUARD_BETA = 0.05;
const GUARD_ALTERNATIVE = 0.045;
/** Most predicted probability of abandonment above the limit that is accepted. */
const ACCEPTED_CHANCE = 0.05;

/** What only asks the tenant; opens no store. */
export interface DialerTenant extends AsyncDisposable {
  readonly tenant: Tenant;
  /** Our checks, the tenant's validation, the prediction. */
  validate(file: SettingsFile): Promise<Judgement>;
}

export interface DialerOptions extends WorkplaceOptions {
  /** Time of the changes; the system's by default. */
  readonly clock?: Clock;
  /** See SettingsDependencies. */
  readonly pause?: (point: string) => Promise<void>;
  /** Predicts what settings come to; on the thread that asks, by default. */
  readonly predict?: Predictor;
  /** See SettingsDependencies. */
  readonly leaves?: boolean;
}

/** Everything that a change of the dialer's settings needs. */
export interface DialerRuntime extends AsyncDisposable {
  readonly changes: SettingsChanges;
  latestApplied(): Promise<DialerChange | undefined>;
  /** What a guarded rollout watches: so long, these campaigns or all active ones. */
  guardPlan(durationMs: number, campaigns: readonly string[]): Promise<GuardPlan>;
  /** Ends what runs in this process early: what is on the wire is finished and recorded, and it can be resumed. */
  interrupt(): Interruption;
  createCampaign(file: SettingsFile, options: { readonly again: boolean }): ReturnType<typeof createDialerCampaign>;
  deliverEvents(): Promise<DeliveryEnd>;
}

/** Opens what asks the tenant. */
export async function openDialerTenant(flags: Flags, environment: Environment): Promise<DialerTenant> {
  const config = await loadConfig(flags, environment);
  const tenant = await tenantFromConfig(config, environment);
  return {
    tenant,
    validate: (file) =>
      judge(file, {
        pacing: tenant.capabilities.pacingSettings,
        predict: predictSettings,
        chance: chanceOf(config),
        overrides: [],
      }),
    [Symbol.asyncDispose]: () => tenant.close(),
  };
}

/** The versions of the settings that a store knows, newest first; needs no tenant. */
export async function readDialerHistory(flags: Flags, environment: Environment, limit: number): Promise<DialerChange[]> {
  const store = await storeOf(await loadConfig(flags, environment), environment);
  try {
    return await store.dialer.list(limit);
  } finally {
    await store.close();
  }
}

/** Opens what changes of the settings need. Disposing stops it in reverse. */
export async function openDialer(flags: Flags, environment: Environment, options: DialerOptions): Promise<DialerRuntime> {
  await using stack = new AsyncDisposableStack();
  const workplace = await openWorkplace(stack, flags, environment, options);
  const dialer = dialerOn(workplace, options);
  workplace.runs.add(dialer.changes.kind());
  await workplace.launch();
  workplace.startDelivery();
  const owned = stack.move();
  return { ...dialer, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}

/** What changes the settings in a workplace, to be attached to its workflows. */
export function dialerOn(
  workplace: Workplace,
  options: Pick<DialerOptions, "clock" | "pause" | "predict">,
): Omit<DialerRuntime, keyof AsyncDisposable> {
  const { config, tenant, store, random, replica } = workplace;
  const { pacingSettings: pacing, metricsSource: metrics } = tenant.capabilities;
  const changes = new SettingsChanges({
    ledger: store.dialer,
    runs: workplace.runs,
    scope: workplace.scope,
    replicas: replica,
    pacing,
    metrics,
    predict: options.predict ?? predictSettings,
    clock: options.clock ?? config.clock,
    random,
    actor: config.actor,
    replicaId: replica.id,
    patience: patienceOf(config.file.dialer),
    chance: chanceOf(config),
    record: (entry) => store.audit.append([entry]),
    alarms: workplace.receivers.alarms === undefined ? undefined : ALARMS,
    pause: options.pause,
  });
  return {
    changes,
    interrupt: () => workplace.runs.interrupt(),
    latestApplied: () => store.dialer.latestApplied(),
    guardPlan: (durationMs, campaigns) => guardPlan(config, tenant, durationMs, campaigns),
    createCampaign: (file, given) =>
      createDialerCampaign(
        file,
        {
          ledger: store.dialer,
          actor: config.actor,
          desk: {
            create: (settings) => tenant.dialer.createCampaign(settings),
            auditEntries: () => tenant.auditLogs.list({ entity: "campaign" }),
          },
        },
        given,
      ),
    deliverEvents: () => workplace.deliverEvents(),
  };
}

export const chanceOf = (config: Config): number => config.file.dialer?.acceptedChance ?? ACCEPTED_CHANCE;

function patienceOf(given: ConfigFile["dialer"]): Patience {
  const activation = given?.activation;
  const span = (text: string | undefined, otherwise: number) =>
    text === undefined ? otherwise : (parseDuration(text) ?? otherwise);
  return {
    ...DEFAULT_PATIENCE,
    firstMs: span(activation?.first, DEFAULT_PATIENCE.firstMs),
    mostMs: span(activation?.most, DEFAULT_PATIENCE.mostMs),
    looks: activation?.looks ?? DEFAULT_PATIENCE.looks,
    settleMs: span(activation?.settle, DEFAULT_PATIENCE.settleMs),
  };
}

async function guardPlan(config: Config, tenant: Tenant, durationMs: number, named: readonly string[]): Promise<GuardPlan> {
  const guard = config.file.dialer?.guard;
  const everyMs = parseDuration(guard?.every ?? "1m") ?? MINUTE_MS;
  if (everyMs < MINUTE_MS || everyMs % MINUTE_MS !== 0)
    throw new ConfigError(`dialer.guard.every is ${guard?.every}; allowed are whole minutes, such as 1m or 5m`);
  if (durationMs < everyMs)
    throw new ConfigError(`a watch of ${durationMs / 1000} s is shorter than the time between two readings`);
  const campaigns = named.length > 0 ? [...named] : await activeCampaigns(tenant);
  return {
    durationMs,
    everyMs,
    campaigns,
    limit: ABANDONMENT_LIMIT,
    alternative: guard?.alternative ?? GUARD_ALTERNATIVE,
    alpha: GUARD_ALPHA,
    beta: GUARD_BETA,
  };
}

async function activeCampaigns(tenant: Tenant): Promise<string[]> {
  const active: string[] = [];
  for await (const { id, status } of tenant.campaigns.list()) if (status === "active") active.push(id);
  return active;
}
