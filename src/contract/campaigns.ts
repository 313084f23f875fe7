// Omnichannel campaigns, their metrics, contacts and webhooks: contract §2.3 and §2.4.

import { z } from "zod";
import { isTimeZone, WEEKDAYS } from "../kernel/index.ts";
import { pageReply, presentList } from "./lists.ts";
import { fraction, id, webAddress } from "./scalars.ts";

/** States of a campaign. */
export const CAMPAIGN_STATUSES = ["active", "paused"] as const;
/** Events that the vendor sends of campaigns. */
export const OMNICHANNEL_EVENTS = ["omnichannel.campaign.metrics.update", "omnichannel.campaign.state.change"] as const;

/** Largest documented page of `listContacts` and `listCampaigns`. */
export const MAX_CONTACTS_PAGE = 100;

const wallClock = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d:[0-5]\d$/, "a time of day as HH:MM:SS, such as 08:00:00");

const predictiveSettings = {
  answerRatio: fraction,
  maxCallsInFlight: z.int().min(0),
  callRate: z.number().positive(),
  abandonmentThreshold: fraction,
};
const dialingRules = { startTime: wallClock, endTime: wallClock, allowedDays: z.array(z.enum(WEEKDAYS)) };
const rateLimits = {
  maxCallsPerContactPerDay: z.int().min(0),
  maxCallsPerContactPerWeek: z.int().min(0),
  maxCallsPerDay: z.int().min(0),
};
const failover = {
  enabled: z.boolean(),
  thresholdType: z.literal("success_rate"),
  thresholdValue: fraction,
  evaluationWindowMinutes: z.int().min(1),
};
const timeZone = z.string().refine(isTimeZone, "an IANA time zone, such as America/New_York");

/** The fields of a campaign: with objects that refuse unknown fields (what we send) or that keep them (what comes in). */
function campaignFields(object: typeof z.strictObject | typeof z.looseObject) {
  return {
    name: z.string().min(1),
    description: z.string().optional(),
    status: z.enum(CAMPAIGN_STATUSES),
    contactListId: id,
    queueId: id.optional(),
    dialerConfig: object({ type: z.literal("predictive"), predictiveSettings: object(predictiveSettings) }),
    complianceConfig: object({
      timeZone,
      dialingRules: object(dialingRules).optional(),
      rateLimits: object(rateLimits).optional(),
    }).optional(),
    failoverConfig: object(failover).optional(),
  };
}

/** Body of `createCampaign`, and of a full `updateCampaign`. */
export const campaignDraft = z.strictObject(campaignFields(z.strictObject));
/** A campaign body as the sandbox takes it: unknown fields are kept. */
export const campaignDraftAccepted = z.looseObject(campaignFields(z.looseObject));

/** Body of `updateCampaign`: the one field of a state transition, or the whole campaign. */
export const campaignUpdate = z.union([z.strictObject({ status: z.enum(CAMPAIGN_STATUSES) }), campaignDraft]);

/** A campaign as the vendor sends it; other states than the two documented ones may occur. */
export const campaign = z.looseObject({
  id,
  name: z.string().optional(),
  status: z.string(),
  contactListId: z.string().optional(),
});

/** Reply of `updateCampaign`: documented is only that it is an object. */
export const campaignUpdateReply = z.looseObject({ id: z.string().optional(), status: z.string().optional() });

/** Query of `listCampaigns`; pages count from 1. */
export const campaignsQuery = z.strictObject({
  page: z.int().min(1).optional(),
  pageSize: z.int().min(1).max(MAX_CONTACTS_PAGE).optional(),
});
/** A page of campaigns; items are parsed one by one. */
export const campaignsPage = pageReply(
  "campaigns",
  z.looseObject({
    campaigns: presentList(z.unknown()),
    page: z.number().optional(),
    pageSize: z.number().optional(),
    total: z.number().optional(),
  }),
);

/** Query of a campaign's metrics: the window in minutes. */
export const campaignMetricsQuery = z.strictObject({ windowMinutes: z.int().min(1).optional() });

/**
 * Older tenants send only successRate, activeCalls and lastUpdated. A reply without the first two does not describe the campaign
 * and is refused.
 */
export const campaignMetrics = z.looseObject({
  campaignId: z.string().optional(),
  windowMinutes: z.number().optional(),
  successRate: z.number().nullable(),
  activeCalls: z.number().nullable(),
  callsPlaced: z.number().nullish(),
  callsAnswered: z.number().nullish(),
  abandonmentRate: z.number().nullish(),
  failoverTriggered: z.boolean().nullish(),
  lastUpdated: z.string().nullish(),
});

/** Query of `listContacts`. */
export const contactsQuery = z.strictObject({
  /** `attribute.path==value`, `!=`, joined by `&&`; `true` for all. */
  query: z.string().optional(),
  pageSize: z.int().min(1).max(MAX_CONTACTS_PAGE).optional(),
  page: z.int().min(1).optional(),
  sortBy: z.string().optional(),
  sortOrder: z.enum(["asc", "desc"]).optional(),
});

/** A contact of a list. */
export const contact = z.looseObject({
  id,
  phoneNumber: z.string().optional(),
  firstName: z.string().optional(),
  lastName: z.string().optional(),
  timeZone: z.string().nullish(),
  postalCode: z.string().nullish(),
  state: z.string().nullish(),
  consentFlags: z
    .looseObject({ outbound: z.looseObject({ call: z.boolean().optional().catch(undefined) }).optional() })
    .optional(),
  attributes: z.record(z.string(), z.unknown()).optional(),
  lastModifiedTime: z.string().optional(),
});

/** A page of contacts; items are parsed one by one. */
export const contactsPage = pageReply(
  "contacts",
  z.looseObject({
    contacts: presentList(z.unknown()),
    page: z.number().optional(),
    pageSize: z.number().optional(),
    total: z.number().optional(),
  }),
);

const omnichannelWebhookFields = {
  name: z.string().min(1),
  callbackUrl: webAddress,
  events: z.array(z.enum(OMNICHANNEL_EVENTS)).min(1),
  enabled: z.boolean().optional(),
  headers: z.record(z.string(), z.string()).optional(),
};

/** Body of `createOmnichannelWebhook`; the headers are sent with each delivery. */
export const omnichannelWebhookDraft = z.strictObject(omnichannelWebhookFields);
/** A registration for campaign events as the sandbox takes it. */
export const omnichannelWebhookAccepted = z.looseObject({ ...omnichannelWebhookFields, events: z.array(z.string()).min(1) });
/** A registration for campaign events as the tenant shows it. */
export const omnichannelWebhook = z.looseObject({
  id,
  name: z.string().optional(),
  callbackUrl: z.string().optional(),
  events: z.array(z.string()).optional(),
});

/** Reply of both webhook lists. */
export const webhooksPage = z.looseObject({
  webhooks: presentList(z.unknown()),
});
