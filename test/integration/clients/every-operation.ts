// One plain request for each operation, with the scopes that open it: written out by hand, apart from the tables the sandbox is built on.

import { predictivePayload } from "../../clients/dialer-client.ts";

/** One good request of an operation, as plain data. */
export interface PlainRequest {
  readonly method: string;
  readonly path: string;
  readonly body?: unknown;
  readonly headers?: Record<string, string>;
  /** Scopes any one of which opens the operation. */
  readonly scopes: readonly string[];
  /** The same request for an id that is not there. */
  readonly unknown?: string;
}

const OUTBOUND = "/api/v2/outbound";
const OMNI = "/api/v2/omnichannel";
const campaign = {
  name: "P",
  status: "paused",
  contactListId: "list_12345",
  queueId: "q",
  dialerConfig: {
    type: "predictive",
    predictiveSettings: { answerRatio: 0.85, maxCallsInFlight: 50, callRate: 12, abandonmentThreshold: 0.03 },
  },
};
const dialer = predictivePayload("complete");
const omnichannelWebhook = {
  name: "n",
  callbackUrl: "https://receiver.test/x",
  events: ["omnichannel.campaign.state.change"],
  enabled: true,
  headers: {},
};
const integrationWebhook = {
  name: "n",
  url: "https://receiver.test/x",
  events: ["dialer.settings.updated"],
  auth: { type: "bearer", token: "t" },
  retryPolicy: { maxRetries: 3, backoffMultiplier: 2, timeoutSec: 10 },
};

/** List, read, replace and remove of one kind of webhook; an id that is not there. */
function management(kind: string, path: string, scope: string, body: unknown): Record<string, PlainRequest> {
  const one = `${path}/none`;
  const reading = [`${scope}:read`, `${scope}:write`];
  const writing = [`${scope}:write`];
  return {
    [`list${kind}Webhooks`]: { method: "GET", path, scopes: reading },
    [`get${kind}Webhook`]: { method: "GET", path: one, scopes: reading, unknown: one },
    [`update${kind}Webhook`]: { method: "PUT", path: one, body, scopes: writing, unknown: one },
    [`delete${kind}Webhook`]: { method: "DELETE", path: one, scopes: writing, unknown: one },
  };
}

