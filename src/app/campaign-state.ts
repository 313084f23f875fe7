// Wiring of the state of campaigns: pausing and resuming with a store, and the stop that needs neither store nor service.

import { type Clock, messageOf } from "../kernel/index.ts";
import {
  CampaignStates,
  type ChangeOptions,
  figuresOf,
  type IntentBook,
  minuteIntents,
  pauseAll,
  type StateChange,
  type StateContext,
  stopAll,
  TenantRefresh,
} from "../operations/index.ts";
import { type StopResult, storelessStopOf } from "../operations/views/index.ts";
import { embeddedStoreRuns, type Store, StoreError } from "../store/index.ts";
import { factsOf } from "./compliance.ts";
import { type Config, type Flags, loadConfig } from "./config.ts";
import type { Environment } from "./environment.ts";
import { campaignGateOf } from "./segments.ts";
import { StopNotes } from "./stop-notes.ts";
import { storeOf } from "./store-of-config.ts";
import { tenantFromConfig } from "./tenant-from-config.ts";
import type { Workplace } from "./workplace.ts";

/** How long a stop repeats one request, ms: the stop must end, and say what it did not reach. */
const STOP_RETRY = { totalMs: 60_000 };

/**
 * How long a stop without a store waits for the list before it pauses the campaigns that the database knows, and how long it then
 * waits for the database, ms.
 */
const LIST_MS = 5_000;
const KNOWN_MS = 15_000;
const UNTOLD = "other processes are not told of the stop by the store, and may start what was asked for before it";
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

/**
 * Opens the state of campaigns. When the store fails during a pause, the pause is made without it, like a stop. @param warn
 * called when that happens
 */
export async function openCampaignStates(
  flags: Flags,
  environment: Environment,
  warn: (message: string) => void = () => undefined,
): Promise<CampaignStates & AsyncDisposable> {
  const config = await loadConfig(flags, environment);
  await using stack = new AsyncDisposableStack();
  const tenant = await tenantFromConfig(config, environment);
  stack.defer(() => tenant.close());
  const store = await storeOf(config, environment);
  stack.defer(() => store.close());
  const states = campaignStatesOf(config, { ...config, tenant, store });
  const owned = stack.move();
  const recorded = states.pause.bind(states);
  const pause: CampaignStates["pause"] = async (ids, options, onChange, by) => {
    try {
      return await recorded(ids, options, onChange, by);
    } catch (thrown) {
      if (!(thrown instanceof StoreError)) throw thrown;
      warn(`pausing without the store: ${messageOf(thrown)}`);
      return [...(await pauseWithoutStore(flags, environment, ids, options, { onChange, warn }))];
    }
  };
  return Object.assign(states, { pause, [Symbol.asyncDispose]: () => owned.disposeAsync() });
}

/** Receives the progress of a stop. */
export interface StopSink {
  readonly onChange: (change: StateChange) => void;
  readonly warn: (message: string) => void;
}

/** Pauses every campaign of the tenant without a store: a note of what it did is written to the working folder for the audit log. */
export async function stopCampaigns(
  flags: Flags,
  environment: Environment,
  options: ChangeOptions,
  sink: StopSink,
): Promise<StopResult> {
  const { report, ...stop } = await withoutStore(flags, environment, undefined, options, sink);
  return storelessStopOf(report, stop);
}

/** The same for named campaigns. */
export async function pauseWithoutStore(
  flags: Flags,
  environment: Environment,
  ids: readonly string[],
  options: ChangeOptions,
  sink: StopSink,
): Promise<readonly StateChange[]> {
  return (await withoutStore(flags, environment, ids, options, sink)).report.changes;
}

async function withoutStore(
  flags: Flags,
  environment: Environment,
  ids: readonly string[] | undefined,
  options: ChangeOptions,
  sink: StopSink,
) {
  const config = await loadConfig(flags, environment);
  const tenant = await tenantFromConfig(config, environment, { retry: STOP_RETRY });
  const { actor, clock } = config;
  const notes = new StopNotes(config.dir, { actor, now: () => clock.now(), warn: sink.warn });
  const createdAt = clock.now();
  const late = new AbortController();
  // Services and commands on the database end what is about to start; the stop waits for the database only at its end.
  const told = ids === undefined ? tellStore(config, environment, notes.id, sink.warn, late.signal) : undefined;
  try {
    notes.add("campaign.stop", notes.id, {
      campaigns: ids ?? "all",
      ...(options.reason === undefined ? {} : { reason: options.reason }),
    });
    const { campaignRunner: runner, campaignProvisioning: provisioning } = tenant.capabilities;
    const intents = stopIntents(notes, config.clock);
    const known = () => knownTo(config, environment, sink.warn);
    const deps = { runner, figures: figuresOf(tenant), intents, clock: config.clock, provisioning, known, listMs: LIST_MS };
    const report =
      ids === undefined
        ? await stopAll(deps, options, sink.onChange)
        : { changes: await pauseAll(deps, ids, options, sink.onChange), alreadyPaused: [], listProblem: null, known: [] };
    const open = report.changes.filter(({ confirmed }) => !confirmed).map(({ campaignId, message }) => ({ campaignId, message }));
    const { alreadyPaused, listProblem, known: otherwise } = report;
    notes.add("campaign.stop.end", notes.id, {
      paused: report.changes.length - open.length,
      notConfirmed: open,
      alreadyPaused,
      listProblem,
      ...(otherwise.length === 0 ? {} : { known: otherwise }),
    });
    return { report, id: notes.id, actor, reason: options.reason ?? null, createdAt, endedAt: clock.now() };
  } catch (thrown) {
    notes.add("campaign.stop.end", notes.id, { error: messageOf(thrown) });
    throw thrown;
  } finally {
    // Also of a stop that is interrupted, others know.
    const isTold = await Promise.race([told?.then(() => true) ?? true, clock.sleep(TOLD_MS, late.signal).then(() => false)]);
    if (!isTold) sink.warn(`${UNTOLD}: the database did not answer`);
    late.abort();
    await tenant.close();
  }
}

/**
 * Notes in the store that a stop was given, unless there is none, or none that a process uses: the next one reads the folder's notes.
 * Never rejects: without a store the stop goes on alone.
 */
async function tellStore(
  config: Config,
  environment: Environment,
  id: string,
  warn: (message: string) => void,
  late: AbortSignal,
): Promise<void> {
  const { actor } = config;
  try {
    if (config.databaseUrl === undefined && !(await embeddedStoreRuns(config.dir))) return;
    await inTime(config, environment, late, (store) => store.stops.give({ id, actor, scope: null }));
  } catch (thrown) {
    if (late.aborted || (thrown instanceof StoreError && thrown.code === "no_store")) return;
    warn(`${UNTOLD}: ${messageOf(thrown)}`);
  }
}

/**
 * The campaigns that the database knows, read only when the tenant does not list its own; empty when the database does not answer
 * in time.
 */
async function knownTo(config: Config, environment: Environment, warn: (message: string) => void): Promise<readonly string[]> {
  const late = new AbortController();
  try {
    return await inTime(config, environment, late.signal, (store) => store.stops.knownCampaigns());
  } catch (thrown) {
    warn(`the campaigns that are known from earlier readings could not be read: ${messageOf(thrown)}`);
    return [];
  } finally {
    late.abort();
  }
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

function stopIntents(notes: StopNotes, clock: Clock): IntentBook {
  return minuteIntents(clock, ({ campaignId, outcome, message, confirmed, key, details }) =>
    notes.add("campaign.pause", campaignId, { outcome, confirmed, key, ...(message === null ? {} : { message }), ...details }),
  );
}
