// Wiring of the dialer's settings: changes over the store, and what is only read from or validated by the tenant.

import type { Clock } from "../kernel/index.ts";
import {
  type ChangeProgress,
  compareWithVendor,
  type DialerPlan,
  type DialerReadings,
  DialerUseCases,
  dialerHistory,
  dialerPreviewOf,
  type Interruption,
  type Judgement,
  judgeSettings,
  type RegulatoryCheck,
  readSettingsFile,
  SettingsChanges,
  type SettingsFile,
  type SimulatedRun,
  type TenantRefresh,
} from "../operations/index.ts";
import type {
  DialerChange as ChangeView,
  DialerPreview,
  DialerVersion,
  Planned,
  SimulatorComparison,
} from "../operations/views/index.ts";
import type { TenantLink } from "../tenant/index.ts";
import { requireSupported } from "../tenant/port.ts";
import { campaignStatesOf, refreshOn } from "./campaign-state.ts";
import { type Environment, type Flags, loadConfig } from "./config.ts";
import { chanceOf, checksOf, guardOf, patienceOf } from "./dialer-rules.ts";
import type { CarriedOut } from "./over-service/client.ts";
import { predictHere, simulatingBy } from "./predictions.ts";
import { storeOf } from "./store-of-config.ts";
import { tenantFromConfig } from "./tenant-from-config.ts";
import { openWorkplace, type Workplace, type WorkplaceOptions } from "./workplace.ts";

/** What only needs the tenant; opens no store. */
export interface DialerTenant extends AsyncDisposable {
  readonly tenant: TenantLink;
  /** Throws TenantError `unsupported` when a campaign consists of more than settings. */
  requireMaking(): void;
  /** Reads a settings file as the tenant's profile requires. */
  readFile(text: string, name: string): Promise<SettingsFile>;
  /**
   * Our checks, the tenant's validation, the prediction. @param checks regulatory checks; those of the configuration by default
   * @param campaign the campaign of the settings, where a tenant keeps settings for each
   */
  validate(file: SettingsFile, checks?: readonly RegulatoryCheck[], campaign?: string): Promise<Judgement>;
  /** The tenant's own simulator and ours on the same settings. Throws TenantError `unsupported` */
  simulate(file: SettingsFile, run: SimulatedRun): Promise<SimulatorComparison>;
}

export interface DialerOptions extends WorkplaceOptions {
  /** Clock of the changes; the system's by default. */
  readonly clock?: Clock;
  /** See SettingsRules. */
  readonly pause?: (point: string) => Promise<void>;
  /** Predicts the effect of settings; in the calling thread by default. */
  readonly predict?: typeof predictHere;
}

/** The text of a settings file and its name for people. */
export interface SettingsText {
  readonly text: string;
  readonly name: string;
}

/** The options of a change. */
export interface ChangeAsked {
  readonly campaign: string | undefined;
  readonly overrides: readonly string[];
  /** Nothing is stored or sent. */
  readonly dryRun: boolean;
}

/** The options of applying a file. */
export interface ApplyAsked extends ChangeAsked {
  readonly retryRejected: boolean;
  readonly guardMs: number | undefined;
  readonly guardCampaigns: readonly string[];
}

/** A change that was shown, and what can be done with it. */
export interface ShownChange {
  readonly preview: DialerPreview;
  /** Begins exactly this change. Throws `plan_changed`, and OperationError `job_state` when another change is open. */
  begin(): Promise<CarriedOut<Pick<ChangeView, "version">>>;
  /** Records in the audit log that it was refused. */
  recordRefusal(): Promise<void>;
}

/** The progress of a change. */
export interface ChangeStanding extends Pick<ChangeView, "phase" | "purpose" | "looks"> {
  readonly guard: { readonly answered: number; readonly abandoned: number } | null;
  readonly stop: { readonly message: string } | null;
}

/** Called with the progress of a change; undefined while another process runs it. */
export type OnChange = (version: number, change: ChangeStanding | undefined) => void;

