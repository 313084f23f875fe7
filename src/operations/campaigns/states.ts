// Reads and changes the state of campaigns, with a tenant and a store; the same for command line, API and dashboard.

import { randomUUID } from "node:crypto";
import { createRandom, timeOf } from "../../kernel/index.ts";
import type { StateIntent, Store } from "../../store/index.ts";
import { type AgentView, type CallOptions, type CampaignRunner, TenantError, type TenantLink } from "../../tenant/port.ts";
import type { Context } from "../context.ts";
import { listCampaigns } from "../known/index.ts";
import type { Predictor } from "../settings/gate.ts";
import { staffingOf } from "../settings/staffing.ts";
import { dncBeforeStart } from "../tenant-dnc/index.ts";
import { type PairReport, readPair } from "./failover/pair.ts";
import { type FailoverStanding, pairWordsOf, standingIn } from "./failover/words.ts";
import { CampaignMetrics } from "./metrics/service.ts";
import type { VerbPlan } from "./preview.ts";
import { type ChangeDeps, type ChangeOptions, changeState, pauseAll, type StateChange } from "./state/change.ts";
import type { CampaignGate, CampaignGateVerdict } from "./state/gate.ts";
import { LOOK_CONTACTS } from "./state/gate-looks.ts";
import { storedIntents } from "./state/intents.ts";
import { LeftChanges, notedStarts } from "./state/left-changes.ts";
import {
  type ResumeDeps,
  type ResumeReport,
  type ResumeVerdict,
  refusalEntry,
  resumeCampaign,
  resumeVerdict,
} from "./state/resume.ts";
import { readWorkload, type WorkloadFacts } from "./workload/facts.ts";

type OnChange = (change: StateChange) => void;

/** The part of a context that is needed; commands that run no jobs have it too. */
export type StateContext = Pick<Context, "tenant" | "store" | "clock" | "actor"> & {
  /** The replica that a change is recorded under: a service continues it when this process dies. */
  readonly replica?: Context["replica"];
};

/** How long an interrupted change of state waits for calls under way, ms. */
const LEFT_DRAIN_MS = 10_000;

/** Changes and reads the state of campaigns for this process: pause, resume, gate, metrics. */
export class CampaignStates {
  readonly #context: StateContext;
  readonly #predict: Predictor | undefined;
  readonly #pairAgainst: ResumeDeps["pairAgainst"];
  readonly metrics: CampaignMetrics;
  /** Asks the pre-dial gate and changes nothing. */
  readonly gate: CampaignGate;
  /** Number of changes per campaign that are being made in this process. */
  readonly #here = new Map<string, number>();

  /**
   * @param predict for what the dialer model says before a start; absent where nothing is started
   * @param gate makes the pre-dial gate by the rules in force, when it is needed: unreadable rules must not prevent a pause */
  constructor(context: StateContext, gate: () => Promise<CampaignGate>, predict?: Predictor) {
    this.#context = context;
    this.#predict = predict;
    const { store, tenant, clock } = context;
    const { metricsSource: source } = tenant.capabilities;
    this.#pairAgainst = pairAgainstOf(tenant, store);
    this.metrics = new CampaignMetrics({ log: store.metrics, source, clock });
    this.gate = async (id, options) => (await gate())(id, options);
  }

  pause(ids: readonly string[], options: ChangeOptions, onChange: OnChange, by?: string): Promise<StateChange[]> {
    return this.#while(ids, () => pauseAll(this.#change(by), ids, options, onChange));
  }

  /** Changes of state whose process died. @param replica this process */
  left(replica: Context["replica"]): LeftChanges {
    const { store, tenant, clock } = this.#context;
    return new LeftChanges({
      ledger: store.stateIntents,
      runner: tenant.capabilities.campaignRunner,
      replica,
      clock,
      isHere: (id) => this.#here.has(id),
      isHeld: () => store.audit.isHeld,
      latest: async (id) => (await store.stateIntents.latestOfEach([id]))[0],
      stopAfter: (id, mark) => store.stops.holding(id, mark),
      pause: async (intent, signal) => {
        const { campaignId, actor, reason } = intent;
        const options = { timeoutMs: LEFT_DRAIN_MS, reason: reason ?? undefined, signal, isSentBefore: true };
        return this.#while([campaignId], () => changeState(this.#change(actor, intent), campaignId, "paused", options));
      },
      resume: async (intent, signal) => {
        const { campaignId, actor, reason, stopMark } = intent;
        return this.resume(campaignId, { reason: reason ?? undefined, signal, isSentBefore: true, stopMark }, actor, intent);
      },
    });
  }

