// Dialer metrics by hour: generated before the start, from then on measured on the tenant's calls.

import { createRandom, HOUR_MS, type Instant } from "../kernel/index.ts";
import type { Tenant } from "./tenant.ts";

/** Most calls counted for one hour; with more, the shares are those of the first ones. */
const CALLS_AN_HOUR = 20_000;
const UNANSWERED: ReadonlySet<string> = new Set(["NO_ANSWER", "BUSY", "DISCONNECTED"]);

const round = (value: number): number => Math.round(value * 10_000) / 10_000;

/** The hours with figures, oldest first; none for an unknown campaign. */
export function dialerMetricHours(tenant: Tenant, campaignId: string | undefined, now: Instant): Instant[] {
  const known =
    campaignId === undefined ||
    tenant.campaigns.get(campaignId) !== undefined ||
    tenant.dialer.campaign(campaignId) !== undefined;
  if (!known) return [];
  const startHour = Math.floor(tenant.start / HOUR_MS) * HOUR_MS;
  const hours: Instant[] = [];
  for (let hour = startHour - tenant.scenario.dialer.history.metricHours * HOUR_MS; hour < startHour; hour += HOUR_MS)
    hours.push(hour);
  for (let hour = startHour; hour <= now; hour += HOUR_MS) {
    if (tenant.calls.list({ campaignId, from: hour, to: hour + HOUR_MS - 1, limit: 1 }).calls.length > 0) hours.push(hour);
  }
  return hours;
}

/** One row: the hour and the requested metrics. Rates are shares of 1, `averageWaitTime` is in seconds. */
export function dialerMetricRow(tenant: Tenant, campaignId: string | undefined, hour: Instant, metrics: readonly string[]) {
  const figures =
    hour < Math.floor(tenant.start / HOUR_MS) * HOUR_MS ? past(tenant, campaignId, hour) : live(tenant, campaignId, hour);
  const row: Record<string, string | number> = { timestamp: new Date(hour).toISOString() };
  if (campaignId !== undefined) row["campaignId"] = campaignId;
  for (const [name, value] of Object.entries(figures)) if (metrics.includes(name)) row[name] = round(value);
  return row;
}

function past(tenant: Tenant, campaignId: string | undefined, hour: Instant) {
  const random = createRandom(tenant.seed, `dialer-metrics/${campaignId ?? ""}/${hour - tenant.start}`);
  const answerRate = 0.3 + random.next() * 0.2;
  const abandonmentRate = random.next() * 0.03;
  return { efficiency: answerRate * (1 - abandonmentRate), abandonmentRate, answerRate, averageWaitTime: 1 + random.next() * 8 };
}

/**
 * `efficiency` is the share of placed calls that reached an agent. Waits are measured on live calls; for an hour without one the
 * figure is generated.
 */
function live(tenant: Tenant, campaignId: string | undefined, hour: Instant) {
  const { calls } = tenant.calls.list({ campaignId, from: hour, to: hour + HOUR_MS - 1, limit: CALLS_AN_HOUR });
  const ended = calls.filter(({ endTime }) => endTime !== undefined);
  const abandoned = ended.filter(({ status }) => status === "abandoned").length;
  const reached = ended.filter(
    ({ status, dispositionCode }) =>
      (status === "completed" || status === "wrap_up") && !(dispositionCode !== undefined && UNANSWERED.has(dispositionCode)),
  ).length;
  const answered = reached + abandoned;
  const share = (part: number, whole: number): number => (whole === 0 ? 0 : part / whole);
  const waits = calls.flatMap(({ answeredTime, connectedTime }) =>
    answeredTime === undefined || connectedTime === undefined ? [] : [(connectedTime - answeredTime) / 1000],
  );
  const averageWaitTime =
    waits.length === 0
      ? past(tenant, campaignId, hour).averageWaitTime
      : waits.reduce((sum, wait) => sum + wait, 0) / waits.length;
  return {
    efficiency: share(reached, ended.length),
    abandonmentRate: share(abandoned, answered),
    answerRate: share(answered, ended.length),
    averageWaitTime,
  };
}
