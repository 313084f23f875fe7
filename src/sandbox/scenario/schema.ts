// The schema of a scenario file (contract §3): unknown fields are refused, all are optional. A checked scenario passes the same
// check again.

import { z } from "zod";
import {
  CAMPAIGN_STATUSES,
  campaignDraft,
  dialerSettings,
  interactionDisposition,
  OPERATION_IDS,
  operationOf,
  RATE_FAMILIES,
  RATE_LIMITS,
  type RateFamily,
} from "../../contract/index.ts";
import { isTimeZone, parseDuration, parseInstant } from "../../kernel/index.ts";
import { acdSwitches } from "../acd/switches.ts";
import { faultSpec } from "../fault-schema.ts";

/** States of a call; those from `completed` on are final. */
export const CALL_STATUSES = [
  "queued",
  "dialing",
  "ringing",
  "connected",
  "wrap_up",
  "completed",
  "abandoned",
  "failed",
] as const;
export type CallStatus = (typeof CALL_STATUSES)[number];

/** Every scope of the contract, including the two that no operation needs (contract §2). */
export const ALL_SCOPES: readonly string[] = [
  ...new Set([...OPERATION_IDS.flatMap((id) => operationOf(id).scopes), "campaigns:read", "webhooks:read"]),
].sort();

const id = z.string().min(1).max(256);
const share = z.number().min(0).max(1);
const count = z.int().min(0).max(10_000_000);
const zone = z.string().refine(isTimeZone, "an IANA time zone, such as America/New_York");
const weights = z
  .record(id, z.number().min(0))
  .refine((mix) => Object.values(mix).some((weight) => weight > 0), "at least one weight above 0");

/** A span as seconds or as text: `90`, `"10m"`, `"1h30m"`; parsed to seconds. */
const span = z
  .union([
    z.number().min(0),
    z.string().refine((text) => parseDuration(text) !== undefined, 'a span such as "90s", "10m", "1h30m"'),
  ])
  .overwrite((value) => (typeof value === "string" ? (parseDuration(value) ?? 0) / 1000 : value))
  .meta({ description: 'Seconds, or text such as "90s", "10m", "1h30m".' });

/** An instant: ISO 8601 with an offset, or relative to the sandbox's start: `"-3d"`, `"-1h30m"`. */
const moment = z
  .string()
  .refine(
    (text) => parseInstant(text) !== undefined || (text.startsWith("-") && parseDuration(text.slice(1)) !== undefined),
    'an ISO 8601 time with an offset, or a span before the start such as "-3d" or "-1h30m"',
  );

const client = z.strictObject({
  id,
  secret: z.string().min(1).max(1024),
  scopes: z.array(z.string().min(1)).default([...ALL_SCOPES]),
});

const reasonCode = z.strictObject({ id, name: z.string().default("") });
const dispositionCode = z.strictObject({ id, name: z.string().default(""), reasonCodes: z.array(reasonCode).default([]) });

/** Figures that are used until the campaign places calls. */
export const metricsFigures = z.strictObject({
  successRate: share.optional(),
  activeCalls: z.int().min(0).optional(),
  callsPlaced: z.int().min(0).optional(),
  callsAnswered: z.int().min(0).optional(),
  abandonmentRate: share.optional(),
  failoverTriggered: z.boolean().optional(),
});

const campaign = z.strictObject({
  id,
  name: z.string().min(1).optional(),
  description: z.string().optional(),
  status: z.enum(CAMPAIGN_STATUSES).default("paused"),
  contactListId: id.optional(),
  queueId: id.optional(),
  dispositionCodes: z.array(dispositionCode).default([]),
  dialerConfig: campaignDraft.shape.dialerConfig.optional(),
  complianceConfig: campaignDraft.shape.complianceConfig,
  failoverConfig: campaignDraft.shape.failoverConfig,
  metrics: metricsFigures.optional(),
});

