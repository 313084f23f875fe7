// Do-not-call groups and suppressed contacts. The skills a group scrubs obey it; its contributing skills may add to it.

import { z } from "zod";
import {
  type AcdOperation,
  ADMIN_PAGE,
  itemResult,
  LIST_QUERY_LISTS,
  listQuery,
  listReply,
  RECORDS_PAGE,
  read,
  readOrNothing,
  results,
  resultsReply,
  silentWrite,
  write,
} from "./common.ts";
import { maybeBoolean, maybeId, maybeInteger, maybeText, sentDay, wireId } from "./scalars.ts";

/** Most records that one request may add or expire. */
export const MAX_DNC_RECORDS = 4500;

const group = z.looseObject({
  dncGroupId: wireId,
  dncGroupName: maybeText,
  dncGroupDescription: maybeText,
  validRecords: maybeInteger,
  isActive: maybeBoolean,
  isRemoved: maybeBoolean,
  createDate: maybeText,
  lastUpdateTime: maybeText,
});
const record = z.looseObject({
  recordId: maybeId,
  phoneNumber: maybeText,
  formattedPhone: maybeText,
  expiredDate: maybeText,
  dateCollected: maybeText,
  lastUpdateTime: maybeText,
});
const found = z.looseObject({
  dncGroupId: wireId,
  dncGroupName: maybeText,
  formattedPhone: maybeText,
  expiredDate: maybeText,
  dateCollected: maybeText,
  lastUpdateTime: maybeText,
});
const records = z.strictObject({
  dncGroupRecords: z
    .array(z.strictObject({ phoneNumber: z.string().min(1), expiredDate: sentDay.optional() }))
    .min(1)
    .max(MAX_DNC_RECORDS),
});
const recordsAccepted = z.looseObject({
  dncGroupRecords: z.array(z.looseObject({ phoneNumber: z.union([z.string(), z.number()]) })),
});
const recordResults = resultsReply("recordResults", z.looseObject({ formattedPhone: maybeText, ...itemResult }));
const attachedSkill = z.looseObject({ skillId: wireId, skillName: maybeText });

const shared = { section: "dnc", versions: { pin: 30, fallbacks: [12] }, evidence: "published and seen" } as const;
const view = { ...shared, permission: "Do Not Call List View" } as const;
const edit = { ...shared, permission: "Do Not Call List Edit" } as const;
const NO_GROUP = "unknown group, or an id that is no integer";
const attachment = { ...silentWrite, ...edit, retry: "idempotent", refusals: { 404: "unknown group or skill" } } as const;
const attached = <Name extends string>(name: Name) =>
  ({
    ...readOrNothing,
    ...view,
    envelope: { within: ["resultSet"], items: [name] },
    paging: { kind: "skip", items: name, pageSize: ADMIN_PAGE },
    refusals: { 404: NO_GROUP },
    query: z.strictObject(listQuery),
    lists: LIST_QUERY_LISTS,
    reply: listReply(name, attachedSkill),
  }) as const;

const suppressed = { section: "dnc", versions: { pin: 30 }, evidence: "published" } as const;
const suppression = z.strictObject({
  startDate: sentDay,
  endDate: sentDay.optional(),
  value: z.string().min(1),
  skills: z.array(z.unknown()).optional(),
});

