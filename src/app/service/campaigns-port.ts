// Campaigns as the service's routes act on them, and the watch over failover pairs that the service runs by itself.

import { messageOf } from "../../kernel/index.ts";
import { type EmergencyStops, type StateChange, timesOf } from "../../operations/index.ts";
import { type ApiTypes, ServerError, type ServerPorts } from "../../server/index.ts";
import { campaignStatesOf, pairOf } from "../campaign-state.ts";
import { failoverOf } from "../failover.ts";
import type { Workplace } from "../workplace.ts";
import type { Background } from "./background.ts";
import { GateLooks } from "./gate-looks.ts";
import { knownCampaign, knownList } from "./known-campaigns.ts";
import type { TenantRefresh } from "./tenant-refresh.ts";

type CampaignsPort = ReturnType<ServerPorts["work"]["campaigns"]>;

/** New pairs are looked for so often. */
const PAIRS_MS = 5000;
/** A request waits no longer than this for calls under way to end; the pause goes on all the same. */
const DRAIN_WAIT_MS = 10_000;
/** A request for the emergency stop is answered after so long at most; the stop goes on all the same. */
const STOP_WAIT_MS = 15_000;
const EVENTS = 200;

/** The emergency stops of a service. */
export interface StopsOfService {
  readonly stops: EmergencyStops;
  /** Carries one out beside the requests. */
  readonly run: (id: string) => void;
}

export function campaignsPort(workplace: Workplace, refresh: TenantRefresh, { stops, run }: StopsOfService): CampaignsPort {
  const { config, tenant, store } = workplace;
  const states = campaignStatesOf(config, tenant, store);
  const looks = new GateLooks(
    states.gate,
    tenant.capabilities.campaignRunner,
    () => config.clock.now(),
    (id) => refresh.verdict(id) ?? null,
  );
  const as = (by: string) => ({ ...workplace, config: { ...config, actor: by } });
  /** What the tenant was seen to show is what is known now; the rest is read anew. */
  const changed = async ({ campaignId, target, shown }: StateChange) => {
    if (shown === true) await store.knownCampaigns.saw(campaignId, target, config.clock.now());
    await refresh.changed({ campaign: campaignId });
  };
  const pair: CampaignsPort["pair"] = (id) => pairOf(store, id);
  return {
    async list(fresh) {
      if (fresh) await refresh.listNow();
      const known = await knownList(store, config.clock.now());
      // Not before: what is due is looked up in the same process, and the answer would wait for it.
      refresh.looking("campaigns");
      return known;
    },
    async health(id, fresh) {
      if (fresh) await refresh.campaignNow(id);
      const known = await knownCampaign(store, id, config.clock.now());
      if (known.readAt.status === null || known.isGone) await mayExist(store, id);
      refresh.looking({ campaign: id });
      return known;
    },
    series: (id, from, to) => states.metrics.series(id, from, to),
    happened: (id, from) => happened(workplace, id, from),
    pair,
    // A look may be of before: the pair is asked each time.
    gate: async (id) => states.forResume(await looks.look(id), { lane: "pacing" }),
    async pause(id, { by, reason }) {
      const own = as(by);
      const options = { timeoutMs: DRAIN_WAIT_MS, reason };
      const [change] = await campaignStatesOf(own.config, tenant, store).pause([id], options, () => undefined);
      if (change === undefined) throw new Error(`the pause of ${id} said nothing`);
      await changed(change);
      return change;
    },
    async stop({ by, reason }) {
      const id = await stops.begin(by, reason);
      run(id);
      const waited = new AbortController();
      await Promise.race([stops.firstRound(id), config.clock.sleep(STOP_WAIT_MS, waited.signal).catch(() => undefined)]);
      waited.abort();
      const report = await stops.report(id);
      await Promise.all(report.campaigns.map(({ campaignId }) => refresh.changed({ campaign: campaignId })));
      return report;
    },
    stopped: (id) => stops.report(id),
    stops: (limit) => store.stops.list(limit),
    async resume(id, { by, reason }) {
      const report = await campaignStatesOf(as(by).config, tenant, store).resume(id, { reason });
      if (report.change !== null) await changed(report.change);
      return report;
    },
    order: async (primary, what, by) => (await failoverOf(as(by))).order(primary, what),
    async drill(primary, signal) {
      const { passed, steps, alarms } = await (await failoverOf(workplace)).drill(primary, signal);
      const raised = alarms.map((alarm) => `It would raise ${JSON.stringify(alarm)}.`);
      return { passed, steps: [...steps.map(({ would, found }) => `${would} ${found}`), ...raised] };
    },
    now: () => config.clock.now(),
  };
}

