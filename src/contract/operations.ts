// The operation table: every operation of the vendor contract (§2) as data. Client, sandbox and documentation are derived from it.

import * as campaigns from "./campaigns.ts";
import * as dialer from "./dialer.ts";
import * as interactions from "./interactions.ts";
import type {
  LockStyle,
  Operation,
  OperationTable,
  RateFamily,
  RateLimit,
  RowBody,
  RowPath,
  RowQuery,
  RowReply,
} from "./operation.ts";
import * as outbound from "./outbound.ts";

// Paths from templates: each value is one encoded segment, so no value can change the rest of the path.

const PLACEHOLDER = /\{(\w+)\}/g;

/**
 * Fills a path template. Every value is percent-encoded as a single segment.
 * Throws RangeError on a missing or empty value and on `.` and `..`, which URL parsers would resolve.
 */
export function fillPath(template: string, values: Readonly<Record<string, string>>): string {
  return template.replace(PLACEHOLDER, (_, name: string) => {
    const value = values[name];
    if (value === undefined || value === "") throw new RangeError(`path parameter ${name} is empty`);
    if (value === "." || value === "..") throw new RangeError(`path parameter ${name} must not be "${value}"`);
    return encodeURIComponent(value);
  });
}

// The documented request limits by rate family: contract §2.

/** The documented limits on requests, by family. */
export const RATE_LIMITS: Readonly<Record<RateFamily, RateLimit>> = {
  "outbound-write": { requests: 100, seconds: 1, per: "client" },
  "outbound-read": { requests: 100, seconds: 60, per: "client" },
  campaigns: { requests: 100, seconds: 60, per: "client" },
  "dialer-write": { requests: 100, seconds: 60, per: "tenant" },
  other: { requests: 100, seconds: 1, per: "client" },
};
/** Families of operations that share a limit. */
export const RATE_FAMILIES = Object.keys(RATE_LIMITS) as RateFamily[];

const ok = { status: 200, accepts: "2xx", body: "json" } as const;
const created = { status: 201, accepts: "2xx", body: "json" } as const;
const gone = { status: 204, accepts: "2xx", body: "optional" } as const;

/** A request that changes nothing, and one that removes what may be gone already. */
const read = { method: "GET", retry: "safe", success: ok } as const;
const remove = { method: "DELETE", retry: "idempotent", success: gone, alreadyStatus: 404 } as const;

// Who serves a group of operations, and which limit they share.
const outboundRead = { host: "outbound", rate: "outbound-read" } as const;
const omnichannelWebhooks = { host: "omnichannel", rate: "campaigns" } as const;
const ofDialer = { host: "dialer", rate: "other" } as const;
const dialerWrite = { host: "dialer", rate: "dialer-write" } as const;

const etag = (staleStatus: 409 | 412, required: boolean): LockStyle => ({ tagIn: "etag-header", required, staleStatus });

/**
 * Every operation of the profile `rest`, by id: method, path, scopes, rate family, retry class, lock, paging, statuses, schemas.
 */
