// Wiring of the state of campaigns: pausing and resuming with a store, and the stop that needs neither store nor service.

import { randomUUID } from "node:crypto";
import { type Clock, createRandom, MINUTE_MS, messageOf, newId, parseDuration } from "../kernel/index.ts";
import {
  type ApplyPatience,
  CampaignFileUseCases,
  CampaignPlanner,
  CampaignResumes,
  CampaignStates,
  type CampaignUseCases,
  compareWithVendor,
  DEFAULT_PATIENCE,
  type DialerReadings,
  type DialerRules,
  DialerUseCases,
  dialerHistory,
  endOf,
  exportedCampaigns,
  figuresOf,
  hourlyFigures,
  judgeSettings,
  type KnownOfCampaigns,
  knownCampaign,
  knownList,
  type Patience,
  type PlanRules,
  REGULATORY_CHECKS,
  type RegulatoryCheck,
  readSettingsFile,
  requireMaking,
  SettingsChanges,
  STOP_PATIENCE,
  type StateContext,
  StopRun,
  settingsShown,
  standingsOf,
  suggesting,
  TenantRefresh,
} from "../operations/index.ts";
import {
  type CampaignStatus,
  type CampaignStatusList,
  campaignStatusOf,
  partOf,
  type StopResult,
  stopResultOf,
} from "../operations/views/index.ts";
import { embeddedStoreRuns, type Stop, type StopPause, type StoppedCampaign, type Store, StoreError } from "../store/index.ts";
import { systemClock, TenantError, type TenantLink } from "../tenant/index.ts";
import { factsOf, rulesOf } from "./compliance.ts";
import { type Config, type Flags, loadConfig } from "./config.ts";
import { ConfigError } from "./config-error.ts";
import type { ConfigFile } from "./config-schema.ts";
import type { Environment } from "./environment.ts";
import { ownProof } from "./inbound.ts";
import { opening } from "./opening.ts";
import type { ServiceAddress } from "./over-service/address.ts";
import { outlookOfService, type StopOutlook } from "./over-service/stops.ts";
import { predictHere, simulatingBy } from "./predictions.ts";
import { campaignGateOf } from "./segments.ts";
import type { Predictable } from "./settings-predictor.ts";
import { StopNotes } from "./stop-notes.ts";
import { storeOf } from "./store-of-config.ts";
import { tenantFromConfig } from "./tenant-from-config.ts";
import { type Workplace, type WorkplaceOptions, working } from "./workplace.ts";

/** How long a stop repeats one request, ms: other campaigns go on meanwhile, and it comes again. */
const STOP_RETRY = { totalMs: 30_000 };

/** How long a stop without a store waits for what the database knows, ms. */
const KNOWN_MS = 15_000;
/** How long a question waits for what a stop would reach, and how old figures of calls may be, ms. */
const OUTLOOK_MS = 1_000;
const OUTLOOK_AGE_MS = 600_000;
const UNTOLD = "other processes are not told of the stop by the store, and may start what was asked for before it";
const NO_STORE =
  "there is no store here; give the stop once more in a minute, or with the store of the services (DATABASE_URL, or their folder)";
/** How long a stop that is over waits until the database knows of it, ms. */
const TOLD_MS = 5_000;

/** The state of campaigns over an open tenant and an open store, behind the gate of the configuration. */
export function campaignStatesOf(
  config: Config,
  context: StateContext,
  predict?: ConstructorParameters<typeof CampaignStates>[2],
): CampaignStates {
  return new CampaignStates(context, () => campaignGateOf(context.tenant, factsOf(config, context.store)), predict);
}

/** The view of a workplace's tenant in its store; the process that serves it keeps it up to date. */
export function refreshOn(
  { config, store, tenant }: Pick<Workplace, "config" | "store" | "tenant">,
  given: { readonly states: CampaignStates; readonly warn: (message: string) => void; readonly signal: AbortSignal },
): TenantRefresh {
  return new TenantRefresh({ store, tenant, clock: config.clock, ...given });
}

/** Contacts of a list that are looked at: of one campaign, of each of many. */
const CONTACTS_OF_ONE = 1_000;
const CONTACTS_OF_MANY = 100;
/** Campaigns read at once. */
const AT_ONCE = 4;