export const dnc = {
  listDncGroups: {
    ...readOrNothing,
    ...view,
    summary: "Do-not-call groups",
    path: "/dnc-groups",
    envelope: { within: ["resultSet"], items: ["dncGroups"] },
    paging: { kind: "skip", items: "dncGroups", pageSize: ADMIN_PAGE },
    query: z.strictObject(listQuery),
    lists: LIST_QUERY_LISTS,
    reply: listReply("dncGroups", group),
  },
  getDncGroup: {
    ...read,
    ...view,
    summary: "One do-not-call group",
    path: "/dnc-groups/{groupId}",
    envelope: { within: ["resultSet", "dncGroups"], one: true },
    refusals: { 404: NO_GROUP },
    reply: group,
  },
  createDncGroup: {
    ...write,
    ...edit,
    summary: "Create a do-not-call group",
    path: "/dnc-groups",
    evidence: "sources differ",
    envelope: { within: ["resultSet"], items: ["dncGroups"] },
    refusals: { 400: "a name in use" },
    request: z.strictObject({ dncGroupName: z.string().min(1), dncGroupDescription: z.string().optional() }),
    accepts: z.looseObject({}),
    reply: z.looseObject({ dncGroups: z.array(group) }),
  },
  updateDncGroup: {
    ...silentWrite,
    ...edit,
    summary: "Change name, description or state of a do-not-call group",
    method: "PUT",
    path: "/dnc-groups/{groupId}",
    retry: "idempotent",
    refusals: { 404: NO_GROUP },
    query: z.strictObject({
      dncGroupName: z.string().min(1).optional(),
      dncGroupDescription: z.string().optional(),
      isActive: z.boolean().optional(),
    }),
  },
  listDncRecords: {
    ...readOrNothing,
    ...view,
    summary: "Numbers of a do-not-call group, by pages",
    path: "/dnc-groups/{groupId}/records",
    envelope: { within: ["resultSet"], items: ["dncRecords"] },
    paging: { kind: "skip", items: "dncRecords", pageSize: RECORDS_PAGE },
    refusals: { 404: NO_GROUP },
    query: z.strictObject(listQuery),
    lists: LIST_QUERY_LISTS,
    reply: listReply("dncRecords", record),
  },
  addDncRecords: {
    ...write,
    ...edit,
    summary: "Add numbers to a do-not-call group; whether one is suppressed only a search tells",
    path: "/dnc-groups/{groupId}/records",
    retry: "idempotent",
    evidence: "sources differ",
    envelope: { within: ["resultSet"] },
    itemResults: results("recordResults"),
    refusals: { 400: `over ${MAX_DNC_RECORDS} records, or a number that is none`, 404: NO_GROUP, 409: "the group is inactive" },
    request: records,
    accepts: recordsAccepted,
    reply: recordResults,
  },
  expireDncRecords: {
    ...write,
    ...edit,
    summary: "Expire numbers of a do-not-call group; they may be dialed at once",
    method: "DELETE",
    path: "/dnc-groups/{groupId}/records",
    retry: "idempotent",
    bodyOnDelete: true,
    envelope: { within: ["resultSet"] },
    itemResults: results("recordResults"),
    refusals: { 400: `over ${MAX_DNC_RECORDS} records, or a number that is none`, 404: NO_GROUP },
    request: records,
    accepts: recordsAccepted,
    reply: recordResults,
  },
  searchDnc: {
    ...readOrNothing,
    ...view,
    summary: "The do-not-call groups that hold a number",
    method: "POST",
    path: "/dnc-groups/search",
    versions: { pin: 30 },
    envelope: { within: ["resultSet"], items: ["searchResults"] },
    refusals: { 400: "no number" },
    query: z.strictObject({ phoneNumber: z.string().min(1) }),
    reply: z.looseObject({ searchResults: z.array(found) }),
  },
  listScrubbedSkills: {
    ...attached("scrubbedSkills"),
    summary: "The skills that obey a do-not-call group",
    path: "/dnc-groups/{groupId}/scrubbed-skills",
  },
  addScrubbedSkill: {
    ...attachment,
    summary: "Have a skill obey a do-not-call group",
    path: "/dnc-groups/{groupId}/scrubbed-skills/{skillId}",
  },
  removeScrubbedSkill: {
    ...attachment,
    summary: "Have a skill obey a do-not-call group no longer",
    method: "DELETE",
    path: "/dnc-groups/{groupId}/scrubbed-skills/{skillId}",
  },
  listContributingSkills: {
    ...attached("contributingSkills"),
    summary: "The skills that may add to a do-not-call group",
    path: "/dnc-groups/{groupId}/contributing-skills",
  },
  addContributingSkill: {
    ...attachment,
    summary: "Let a skill add to a do-not-call group",
    path: "/dnc-groups/{groupId}/contributing-skills/{skillId}",
  },
  removeContributingSkill: {
    ...attachment,
    summary: "Let a skill add to a do-not-call group no longer",
    method: "DELETE",
    path: "/dnc-groups/{groupId}/contributing-skills/{skillId}",
  },
  listSuppressed: {
    ...readOrNothing,
    ...suppressed,
    summary: "Contacts that are suppressed for a time",
    path: "/suppressed-contact",
    envelope: { within: ["resultSet"], items: ["suppressedContacts"] },
    paging: { kind: "skip", items: "suppressedContacts", pageSize: ADMIN_PAGE },
    query: z.strictObject(listQuery),
    lists: LIST_QUERY_LISTS,
    reply: listReply(
      "suppressedContacts",
      z.looseObject({
        suppressedContactId: wireId,
        value: maybeText,
        startDate: maybeText,
        endDate: maybeText,
        suppressedContactMappings: z.array(z.looseObject({ skill_No: maybeId })).nullish(),
      }),
    ),
  },
  createSuppressed: {
    ...write,
    ...suppressed,
    summary: "Suppress a contact for a time",
    path: "/suppressed-contact",
    wrapper: "suppressedContactData",
    success: { status: 200, accepts: "2xx", body: "optional" },
    refusals: { 400: "a missing field" },
    request: suppression,
    accepts: z.looseObject({ suppressedContactData: z.looseObject({}) }),
    reply: z.looseObject({ suppressedContactId: maybeId }),
  },
  putSuppressed: {
    ...silentWrite,
    ...suppressed,
    summary: "Change how long a contact is suppressed",
    method: "PUT",
    path: "/suppressed-contact/{suppressedContactId}",
    retry: "idempotent",
    wrapper: "suppressedContactData",
    refusals: { 404: "unknown suppressed contact" },
    request: suppression,
    accepts: z.looseObject({ suppressedContactData: z.looseObject({}) }),
  },
  deleteSuppressed: {
    ...silentWrite,
    ...suppressed,
    summary: "Suppress a contact no longer",
    method: "DELETE",
    path: "/suppressed-contact/{suppressedContactId}",
    retry: "idempotent",
    refusals: { 404: "unknown suppressed contact" },
  },
} as const satisfies Record<string, AcdOperation>;
