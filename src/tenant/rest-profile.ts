// The REST profile: the capabilities over the operations of the vendor contract.

import { z } from "zod";
import { DIALER_METRICS } from "../contract/index.ts";
import { assignDisposition } from "./assign.ts";
import type { CallOptions } from "./call-options.ts";
import type { FittedCampaign } from "./campaign-capabilities.ts";
import type { Capabilities } from "./capabilities.ts";
import type { Capability } from "./capability.ts";
import { TenantError } from "./errors.ts";
import { REACH_DAYS } from "./link.ts";
import type { LockStyle } from "./locked.ts";
import { openedPages, pagedList } from "./paging.ts";
import type { Requester } from "./requester.ts";

const READ: Capability = { supported: true, lock: "none", asynchronous: false, writes: "none", readBack: false };
const WRITE: Capability = { supported: true, lock: "none", asynchronous: false, writes: "replaces", readBack: true };
const NO_GROUPS: Capability = {
  ...READ,
  supported: false,
  reason: "the published guides name no do-not-call groups",
  alternative: "outdial's own list is checked before every start and for every segment: outdial dnc.",
};
const NO_CALLBACKS: Capability = {
  ...READ,
  supported: false,
  reason: "the published guides name no scheduled callbacks",
  alternative: "Look at them in the vendor's administration.",
};
const unsupported = (what: string, { reason = "", alternative = "" }: Capability): TenantError =>
  new TenantError("unsupported", `this tenant cannot ${what}: ${reason}`, { advice: alternative });
const refuse = (what: string, capability: Capability) => () => Promise.reject(unsupported(what, capability));
const VERSION_TAG: LockStyle = { tagIn: "version-tag-field", required: false, staleStatus: 412 };

const withHeaders = z.object({ headers: z.record(z.string(), z.string()).optional().catch(undefined) });

/**
 * The capabilities of a tenant with the REST contract, over anything that sends its operations.
 * @param newKey makes the idempotency key of a state transition that has none
 */
