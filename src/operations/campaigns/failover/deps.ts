// What the commands of a pair need of the context and of the failover rules.

import type { RulePack } from "../../../compliance/index.ts";
import { areasText, type Clock, DAY_MS } from "../../../kernel/index.ts";
import { registriesOf } from "../../compliance/coverage.ts";
import type { Context } from "../../context.ts";
import { dncBeforeStart } from "../../tenant-dnc/index.ts";
import { CampaignMetrics } from "../metrics/index.ts";
import type { CampaignGate } from "../state/index.ts";
import type { ActDeps } from "./act.ts";

/** What hand-overs depend on besides the policy of the pair. */
export interface FailoverRules {
  /** Asked before a campaign is activated. */
  readonly gate: CampaignGate;
  /** The calling rules in force: they limit the age of registry files. */
  readonly pack: () => Promise<Pick<RulePack, "rules">>;
  /** When everything was last stopped by a process without the store; undefined when never. */
  readonly latestStop: () => Promise<number | undefined>;
  /** The tenant's clock minus ours, ms; null when it is not known. Default: not known. */
  readonly skewMs?: (() => number | null) | undefined;
  /** Clock of the watch; default: the context's. */
  readonly clock?: Clock | undefined;
  /** Awaited at every named point: for test harnesses that stop a process there. */
  readonly pause?: ((point: string) => Promise<void>) | undefined;
}

/** What the steps of a hand-over need, from the context and the rules. */
export function failoverDeps({ tenant, store, ...context }: Context, rules: FailoverRules): ActDeps {
  const { campaignRunner: runner, metricsSource: source, outcomeSource: calls, contactSource: contacts } = tenant.capabilities;
  const clock = rules.clock ?? context.clock;
  return {
    runner,
    source,
    calls,
    contacts,
    holds: store.holds,
    counts: store,
    metrics: new CampaignMetrics({ log: store.metrics, source, clock }),
    gate: rules.gate,
    doNotCall: (campaignId, call, start) => dncBeforeStart({ tenant, store }, campaignId, call, start),
    actor: context.actor,
    async compliance(at) {
      const files = registriesOf(await store.facts.registryFiles());
      for (const rule of (await rules.pack()).rules) {
        if (rule.kind !== "registry-age") continue;
        for (const { registry, covers } of files) {
          const old = covers.find(({ asOf }) => at - Date.parse(`${asOf}T00:00:00Z`) > (rule.maxAgeDays + 1) * DAY_MS);
          if (old !== undefined)
            return `the do-not-call registry file of ${registry} for ${areasText(old)} is as of ${old.asOf}, older than ${rule.maxAgeDays} days`;
        }
      }
      return null;
    },
    stopMark: () => store.stops.mark(),
    async stopped(campaignId, { since: decidedAt, startedAt, mark }) {
      const since = decidedAt ?? startedAt;
      // One that an earlier version began has no mark: open stops end it.
      const stop = await store.stops.holding(campaignId, mark ?? Number.MAX_SAFE_INTEGER);
      if (stop !== undefined) return `${stop.actor} gave an emergency stop`;
      const [last] = await store.stateIntents.list(campaignId, 1);
      if (last?.target === "paused" && last.askedAt >= since) return `${last.actor} paused ${campaignId} during the hand-over`;
      return ((await rules.latestStop()) ?? 0) >= since ? "everything was stopped during the hand-over" : null;
    },
    skewMs: rules.skewMs ?? (() => null),
    clock,
    ownClock: context.clock,
  };
}