const contact = z.strictObject({
  id,
  phoneNumber: z.string().default(""),
  firstName: z.string().default(""),
  lastName: z.string().default(""),
  timeZone: z.string().optional(),
  postalCode: z.string().optional(),
  state: z.string().optional(),
  consentFlags: z
    .strictObject({ outbound: z.record(z.string(), z.boolean()).default({}) })
    .default({ outbound: {} })
    .meta({ description: "consentFlags.outbound.call says whether the contact may be called." }),
  attributes: z.record(z.string(), z.unknown()).default({}),
  lastModifiedTime: moment.optional(),
});

/** How calls to a list turn out, as shares. */
export const listBehaviour = z.strictObject({
  answerRate: share.optional().meta({ description: "Share of placed calls a person answers; default 0.4." }),
  abandonRate: share.optional().meta({
    description:
      "Share of the people who hang up as soon as they have answered, besides those lost for want of an idle agent; default 0.",
  }),
  mix: weights.optional().meta({ description: "Outcome codes of calls that reached an agent, with weights." }),
  talk: z.number().positive().max(36_000).optional().meta({ description: "Mean seconds of talk; default 115." }),
  wrap: z.number().positive().max(36_000).optional().meta({ description: "Mean seconds of wrap-up; default 17." }),
});

const generatedContacts = z
  .strictObject({
    count: count.meta({ description: "Ids run from <list id>-p0000001." }),
    consentRate: share.optional().meta({ description: "Share that may be called, by chance; default 0.8." }),
    consented: count
      .optional()
      .meta({ description: "The exact number that may be called, evenly spread; instead of consentRate." }),
    zones: z.union([z.array(zone).min(1), z.record(zone, z.number().min(0))]).optional(),
    withoutZoneRate: share.default(0).meta({ description: "Share of contacts whose time zone and state are missing." }),
  })
  .refine((rule) => rule.consented === undefined || rule.consentRate === undefined, "either consented or consentRate, not both")
  .refine((rule) => (rule.consented ?? 0) <= rule.count, "consented is at most count");

const contactList = z.strictObject({
  id,
  contacts: z.array(contact).default([]),
  generate: generatedContacts.optional(),
  ...listBehaviour.shape,
});

const call = z.strictObject({
  id,
  campaignId: id,
  status: z.enum(CALL_STATUSES).default("completed"),
  dispositionCode: id.optional(),
  startTime: moment.default("-1h"),
  endTime: moment.optional(),
  locked: z.boolean().default(false),
  contactId: id.optional(),
  phoneNumber: z.string().optional(),
  agentId: id.optional(),
});

const generatedCalls = z.strictObject({
  campaignId: id,
  count,
  days: z
    .number()
    .positive()
    .max(365)
    .default(7)
    .meta({ description: "The calls are spread over so many days before the start." }),
  mix: weights
    .optional()
    .meta({ description: "Outcome codes with weights; without it a mix of the outcome codes every tenant knows." }),
  untaggedRate: share.default(0).meta({ description: "Share of calls without an outcome code." }),
  prefix: id.optional().meta({ description: "Call ids are the prefix and a number from 1; default <campaign id>-c." }),
  digits: z.int().min(1).max(9).default(7).meta({ description: "Width of the number, with leading zeros." }),
  lockedEvery: z.int().min(1).optional().meta({ description: "Every n-th call refuses dispositions as locked." }),
  statuses: z
    .partialRecord(z.enum(CALL_STATUSES), z.number().min(0))
    .refine((mix) => Object.values(mix).some((weight) => weight > 0), "at least one weight above 0")
    .optional()
    .meta({ description: "Statuses with weights; default all completed." }),
});

const interaction = z.strictObject({
  id,
  organization: id.optional().meta({ description: "Another organization than the tenant's answers 403." }),
  dispositions: z.array(interactionDisposition.extend({ source: z.string().default("agent") })).default([]),
});

const disposition = z.strictObject({
  code: id,
  description: z.string().default(""),
  parent: id.optional(),
  active: z.boolean().default(true),
});

const limit = z
  .union([
    z.literal("off"),
    z.null(),
    z.strictObject({
      perSecond: z.number().positive().optional(),
      perMinute: z.number().positive().optional(),
      per: z.enum(["client", "tenant"]).optional(),
    }),
  ])
  .refine(
    (value) => value === null || value === "off" || value.perSecond === undefined || value.perMinute === undefined,
    "either perSecond or perMinute, not both",
  );

