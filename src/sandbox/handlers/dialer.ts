// Dialer settings, their validation and activation, dialer campaigns, the simulator, metrics and audit: contract §2.5.

import { z } from "zod";
import { DIALER_METRICS, MAX_AUDIT_PAGE, MAX_METRICS_PAGE, REGULATORY_CHECKS } from "../../contract/index.ts";
import { ABANDONMENT_LIMIT, createRandom, HOUR_MS, type Instant } from "../../kernel/index.ts";
import { readTokens } from "../paging.ts";
import { listOf, mustBeKnown, textOf, wholeNumber } from "../parameters.ts";
import { runSimulation } from "../simulator-run.ts";
import type { DeskVersion } from "../state/dialer-desk.ts";
import type { Tenant } from "../tenant.ts";
import { badRequest, notFound, Refusal } from "../wire.ts";
import { type Handlers, timeText } from "./handler.ts";

// Dialer metrics by hour: generated before the start, from then on measured on the tenant's calls.

/** Most calls counted for one hour; with more, the shares are those of the first ones. */
const CALLS_AN_HOUR = 20_000;
const UNANSWERED: ReadonlySet<string> = new Set(["NO_ANSWER", "BUSY", "DISCONNECTED"]);

const round = (value: number): number => Math.round(value * 10_000) / 10_000;

/** The hours with figures, oldest first; none for an unknown campaign. */
function dialerMetricHours(tenant: Tenant, campaignId: string | undefined, now: Instant): Instant[] {
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
function dialerMetricRow(tenant: Tenant, campaignId: string | undefined, hour: Instant, metrics: readonly string[]) {
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

const METRICS: ReadonlySet<string> = new Set(DIALER_METRICS);
const CHECKS: ReadonlySet<string> = new Set(REGULATORY_CHECKS);

export const dialer: Handlers<
  | "createDialerCampaign"
  | "validateDialerPolicy"
  | "getDialerSettings"
  | "putDialerSettings"
  | "getDialerOperation"
  | "getDialerMetrics"
  | "listAuditLogs"
  | "runSimulator"
> = {
  createDialerCampaign(tenant, { body, clientId, now }) {
    const campaign = { ...body, id: tenant.ids.id("dcamp", now), status: "active", createdTime: timeText(now) };
    tenant.dialer.addCampaign(campaign);
    tenant.audit.record(
      { entity: "campaign", entityId: campaign.id, action: "campaign.create", actor: clientId, before: null, after: campaign },
      now,
    );
    const facts = { campaignId: campaign.id, status: campaign.status, activatedAt: timeText(now) };
    tenant.webhooks.emit("dialer.campaign.activated", facts);
    return { status: 201, body: campaign };
  },

  validateDialerPolicy(_tenant, { body }) {
    mustBeKnown("regulatory check", body.regulatory_checks, CHECKS);
    const { algorithm, concurrency } = body.campaign_config;
    const violations = [];
    // The request has no data for the checks of do-not-call and calling hours, so only the abandonment check can fail.
    if (body.regulatory_checks.includes("tcpa_abandonment") && algorithm.abandonment_rate_target > ABANDONMENT_LIMIT) {
      violations.push({
        check: "tcpa_abandonment",
        message: `abandonment_rate_target ${algorithm.abandonment_rate_target} is above the limit of ${ABANDONMENT_LIMIT}`,
        limit: ABANDONMENT_LIMIT,
        actual: algorithm.abandonment_rate_target,
      });
    }
    const warnings = [];
    if (body.carrier_capacity !== undefined) {
      const { max_trunks, current_utilization_percent = 0 } = body.carrier_capacity;
      const free = Math.floor(max_trunks * (1 - current_utilization_percent / 100));
      if (concurrency.max_simultaneous_calls > free) {
        warnings.push({
          resource: "trunks",
          message: `${concurrency.max_simultaneous_calls} simultaneous calls exceed ${free} free trunks of ${max_trunks}`,
          limit: free,
          actual: concurrency.max_simultaneous_calls,
        });
      }
    }
    const compliance_status = violations.length === 0 ? "PASS" : "FAIL";
    return { status: 200, body: { compliance_status, violations, capacity_warnings: warnings } };
  },

  getDialerSettings(tenant, { twists }) {
    const current = tenant.dialer.current();
    const earlier = tenant.shadows.get("dialer/settings") as DeskVersion | undefined;
    const { settings, versionTag } = twists.staleRead ? (earlier ?? current) : current;
    return { status: 200, body: { ...settings, versionTag } };
  },

  putDialerSettings(tenant, { body, headers, clientId }) {
    const current = tenant.dialer.current();
    // The bare tag, compared as text; without a tag the write is unconditional.
    const tag = headers["if-match"]?.trim();
    if (tag && tag !== current.versionTag) {
      throw new Refusal(412, "version_stale", "The settings were changed since; If-Match does not name the current versionTag.");
    }
    const { versionTag: _, ...settings } = body;
    tenant.shadows.keep("dialer/settings", current);
    const { operationId, announced } = tenant.dialer.activate(settings, clientId);
    return { status: 202, body: { operationId, versionTag: announced.versionTag } };
  },

  getDialerOperation(tenant, { params }) {
    const operation = tenant.dialer.operation(params.operationId);
    if (operation === undefined) throw notFound("operation", params.operationId);
    const { operationId, status, announced, failure } = operation;
    if (status !== "FAILED") return { status: 200, body: { operationId, status, versionTag: announced.versionTag } };
    const { versionTag } = tenant.dialer.current();
    return { status: 200, body: { operationId, status, errorDetails: failure, versionTag } };
  },

  getDialerMetrics(tenant, { query, now, twists }) {
    const metrics = [...new Set(listOf(query, "metrics") ?? DIALER_METRICS)];
    mustBeKnown("metric", metrics, METRICS);
    const groupBy = textOf(query, "groupBy");
    if (groupBy !== undefined && groupBy !== "hour") throw badRequest("Query parameter groupBy must be hour.");
    const pageSize = wholeNumber(query, "pageSize", { default: MAX_METRICS_PAGE, min: 1, max: MAX_METRICS_PAGE });
    const campaignId = textOf(query, "campaignId");
    const tokens = readTokens(textOf(query, "pageToken"), { campaignId, metrics: [...metrics].sort() }, z.number(), twists);
    const hours = dialerMetricHours(tenant, campaignId, now);
    // The cursor is the hour itself: when a new hour begins, pages do not shift.
    const from = tokens.place.cursor ?? Number.NEGATIVE_INFINITY;
    const rest = hours.filter((hour) => hour >= from);
    const page = rest.slice(0, pageSize);
    const nextPageToken = tokens.next(rest[pageSize]);
    const results = page.map((hour) => dialerMetricRow(tenant, campaignId, hour, metrics));
    return { status: 200, body: nextPageToken === undefined ? { results } : { results, nextPageToken } };
  },

  listAuditLogs(tenant, { query, twists }) {
    const pageSize = wholeNumber(query, "pageSize", { default: MAX_AUDIT_PAGE, min: 1, max: MAX_AUDIT_PAGE });
    const entity = textOf(query, "entity");
    const tokens = readTokens(textOf(query, "pageToken"), { entity }, z.number(), twists);
    const { entries, next } = tenant.audit.page(entity, tokens.place.cursor, pageSize);
    const nextPageToken = tokens.next(next);
    return { status: 200, body: nextPageToken === undefined ? { logs: entries } : { logs: entries, nextPageToken } };
  },

  runSimulator(tenant, { body }) {
    return { status: 200, body: runSimulation(body, tenant.scenario.dialer.settings) };
  },
};