/** How campaigns are looked at; `window` in minutes, `contacts` of each list. */
interface Looking {
  /** Ends looks and resumes. */
  readonly signal?: AbortSignal | undefined;
  readonly window?: number | undefined;
  readonly contacts?: number | undefined;
}

/** Opens the state of campaigns. */
export const openCampaignStates = opening(async ({ config, ...opened }, { signal, window, contacts }: Looking = {}) => {
  const tenant = await opened.tenant();
  const store = await opened.store();
  const context = { ...config, tenant, store };
  // What a pause does not need is loaded when it is.
  const predict = async (file: Predictable) => (await import("./predictions.ts")).predictHere(file);
  const states = campaignStatesOf(config, context, predict);
  const { signal: never } = new AbortController();
  const refresh = refreshOn({ config, store, tenant }, { states, warn: () => undefined, signal: never });
  const resumes = new CampaignResumes(context, { states, refresh, signal });
  const one = async (id: string, most: number, fresh: boolean) => {
    const windowMinutes = window ?? (await standingsOf(store)).get(id)?.windowMinutes;
    const gate = fresh ? undefined : ("when due" as const);
    await refresh.campaignNow(id, { windowMinutes, contacts: contacts ?? most, gate, signal }).catch((thrown: unknown) => {
      if (!(thrown instanceof TenantError) || thrown.code === "not_found" || thrown.code === "aborted") throw thrown;
    });
    return campaignStatusOf(await knownCampaign(store, id, config.clock.now(), window), config.clock.now());
  };
  const many = async (ids: readonly string[], fresh: boolean) => {
    const found = new Map<string, CampaignStatus>();
    const waiting = [...ids];
    const worker = async () => {
      for (let id = waiting.shift(); id !== undefined; id = waiting.shift())
        try {
          found.set(id, await one(id, CONTACTS_OF_MANY, fresh));
        } catch (thrown) {
          // One that was deleted since the list was read is left out.
          if (ids.length === 1 || !(thrown instanceof TenantError) || thrown.code !== "not_found") throw thrown;
        }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, worker));
    return ids.flatMap((id) => found.get(id) ?? []);
  };
  /** As known from before, where the tenant does not tell its list. */
  const before = async (thrown: unknown): Promise<CampaignStatusList> => {
    if (!(thrown instanceof TenantError) || thrown.code === "aborted") throw thrown;
    const { campaigns, readAt, failed } = await knownList(store, config.clock);
    const now = config.clock.now();
    const known = partOf(readAt, { code: thrown.code, message: thrown.message, since: failed?.since ?? now });
    return { items: campaigns.map((campaign) => campaignStatusOf(campaign, now)), next: null, known };
  };
  /**
   * Everything about a campaign, or about each, read now; what the tenant did not tell is as it was known, with why. @param fresh false: a look of the
   * gate that is young enough is not made again. Throws TenantError `not_found`, `aborted`, StoreError.
   */
  const statuses: CampaignUseCases["statuses"] = async (id, fresh) => {
    const list = () => states.list({ signal });
    const ids = await (id === undefined ? list().catch(before) : [id]);
    if ("items" in ids) return ids;
    if (id === undefined) return { items: await many(ids, fresh), next: null, known: partOf(config.clock.now(), null) };
    const status = await suggesting(id, list, () => one(id, CONTACTS_OF_ONE, fresh));
    return { items: [status], next: null, known: status.known.status };
  };
  return Object.assign(states, { resumes: Object.assign(resumes, { statuses }), actor: config.actor });
});

/** Receives the progress of a stop. */
export interface StopSink {
  /** Called with each campaign whose pause the tenant has answered. */
  readonly onPause: (campaignId: string, outcome: StopPause["outcome"]) => void;
  /** Called before anything is sent for a campaign. */
  readonly onBegun: (campaignId: string) => void;
  readonly onRow: (row: StoppedCampaign) => void;
  readonly warn: (message: string) => void;
  /** Called when the database did not answer in time: its connections may keep the process for long. */
  readonly onUntold: () => void;
}

/** How a stop without a store is carried out. */
export interface StopOptions {
  /** The campaigns; all of the tenant by default. */
  readonly campaigns?: readonly string[] | undefined;
  readonly reason?: string | undefined;
  /** How long calls under way are waited for, once a campaign is shown paused, ms. */
  readonly timeoutMs: number;
  /** After this time, what is not confirmed is reported as not confirmed, ms; by default as long as a service's stop. */
  readonly forMs?: number | undefined;
  readonly signal: AbortSignal;
}

