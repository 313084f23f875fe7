// Reads of the calling user, its business unit and the tenant's features, for the capability probe.

import { z } from "zod";
import { type AcdOperation, read } from "./common.ts";
import { maybeBoolean, maybeId, maybeInteger, maybeNumber, maybeText } from "./scalars.ts";

/** The business unit with its feature switches. Ports count calls; expirations are in minutes or days, as their names say. */
const businessUnit = z.looseObject({
  businessUnitId: maybeId,
  businessUnitName: maybeText,
  allowPredictiveDialing: maybeBoolean,
  enableSkillAbandonRate: maybeBoolean,
  abandonRateScope: maybeText,
  callSuppression: maybeBoolean,
  priorityBasedBlending: maybeBoolean,
  outboundPortLimit: maybeInteger,
  agentlessPortLimit: maybeInteger,
  concurrentPortLimit: maybeInteger,
  daysUntilListSourceIsFlaggedForDeletion: maybeInteger,
  defaultContactExpirationMinutes: maybeInteger,
  defaultTimeZone: maybeText,
  apiPublishedLimit: maybeNumber,
  features: z.array(z.looseObject({ productId: maybeId, productDescription: maybeText, isEnabled: maybeBoolean })).nullish(),
});

const permission = z.looseObject({ BusinessUnitId: maybeId, Key: maybeText, Value: maybeText });

const permissionRow = {
  ...read,
  section: "account",
  versions: { pin: 30 },
  envelope: { within: ["resultSet"], items: ["permissions"] },
  evidence: "published and seen",
  reply: z.looseObject({ permissions: z.array(permission) }),
} as const;

/** Operations that read the calling user, its business unit and the tenant's features. */
export const account = {
  getBusinessUnit: {
    ...read,
    summary: "The business unit with its gates: predictive dialing, ports, features",
    section: "account",
    path: "/business-unit",
    versions: { pin: 30 },
    envelope: { within: ["resultSet"], items: ["businessUnits"] },
    evidence: "published and seen",
    query: z.strictObject({
      fields: z.array(z.string()).optional(),
      includeTrustedBusinessUnits: z.boolean().optional(),
    }),
    lists: { fields: "joined" },
    reply: z.looseObject({ businessUnits: z.array(businessUnit) }),
  },
  getPermissions: {
    ...permissionRow,
    summary: "The rights of the owner of the access key",
    path: "/permissions",
    query: z.strictObject({ agentId: z.string().optional() }),
  },
  getAgentPermissions: {
    ...permissionRow,
    summary: "The rights of an agent",
    path: "/permissions/{agentId}",
    refusals: { 404: "unknown agent" },
  },
  getServerTime: {
    ...read,
    summary: "The server's time; all times of the API are the server's",
    section: "account",
    path: "/server-time",
    versions: { pin: 30 },
    envelope: { within: ["resultSet"] },
    aliases: { serverTime: "ServerTime" },
    evidence: "published and seen",
    reply: z.looseObject({ ServerTime: z.string().min(1) }),
  },
  getApiVersions: {
    ...read,
    summary: "The versions that this tenant has of each resource",
    section: "account",
    path: "/apiversion",
    versions: { pin: 30 },
    envelope: { within: ["resultSet"], items: ["apiInfo"] },
    evidence: "published",
    query: z.strictObject({ searchUriText: z.string().optional(), verb: z.string().optional() }),
    reply: z.looseObject({
      apiInfo: z.array(z.looseObject({ uri: maybeText, version: maybeText, verb: maybeText })),
    }),
  },
  listOutboundRoutes: {
    ...read,
    summary: "The telecom routes that calls may leave by",
    section: "account",
    path: "/business-unit/outbound-routes",
    versions: { pin: 30 },
    envelope: { within: ["resultSet"], items: ["outboundRoutes"] },
    evidence: "published",
    reply: z.looseObject({ outboundRoutes: z.array(z.looseObject({})) }),
  },
  getBuTimeZones: {
    ...read,
    summary: "The time zones that the business unit uses",
    section: "account",
    path: "/business-unit/time-zones",
    versions: { pin: 30 },
    envelope: { within: ["resultSet"], items: ["timezones", "timeZones"] },
    evidence: "published",
    reply: z.looseObject({ timezones: z.array(z.looseObject({})) }),
  },
  putBuTimeZones: {
    ...read,
    summary: "Replace the time zones of the business unit",
    section: "account",
    method: "PUT",
    path: "/business-unit/time-zones",
    rate: "acd-write",
    retry: "idempotent",
    success: { status: 200, accepts: "2xx", body: "optional" },
    versions: { pin: 30 },
    permission: "Business Unit Time Zones Edit",
    evidence: "published",
    reserved: "zones left out are disabled for the whole tenant and removed from every skill",
    accepts: z.looseObject({}),
    request: z.strictObject({ timezones: z.array(z.unknown()), items: z.array(z.unknown()).optional() }),
  },
  listTimeZones: {
    ...read,
    summary: "The Windows time zones that the API knows",
    section: "account",
    path: "/timezones",
    versions: { pin: 25, fallbacks: [30] },
    envelope: { within: ["resultSet"], items: ["timeZones", "timezones"] },
    evidence: "published and seen",
    reply: z.looseObject({
      timeZones: z.array(z.looseObject({ displayName: maybeText, standardName: maybeText, offset: maybeText })),
    }),
  },
} as const satisfies Record<string, AcdOperation>;
