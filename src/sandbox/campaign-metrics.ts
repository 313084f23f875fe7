// The figures of a campaign: measured on its calls, or set from outside.

import type { CampaignRecord, MetricsFigures } from "./state/campaigns.ts";
import type { Tenant } from "./tenant.ts";

/** The failover's threshold, or undefined when the campaign has no failover in force. */
function failoverThreshold({ document }: CampaignRecord): number | undefined {
  const config = document["failoverConfig"];
  if (typeof config !== "object" || config === null || !("enabled" in config) || config.enabled !== true) return undefined;
  return "thresholdValue" in config && typeof config.thresholdValue === "number" ? config.thresholdValue : undefined;
}

/**
 * Body of `getCampaignMetrics` and of the metrics event (contract §2.3); no figure is null. Until the campaign places calls, the
 * scenario's figures are used. Figures set through the control plane take precedence over measured ones.
 * @param windowMinutes the figures count calls of the last so many minutes
 */
export function campaignMetrics(tenant: Tenant, record: CampaignRecord, windowMinutes: number) {
  const { id } = record.document;
  const measured = tenant.engine.metrics(id, windowMinutes);
  const given: MetricsFigures = { ...(measured.callsPlaced > 0 ? {} : record.figures), ...record.pinned };
  const successRate = given.successRate ?? measured.successRate;
  const activeCalls = given.activeCalls ?? measured.activeCalls;
  const lastUpdated = new Date(tenant.clock.now()).toISOString();
  if (tenant.scenario.legacyMetrics) return { successRate, activeCalls, lastUpdated };
  const callsPlaced = given.callsPlaced ?? measured.callsPlaced;
  const threshold = failoverThreshold(record);
  const judged = callsPlaced > 0 || given.successRate !== undefined;
  return {
    campaignId: id,
    windowMinutes,
    successRate,
    activeCalls,
    callsPlaced,
    callsAnswered: given.callsAnswered ?? measured.callsAnswered,
    abandonmentRate: given.abandonmentRate ?? measured.abandonmentRate,
    failoverTriggered: given.failoverTriggered ?? (threshold !== undefined && judged && successRate < threshold),
    lastUpdated,
  };
}
