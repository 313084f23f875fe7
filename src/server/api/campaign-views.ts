// Campaigns as the API shows them.

import { wilsonInterval } from "../../kernel/index.ts";
import type { CampaignHealth, CampaignReading } from "../../operations/index.ts";
import { budgetOf } from "./compliance-views.ts";
import type { CampaignSummary, HealthView, MetricPoint, WindowState } from "./schemas/campaigns.ts";
import { shareOf, timeText } from "./texts.ts";

/** Phases of a pair in which nothing was handed over. */
const QUIET = "watching";

/** A campaign in a line. @param named as the tenant lists it now: its health may have been read a while ago */
export function campaignSummaryOf(
  health: CampaignHealth,
  named: { readonly name: string; readonly status: string },
): CampaignSummary {
  const { reading, success, failover } = health;
  return {
    id: health.id,
    name: named.name,
    status: named.status,
    activeCalls: reading?.activeCalls ?? null,
    successRate: success === null ? null : shareOf(success),
    windowMinutes: reading?.windowMinutes ?? null,
    abandonment: health.abandonment === null ? null : budgetOf(health.abandonment),
    windows: health.windows.map(windowOf),
    notDialing: causesOf(health, named.status),
    failover: failover === null ? null : { ...without(failover), triggered: isTriggered(health) },
    lastMetricAt: timeText(reading === null ? null : (reading.at ?? reading.receivedAt)),
    stale: health.stale,
  };
}

/** What was read before the state changed says nothing of the new one, and what was never read says nothing at all. */
function causesOf({ campaign, notDialing }: CampaignHealth, status: string): CampaignSummary["notDialing"] {
  if (campaign === null ? notDialing === null : campaign.status !== status) {
    const text = `the campaign is ${status}`;
    return status === "active" ? null : { first: text, all: [{ code: "other_state", text }] };
  }
  return notDialing === null ? null : { first: notDialing.first, all: notDialing.all.map((cause) => ({ ...cause })) };
}

function without({ role, partner, phase }: NonNullable<CampaignHealth["failover"]>) {
  return { role, partner, phase };
}

/** The documented view of a campaign; what is not known is zero or empty, never null. */
export function healthViewOf(health: CampaignHealth): HealthView {
  const { campaign, reading } = health;
  return {
    campaign_id: health.id,
    status: campaign?.status ?? "unknown",
    active_calls: reading?.activeCalls ?? 0,
    success_rate: reading?.successRate ?? health.success?.rate ?? 0,
    failover_triggered: isTriggered(health),
    last_metric_update: timeText(reading === null ? null : (reading.at ?? reading.receivedAt)) ?? "",
  };
}

/** Whether the pair has handed over, or the vendor says so. */
const isTriggered = ({ failover, reading }: CampaignHealth): boolean =>
  failover === null ? (reading?.failoverTriggered ?? false) : failover.phase !== QUIET;

/** One reading on the time axis. */
export function pointOf(reading: CampaignReading): MetricPoint {
  const { success, abandonment } = reading;
  const interval = success === null || success.calls === 0 ? null : wilsonInterval(success.successes, success.calls);
  return {
    at: timeText(reading.at ?? reading.receivedAt),
    successRate: reading.successRate,
    successes: success === null ? null : Math.round(success.successes),
    calls: success === null ? null : Math.round(success.calls),
    low: interval?.low ?? null,
    high: interval?.high ?? null,
    abandonmentRate: abandonment?.rate ?? null,
    activeCalls: reading.activeCalls,
    agents: null,
  };
}

function windowOf({ zone, contacts, open, until, opens }: CampaignHealth["windows"][number]): WindowState {
  return { zone, open: open > 0, changesAt: timeText(open > 0 ? until : opens), contacts };
}
