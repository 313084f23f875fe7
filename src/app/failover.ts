// Wiring of failover: pairs over a store and a tenant, with the pre-dial gate and what the watch is measured by.

import { z } from "zod";
import type { Clock } from "../kernel/index.ts";
import { CampaignMetrics, Failover, failoverPolicySchema } from "../operations/index.ts";
import type { HandoverHolds, Store } from "../store/index.ts";
import { systemClock, type TenantHooks } from "../tenant/index.ts";
import { factsOf } from "./compliance.ts";
import type { Flags } from "./config.ts";
import { loadConfig } from "./config.ts";
import type { Receiver } from "./config-schema.ts";
import { readRulePack } from "./rule-pack.ts";
import { campaignGateOf } from "./segments.ts";
import { latestStop } from "./stop-notes.ts";
import {
  type DeliveryEnd,
  type Environment,
  openWorkplace,
  storeOf,
  type Workplace,
  type WorkplaceOptions,
} from "./workplace.ts";

const ALARMS: Receiver = "alarms";
const DAY_MS = 86_400_000;

export interface FailoverOptions extends WorkplaceOptions {
  /** Time of the watch; the system's by default. */
  readonly clock?: Clock;
  /** See FailoverDependencies. */
  readonly pause?: (point: string) => Promise<void>;
}

/** Everything that the watch over pairs needs. */
export interface FailoverRuntime extends AsyncDisposable {
  readonly failover: Failover;
  deliverEvents(): Promise<DeliveryEnd>;
}

/** Pairs of a store, and what happened to them; needs no tenant. */
export interface FailoverRecords extends AsyncDisposable {
  readonly failovers: Store["failovers"];
  readonly holds: HandoverHolds;
}

/** Opens what is written about pairs. */
export async function openFailoverRecords(flags: Flags, environment: Environment): Promise<FailoverRecords> {
  const store = await storeOf(await loadConfig(flags, environment), environment);
  return { failovers: store.failovers, holds: store.holds, [Symbol.asyncDispose]: () => store.close() };
}

/** Failover over a workplace that is open. */
export async function failoverOf(
  workplace: Workplace,
  options: Pick<FailoverOptions, "clock" | "pause"> & { readonly skewMs?: () => number | null } = {},
): Promise<Failover> {
  const { config, tenant, store, random, replica, receivers } = workplace;
  const clock = options.clock ?? config.clock;
  const facts = factsOf(config, store, clock);
  const pack = await readRulePack(facts.settings.pack);
  const { campaignRunner: runner, metricsSource: source, outcomeSource: calls, contactSource: contacts } = tenant.capabilities;
  return new Failover({
    ledger: store.failovers,
    holds: store.holds,
    replicas: replica,
    replicaId: replica.id,
    runner,
    source,
    calls,
    contacts,
    metrics: new CampaignMetrics({ log: store.metrics, source, clock }),
    gate: await campaignGateOf(tenant, facts, { pack }),
    compliance: async (at) => {
      const files = await store.facts.registryFiles();
      for (const rule of pack.rules) {
        if (rule.kind !== "registry-age") continue;
        const old = files.find(({ asOf }) => at - Date.parse(`${asOf}T00:00:00Z`) > (rule.maxAgeDays + 1) * DAY_MS);
        if (old !== undefined)
          return `the do-not-call registry file of ${old.registry} is as of ${old.asOf}, older than ${rule.maxAgeDays} days`;
      }
      return null;
    },
    stopped: async (campaignId, since) => {
      const stop = await store.stops.holding(campaignId, since);
      if (stop !== undefined) return `${stop.actor} gave an emergency stop`;
      const [last] = await store.stateIntents.list(campaignId, 1);
      if (last?.target === "paused" && last.createdAt >= since) return `${last.actor} paused ${campaignId} during the hand-over`;
      return ((await latestStop(config.dir)) ?? 0) >= since ? "everything was stopped during the hand-over" : null;
    },
    skewMs: options.skewMs ?? (() => null),
    clock,
    leaseClock: config.clock,
    random,
    actor: config.actor,
    record: facts.record,
    alarms: receivers.alarms === undefined ? undefined : ALARMS,
    pause: options.pause,
  });
}

/** Opens what the watch needs. Disposing stops it in reverse. */
export async function openFailover(flags: Flags, environment: Environment, options: FailoverOptions): Promise<FailoverRuntime> {
  await using stack = new AsyncDisposableStack();
  const { clock = systemClock } = flags;
  const skew = createSkew(clock);
  const workplace = await openWorkplace(stack, flags, environment, { ...options, hooks: skew.hooks });
  // The tenant's replies tell the time of the real world: another clock than this machine's cannot be compared with it.
  const compared = options.clock === undefined ? { skewMs: () => skew.skewMs() } : {};
  const failover = await failoverOf(workplace, { ...options, ...compared });
  await takeFiles(workplace.store, failover);
  workplace.startDelivery();
  const owned = stack.move();
  return {
    failover,
    deliverEvents: () => workplace.deliverEvents(),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

/** The tenant's clock against this machine's, by the `Date` of its latest reply: whole seconds, so that less than one is no difference. */
function createSkew(clock: Clock): { readonly hooks: TenantHooks; skewMs(): number | null } {
  let latest: number | null = null;
  return {
    hooks: {
      onResponse({ tenantTime }) {
        if (tenantTime !== undefined) latest = tenantTime + 500 - clock.now();
      },
    },
    skewMs: () => (latest !== null && Math.abs(latest) < 1000 ? 0 : latest),
  };
}

const policyOfFile = z.looseObject({ failover: failoverPolicySchema.optional() });

/** Takes what campaign files said of pairs since those were last changed; what the command line said before is overruled by that. */
async function takeFiles(store: Store, failover: Failover): Promise<void> {
  const changedAt = new Map((await store.failovers.list()).map(({ primary, changedAt: at }) => [primary, at]));
  for (const [primary, { policy, updatedAt }] of await store.campaigns.policies()) {
    const own = policyOfFile.safeParse(policy).data?.failover;
    if (own !== undefined && updatedAt > (changedAt.get(primary) ?? 0)) await failover.put(primary, own);
  }
}