export const OPERATIONS = {
  getDispositionMatrix: {
    ...outboundRead,
    ...read,
    summary: "Disposition codes of a campaign with their reason codes",
    section: "2.1",
    path: "/api/v2/outbound/campaigns/{campaignId}/dispositioncodes",
    scopes: ["outbound:campaign:read"],
    refusals: { 404: "unknown campaign" },
    reply: outbound.dispositionMatrix,
  },
  assignDisposition: {
    summary: "Set the disposition of a call (idempotent upsert)",
    section: "2.1",
    method: "PUT",
    path: "/api/v2/outbound/calls/{callId}/disposition",
    scopes: ["outbound:calls:disposition:update"],
    host: "outbound",
    rate: "outbound-write",
    retry: "idempotent",
    success: { status: 200, accepts: "2xx", body: "optional" },
    refusals: {
      400: "unknown disposition code, code of another campaign, orphaned reason code, more than ten tags, wrong schema",
      404: "unknown call",
      409: "the call's status does not allow a disposition, or the dialer locked it",
    },
    request: outbound.dispositionAssignment,
    accepts: outbound.dispositionAssignmentAccepted,
    reply: outbound.assignmentReply,
  },
  getCall: {
    ...outboundRead,
    ...read,
    summary: "One call with its status",
    section: "2",
    path: "/api/v2/outbound/calls/{callId}",
    scopes: ["outbound:calls:read", "outbound:call:read"],
    refusals: { 404: "unknown call" },
    reply: outbound.callDetail,
  },
  listCalls: {
    ...read,
    summary: "Calls of a campaign in a window of time, by pages",
    section: "2.6",
    path: "/api/v2/outbound/calls",
    scopes: ["outbound:call:read", "outbound:calls:read"],
    host: "outcomes",
    rate: "outbound-read",
    paging: { kind: "token", items: "calls", pageSize: 1000, sizeParameter: "limit", tokenParameter: "nextPageToken" },
    refusals: {
      400: "start before the retention, end in the future, start after end, unknown code, limit above 5000, unreadable token",
    },
    query: outbound.callsQuery,
    lists: { dispositionCode: "joined" },
    reply: outbound.callsPage,
  },
  getInteraction: {
    ...read,
    summary: "A closed interaction with its dispositions",
    section: "2.2",
    path: "/api/v1/interactions/{id}",
    scopes: ["interactions:write"],
    host: "interactions",
    rate: "other",
    lock: etag(409, true),
    refusals: { 403: "the interaction belongs to another organization", 404: "unknown interaction" },
    reply: interactions.interaction,
  },
  patchInteraction: {
    summary: "Replace the dispositions of a closed interaction",
    section: "2.2",
    method: "PATCH",
    path: "/api/v1/interactions/{id}",
    scopes: ["interactions:write"],
    host: "interactions",
    rate: "other",
    retry: "once",
    lock: etag(409, true),
    success: { status: 200, accepts: [200], body: "json" },
    refusals: {
      400: "unknown code, timestamp without offset, primary and secondary codes together",
      403: "the interaction belongs to another organization",
      404: "unknown interaction",
      409: "the entity tag is stale",
      428: "If-Match is missing",
    },
    request: interactions.interactionPatch,
    accepts: interactions.interactionPatchAccepted,
    reply: interactions.interaction,
  },
  listDispositions: {
    ...read,
    summary: "The tree of disposition codes for interactions",
    section: "2.2",
    path: "/api/v1/dispositions",
    scopes: ["dispositions:read"],
    host: "interactions",
    rate: "other",
    refusals: {},
    reply: interactions.dispositionTree,
  },
  createCampaign: {
    ...omnichannelWebhooks,
    summary: "Create an omnichannel campaign",
    section: "2.3",
    method: "POST",
    path: "/api/v2/omnichannel/campaigns",
    scopes: ["omnichannel:campaigns:write"],
    retry: "keyed",
    idempotencyKey: true,
    success: created,
    refusals: { 400: "each broken rule of the campaign", 422: "the idempotency key was used with another body" },
    request: campaigns.campaignDraft,
    accepts: campaigns.campaignDraftAccepted,
    reply: campaigns.campaign,
  },
  getCampaign: {
    ...omnichannelWebhooks,
    ...read,
    summary: "One omnichannel campaign",
    section: "2.3",
    path: "/api/v2/omnichannel/campaigns/{id}",
    scopes: ["omnichannel:campaigns:read"],
    lock: etag(412, false),
    refusals: { 404: "unknown campaign" },
    reply: campaigns.campaign,
  },
  listCampaigns: {
    ...omnichannelWebhooks,
    ...read,
    summary: "Omnichannel campaigns, by pages",
    section: "2.3",
    path: "/api/v2/omnichannel/campaigns",
    scopes: ["omnichannel:campaigns:read"],
    paging: { kind: "page", items: "campaigns", pageSize: 100 },
    refusals: { 400: "unreadable page" },
    query: campaigns.campaignsQuery,
    reply: campaigns.campaignsPage,
  },
  updateCampaign: {
    ...omnichannelWebhooks,
    summary: "Change the state of a campaign, or the whole campaign",
    section: "2.3",
    method: "PUT",
    path: "/api/v2/omnichannel/campaigns/{id}",
    scopes: ["omnichannel:campaigns:write"],
    retry: "keyed",
    lock: etag(412, false),
    idempotencyKey: true,
    success: ok,
    alreadyStatus: 409,
    refusals: {
      400: "unknown state or broken rule",
      404: "unknown campaign",
      409: "already in the target state",
      412: "the resource version is stale",
      422: "the idempotency key was used with another body",
    },
    request: campaigns.campaignUpdate,
    reply: campaigns.campaignUpdateReply,
  },
  getCampaignMetrics: {
    ...omnichannelWebhooks,
    ...read,
    summary: "Metrics of a campaign over the last minutes",
    section: "2.3",
    path: "/api/v2/omnichannel/campaigns/{id}/metrics",
    scopes: ["analytics:read"],
    refusals: { 404: "unknown campaign" },
    query: campaigns.campaignMetricsQuery,
    reply: campaigns.campaignMetrics,
  },
  listContacts: {
    ...omnichannelWebhooks,
    ...read,
    summary: "Contacts of a list, filtered by a query, by pages",
    section: "2.3",
    path: "/api/v2/omnichannel/contactlists/{id}/contacts",
    scopes: ["omnichannel:contactlists:read"],
    paging: { kind: "page", items: "contacts", pageSize: 100 },
    refusals: { 400: "malformed query", 404: "unknown contact list" },
    query: campaigns.contactsQuery,
    reply: campaigns.contactsPage,
  },
  createOmnichannelWebhook: {
    ...omnichannelWebhooks,
    summary: "Register a webhook for campaign events",
    section: "2.4",
    method: "POST",
    path: "/api/v2/omnichannel/webhooks",
    scopes: ["omnichannel:webhooks:write"],
    retry: "once",
    success: created,
    refusals: { 400: "wrong schema" },
    request: campaigns.omnichannelWebhookDraft,
    accepts: campaigns.omnichannelWebhookAccepted,
    reply: campaigns.omnichannelWebhook,
  },
  listOmnichannelWebhooks: {
    ...omnichannelWebhooks,
    ...read,
    summary: "Registered campaign webhooks",
    section: "2",
    path: "/api/v2/omnichannel/webhooks",
    scopes: ["omnichannel:webhooks:read", "omnichannel:webhooks:write"],
    refusals: {},
    reply: campaigns.webhooksPage,
  },
  getOmnichannelWebhook: {
    ...omnichannelWebhooks,
    ...read,
    summary: "One registered campaign webhook",
    section: "2",
    path: "/api/v2/omnichannel/webhooks/{id}",
    scopes: ["omnichannel:webhooks:read", "omnichannel:webhooks:write"],
    refusals: { 404: "unknown webhook" },
    reply: campaigns.omnichannelWebhook,
  },
  updateOmnichannelWebhook: {
    ...omnichannelWebhooks,
    summary: "Replace a registered campaign webhook",
    section: "2",
    method: "PUT",
    path: "/api/v2/omnichannel/webhooks/{id}",
    scopes: ["omnichannel:webhooks:write"],
    retry: "idempotent",
    success: ok,
    refusals: { 400: "wrong schema", 404: "unknown webhook" },
    request: campaigns.omnichannelWebhookDraft,
    accepts: campaigns.omnichannelWebhookAccepted,
    reply: campaigns.omnichannelWebhook,
  },
  deleteOmnichannelWebhook: {
    ...remove,
    ...omnichannelWebhooks,
    summary: "Remove a registered campaign webhook",
    section: "2",
    path: "/api/v2/omnichannel/webhooks/{id}",
    scopes: ["omnichannel:webhooks:write"],
    refusals: { 404: "unknown webhook, or removed before" },
  },
  createDialerCampaign: {
    ...dialerWrite,
    summary: "Create a dialer campaign",
    section: "2.5",
    method: "POST",
    path: "/api/v1/campaigns",
    scopes: ["campaigns:write"],
    retry: "once",
    success: created,
    refusals: { 400: "wrong schema" },
    request: dialer.dialerSettings,
    accepts: dialer.dialerSettingsAccepted,
    reply: dialer.dialerCampaign,
  },
  validateDialerPolicy: {
    ...dialerWrite,
    summary: "Check dialer settings against regulation and carrier capacity (changes nothing)",
    section: "2.5",
    method: "POST",
    path: "/api/v1/dialer/policies/validate",
    scopes: ["dialer:write", "dialer:read"],
    retry: "safe",
    success: ok,
    refusals: { 400: "wrong schema" },
    request: dialer.policyValidation,
    accepts: dialer.policyValidationAccepted,
    reply: dialer.policyVerdict,
  },
  getDialerSettings: {
    ...ofDialer,
    ...read,
    summary: "The dialer settings in force with their version tag",
    section: "2.5",
    path: "/api/v1/dialer/settings",
    scopes: ["dialer:read"],
    lock: { tagIn: "version-tag-field", required: false, staleStatus: 412 },
    refusals: {},
    reply: dialer.dialerSettingsReply,
  },
  putDialerSettings: {
    ...dialerWrite,
    summary: "Activate dialer settings, asynchronously",
    section: "2.5",
    method: "PUT",
    path: "/api/v1/dialer/settings",
    scopes: ["dialer:write"],
    retry: "once",
    lock: { tagIn: "version-tag-field", required: false, staleStatus: 412 },
    success: { status: 202, accepts: "2xx", body: "json" },
    refusals: { 400: "wrong schema", 412: "the version tag is stale" },
    request: dialer.dialerSettings,
    accepts: dialer.dialerSettingsAccepted,
    reply: dialer.activationAccepted,
  },
  getDialerOperation: {
    ...ofDialer,
    ...read,
    summary: "State of a running activation",
    section: "2.5",
    path: "/api/v1/dialer/operations/{operationId}",
    scopes: ["dialer:write", "dialer:read"],
    refusals: { 404: "unknown operation" },
    reply: dialer.dialerOperation,
  },
  createIntegrationWebhook: {
    ...dialerWrite,
    summary: "Register a webhook for dialer events",
    section: "2.4",
    method: "POST",
    path: "/api/v1/integrations/webhooks",
    scopes: ["webhooks:write"],
    retry: "once",
    success: created,
    refusals: { 400: "wrong schema" },
    request: dialer.integrationWebhookDraft,
    accepts: dialer.integrationWebhookAccepted,
    reply: dialer.integrationWebhook,
  },
  listIntegrationWebhooks: {
    ...ofDialer,
    ...read,
    summary: "Registered dialer webhooks",
    section: "2",
    path: "/api/v1/integrations/webhooks",
    scopes: ["webhooks:read", "webhooks:write"],
    refusals: {},
    reply: campaigns.webhooksPage,
  },
  getIntegrationWebhook: {
    ...ofDialer,
    ...read,
    summary: "One registered dialer webhook",
    section: "2",
    path: "/api/v1/integrations/webhooks/{id}",
    scopes: ["webhooks:read", "webhooks:write"],
    refusals: { 404: "unknown webhook" },
    reply: dialer.integrationWebhook,
  },
  updateIntegrationWebhook: {
    ...dialerWrite,
    summary: "Replace a registered dialer webhook",
    section: "2",
    method: "PUT",
    path: "/api/v1/integrations/webhooks/{id}",
    scopes: ["webhooks:write"],
    retry: "idempotent",
    success: ok,
    refusals: { 400: "wrong schema", 404: "unknown webhook" },
    request: dialer.integrationWebhookDraft,
    accepts: dialer.integrationWebhookAccepted,
    reply: dialer.integrationWebhook,
  },
  deleteIntegrationWebhook: {
    ...remove,
    ...dialerWrite,
    summary: "Remove a registered dialer webhook",
    section: "2",
    path: "/api/v1/integrations/webhooks/{id}",
    scopes: ["webhooks:write"],
    refusals: { 404: "unknown webhook, or removed before" },
  },
  getDialerMetrics: {
    ...ofDialer,
    ...read,
    summary: "Dialer metrics by the hour, by pages",
    section: "2.5",
    path: "/api/v1/analytics/dialer/metrics",
    scopes: ["analytics:read"],
    paging: { kind: "token", items: "results", pageSize: 100, sizeParameter: "pageSize", tokenParameter: "pageToken" },
    refusals: { 400: "unknown metric, page size above 100, unreadable token" },
    query: dialer.dialerMetricsQuery,
    lists: { metrics: "repeated" },
    reply: dialer.dialerMetricsPage,
  },
  listAuditLogs: {
    ...ofDialer,
    ...read,
    summary: "The tenant's audit log, by pages",
    section: "2.5",
    path: "/api/v1/audit/logs",
    scopes: ["audit:read"],
    paging: { kind: "token", items: "logs", pageSize: 50, sizeParameter: "pageSize", tokenParameter: "pageToken" },
    refusals: { 400: "page size above 50, unreadable token" },
    query: dialer.auditLogsQuery,
    reply: dialer.auditLogsPage,
  },
  runSimulator: {
    ...dialerWrite,
    summary: "Simulate dialer settings (changes nothing)",
    section: "2.5",
    method: "POST",
    path: "/api/v1/dialer/simulator/run",
    scopes: ["dialer:read"],
    retry: "safe",
    success: ok,
    refusals: { 400: "wrong schema" },
    request: dialer.simulatorRun,
    accepts: dialer.simulatorRunAccepted,
    reply: dialer.simulatorResult,
  },
} as const satisfies Record<string, Operation>;