/**
 * Pauses campaigns without a store, until each is confirmed paused or the time is over: what it did is noted in the working folder
 * for the audit log.
 */
export async function stopCampaigns(
  flags: Flags,
  environment: Environment,
  { campaigns, reason, timeoutMs, forMs, signal }: StopOptions,
  sink: StopSink,
): Promise<StopResult> {
  const config = await loadConfig(flags, environment);
  const tenant = await tenantFromConfig(config, environment, { retry: STOP_RETRY });
  const { actor, clock, dir } = config;
  const id = newId("stop", clock.now(), createRandom(randomUUID(), "stop"));
  const stop: Stop = {
    id,
    actor,
    reason: reason ?? null,
    scope: campaigns ?? null,
    createdAt: clock.now(),
    executor: null,
    run: 0,
    listProblem: null,
    supersededBy: null,
    endedAt: null,
  };
  const late = new AbortController();
  // Services and commands on the database end what is about to start; the stop waits for the database only at its end.
  const told = tellStore(config, environment, stop, sink.warn, late.signal);
  const known = knownTo(config, environment, late.signal);
  const notes = new StopNotes(dir, stop, { now: () => clock.now(), warn: sink.warn });
  const { campaignRunner: runner, campaignProvisioning: provisioning } = tenant.capabilities;
  const patience = { ...STOP_PATIENCE, callsMs: timeoutMs, ...(forMs === undefined ? {} : { giveUpMs: forMs }) };
  const run = new StopRun(
    {
      runner,
      provisioning,
      figures: figuresOf(tenant),
      clock,
      patience,
      evidence: known.ask,
      keepList: (list, at) => inTime(config, environment, late.signal, (store) => store.knownCampaigns.keep(list, at)),
      told,
      onPause(pause) {
        notes.pause(pause);
        sink.onPause(pause.campaignId, pause.outcome);
      },
      onRow: sink.onRow,
      onBegun: sink.onBegun,
    },
    stop,
  );
  try {
    await run.carry(signal);
    const ended = { ...stop, listProblem: run.listProblem, endedAt: clock.now() };
    notes.end(endOf({ stop: ended, campaigns: run.campaigns }));
    return stopResultOf({ stop: { ...ended, carriedOut: false, lastSign: null }, campaigns: run.campaigns });
  } catch (thrown) {
    notes.end({ error: messageOf(thrown) });
    throw thrown;
  } finally {
    // Also of a stop that is interrupted, others know.
    const answered = Promise.all([told, known.answered()])
      .then(() => enterEnded(config, environment, late.signal))
      .then(() => true);
    const isTold = await Promise.race([answered, clock.sleep(TOLD_MS, late.signal).then(() => false)]);
    if (!isTold) {
      sink.warn(`${UNTOLD}: the database did not answer`);
      sink.onUntold();
    }
    late.abort();
    await tenant.close();
  }
}

/** Asked before a person confirms: waits for a moment at most. */
export async function stopOutlook(
  flags: Flags,
  environment: Environment,
  service: ServiceAddress | undefined,
): Promise<StopOutlook> {
  const late = new AbortController();
  const config = service === undefined ? await loadConfig(flags, environment) : undefined;
  const clock = config?.clock ?? flags.clock ?? systemClock;
  const unknown = { tenant: config?.named?.name ?? null, calls: null };
  const ask = async (): Promise<StopOutlook> => {
    if (service !== undefined) return outlookOfService(service, late.signal);
    if (config === undefined || (config.databaseUrl === undefined && !(await embeddedStoreRuns(config.dir)))) return unknown;
    return inTime(config, environment, late.signal, async (store) => {
      const ids = (await store.knownCampaigns.list()).map(({ id }) => id);
      const since = clock.now() - OUTLOOK_AGE_MS;
      const calls = new Map<string, number>();
      const readings = await store.metrics.latestOfEach(ids, 30);
      for (const { campaignId, receivedAt, activeCalls } of readings.toSorted((a, b) => a.receivedAt - b.receivedAt))
        if (receivedAt >= since && activeCalls !== null) calls.set(campaignId, activeCalls);
      return { ...unknown, calls: ids.map((id) => calls.get(id) ?? null) };
    });
  };
  try {
    return await Promise.race([ask(), clock.sleep(OUTLOOK_MS, late.signal).then(() => unknown)]);
  } catch {
    return unknown;
  } finally {
    late.abort();
  }
}