const limitsByFamily = z.strictObject({
  "outbound-write": limit.optional(),
  "outbound-read": limit.optional(),
  campaigns: limit.optional(),
  "dialer-write": limit.optional(),
  other: limit.optional(),
} satisfies Record<RateFamily, z.ZodType>);
const limits = z.union([z.literal("off"), limitsByFamily]);

const failRule = z
  .strictObject({
    field: z.string().regex(/^[A-Za-z_]+(\.[A-Za-z_]+)*$/, "a path into the settings, such as algorithm.dial_ratio"),
    above: z.number().optional(),
    below: z.number().optional(),
    equals: z.union([z.string(), z.number(), z.boolean()]).optional(),
    error: z.string().min(1).optional().meta({ description: "Text of errorDetails." }),
  })
  .refine(
    (rule) => rule.above !== undefined || rule.below !== undefined || rule.equals !== undefined,
    "one of above, below, equals",
  );

/** Duration of an activation of dialer settings, and the rules by which it fails. */
const activation = z.strictObject({
  seconds: z.number().min(0).default(5),
  failWhen: z
    .union([failRule, z.array(failRule)])
    .overwrite((rules) => (Array.isArray(rules) ? rules : [rules]))
    .optional(),
});

const timelineEntry = z.strictObject({
  at: span.meta({ description: 'When, counted from the start: seconds or text such as "10m".' }),
  set: z.strictObject({
    contactLists: z.record(id, listBehaviour).optional(),
    campaigns: z
      .record(
        id,
        z.strictObject({
          status: z.enum(CAMPAIGN_STATUSES).optional(),
          callRate: z.number().positive().optional(),
          metrics: metricsFigures.optional(),
        }),
      )
      .optional(),
    limits: limits.optional(),
    activation: activation.optional(),
    faults: z.array(faultSpec).optional().meta({ description: "Faults added at that moment." }),
  }),
});

const dialer = z.strictObject({
  settings: dialerSettings.optional(),
  history: z
    .strictObject({
      metricHours: z
        .int()
        .min(0)
        .max(24 * 366)
        .default(0),
      auditEntries: z.int().min(0).max(100_000).default(0),
    })
    .default({ metricHours: 0, auditEntries: 0 }),
});

export const scenarioSchema = z
  .strictObject({
    seed: z.union([z.int(), z.string()]).optional(),
    organization: id.default("sandbox").meta({ description: "The tenant's own organization." }),
    tokenLifetimeSeconds: z.int().min(1).max(31_536_000).default(3600),
    legacyMetrics: z.boolean().default(false).meta({
      description: "Campaign metrics as older tenants give them: successRate, activeCalls, lastUpdated only.",
    }),
    clients: z.array(client).optional().meta({ description: "Default: one client that holds every scope." }),
    campaigns: z.array(campaign).default([]),
    contactLists: z.array(contactList).default([]),
    calls: z.array(call).default([]),
    generateCalls: z.array(generatedCalls).default([]),
    interactions: z.array(interaction).default([]),
    dispositions: z
      .array(disposition)
      .optional()
      .meta({ description: "Default: a small tree of codes 101 to 103 and 201 to 203." }),
    dialer: dialer.default({ history: { metricHours: 0, auditEntries: 0 } }),
    limits: limits.default({}).meta({
      description: `Rate limits by family (${RATE_FAMILIES.join(", ")}); "off" or null lifts. Default: the contract's, such as ${RATE_LIMITS["outbound-write"].requests} a second for outbound-write.`,
    }),
    activation: activation.default({ seconds: 5 }),
    acd: acdSwitches.meta({ description: "How the tenant behaves as the ACD API; the world is the same." }),
    timeline: z.array(timelineEntry).default([]),
  })
  .meta({ title: "outdial sandbox scenario", description: "A tenant's world at the start. Every field is optional." });

export type ParsedScenario = z.output<typeof scenarioSchema>;
