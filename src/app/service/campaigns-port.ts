// Campaigns as the service's routes act on them, and what the service does about them by itself: readings, and the watch over failover pairs.

import { messageOf } from "../../kernel/index.ts";
import { readPair } from "../../operations/index.ts";
import type { ApiTypes, ServerPorts } from "../../server/index.ts";
import { systemClock } from "../../tenant/index.ts";
import { campaignStatesOf } from "../campaign-state.ts";
import { failoverOf } from "../failover.ts";
import type { Workplace } from "../workplace.ts";
import type { Background } from "./background.ts";
import { GateLooks } from "./gate-looks.ts";
import { HealthCache } from "./health-cache.ts";

type CampaignsPort = ReturnType<ServerPorts["work"]["campaigns"]>;

/** The health of all campaigns is read so often even when nobody looks: the plots have no holes. */
const READ_MS = 60_000;
/** New pairs are looked for so often. */
const PAIRS_MS = 5000;
const WINDOW_MINUTES = 30;
/** A request waits no longer than this for calls under way to end; the pause goes on all the same. */
const DRAIN_WAIT_MS = 10_000;
const EVENTS = 200;

/** The health of the workplace's campaigns, kept. Its readings give way to everything that acts. */
export function healthOf({ config, tenant, store }: Workplace): HealthCache {
  const { health, metrics } = campaignStatesOf(config, tenant, store);
  const call = { lane: "extraction" } as const;
  return new HealthCache(
    (id) => health.read(id, { windowMinutes: WINDOW_MINUTES, call }),
    async (id) => ({ ...UNKNOWN, id, at: systemClock.now(), reading: (await metrics.latest(id)) ?? null }),
    (known) => health.renewed(known),
    () => systemClock.now(),
  );
}

const UNKNOWN = {
  campaign: null,
  campaignProblem: null,
  readingProblem: null,
  success: null,
  ageMs: null,
  stale: true,
  abandonment: null,
  windows: [],
  gate: null,
  gateProblem: null,
  failover: null,
  lastChange: null,
  notDialing: null,
} as const;

export function campaignsPort(workplace: Workplace, health: HealthCache): CampaignsPort {
  const { config, tenant, store } = workplace;
  const states = campaignStatesOf(config, tenant, store);
  const looks = new GateLooks(
    states.gate,
    tenant.capabilities.campaignRunner,
    () => systemClock.now(),
    (id) => health.last(id)?.gate ?? null,
  );
  const as = (by: string) => ({ ...workplace, config: { ...config, actor: by } });
  const provisioning = tenant.capabilities.campaignProvisioning;
  const pair: CampaignsPort["pair"] = async (id) =>
    (await store.failovers.list()).map(readPair).find(({ primary, backup }) => primary === id || backup === id);
  return {
    async list() {
      const found: { id: string; name: string; status: string }[] = [];
      for await (const { id, name, status } of provisioning.campaigns())
        found.push({ id, name: name ?? id, status: status ?? "unknown" });
      return found;
    },
    health: (id) => health.get(id),
    series: (id, from, to) => states.metrics.series(id, from, to),
    happened: (id, from) => happened(workplace, id, from),
    async document(id) {
      const { value } = await provisioning.read(id);
      return { ...value };
    },
    pair,
    gate: (id) => looks.look(id),
    async pause(id, { by, reason }) {
      const own = as(by);
      const options = { timeoutMs: DRAIN_WAIT_MS, reason };
      const [change] = await campaignStatesOf(own.config, tenant, store).pause([id], options, () => undefined);
      health.forget(id);
      if (change === undefined) throw new Error(`the pause of ${id} said nothing`);
      return change;
    },
    async stop({ by, reason }) {
      const report = await campaignStatesOf(as(by).config, tenant, store).stopAll(
        { timeoutMs: DRAIN_WAIT_MS, reason },
        ({ campaignId }) => health.forget(campaignId),
      );
      return report;
    },
    async resume(id, { by, reason }) {
      const report = await campaignStatesOf(as(by).config, tenant, store).resume(id, { reason });
      health.forget(id);
      return report;
    },
    order: async (primary, what, by) => (await failoverOf(as(by))).order(primary, what),
    async drill(primary, signal) {
      const { passed, steps, alarms } = await (await failoverOf(workplace)).drill(primary, signal);
      const raised = alarms.map((alarm) => `It would raise ${JSON.stringify(alarm)}.`);
      return { passed, steps: [...steps.map(({ would, found }) => `${would} ${found}`), ...raised] };
    },
    now: () => systemClock.now(),
  };
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
    ...entered(handovers).map(({ at, phase }) => ({
      at: time(at),
      kind: "failover" as const,
      text: PHASES[phase] ?? phase.replaceAll("-", " "),
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
};

/** Where a phase was entered: a pair tells the same one again and again while it waits. Newest first, as given. */
function entered<T extends { readonly phase: string }>(history: readonly T[]): readonly T[] {
  return history.filter(({ phase }, i) => history[i + 1]?.phase !== phase);
}

/** Reads the figures of dialing campaigns and runs the failover pairs of the store, until the signal. */
export function watchCampaigns(
  workplace: Workplace,
  health: HealthCache,
  background: Background,
  signal: AbortSignal,
  warn: (message: string) => void,
): void {
  const { tenant, store } = workplace;
  const every = async (ms: number, work: () => Promise<void>) => {
    while (!signal.aborted) {
      await work().catch((thrown: unknown) => {
        if (!signal.aborted) warn(`watching campaigns: ${messageOf(thrown)}`);
      });
      await systemClock.sleep(ms, signal).catch(() => undefined);
    }
  };
  background.start("readings of campaigns", () =>
    every(READ_MS, async () => {
      const options = { signal, lane: "extraction" } as const;
      for await (const { id } of tenant.capabilities.campaignProvisioning.campaigns(options)) {
        if (signal.aborted) return;
        await health.refresh(id);
      }
    }),
  );
  background.start("failover pairs", async () => {
    const failover = await failoverOf(workplace);
    await every(PAIRS_MS, async () => {
      for (const { primary } of await store.failovers.list())
        background.start(`failover pair of ${primary}`, () => failover.watch(primary, { signal }));
    });
  });
}