/**
 * Notes in the store that a stop was given, unless there is none, or none that a process uses: the next one reads the folder's notes.
 * Never rejects: without a store the stop goes on alone.
 */
async function tellStore(
  config: Config,
  environment: Environment,
  stop: Pick<Stop, "id" | "actor" | "scope">,
  warn: (message: string) => void,
  late: AbortSignal,
): Promise<void> {
  try {
    if (config.databaseUrl === undefined && !(await embeddedStoreRuns(config.dir))) return;
    await inTime(config, environment, late, (store) => store.stops.give(stop));
  } catch (thrown) {
    if (late.aborted || (thrown instanceof StoreError && thrown.code === "no_store")) return;
    warn(`${UNTOLD}: ${messageOf(thrown)}`);
  }
}

/** Enters what this folder's notes say of stops that have ended: opening the store does. Never rejects: the next process does it. */
async function enterEnded(config: Config, environment: Environment, late: AbortSignal): Promise<void> {
  if (config.databaseUrl === undefined && !(await embeddedStoreRuns(config.dir))) return;
  await inTime(config, environment, late, () => Promise.resolve()).catch(() => undefined);
}

/** What the database knows of campaigns; nothing, with that doubt, where there is no store. One attempt is under way at a time: asked again, it is waited for. */
function knownTo(config: Config, environment: Environment, late: AbortSignal) {
  let asking: Promise<KnownOfCampaigns> | undefined;
  const ask = () => {
    asking ??= inTime(config, environment, late, (store) => store.stops.evidence())
      .then((evidence) => ({ evidence }))
      .catch((thrown: unknown) => {
        if (!(thrown instanceof StoreError) || thrown.code !== "no_store") throw thrown;
        // Others may have stores, and starts under way: to know of none is not to know that there are none.
        return { evidence: [], doubt: NO_STORE };
      })
      .finally(() => {
        asking = undefined;
      });
    return asking;
  };
  return { ask, answered: () => asking?.then(() => undefined).catch(() => undefined) };
}

/** Asks the store, for a limited time. Rejects when there is none, it does not answer in time, or `late` is aborted. */
async function inTime<T>(
  config: Config,
  environment: Environment,
  late: AbortSignal,
  work: (store: Store) => Promise<T>,
): Promise<T> {
  const ask = async () => {
    // A store that is created now would know nothing, and nobody else would look into it.
    const store = await storeOf({ ...config, store: undefined }, environment);
    try {
      return await work(store);
    } finally {
      await store.close();
    }
  };
  const tooLate = config.clock.sleep(KNOWN_MS, late).then(() => {
    throw new Error(`the database did not answer within ${KNOWN_MS / 1000} s`);
  });
  tooLate.catch(() => undefined);
  return Promise.race([ask(), tooLate]);
}

// Wiring of the dialer's settings: changes over the store, and what is only read from or validated by the tenant.

export interface DialerOptions extends WorkplaceOptions {
  /** Clock of the changes; the system's by default. */
  readonly clock?: Clock;
  /** See SettingsRules. */
  readonly pause?: (point: string) => Promise<void>;
  /** Predicts the effect of settings; in the calling thread by default. */
  readonly predict?: typeof predictHere;
}

/** Opens what only needs the tenant; no store. */
export const openDialerTenant = opening(async ({ config, tenant: connected }) => {
  const tenant: TenantLink = await connected();
  const { clock } = config;
  const dialer: Pick<
    DialerUseCases,
    "readFile" | "validate" | "simulateVendor" | "show" | "metrics" | "vendorAudit" | "requireMaking"
  > = {
    show: ({ campaign }) => settingsShown(tenant, clock, campaign),
    readFile: (text, name) => readSettingsFile(tenant, text, name),
    validate: (file, asked) => {
      const { checks = checksOf(config), campaign } = asked ?? {};
      const rules = { predict: predictHere, chance: chanceOf(config), checks, campaign };
      return judgeSettings({ tenant, clock: systemClock }, file, rules);
    },
    simulateVendor: (file, run) => compareWithVendor(tenant.capabilities.pacingSettings, file, run, simulatingBy(predictHere)),
    metrics: (...asked) => hourlyFigures(tenant, ...asked),
    vendorAudit: (...asked) => tenant.capabilities.vendorAudit.entries(...asked),
    requireMaking: () => requireMaking(tenant),
  };
  return dialer;
});

