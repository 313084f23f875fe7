// The operation table of the ACD API, which a tenant serves under incontactapi/services. No live tenant was reached; `evidence`
// of each row says what it rests on.

import { z } from "zod";
import type { OperationTable, RateLimit, RowBody, RowPath, RowQuery, RowReply } from "../operation.ts";
import { fillPath } from "../operations.ts";
import { activities } from "./activity.ts";
import { agents } from "./agents.ts";
import { campaigns, skills } from "./campaigns.ts";
import { type AcdOperation, type AcdRate, readOrNothing, silentWrite, write } from "./common.ts";
import { dispositions } from "./dispositions.ts";
import { dnc } from "./dnc.ts";
import { contacts, lists } from "./lists.ts";
import { account, reports } from "./reports.ts";
import { maybeId, maybeText, sentId, sentInstant, wireId } from "./scalars.ts";
import { settings } from "./settings.ts";

// Scheduled callbacks. A due callback dials by itself.

const callback = z.looseObject({
  callbackId: wireId,
  target: maybeText,
  agentId: maybeId,
  skillId: maybeId,
  dialNumber: maybeText,
  origNumber: maybeText,
  firstName: maybeText,
  lastName: maybeText,
  notes: maybeText,
  callbackTime: maybeText,
});
const draft = z.strictObject({
  firstName: z.string(),
  lastName: z.string(),
  phoneNumber: z.string().min(1),
  skillId: sentId,
  targetAgentId: sentId.optional(),
  scheduleDate: sentInstant,
  notes: z.string().optional(),
});

const shared = { section: "callbacks", versions: { pin: 33, fallbacks: [25] }, evidence: "published and seen" } as const;
const listed = {
  ...readOrNothing,
  ...shared,
  envelope: { within: ["resultSet"], items: ["callbacks"] },
  reply: z.looseObject({ callbacks: z.array(callback) }),
} as const;

const callbacks = {
  createCallback: {
    ...write,
    ...shared,
    summary: "Schedule a callback: a call that is placed when it is due",
    path: "/scheduled-callbacks",
    evidence: "sources differ",
    envelope: { within: ["resultSet"] },
    refusals: { 400: "unknown skill or agent, unreadable date or number" },
    request: draft,
    accepts: z.looseObject({}),
    reply: z.looseObject({ callbackId: wireId }),
  },
  updateCallback: {
    ...silentWrite,
    ...shared,
    summary: "Change a scheduled callback",
    method: "PUT",
    path: "/scheduled-callbacks/{callbackId}",
    retry: "idempotent",
    evidence: "sources differ",
    refusals: { 400: "unknown skill or agent, unreadable date or number", 404: "unknown callback, or one that is closed" },
    request: draft,
    accepts: z.looseObject({}),
  },
  deleteCallback: {
    ...silentWrite,
    ...shared,
    summary: "Delete a scheduled callback",
    method: "DELETE",
    path: "/scheduled-callbacks/{callbackId}",
    retry: "idempotent",
    bodyOnDelete: true,
    evidence: "sources differ",
    refusals: { 404: "unknown callback, or one that is closed" },
    request: z.strictObject({ description: z.string() }),
    accepts: z.looseObject({}),
  },
  listSkillCallbacks: {
    ...listed,
    summary: "The scheduled callbacks of a skill",
    path: "/skills/{skillId}/scheduled-callbacks",
    refusals: { 404: "unknown skill" },
  },
  listAgentCallbacks: {
    ...listed,
    summary: "The scheduled callbacks of an agent",
    path: "/agents/{agentId}/scheduled-callbacks",
    refusals: { 404: "unknown agent" },
  },
} as const satisfies Record<string, AcdOperation>;

/** Every operation of the profile `acd`, by id: method, path, versions, rate family, retry class, statuses, schemas. */
export const ACD_OPERATIONS = {
  ...account,
  ...campaigns,
  ...skills,
  ...settings,
  ...lists,
  ...dnc,
  ...dispositions,
  ...contacts,
  ...activities,
  ...reports,
  ...callbacks,
  ...agents,
} as const satisfies Record<string, AcdOperation>;

/** The limits that the learning of the budgets begins with. The only published limit is one extraction in 30 seconds. */
export const ACD_RATES: Readonly<Record<AcdRate, RateLimit>> = {
  "acd-read": { requests: 5, seconds: 1, per: "client" },
  "acd-write": { requests: 1, seconds: 1, per: "client" },
  "acd-report": { requests: 1, seconds: 1, per: "client" },
  "acd-extract": { requests: 1, seconds: 30, per: "tenant" },
};

/** The operation table of the profile `acd`. */
export const ACD_TABLE = { profile: "acd", operations: ACD_OPERATIONS, rates: ACD_RATES } as const satisfies OperationTable;

/** Id of an operation of the profile `acd`. */
export type AcdOperationId = keyof typeof ACD_OPERATIONS;
/** Ids of all operations of the profile `acd`. */
export const ACD_OPERATION_IDS = Object.keys(ACD_OPERATIONS) as AcdOperationId[];

type Row<Id extends AcdOperationId> = (typeof ACD_OPERATIONS)[Id];
/** Names of the parameters in an operation's path. */
export type AcdPath<Id extends AcdOperationId> = RowPath<Row<Id>>;
/** The body that an operation takes. */
export type AcdBody<Id extends AcdOperationId> = RowBody<Row<Id>>;
/** The query that an operation takes. */
export type AcdQuery<Id extends AcdOperationId> = RowQuery<Row<Id>>;
/** The parsed reply of an operation. */
export type AcdReply<Id extends AcdOperationId> = RowReply<Row<Id>>;

/** The row of an operation with all optional columns. */
export function acdOperationOf(id: AcdOperationId): AcdOperation {
  return ACD_OPERATIONS[id];
}

/** The prefix of versioned resources. Tenants accept it in any case. */
export const SERVICES_PREFIX = "/incontactapi/services";

/** The path template of an operation in a version; resources without versions ignore `version`. */
export function acdTemplate(id: AcdOperationId, version: number): string {
  const { path, olderPath, versions } = acdOperationOf(id);
  if (versions === undefined) return path;
  return `${SERVICES_PREFIX}/v${version}.0${olderPath !== undefined && version <= olderPath.upTo ? olderPath.path : path}`;
}

/** The path of a request. Throws RangeError for a value that is not a path segment, see `fillPath`. */
export function acdPath(id: AcdOperationId, version: number, values: Readonly<Record<string, string>>): string {
  return fillPath(acdTemplate(id, version), values);
}
