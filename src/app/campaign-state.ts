// Wiring of the state of campaigns: pausing and resuming over a store, and the stop that needs neither store nor service.

import { randomUUID } from "node:crypto";
import { type Clock, createRandom, messageOf } from "../kernel/index.ts";
import {
  CampaignMetrics,
  type ChangeDeps,
  type ChangeOptions,
  type FailoverStanding,
  HealthReader,
  type IntentBook,
  minuteIntents,
  pauseAll,
  type ResumeDeps,
  type ResumeReport,
  readPair,
  resumeCampaign,
  type StateChange,
  type StopReport,
  stopAll,
  storedIntents,
} from "../operations/index.ts";
import type { Store } from "../store/index.ts";
import { type CallOptions, systemClock, type Tenant } from "../tenant/index.ts";
import { factsOf } from "./compliance.ts";
import { type Config, type Flags, loadConfig } from "./config.ts";
import { campaignGateOf } from "./segments.ts";
import { StopNotes } from "./stop-notes.ts";
import { tenantFromConfig } from "./tenant-from-config.ts";
import { type Environment, storeOf } from "./workplace.ts";

/** How long a stop tries one request again, ms: it must end, and say what it did not reach. */
const STOP_RETRY = { totalMs: 60_000 };

type OnChange = (change: StateChange) => void;
type ResumeOptions = Parameters<typeof resumeCampaign>[2];

/** The state of campaigns over an open store. */
export interface CampaignStates {
  readonly metrics: CampaignMetrics;
  pause(ids: readonly string[], options: ChangeOptions, onChange: OnChange): Promise<StateChange[]>;
  /** Pauses every campaign of the tenant. */
  stopAll(options: ChangeOptions, onChange: OnChange): Promise<StopReport>;
  /** @param pack file of the rule pack; the configuration's by default */
  resume(id: string, options: ResumeOptions): Promise<ResumeReport>;
  /** Asks the pre-dial gate and changes nothing. */
  readonly gate: ResumeDeps["gate"];
  readonly health: HealthReader;
  /** Ids of the tenant's campaigns. */
  list(options?: CallOptions): Promise<string[]>;
}

/** The state of campaigns over a tenant and a store that are open; for the command line and the service alike. */
export function campaignStatesOf(config: Config, tenant: Tenant, store: Store, clock: Clock = systemClock): CampaignStates {
  const runtime = factsOf(config, store, clock);
  const { campaignRunner: runner, metricsSource: source } = tenant.capabilities;
  const metrics = new CampaignMetrics({ log: store.metrics, source, clock });
  const random = createRandom(randomUUID(), "intents");
  const intents = storedIntents(store.stateIntents, { clock, random, actor: config.actor });
  const change: ChangeDeps = { runner, figures: figuresOf(tenant), intents, clock };
  // Read when it is first asked: rules that cannot be read must not hold a pause back.
  let made: Promise<ResumeDeps["gate"]> | undefined;
  const gate: ResumeDeps["gate"] = async (id, options) => {
    made ??= campaignGateOf(tenant, runtime);
    return (await made)(id, options);
  };
  return {
    metrics,
    pause: (ids, options, onChange) => pauseAll(change, ids, options, onChange),
    stopAll: (options, onChange) =>
      stopAll({ ...change, provisioning: tenant.capabilities.campaignProvisioning }, options, onChange),
    resume: (id, options) => resumeCampaign({ ...change, gate, record: runtime.record, actor: config.actor }, id, options),
    gate,
    health: new HealthReader({
      runner,
      metrics,
      gate,
      changes: (id, limit) => store.stateIntents.list(id, limit),
      failover: (id) => standingOf(store, id),
      clock,
    }),
    async list(options) {
      const ids: string[] = [];
      for await (const { id } of tenant.capabilities.campaignProvisioning.campaigns(options)) ids.push(id);
      return ids;
    },
  };
}

/** Where a campaign stands in a failover pair. */
async function standingOf(store: Store, id: string): Promise<FailoverStanding | null> {
  for (const entry of await store.failovers.list()) {
    const { primary, backup, state } = readPair(entry);
    if (primary === id) return { role: "primary", partner: backup, phase: state.phase, side: state.side };
    if (backup === id) return { role: "backup", partner: primary, phase: state.phase, side: state.side };
  }
  return null;
}

/** Opens the state of campaigns. */
export async function openCampaignStates(flags: Flags, environment: Environment): Promise<CampaignStates & AsyncDisposable> {
  const config = await loadConfig(flags, environment, process.cwd());
  await using stack = new AsyncDisposableStack();
  const tenant = await tenantFromConfig(config, environment);
  stack.defer(() => tenant.close());
  const store = await storeOf(config, environment);
  stack.defer(() => store.close());
  const states = campaignStatesOf(config, tenant, store);
  const owned = stack.move();
  return { ...states, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}

/** What a stop tells while it goes on. */
export interface StopSink {
  readonly onChange: OnChange;
  readonly warn: (message: string) => void;
}

/** Pauses every campaign of the tenant, or those named, with no store: what it did is noted in the working folder for the audit. */
export async function stopCampaigns(
  flags: Flags,
  environment: Environment,
  ids: readonly string[] | undefined,
  options: ChangeOptions,
  sink: StopSink,
): Promise<StopReport> {
  const config = await loadConfig(flags, environment, process.cwd());
  const tenant = await tenantFromConfig(config, environment, { retry: STOP_RETRY });
  const notes = new StopNotes(config.dir, { actor: config.actor, now: () => systemClock.now(), warn: sink.warn });
  try {
    notes.add("campaign.stop", notes.id, {
      campaigns: ids ?? "all",
      ...(options.reason === undefined ? {} : { reason: options.reason }),
    });
    const { campaignRunner: runner, campaignProvisioning: provisioning } = tenant.capabilities;
    const intents = stopIntents(notes);
    const deps = { runner, figures: figuresOf(tenant), intents, clock: systemClock, provisioning };
    const report =
      ids === undefined
        ? await stopAll(deps, options, sink.onChange)
        : { changes: await pauseAll(deps, ids, options, sink.onChange), alreadyPaused: [], listProblem: null };
    const open = report.changes.filter(({ confirmed }) => !confirmed).map(({ campaignId, message }) => ({ campaignId, message }));
    const { alreadyPaused, listProblem } = report;
    notes.add("campaign.stop.end", notes.id, {
      paused: report.changes.length - open.length,
      notConfirmed: open,
      alreadyPaused,
      listProblem,
    });
    return report;
  } catch (thrown) {
    notes.add("campaign.stop.end", notes.id, { error: messageOf(thrown) });
    throw thrown;
  } finally {
    await tenant.close();
  }
}

function stopIntents(notes: StopNotes): IntentBook {
  return minuteIntents(systemClock, ({ campaignId, outcome, message, confirmed, key, details }) =>
    notes.add("campaign.pause", campaignId, { outcome, confirmed, key, ...(message === null ? {} : { message }), ...details }),
  );
}

/** Calls under way right now, whatever window the other figures are of. */
function figuresOf({ capabilities }: Tenant): ChangeDeps["figures"] {
  return async (campaignId: string, options: CallOptions) => {
    const { activeCalls, lastUpdated } = await capabilities.metricsSource.campaign(campaignId, undefined, options);
    const at = Date.parse(lastUpdated ?? "");
    return { at: Number.isNaN(at) ? null : at, activeCalls: activeCalls ?? null };
  };
}