/** By operation id. A patch goes out under a tag that cannot match; ids named "none" are not there. */
export const EVERY_OPERATION: Readonly<Record<string, PlainRequest>> = {
  getDispositionMatrix: {
    method: "GET",
    path: `${OUTBOUND}/campaigns/camp_primary_001/dispositioncodes`,
    scopes: ["outbound:campaign:read"],
    unknown: `${OUTBOUND}/campaigns/none/dispositioncodes`,
  },
  assignDisposition: {
    method: "PUT",
    path: `${OUTBOUND}/calls/call_done/disposition`,
    body: { dispositionCodeId: "DISP_001", notes: "" },
    scopes: ["outbound:calls:disposition:update"],
    unknown: `${OUTBOUND}/calls/none/disposition`,
  },
  getCall: {
    method: "GET",
    path: `${OUTBOUND}/calls/call_done`,
    scopes: ["outbound:calls:read", "outbound:call:read"],
    unknown: `${OUTBOUND}/calls/none`,
  },
  listCalls: {
    method: "GET",
    path: `${OUTBOUND}/calls?campaignId=camp_primary_001&startDateTime=2025-03-01T00:00:00.000001&endDateTime=2025-03-05T00:00:00.000001`,
    scopes: ["outbound:call:read", "outbound:calls:read"],
  },
  getInteraction: {
    method: "GET",
    path: "/api/v1/interactions/a1b2c3d4-e5f6-7890-abcd-ef1234567890",
    scopes: ["interactions:write"],
    unknown: "/api/v1/interactions/none",
  },
  patchInteraction: {
    method: "PATCH",
    path: "/api/v1/interactions/a1b2c3d4-e5f6-7890-abcd-ef1234567890",
    body: {
      dispositions: [{ code: "101", description: "d", agent_id: "a", timestamp: "2025-03-05T14:00:00.000001Z", source: "api" }],
    },
    headers: { "if-match": 'W/"any"' },
    scopes: ["interactions:write"],
    unknown: "/api/v1/interactions/none",
  },
  listDispositions: { method: "GET", path: "/api/v1/dispositions", scopes: ["dispositions:read"] },
  createCampaign: { method: "POST", path: `${OMNI}/campaigns`, body: campaign, scopes: ["omnichannel:campaigns:write"] },
  getCampaign: {
    method: "GET",
    path: `${OMNI}/campaigns/camp_primary_001`,
    scopes: ["omnichannel:campaigns:read"],
    unknown: `${OMNI}/campaigns/none`,
  },
  listCampaigns: { method: "GET", path: `${OMNI}/campaigns`, scopes: ["omnichannel:campaigns:read"] },
  updateCampaign: {
    method: "PUT",
    path: `${OMNI}/campaigns/camp_backup_001`,
    body: { status: "active" },
    headers: { "x-idempotency-key": "k" },
    scopes: ["omnichannel:campaigns:write"],
    unknown: `${OMNI}/campaigns/none`,
  },
  getCampaignMetrics: {
    method: "GET",
    path: `${OMNI}/campaigns/camp_primary_001/metrics`,
    scopes: ["analytics:read"],
    unknown: `${OMNI}/campaigns/none/metrics`,
  },
  listContacts: {
    method: "GET",
    path: `${OMNI}/contactlists/list_12345/contacts?query=true&pageSize=100&page=1`,
    scopes: ["omnichannel:contactlists:read"],
    unknown: `${OMNI}/contactlists/none/contacts?query=true&pageSize=100&page=1`,
  },
  createOmnichannelWebhook: {
    method: "POST",
    path: `${OMNI}/webhooks`,
    body: omnichannelWebhook,
    scopes: ["omnichannel:webhooks:write"],
  },
  ...management("Omnichannel", `${OMNI}/webhooks`, "omnichannel:webhooks", omnichannelWebhook),
  createDialerCampaign: { method: "POST", path: "/api/v1/campaigns", body: dialer, scopes: ["campaigns:write"] },
  validateDialerPolicy: {
    method: "POST",
    path: "/api/v1/dialer/policies/validate",
    body: { campaign_config: dialer, regulatory_checks: ["tcpa_abandonment"], carrier_capacity: { max_trunks: 150 } },
    scopes: ["dialer:write", "dialer:read"],
  },
  getDialerSettings: { method: "GET", path: "/api/v1/dialer/settings", scopes: ["dialer:read"] },
  putDialerSettings: { method: "PUT", path: "/api/v1/dialer/settings", body: dialer, scopes: ["dialer:write"] },
  getDialerOperation: {
    method: "GET",
    path: "/api/v1/dialer/operations/none",
    scopes: ["dialer:write", "dialer:read"],
    unknown: "/api/v1/dialer/operations/none",
  },
  createIntegrationWebhook: {
    method: "POST",
    path: "/api/v1/integrations/webhooks",
    body: integrationWebhook,
    scopes: ["webhooks:write"],
  },
  ...management("Integration", "/api/v1/integrations/webhooks", "webhooks", integrationWebhook),
  getDialerMetrics: {
    method: "GET",
    path: "/api/v1/analytics/dialer/metrics?campaignId=camp_primary_001&metrics=efficiency&metrics=answerRate",
    scopes: ["analytics:read"],
  },
  listAuditLogs: { method: "GET", path: "/api/v1/audit/logs?entity=dialer&pageSize=50", scopes: ["audit:read"] },
  runSimulator: { method: "POST", path: "/api/v1/dialer/simulator/run", body: { durationMinutes: 60 }, scopes: ["dialer:read"] },
};
