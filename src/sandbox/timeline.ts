// The scenario's timeline: each entry is due at its time after the start.

import type { ScenarioTimelineEntry } from "./scenario/index.ts";
import { campaignChanged } from "./state-changes.ts";
import type { Tenant } from "./tenant.ts";

const ACTOR = "timeline";

/** Schedules the entries of the future. Entries due at the very start are only run at a fresh start. */
export function scheduleTimeline(tenant: Tenant, fresh: boolean): void {
  const now = tenant.clock.now();
  for (const entry of tenant.scenario.timeline) {
    // The scenario's check turned spans into seconds.
    const at = tenant.start + Number(entry.at) * 1000;
    if (at > now || fresh) tenant.clock.schedule(at, () => apply(tenant, entry.set));
  }
}

function apply(tenant: Tenant, set: ScenarioTimelineEntry["set"]): void {
  for (const [id, behaviour] of Object.entries(set.contactLists ?? {})) tenant.engine.setBehaviour(id, behaviour);
  for (const [id, change] of Object.entries(set.campaigns ?? {})) changeCampaign(tenant, id, change);
  if (set.limits !== undefined) tenant.limiter.set(set.limits);
  if (set.activation !== undefined) tenant.dialer.setActivation(set.activation);
  if (set.faults !== undefined && set.faults.length > 0) tenant.faults.add(set.faults);
}

type CampaignChange = NonNullable<ScenarioTimelineEntry["set"]["campaigns"]>[string];

function changeCampaign(tenant: Tenant, id: string, { status, callRate, metrics }: CampaignChange): void {
  const before = tenant.campaigns.get(id);
  if (before === undefined) return;
  // Figures of the timeline are set on purpose, so they take precedence over measured ones.
  if (metrics !== undefined) tenant.campaigns.setFigures(id, "pinned", { ...before.pinned, ...metrics });
  if (status === undefined && callRate === undefined) return;
  const after = tenant.campaigns.merge(
    id,
    {
      ...(status === undefined ? {} : { status }),
      ...(callRate === undefined ? {} : { dialerConfig: withCallRate(before.document["dialerConfig"], callRate) }),
    },
    tenant.clock.now(),
  );
  if (after !== undefined) campaignChanged(tenant, before, after, ACTOR);
}

function withCallRate(config: unknown, callRate: number): unknown {
  const old = typeof config === "object" && config !== null ? config : { type: "predictive" };
  const settings = "predictiveSettings" in old && typeof old.predictiveSettings === "object" ? old.predictiveSettings : undefined;
  const base = settings ?? { answerRatio: 0.85, maxCallsInFlight: 50, abandonmentThreshold: 0.03 };
  return { ...old, predictiveSettings: { ...base, callRate } };
}