/** Throws ServerError `not_found` when the list was read and names no such campaign. */
async function mayExist(store: Workplace["store"], id: string): Promise<void> {
  const { readAt } = timesOf(await store.tenantReadings.find({ what: "campaigns" }));
  if (readAt === null) return;
  throw new ServerError("not_found", `the tenant's list of campaigns, read ${new Date(readAt).toISOString()}, names no ${id}`, {
    advice: "One that was made since is there in a minute; fresh=true asks the tenant now.",
  });
}

/** Changes of state, hand-overs and changes of settings since an instant, oldest first. */
async function happened({ store }: Workplace, id: string, from: number): Promise<ApiTypes.AxisEvent[]> {
  const [intents, versions, pairs] = await Promise.all([
    store.stateIntents.list(id, EVENTS),
    store.dialer.list(EVENTS),
    store.failovers.list(),
  ]);
  const own = pairs.find(({ primary, backup }) => primary === id || backup === id);
  const handovers = own === undefined ? [] : await store.failovers.history(own.primary, EVENTS);
  const time = (at: number) => new Date(at).toISOString();
  const events: ApiTypes.AxisEvent[] = [
    ...intents.map(({ target, createdAt, actor, outcome, reason }) => ({
      at: time(createdAt),
      kind: target === "paused" ? ("paused" as const) : ("resumed" as const),
      text: `${target === "paused" ? "paused" : "resumed"}${reason === null ? "" : `: ${reason}`}${outcome === "failed" ? " (failed)" : ""}`,
      actor,
      audit: null,
    })),
    ...versions
      .filter(({ kind, outcome }) => kind === "observed" || outcome === "applied")
      .map(({ version, kind, createdAt, endedAt, actor, sourceName }) => ({
        at: time(endedAt ?? createdAt),
        kind: "settings" as const,
        text: kind === "observed" ? `settings found changed (version ${version})` : `${sourceName} in force (version ${version})`,
        actor,
        audit: null,
      })),
    ...entered(handovers).map(({ at, phase, alarms }) => ({
      at: time(at),
      kind: "failover" as const,
      text: `${PHASES[phase] ?? phase.replaceAll("-", " ")}${phase === "halted" ? saidBy(alarms) : ""}`,
      actor: null,
      audit: null,
    })),
  ];
  const since = time(from);
  return events.filter(({ at }) => at >= since).sort((a, b) => (a.at < b.at ? -1 : 1));
}

const PHASES: Readonly<Record<string, string>> = {
  watching: "the watch looks",
  pausing: "evidence: pausing the one that dials",
  draining: "waiting for its last calls to end",
  "handing-over": "holding back whom it has called",
  gating: "asking the pre-dial gate",
  activating: "activating the other one",
  verifying: "reading back that it dials",
  "failed-over": "failed over",
  securing: "pausing to be safe",
  halted: "halted",
};

/** What the alarms of a step said: why it ended there. */
function saidBy(alarms: unknown): string {
  const messages = Array.isArray(alarms) ? alarms.map((alarm) => String(alarm?.message ?? "")) : [];
  return messages.map((message) => `: ${message}`).join("");
}

/** Where a phase was entered: a pair tells the same one again and again while it waits. Newest first, as given. */
function entered<T extends { readonly phase: string }>(history: readonly T[]): readonly T[] {
  return history.filter(({ phase }, i) => history[i + 1]?.phase !== phase);
}

/** Runs the failover pairs of the store until the signal. */
export function watchPairs(
  workplace: Workplace,
  background: Background,
  signal: AbortSignal,
  warn: (message: string) => void,
): void {
  const { config, store } = workplace;
  const every = async (ms: number, work: () => Promise<void>) => {
    while (!signal.aborted) {
      await work().catch((thrown: unknown) => {
        if (!signal.aborted) warn(`watching campaigns: ${messageOf(thrown)}`);
      });
      await config.clock.sleep(ms, signal).catch(() => undefined);
    }
  };
  background.start("failover pairs", async () => {
    const failover = await failoverOf(workplace);
    await every(PAIRS_MS, async () => {
      for (const { primary } of await store.failovers.list())
        background.start(`failover pair of ${primary}`, () => failover.watch(primary, { signal }));
    });
  });
}