/** Changes of dialer settings as the API shows them: in this process, or at a service. */
export interface DialerChanges extends AsyncDisposable {
  apply(file: SettingsText, asked: ApplyAsked): Promise<ShownChange>;
  rollback(version: number | undefined, asked: ChangeAsked): Promise<ShownChange>;
  /** The version of the change that has not ended. */
  open(): Promise<number | undefined>;
  /** Finishes a change that was left unended; undefined when there was none. */
  finishOpen(onProgress: OnChange): Promise<ChangeView | undefined>;
  /** Continues a change. @param keep a person's decision on one that waits for it */
  goOn(version: number, keep: boolean | undefined): Promise<void>;
  /** Runs a change to its end, or follows the process that does. @returns the change as it ended or stopped */
  run(version: number, onProgress: OnChange): Promise<ChangeView>;
  /** Stops what runs in this process early and in order, or stops following what a service runs. */
  interrupt(): Interruption;
  deliverEvents(): Promise<unknown>;
}

/** Changes in this process, with everything else that can be done with dialer settings. */
export interface DialerRuntime extends DialerChanges {
  readonly dialer: DialerUseCases;
  readonly changes: SettingsChanges;
}

/** Opens what only needs the tenant. */
export async function openDialerTenant(flags: Flags, environment: Environment): Promise<DialerTenant> {
  const config = await loadConfig(flags, environment);
  const tenant = await tenantFromConfig(config, environment);
  return {
    tenant,
    readFile: (text, name) => readSettingsFile(tenant, text, name),
    requireMaking: () => requireSupported("make a campaign of dialer settings", tenant.capabilities.pacingSettings.making),
    validate: (file, checks = checksOf(config), campaign?) =>
      judgeSettings(tenant, file, { predict: predictHere, chance: chanceOf(config), checks, campaign }),
    simulate: (file, run) => compareWithVendor(tenant.capabilities.pacingSettings, file, run, simulatingBy(predictHere)),
    [Symbol.asyncDispose]: () => tenant.close(),
  };
}

/** The versions of the settings that a store knows, newest first; needs no tenant. */
export async function readDialerHistory(
  flags: Flags,
  environment: Environment,
  limit: number,
): Promise<readonly DialerVersion[]> {
  const store = await storeOf(await loadConfig(flags, environment), environment);
  try {
    return await dialerHistory(store, limit);
  } finally {
    await store.close();
  }
}

/** Opens what changes of the settings need. Disposing closes it in reverse order. */
export async function openDialer(flags: Flags, environment: Environment, options: DialerOptions): Promise<DialerRuntime> {
  await using stack = new AsyncDisposableStack();
  const workplace = await openWorkplace(stack, flags, environment, options);
  const ended = new AbortController();
  stack.defer(() => ended.abort());
  const states = campaignStatesOf(workplace.config, workplace);
  const refresh = refreshOn(workplace, { states, warn: options.warn, signal: ended.signal });
  const dialer = dialerOn(workplace, readingsOf(refresh, predictHere), options);
  workplace.runs.add(dialer.changes.kind());
  await workplace.launch();
  workplace.startDelivery();
  const { changes } = dialer;
  const shownOf = (planned: Planned<DialerPlan>): ShownChange => ({
    preview: dialerPreviewOf(planned),
    async begin() {
      const { prepared, guard } = planned.plan;
      return { result: await changes.begin(prepared, guard), approval: null };
    },
    recordRefusal: () => changes.recordRefusal(planned.plan.prepared),
  });
  const told =
    (onProgress: OnChange) =>
    ({ version, state, elsewhere }: ChangeProgress) =>
      onProgress(version, elsewhere ? undefined : state);
  const owned = stack.move();
  return {
    dialer,
    changes,
    apply: async ({ text, name }, { dryRun, ...asked }) =>
      shownOf(await dialer.planApply(await dialer.readFile(text, name), { ...asked, store: !dryRun })),
    rollback: async (version, { dryRun, ...asked }) => shownOf(await dialer.planRollback({ version, ...asked, store: !dryRun })),
    open: async () => (await changes.open())?.version,
    async finishOpen(onProgress) {
      const ended = await changes.finishOpen(told(onProgress));
      return ended === undefined ? undefined : dialer.change(ended.change.version);
    },
    async goOn(version, keep) {
      if (keep !== undefined) await changes.decide(version, keep);
    },
    async run(version, onProgress) {
      await changes.run(version, told(onProgress));
      return dialer.change(version);
    },
    interrupt: () => workplace.runs.interrupt(),
    deliverEvents: () => workplace.deliverEvents(),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
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