export function createRestProfile(requester: Requester, newKey: () => string = () => crypto.randomUUID()): Capabilities {
  const send = requester.request.bind(requester);
  return {
    dispositionCatalog: {
      capability: READ,
      matrix: async (campaignId, options) => (await send("getDispositionMatrix", { ...options, path: { campaignId } })).reply,
    },
    dispositionWriter: {
      capability: WRITE,
      assign: (callId, assignment, options) => assignDisposition(requester, callId, assignment, options),
    },
    callReader: {
      capability: READ,
      read: (callId, options) => readCall(requester, callId, options),
      show: async (callId, options) => (await send("getCall", { ...options, path: { callId } })).reply,
    },
    campaignRunner: {
      capability: { ...WRITE, lock: "etag", writes: "merges", hoursOf: "campaign" },
      status: async (id, options) => (await send("getCampaign", { ...options, path: { id } })).reply,
      setStatus: async (id, status, options) => {
        // A pause must not wait for other requests, and with a key it may be repeated when the reply is lost.
        const lane = options?.lane ?? (status === "paused" ? "stop" : "pacing");
        const { already, attempts, rateLimited, waitedMs, latencyMs, earlierUnknown } = await send("updateCampaign", {
          idempotencyKey: `state-${status}-${newKey()}`,
          ...options,
          lane,
          path: { id },
          body: { status },
        });
        return { already, attempts, rateLimited, waitedMs, latencyMs, earlierUnknown };
      },
    },
    campaignProvisioning: {
      capability: READ,
      making: { ...WRITE, lock: "etag" },
      documents: READ,
      campaigns: (options) => pagedList(requester, "listCampaigns", {}, undefined, options),
      read: (id, options) => requester.readLocked("getCampaign", { ...options, path: { id } }),
      fit: (wanted) => Promise.resolve(wanted.map(({ document }) => fitted(document))),
      create: async (body, idempotencyKey, options) => (await send("createCampaign", { ...options, idempotencyKey, body })).reply,
      replace: (id, body, lock, idempotencyKey, options) =>
        send("updateCampaign", { ...options, idempotencyKey, lock, path: { id }, body }),
    },
    pacingSettings: {
      capability: { ...WRITE, lock: "version-tag", asynchronous: true, perCampaign: false, inPieces: false },
      read: (_, options) => requester.readLocked("getDialerSettings", { ...options }),
      validate: async (body, options) => (await send("validateDialerPolicy", { ...options, body })).reply,
      activate: async (_, body, onto, options) => {
        const lock = onto === undefined ? undefined : { tag: onto, style: VERSION_TAG };
        return (await send("putDialerSettings", { ...options, body, lock })).reply;
      },
      simulate: async (body, options) => (await send("runSimulator", { ...options, body })).reply,
      progress: async (operationId, options) => (await send("getDialerOperation", { ...options, path: { operationId } })).reply,
      making: READ,
      createCampaign: async (body, options) => (await send("createDialerCampaign", { ...options, body })).reply,
    },
    contactSource: {
      capability: READ,
      contacts: (id, query, options) => pagedList(requester, "listContacts", { id }, query, options),
    },
    outcomeSource: {
      capability: READ,
      reachDays: REACH_DAYS.rest,
      calls: (query, options) => pagedList(requester, "listCalls", {}, query, options),
      openedCalls: (query, open, options) => openedPages(requester, "listCalls", query, open, options),
    },
    metricsSource: {
      capability: READ,
      tellsAgents: false,
      campaign: async (id, windowMinutes, options) => {
        const query = windowMinutes === undefined ? undefined : { windowMinutes };
        return (await send("getCampaignMetrics", { ...options, path: { id }, query })).reply;
      },
      hourly: ({ campaignId, metrics }, options) => {
        const asked = DIALER_METRICS.filter((name) => metrics.includes(name));
        const query = { ...(campaignId !== undefined && { campaignId }), metrics: asked, groupBy: "hour" as const };
        return pagedList(requester, "getDialerMetrics", {}, query, options);
      },
    },
    interactionDispositions: {
      capability: { ...WRITE, lock: "etag" },
      tree: async (options) => (await send("listDispositions", { ...options })).reply,
      read: (id, options) => requester.readLocked("getInteraction", { ...options, path: { id } }),
      replace: (id, dispositions, lock, options) =>
        send("patchInteraction", { ...options, path: { id }, body: { dispositions }, lock }),
    },
    vendorEvents: {
      capability: WRITE,
      registrations: async (kind, options) => {
        const operation = kind === "campaign" ? "listOmnichannelWebhooks" : "listIntegrationWebhooks";
        return (await send(operation, { ...options })).reply.webhooks;
      },
      updateCampaignEvents: async (id, body, options) => {
        // An update replaces the registration, so the headers of its deliveries are sent again.
        const { headers } = withHeaders.parse((await send("getOmnichannelWebhook", { ...options, path: { id } })).reply);
        await send("updateOmnichannelWebhook", {
          ...options,
          path: { id },
          body: { ...body, ...(headers !== undefined && { headers }) },
        });
      },
      registerCampaignEvents: async (body, options) => (await send("createOmnichannelWebhook", { ...options, body })).reply.id,
      registerDialerEvents: async (body, options) => (await send("createIntegrationWebhook", { ...options, body })).reply.id,
      remove: async (kind, id, options) => {
        const operation = kind === "campaign" ? "deleteOmnichannelWebhook" : "deleteIntegrationWebhook";
        return { already: (await send(operation, { ...options, path: { id } })).already };
      },
    },
    doNotCallGroups: {
      capability: NO_GROUPS,
      companyGroup: undefined,
      mostAtOnce: 0,
      obeyed: refuse("show do-not-call groups", NO_GROUPS),
      obeying: refuse("show do-not-call groups", NO_GROUPS),
      obeyedByAll: refuse("show do-not-call groups", NO_GROUPS),
      numbers: () => {
        throw unsupported("show do-not-call groups", NO_GROUPS);
      },
      add: refuse("add to do-not-call groups", NO_GROUPS),
      find: refuse("search do-not-call groups", NO_GROUPS),
    },
    scheduledCallbacks: {
      capability: NO_CALLBACKS,
      list: refuse("show scheduled callbacks", NO_CALLBACKS),
      remove: refuse("delete scheduled callbacks", NO_CALLBACKS),
    },
    vendorAudit: {
      capability: READ,
      entries: (entity, options) => pagedList(requester, "listAuditLogs", {}, { entity }, options),
    },
  };
}

/** Fields of campaign files that only tenants of the other profile hold. */
const NOT_HELD = ["reportingGroup", "callerId", "doNotCallGroups", "contactListFile"] as const;

/** A campaign is one document and is replaced as a whole. */
function fitted(document: Readonly<Record<string, unknown>>): FittedCampaign {
  const held = Object.fromEntries(Object.entries(document).filter(([field]) => !NOT_HELD.some((name) => name === field)));
  return { document: held, merges: false, unsaid: [], why: {}, refused: [] };
}

async function readCall(requester: Requester, callId: string, options: CallOptions | undefined) {
  try {
    const { reply } = await requester.request("getCall", { ...options, path: { callId } });
    return { status: reply.status, ...(reply.disposition && { disposition: reply.disposition }) };
  } catch (thrown) {
    if (thrown instanceof TenantError && thrown.code === "not_found") return undefined;
    throw thrown;
  }
}
