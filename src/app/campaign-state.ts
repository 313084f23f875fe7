// Wiring of the state of campaigns: pausing and resuming with a store, and the stop that needs neither store nor service.

import { randomUUID } from "node:crypto";
import { createRandom, messageOf, newId } from "../kernel/index.ts";
import {
  CampaignStates,
  endOf,
  figuresOf,
  type KnownOfCampaigns,
  knownCampaign,
  STOP_PATIENCE,
  type StateContext,
  StopRun,
  standingsOf,
  TenantRefresh,
} from "../operations/index.ts";
import { type CampaignStatus, campaignStatusOf, type StopResult, stopResultOf } from "../operations/views/index.ts";
import { embeddedStoreRuns, type Stop, type StopPause, type StoppedCampaign, type Store, StoreError } from "../store/index.ts";
import { systemClock, TenantError } from "../tenant/index.ts";
import { factsOf } from "./compliance.ts";
import { type Config, type Flags, loadConfig } from "./config.ts";
import type { Environment } from "./environment.ts";
import type { ServiceAddress } from "./over-service/address.ts";
import { outlookOfService, type StopOutlook } from "./over-service/stops.ts";
import { campaignGateOf } from "./segments.ts";
import { StopNotes } from "./stop-notes.ts";
import { storeOf } from "./store-of-config.ts";
import { tenantFromConfig } from "./tenant-from-config.ts";
import type { Workplace } from "./workplace.ts";

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
export function campaignStatesOf(config: Config, context: StateContext): CampaignStates {
  return new CampaignStates(context, () => campaignGateOf(context.tenant, factsOf(config, context.store)));
}

/** The view of a workplace's tenant in its store; the process that serves it keeps it up to date. */
export function refreshOn(
  { config, store, tenant }: Pick<Workplace, "config" | "store" | "tenant">,
  given: { readonly states: CampaignStates; readonly warn: (message: string) => void; readonly signal: AbortSignal },
): TenantRefresh {
  return new TenantRefresh({ store, tenant, clock: config.clock, ...given });
}

/** How a campaign is looked at on the command line. */
interface StatusAsked {
  readonly windowMinutes: number | undefined;
  readonly contacts: number;
  /** Nothing was read before: else a look of the gate that is young enough is not made again. */
  readonly first: boolean;
  readonly signal: AbortSignal;
}

interface OpenedStates extends AsyncDisposable {
  /** Everything about a campaign, read now; what the tenant did not tell is as it was known, with why. Throws TenantError `not_found`, `aborted`, StoreError. */
  statusNow(id: string, asked: StatusAsked): Promise<CampaignStatus>;
}

/** Opens the state of campaigns. */
export async function openCampaignStates(flags: Flags, environment: Environment): Promise<CampaignStates & OpenedStates> {
  const config = await loadConfig(flags, environment);
  await using stack = new AsyncDisposableStack();
  const tenant = await tenantFromConfig(config, environment);
  stack.defer(() => tenant.close());
  const store = await storeOf(config, environment);
  stack.defer(() => store.close());
  const states = campaignStatesOf(config, { ...config, tenant, store });
  const { signal: never } = new AbortController();
  const refresh = refreshOn({ config, store, tenant }, { states, warn: () => undefined, signal: never });
  const statusNow: OpenedStates["statusNow"] = async (id, { windowMinutes, contacts, first, signal }) => {
    const standing = (await standingsOf(store)).get(id);
    const asked = {
      windowMinutes: windowMinutes ?? standing?.windowMinutes,
      contacts,
      gate: first ? undefined : ("when due" as const),
      signal,
    };
    await refresh.campaignNow(id, asked).catch((thrown: unknown) => {
      if (!(thrown instanceof TenantError) || thrown.code === "not_found" || thrown.code === "aborted") throw thrown;
    });
    return campaignStatusOf(await knownCampaign(store, id, config.clock.now(), windowMinutes), config.clock.now());
  };
  const owned = stack.move();
  return Object.assign(states, { statusNow, [Symbol.asyncDispose]: () => owned.disposeAsync() });
}

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
