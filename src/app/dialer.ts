// Wiring of the dialer's settings: changes over the store, and what is only read from or validated by the tenant.

import { MINUTE_MS, parseDuration } from "../kernel/index.ts";
import {
  compareWithVendor,
  DEFAULT_PATIENCE,
  type DialerReadings,
  type DialerRules,
  DialerUseCases,
  dialerHistory,
  judgeSettings,
  type Patience,
  REGULATORY_CHECKS,
  type RegulatoryCheck,
  readSettingsFile,
  SettingsChanges,
  type TenantRefresh,
} from "../operations/index.ts";
import { systemClock } from "../tenant/index.ts";
import { requireSupported } from "../tenant/port.ts";
import { campaignStatesOf, refreshOn } from "./campaign-state.ts";
import { type Config, type Flags, loadConfig } from "./config.ts";
import { ConfigError } from "./config-error.ts";
import type { ConfigFile } from "./config-schema.ts";
import type { DialerOptions, DialerRuntime, DialerTenant } from "./dialer-types.ts";
import type { Environment } from "./environment.ts";
import { predictHere, simulatingBy } from "./predictions.ts";
import { storeOf } from "./store-of-config.ts";
import { tenantFromConfig } from "./tenant-from-config.ts";
import { openWorkplace, type Workplace } from "./workplace.ts";

/** Opens what only needs the tenant. */
export async function openDialerTenant(flags: Flags, environment: Environment): Promise<DialerTenant> {
  const config = await loadConfig(flags, environment);
  const tenant = await tenantFromConfig(config, environment);
  return {
    tenant,
    readFile: (text, name) => readSettingsFile(tenant, text, name),
    requireMaking: () => requireSupported("make a campaign of dialer settings", tenant.capabilities.pacingSettings.making),
    validate: (file, asked) => {
      const { checks = checksOf(config), campaign } = asked ?? {};
      return judgeSettings({ tenant, clock: systemClock }, file, {
        predict: predictHere,
        chance: chanceOf(config),
        checks,
        campaign,
      });
    },
    simulateVendor: (file, run) => compareWithVendor(tenant.capabilities.pacingSettings, file, run, simulatingBy(predictHere)),
    [Symbol.asyncDispose]: () => tenant.close(),
  };
}

/** Opens the versions of the settings that a store knows; needs no tenant. */
export async function openDialerHistory(
  flags: Flags,
  environment: Environment,
): Promise<Pick<DialerUseCases, "history"> & AsyncDisposable> {
  const store = await storeOf(await loadConfig(flags, environment), environment);
  return { history: (...asked) => dialerHistory(store, ...asked), [Symbol.asyncDispose]: () => store.close() };
}

/** Opens what changes of the settings need. Disposing closes it in reverse order. */
export async function openDialer(flags: Flags, environment: Environment, options: DialerOptions): Promise<DialerRuntime> {
  await using stack = new AsyncDisposableStack();
  const workplace = await openWorkplace(stack, flags, environment, options);
  const ended = new AbortController();
  stack.defer(() => ended.abort());
  const states = campaignStatesOf(workplace.config, workplace);
  const refresh = refreshOn(workplace, { states, warn: options.warn, signal: ended.signal });
  // What is in force is predicted where somebody watches it.
  const dialer = dialerOn(
    workplace,
    readingsOf(refresh, () => Promise.resolve(undefined)),
    options,
  );
  workplace.runs.add(dialer.changes.kind());
  await workplace.launch();
  workplace.startDelivery();
  const owned = stack.move();
  return { dialer, changes: dialer.changes, workplace, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}

/** The dialer settings of a workplace; its kind of job must be added to the runs. */
export function dialerOn(
  workplace: Workplace,
  readings: DialerReadings,
  { clock, pause, predict = predictHere }: Pick<DialerOptions, "clock" | "pause" | "predict">,
): DialerUseCases {
  const { config } = workplace;
  const rules = { predict, chance: chanceOf(config), checks: checksOf(config) };
  const changes = new SettingsChanges(workplace, { ...rules, clock, pause, patience: patienceOf(config.file.dialer) });
  return new DialerUseCases(workplace, changes, {
    ...rules,
    simulate: simulatingBy(predict),
    readings,
    guard: guardOf(config.file.dialer),
  });
}

/** Settings as stored in the view of the tenant. */
export const readingsOf = (refresh: TenantRefresh, prediction: DialerReadings["prediction"]): DialerReadings => ({
  looking: (campaign) => refresh.looking({ dialerOf: campaign }),
  readNow: (campaign) => refresh.dialerNow(campaign),
  prediction,
});

// The rules of dialer changes, as the configuration has them.

const GUARD_ALTERNATIVE = 0.045;

/** Highest acceptable predicted probability of abandonment above the limit. */
const ACCEPTED_CHANCE = 0.05;

const checksOf = (config: Config): readonly RegulatoryCheck[] => [
  ...new Set(config.file.dialer?.regulatoryChecks ?? REGULATORY_CHECKS),
];

const chanceOf = (config: Config): number => config.file.dialer?.acceptedChance ?? ACCEPTED_CHANCE;

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

function guardOf(given: ConfigFile["dialer"]): DialerRules["guard"] {
  const everyMs = parseDuration(given?.guard?.every ?? "1m") ?? MINUTE_MS;
  if (everyMs < MINUTE_MS || everyMs % MINUTE_MS !== 0)
    throw new ConfigError(`dialer.guard.every is ${given?.guard?.every}; allowed are whole minutes, such as 1m or 5m`);
  return { everyMs, alternative: given?.guard?.alternative ?? GUARD_ALTERNATIVE };
}