  /** @param goesOn an intent of a process that died */
  resume(
    id: string,
    options: Parameters<typeof resumeCampaign>[2],
    by = this.#context.actor,
    goesOn?: StateIntent,
  ): Promise<ResumeReport> {
    const { store } = this.#context;
    const record: ResumeDeps["record"] = (entry) => store.audit.append([entry]);
    const { doNotCall } = this;
    const deps = {
      ...this.#change(by, goesOn),
      gate: this.gate,
      pairAgainst: this.#pairAgainst,
      doNotCall,
      record,
      stopMark: () => this.stopMark(),
      actor: by,
    };
    return this.#while([id], () => resumeCampaign(deps, id, options));
  }

  /** The latest emergency stop: one that is given later calls off what was asked for now. */
  stopMark(): Promise<number> {
    return this.#context.store.stops.mark();
  }

  /** The gate's verdict for a resume, with the objections of the campaign's failover pair. */
  forResume(verdict: CampaignGateVerdict, call?: CallOptions): Promise<ResumeVerdict> {
    return resumeVerdict({ pairAgainst: this.#pairAgainst, doNotCall: this.doNotCall }, verdict, { call });
  }

  /** The same for a preview, by a look at the beginning of the list. @param look made now by default, and not kept */
  async previewOfResume(id: string, call?: CallOptions, look?: CampaignGateVerdict): Promise<ResumeVerdict> {
    const seen = look ?? (await this.gate(id, { most: LOOK_CONTACTS, keep: false, call }));
    const [verdict, staffing] = await Promise.all([
      this.forResume(seen, call),
      this.#predict === undefined ? undefined : staffingOf(this.#context, this.#predict, id),
    ]);
    // When nobody at the beginning of the list may be called, somebody further down may: the gate reads further when the action
    // is carried out.
    const said = staffing === undefined ? {} : { staffing };
    return { ...verdict, ...said, refusals: verdict.refusals.filter(({ code }) => code !== "nobody_callable" || verdict.whole) };
  }

  /** Writes into the audit log that a resume was asked for which its preview refuses. */
  async recordRefusal({ id, against = [] }: Pick<VerbPlan, "id" | "against">, reason?: string, by = this.#context.actor) {
    await this.#context.store.audit.append([refusalEntry(id, { refusals: against, manifest: null, reason, by })]);
  }

  /** Throws StoreError `audit_set_back` on a database that was set back: nobody may be called then. */
  requireFits(): Promise<void> {
    return this.#context.store.audit.requireFits();
  }

  /** See `dncBeforeStart`. */
  readonly doNotCall: ResumeDeps["doNotCall"] = (id, call, start) => dncBeforeStart(this.#context, id, call, start);

  /** The work left in a campaign, read from the tenant now. */
  workload(id: string, call: CallOptions): Promise<WorkloadFacts> {
    const { tenant, store, clock } = this.#context;
    const { facts, tenantReadings: readings } = store;
    return readWorkload({ tenant: tenant.capabilities, facts, metrics: this.metrics, readings, clock }, id, call);
  }

  /** Who is assigned to a campaign, and who is signed in. Throws TenantError `unsupported`, `not_found`. */
  async agents(id: string, call?: CallOptions): Promise<readonly AgentView[]> {
    const { metricsSource: source } = this.#context.tenant.capabilities;
    if (source.agents !== undefined) return source.agents(id, call);
    throw new TenantError("unsupported", "this tenant does not tell the agents of a campaign", {
      advice: "Its dialer settings say how many it may keep busy (max_agents): outdial dialer show.",
    });
  }

  /** Ids of the tenant's campaigns: those on its list, and those that are known and that the list lacks. */
  async list(options?: CallOptions): Promise<string[]> {
    const { tenant, store, clock } = this.#context;
    const provisioning = tenant.capabilities.campaignProvisioning;
    const { campaigns, comparison } = await listCampaigns({ provisioning, store, clock }, options);
    return [...campaigns, ...comparison.lacks].map(({ id }) => id);
  }

  async #while<T>(ids: readonly string[], work: () => Promise<T>): Promise<T> {
    const here = this.#here;
    const add = (id: string, by: number) => {
      const count = (here.get(id) ?? 0) + by;
      if (count === 0) here.delete(id);
      else here.set(id, count);
    };
    for (const id of ids) add(id, 1);
    try {
      return await work();
    } finally {
      for (const id of ids) add(id, -1);
    }
  }

  #change(actor = this.#context.actor, goesOn?: StateIntent): ChangeDeps {
    const { tenant, store, clock, replica } = this.#context;
    const random = createRandom(randomUUID(), "intents");
    const by = { clock, random, actor, executor: replica?.id, goesOn };
    const intents = storedIntents(store.stateIntents, by);
    const isTrusted = replica?.trust();
    return { runner: notedStarts(tenant, store).campaignRunner, figures: presentFiguresOf(tenant), intents, clock, isTrusted };
  }
}

/** The objections of a campaign's failover pair to its activation. */
export function pairAgainstOf({ capabilities }: TenantLink, store: Pick<Store, "failovers">): ResumeDeps["pairAgainst"] {
  const runner = capabilities.campaignRunner;
  return (id, call) => resumeRefusal({ runner, pair: (of) => pairOf(store, of) }, id, call);
}

/** The failover pair that a campaign is in. */
export async function pairOf({ failovers }: Pick<Store, "failovers">, id: string): Promise<PairReport | undefined> {
  return (await failovers.list()).map(readPair).find(({ primary, backup }) => primary === id || backup === id);
}

/** The role and state of campaigns in failover pairs, by campaign id. */
export async function standingsOf({ failovers }: Pick<Store, "failovers">): Promise<ReadonlyMap<string, FailoverStanding>> {
  const standings = new Map<string, FailoverStanding>();
  for (const entry of await failovers.list()) {
    const pair = readPair(entry);
    standings.set(pair.primary, standingIn(pair, "primary"));
    standings.set(pair.backup, standingIn(pair, "backup"));
  }
  return standings;
}

/** The present figures: calls under way do not depend on a window. */
export function presentFiguresOf({ capabilities }: Pick<TenantLink, "capabilities">): ChangeDeps["figures"] {
  return async (campaignId: string, options: CallOptions) => {
    const { activeCalls, lastUpdated } = await capabilities.metricsSource.campaign(campaignId, undefined, options);
    // A time that cannot be read is older than everything; without one they are of now.
    const at = lastUpdated === undefined || lastUpdated === null ? null : (timeOf(lastUpdated) ?? Number.NEGATIVE_INFINITY);
    return { at, activeCalls: activeCalls ?? null };
  };
}

// Guards the manual resume of one campaign of a failover pair: not while the other one dials, or during a hand-over.

interface ResumeGuardDeps {
  readonly runner: Pick<CampaignRunner, "status">;
  /** The pair that a campaign is in. */
  readonly pair: (campaignId: string) => Promise<PairReport | undefined>;
}

/**
 * Why a campaign must not be resumed because of its pair; null when it may. Throws TenantError: without an answer it must not be
 * resumed.
 */
async function resumeRefusal({ runner, pair }: ResumeGuardDeps, campaignId: string, call?: CallOptions): Promise<string | null> {
  const found = await pair(campaignId);
  if (found === undefined) return null;
  const { primary, backup, state } = found;
  const [side, other, partner] =
    campaignId === primary ? (["primary", "backup", backup] as const) : (["backup", "primary", primary] as const);
  if (state.handover !== null)
    return `a hand-over of its failover pair with ${partner} goes on (${pairWordsOf(state, primary).words}); wait for its end`;
  if ((await statusOf(runner, partner, call)) !== "active") return null;
  const verb = side === "primary" ? "failback" : "start";
  const name = side === "primary" ? "Fail back" : "Fail over";
  return `${partner}, the ${other} of its failover pair, is active: both would dial until the watch pauses one of them. ${name} instead: outdial campaign failover ${verb} ${primary}`;
}

/** Undefined for a campaign that the tenant does not have: it calls nobody. */
async function statusOf(runner: ResumeGuardDeps["runner"], id: string, call: CallOptions | undefined) {
  try {
    return (await runner.status(id, call)).status;
  } catch (thrown) {
    if (thrown instanceof TenantError && thrown.code === "not_found") return undefined;
    throw thrown;
  }
}