/** Opens the versions of the settings that a store knows; needs no tenant. */
export const openDialerHistory = opening(async ({ store: opened }) => {
  const store = await opened();
  const history: DialerUseCases["history"] = (...asked) => dialerHistory(store, ...asked);
  return { history };
});

/** Opens what changes of the settings need. */
export const openDialer = working((workplace, options: DialerOptions, stack) => {
  const ended = new AbortController();
  stack.defer(() => ended.abort());
  const states = campaignStatesOf(workplace.config, workplace);
  const refresh = refreshOn(workplace, { states, warn: options.warn, signal: ended.signal });
  // What is in force is predicted where somebody watches it.
  const readings = readingsOf(refresh, () => Promise.resolve(undefined));
  const dialer = dialerOn(workplace, readings, options);
  workplace.runs.add(dialer.changes.kind());
  return { dialer, changes: dialer.changes, workplace };
});
export type DialerRuntime = Awaited<ReturnType<typeof openDialer>>;

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

// Wiring of campaigns as code: plans from the tenant and the store, their apply behind the pre-dial gate, exports.

/** Rules that a command names instead of those of the configuration. */
interface CampaignRules {
  /** File of a rule pack. */
  readonly pack?: string | undefined;
}

interface CampaignApplyOptions extends WorkplaceOptions, CampaignRules {
  /** Clock of the apply; the system's by default. */
  readonly clock?: Clock;
  /** See ApplyRules. */
  readonly pause?: (point: string) => Promise<void>;
  /** How often something that may succeed later is tried. */
  readonly patience?: ApplyPatience;
}

/** Opens what reads campaigns and changes nothing. */
export const openCampaignReader = opening(
  async ({ config, tenant, store }, { limits, ...rules }: CampaignRules & { readonly limits?: "off" } = {}) => {
    const parts = { tenant: await tenant(limits === undefined ? {} : { limits }), store: await store() };
    return new CampaignPlanner({ ...parts, clock: config.clock }, { pack: packOf(config, rules), localFiles: true });
  },
);

/** Opens what writes the tenant's campaigns as files; `warn` is called when there was no store to add what only it knows. */
export const openCampaignExport = opening(
  async ({ config: { dir, clock }, tenant: connected, storeIfAny }, { warn }: Pick<WorkplaceOptions, "warn">) => {
    const tenant = await connected();
    const store = await storeIfAny();
    if (store === undefined)
      warn(`there is no store in ${dir}: the files have what the tenant has, but not the policies that outdial stores`);
    return { export: (ids?: readonly string[]) => exportedCampaigns({ tenant, store, clock }, ids ?? []) };
  },
);

/** Opens what an apply needs. */
export const openCampaignApplies = working((workplace, options: CampaignApplyOptions) => {
  const plans = campaignFilesOn(workplace, { ...options, localFiles: true });
  workplace.runs.add(plans.kind());
  return { plans, workplace };
});
export type CampaignApplying = Awaited<ReturnType<typeof openCampaignApplies>>;

/** Campaign files of a workplace; their kind of job must be added to the runs. */
export function campaignFilesOn(
  workplace: Workplace,
  {
    clock,
    pause,
    patience,
    pack,
    localFiles,
  }: Omit<CampaignApplyOptions, keyof WorkplaceOptions> & Pick<PlanRules, "localFiles"> = {},
): CampaignFileUseCases {
  const { config, tenant, store } = workplace;
  return new CampaignFileUseCases(workplace, {
    pack: packOf(config, { pack }),
    gate: async () =>
      campaignGateOf(tenant, factsOf(config, store, clock), {
        pack: pack === undefined ? undefined : (await rulesOf(config, { pack })()).pack,
        skewMs: clock === undefined ? undefined : () => null,
      }),
    deliveryHeaders: async () => (await ownProof("metrics", workplace.environment)).headers,
    clock,
    pause,
    patience,
    localFiles,
  });
}

/** Reads the present rules. */
const packOf =
  (config: Config, { pack }: CampaignRules): PlanRules["pack"] =>
  async () =>
    (await rulesOf(config, { pack })()).compiled;