/** Id of an operation of the profile `rest`. */
export type OperationId = keyof typeof OPERATIONS;

/** The row of an operation with all optional columns, for code that treats all operations alike. */
export function operationOf(id: OperationId): Operation {
  return OPERATIONS[id];
}

/** Whether a text is the id of an operation of the profile `rest`. */
export function isOperationId(id: string): id is OperationId {
  return Object.hasOwn(OPERATIONS, id);
}

/** Ids of all operations of the profile `rest`. */
export const OPERATION_IDS = Object.keys(OPERATIONS) as OperationId[];

/** The REST profile: its operations and their documented limits. */
export const REST_TABLE = { profile: "rest", operations: OPERATIONS, rates: RATE_LIMITS } as const satisfies OperationTable;

type Row<Id extends OperationId> = (typeof OPERATIONS)[Id];

/** Names of the path parameters: `{callId}` and so on. */
export type PathParameters<Id extends OperationId> = RowPath<Row<Id>>;

/** The body a client sends. */
export type RequestBody<Id extends OperationId> = RowBody<Row<Id>>;

/** The query a client sends, as values before they are encoded. */
export type Query<Id extends OperationId> = RowQuery<Row<Id>>;

/** The reply after parsing. */
export type Reply<Id extends OperationId> = RowReply<Row<Id>>;

/** What an operation does, for use inside of a sentence: "disposition codes of a campaign with their reason codes". */
export function operationWords(id: OperationId): string {
  const { summary } = OPERATIONS[id];
  return `${summary[0]?.toLowerCase() ?? ""}${summary.slice(1)}`;
}
