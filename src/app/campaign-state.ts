// Wiring of the state of campaigns: pausing and resuming over a store, and the stop that needs neither store nor service.

import { randomUUID } from "node:crypto";
import { type Clock, createRandom, messageOf } from "../kernel/index.ts";
import {
  type CampaignGateVerdict,
  CampaignMetrics,
  type ChangeDeps,
  type ChangeOptions,
  type FailoverStanding,
  HealthReader,
  type IntentBook,
  minuteIntents,
  type PairReport,
  pauseAll,
  type ResumeDeps,
  type ResumeReport,
  type ResumeVerdict,
  readPair,
  resumeCampaign,
  resumeRefusal,
  resumeVerdict,
  type StateChange,
  type StopReport,
  standingIn,
  stopAll,
  storedIntents,
} from "../operations/index.ts";
import type { Store } from "../store/index.ts";
import type { CallOptions, Tenant } from "../tenant/index.ts";
import { factsOf } from "./compliance.ts";
import { type Config, type Flags, loadConfig } from "./config.ts";
import { campaignGateOf } from "./segments.ts";
import { StopNotes } from "./stop-notes.ts";
import { tenantFromConfig } from "./tenant-from-config.ts";
import { type Environment, storeOf } from "./workplace.ts";

/** How long a stop tries one request again, ms: it must end, and say what it did not reach. */
const STOP_RETRY = { totalMs: 60_000 };

/** How long a stop without a store waits for the list before it pauses what the database knows of, and then for the database, ms. */
const LIST_MS = 5_000;
const KNOWN_MS = 15_000;

type OnChange = (change: StateChange) => void;
type ResumeOptions = Parameters<typeof resumeCampaign>[2];

/** The state of campaigns over an open store. */
export interface CampaignStates {
  readonly metrics: CampaignMetrics;
  pause(ids: readonly string[], options: ChangeOptions, onChange: OnChange): Promise<StateChange[]>;
  /** @param pack file of the rule pack; the configuration's by default */
  resume(id: string, options: ResumeOptions): Promise<ResumeReport>;
  /** Asks the pre-dial gate and changes nothing. */
  readonly gate: ResumeDeps["gate"];
  /** What a gate's verdict is for a resume: with what the campaign's failover pair has against it. */
  forResume(verdict: CampaignGateVerdict, call?: CallOptions): Promise<ResumeVerdict>;
  readonly health: HealthReader;
  /** Ids of the tenant's campaigns. */
  list(options?: CallOptions): Promise<string[]>;
}

/** The state of campaigns over a tenant and a store that are open; for the command line and the service alike. */
export function campaignStatesOf(config: Config, tenant: Tenant, store: Store, clock: Clock = config.clock): CampaignStates {
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
  const pairAgainst = pairAgainstOf(tenant, store);
  return {
    metrics,
    pause: (ids, options, onChange) => pauseAll(change, ids, options, onChange),
    resume: (id, options) =>
      resumeCampaign({ ...change, gate, pairAgainst, record: runtime.record, actor: config.actor }, id, options),
    gate,
    forResume: (verdict, call) => resumeVerdict({ pairAgainst }, verdict, call),
    health: new HealthReader({
      runner,
      metrics,
      gate,
      changes: (id, limit) => store.stateIntents.list(id, limit),
      failover: async (id) => (await standingsOf(store)).get(id) ?? null,
      clock,
    }),
    async list(options) {
      const ids: string[] = [];
      for await (const { id } of tenant.capabilities.campaignProvisioning.campaigns(options)) ids.push(id);
      return ids;
    },
  };
}

/** Why a campaign's failover pair is against it that it begins to dial, asked before every resume and every activation. */
export function pairAgainstOf({ capabilities: { campaignRunner: runner } }: Tenant, store: Store): ResumeDeps["pairAgainst"] {
  return (id, call) => resumeRefusal({ runner, pair: (of) => pairOf(store, of) }, id, call);
}

/** The failover pair that a campaign is in. */
export async function pairOf({ failovers }: Pick<Store, "failovers">, id: string): Promise<PairReport | undefined> {
  return (await failovers.list()).map(readPair).find(({ primary, backup }) => primary === id || backup === id);
}

/** Where campaigns stand in failover pairs, by their ids. */
export async function standingsOf(store: Store): Promise<ReadonlyMap<string, FailoverStanding>> {
  const standings = new Map<string, FailoverStanding>();
  for (const entry of await store.failovers.list()) {
    const pair = readPair(entry);
    standings.set(pair.primary, standingIn(pair, "primary"));
    standings.set(pair.backup, standingIn(pair, "backup"));
  }
  return standings;
}

/** Opens the state of campaigns. */
export async function openCampaignStates(flags: Flags, environment: Environment): Promise<CampaignStates & AsyncDisposable> {
  const config = await loadConfig(flags, environment);
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
  const config = await loadConfig(flags, environment);
  const tenant = await tenantFromConfig(config, environment, { retry: STOP_RETRY });
  const notes = new StopNotes(config.dir, { actor: config.actor, now: () => config.clock.now(), warn: sink.warn });
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
    return report;
  } catch (thrown) {
    notes.add("campaign.stop.end", notes.id, { error: messageOf(thrown) });
    throw thrown;
  } finally {
    await tenant.close();
  }
}

/** The campaigns that the database knows of, asked only when the tenant does not list its own; none when it does not answer in time. */
async function knownTo(config: Config, environment: Environment, warn: (message: string) => void): Promise<readonly string[]> {
  const late = new AbortController();
  const ask = async () => {
    const store = await storeOf(config, environment);
    try {
      return await store.stops.knownCampaigns();
    } finally {
      await store.close();
    }
  };
  const tooLate = config.clock.sleep(KNOWN_MS, late.signal).then(() => {
    throw new Error(`the database did not answer within ${KNOWN_MS / 1000} s`);
  });
  tooLate.catch(() => undefined);
  try {
    return await Promise.race([ask(), tooLate]);
  } catch (thrown) {
    warn(`which campaigns are known from before could not be read: ${messageOf(thrown)}`);
    return [];
  } finally {
    late.abort();
  }
}

function stopIntents(notes: StopNotes, clock: Clock): IntentBook {
  return minuteIntents(clock, ({ campaignId, outcome, message, confirmed, key, details }) =>
    notes.add("campaign.pause", campaignId, { outcome, confirmed, key, ...(message === null ? {} : { message }), ...details }),
  );
}

/** Calls under way right now, whatever window the other figures are of. */
export function figuresOf({ capabilities }: Tenant): ChangeDeps["figures"] {
  return async (campaignId: string, options: CallOptions) => {
    const { activeCalls, lastUpdated } = await capabilities.metricsSource.campaign(campaignId, undefined, options);
    const at = Date.parse(lastUpdated ?? "");
    return { at: Number.isNaN(at) ? null : at, activeCalls: activeCalls ?? null };
  };
}
