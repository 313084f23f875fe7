// Dialer settings, their activation, metrics, audit, simulator and integration webhooks: contract §2.4 and §2.5.

import { z } from "zod";
import { pageReply, presentList } from "./lists.ts";
import { fraction, id, webAddress } from "./scalars.ts";

/** Checks that a validation of dialer settings can be asked for. */
export const REGULATORY_CHECKS = ["tcpa_abandonment", "dnc_compliance", "calling_hours"] as const;
/** Figures that `getDialerMetrics` can be asked for. */
export const DIALER_METRICS = ["efficiency", "abandonmentRate", "answerRate", "averageWaitTime"] as const;
/** Events that the vendor sends of the dialer. */
export const DIALER_EVENTS = ["dialer.settings.updated", "dialer.campaign.activated"] as const;

/** Largest page of `getDialerMetrics`. */
export const MAX_METRICS_PAGE = 100;
/** Largest page of `listAuditLogs`. */
export const MAX_AUDIT_PAGE = 50;

const concurrency = { max_agents: z.int().min(0), max_simultaneous_calls: z.int().min(0), call_spacing_ms: z.int().min(0) };
const algorithm = {
  type: z.literal("predictive"),
  abandonment_rate_target: fraction,
  agent_availability_estimate: fraction,
  dial_ratio: z.number().positive(),
  warm_line_timeout_sec: z.int().min(0).optional(),
};

/** Body of `createDialerCampaign`, `validateDialerPolicy.campaign_config` and `putDialerSettings`. */
export const dialerSettings = z.strictObject({
  name: z.string().min(1),
  type: z.literal("predictive"),
  concurrency: z.strictObject(concurrency),
  algorithm: z.strictObject(algorithm),
});

/** The same as the tenant takes it: `type` may be missing and a `versionTag` in the body is tolerated. */
export const dialerSettingsAccepted = z.looseObject({
  name: z.string().min(1),
  type: z.literal("predictive").default("predictive"),
  concurrency: z.looseObject(concurrency),
  algorithm: z.looseObject(algorithm),
});

/** Reply of `getDialerSettings`: the settings with the tag of their version. */
export const dialerSettingsReply = z.looseObject({ versionTag: z.string() });

/** Reply of `createDialerCampaign`. */
export const dialerCampaign = z.looseObject({ id });

/** Body of the validation of dialer settings. */
export const policyValidation = z.strictObject({
  campaign_config: dialerSettings,
  regulatory_checks: z.array(z.enum(REGULATORY_CHECKS)),
  carrier_capacity: z.strictObject({
    max_trunks: z.int().min(0),
    current_utilization_percent: z.number().min(0).max(100).optional(),
  }),
});
/** The same as the sandbox takes it: unknown fields are kept. */
export const policyValidationAccepted = z.looseObject({
  campaign_config: dialerSettingsAccepted,
  regulatory_checks: z.array(z.string()).default([]),
  carrier_capacity: z
    .looseObject({ max_trunks: z.int().min(0), current_utilization_percent: z.number().min(0).max(100).optional() })
    .optional(),
});

/**
 * A refusal is the verdict `FAIL` in a reply of status 200. A verdict may come without the two lists; a reply without a verdict
 * counts as not passed.
 */
export const policyVerdict = z.looseObject({
  compliance_status: z.string(),
  violations: z
    .array(z.unknown())
    .nullish()
    .transform((violations) => violations ?? []),
  capacity_warnings: z
    .array(z.unknown())
    .nullish()
    .transform((warnings) => warnings ?? []),
});

/** Reply of `putDialerSettings`: the activation was accepted and is running. `versionTag` is the tag of the new version. */
export const activationAccepted = z.looseObject({ operationId: id, versionTag: z.string() });

/** `status` is IN_PROGRESS, COMPLETED, FAILED or an undocumented word, which means: read it again later. */
export const dialerOperation = z.looseObject({
  operationId: z.string().optional(),
  status: z.string(),
  errorDetails: z.unknown().optional(),
  versionTag: z.string().optional(),
});

/** Query of `getDialerMetrics`. */
export const dialerMetricsQuery = z.strictObject({
  campaignId: id.optional(),
  /** Sent as a repeated parameter. */
  metrics: z.array(z.enum(DIALER_METRICS)).optional(),
  groupBy: z.literal("hour").optional(),
  pageSize: z.int().min(1).max(MAX_METRICS_PAGE).optional(),
  pageToken: z.string().optional(),
});
/** A page of the dialer's figures; items are parsed one by one. */
export const dialerMetricsPage = pageReply(
  "results",
  z.looseObject({
    results: presentList(z.unknown()),
    nextPageToken: z.string().nullish(),
  }),
);

/** Query of `listAuditLogs`. */
export const auditLogsQuery = z.strictObject({
  entity: z.string().optional(),
  pageSize: z.int().min(1).max(MAX_AUDIT_PAGE).optional(),
  pageToken: z.string().optional(),
});
/** A page of the dialer's audit log; items are parsed one by one. */
export const auditLogsPage = pageReply(
  "logs",
  z.looseObject({
    logs: presentList(z.unknown()),
    nextPageToken: z.string().nullish(),
  }),
);

const simulatorFields = (object: typeof z.strictObject) => ({
  durationMinutes: z.int().min(1),
  concurrency: object(concurrency).partial().optional(),
  algorithm: object(algorithm).partial().optional(),
  simulatedCallVolume: z.int().min(0).optional(),
  carrierLimits: object({ maxConcurrent: z.int().min(0) }).optional(),
});

/** Body of `runSimulator`: everything but the duration is optional. */
export const simulatorRun = z.strictObject(simulatorFields(z.strictObject));
/** Body of a simulator run as the sandbox takes it. */
export const simulatorRunAccepted = z.looseObject(simulatorFields(z.looseObject));
/** A result without its abandonment rate says nothing about the settings and is refused. */
export const simulatorResult = z.looseObject({
  abandonmentRate: z.number(),
  answerRate: z.number().optional(),
  agentUtilization: z.number().optional(),
  averageWaitTime: z.number().optional(),
  callsPlaced: z.number().optional(),
  callsAnswered: z.number().optional(),
  callsAbandoned: z.number().optional(),
  peakConcurrentCalls: z.number().optional(),
  carrierLimitReached: z.boolean().optional(),
  recommendation: z.string().optional(),
});

const integrationWebhookFields = (object: typeof z.strictObject) => ({
  name: z.string().min(1),
  url: webAddress,
  auth: object({ type: z.literal("bearer"), token: z.string().min(1) }).optional(),
  retryPolicy: object({
    maxRetries: z.int().min(0),
    backoffMultiplier: z.number().min(1),
    timeoutSec: z.int().min(1),
  }).optional(),
});

/** Body of `createIntegrationWebhook`. */
export const integrationWebhookDraft = z.strictObject({
  ...integrationWebhookFields(z.strictObject),
  events: z.array(z.enum(DIALER_EVENTS)).min(1),
});
/** A registration for dialer events as the sandbox takes it. */
export const integrationWebhookAccepted = z.looseObject({
  ...integrationWebhookFields(z.looseObject),
  events: z.array(z.string()).min(1),
});
/** A registration for dialer events as the tenant shows it. */
export const integrationWebhook = z.looseObject({
  id,
  name: z.string().optional(),
  url: z.string().optional(),
  events: z.array(z.string()).optional(),
});
