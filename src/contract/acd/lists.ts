// Calling lists: containers that files are uploaded to, their records, and the attempts on them.

import { z } from "zod";
import {
  type AcdOperation,
  acceptedWrite,
  LIST_QUERY_LISTS,
  listQuery,
  listReply,
  RECORDS_PAGE,
  read,
  readOrNothing,
  silentWrite,
  write,
} from "./common.ts";
import {
  maybeBoolean,
  maybeId,
  maybeInteger,
  maybeNumber,
  maybeText,
  sentDay,
  sentId,
  sentInstant,
  wireId,
  wireInteger,
} from "./scalars.ts";

const counts = {
  status: maybeText,
  totalRecords: maybeInteger,
  validRecords: maybeInteger,
  invalidRecords: maybeInteger,
  finalizedRecords: maybeInteger,
};

/**
 * A list. The counts of total, valid and invalid records are those of its last upload; finalized records are those of the whole
 * list.
 */
const callingList = z.looseObject({
  listId: wireId,
  listName: maybeText,
  prospectiveContactCount: maybeInteger,
  ...counts,
  createDate: maybeText,
  uploadDate: maybeText,
  updateDate: maybeText,
  removeDate: maybeText,
  skills: z
    .array(
      z.looseObject({
        skillId: wireId,
        skillName: maybeText,
        totalRecords: maybeInteger,
        freshRecords: maybeInteger,
        finalizedRecords: maybeInteger,
        retriedRecords: maybeInteger,
      }),
    )
    .nullish(),
});

/** A record of a list: the uploaded fields, and fields beginning with `ic` that say what became of it. */
const contactRecord = z.looseObject({
  externalId: wireId,
  score: maybeNumber,
  customer1: maybeText,
  customer2: maybeText,
  callerId: maybeText,
  priority: maybeInteger,
  firstName: maybeText,
  lastName: maybeText,
  address: maybeText,
  city: maybeText,
  state: maybeText,
  zip: maybeText,
  timeZone: maybeText,
  agentId: maybeId,
  notes: maybeText,
  expirationDate: maybeText,
  callRequestTime: maybeText,
  icAttempts: maybeInteger,
  icFinalStatus: maybeText,
  icAssignedSkillId: maybeId,
  icDateOfLastCall: maybeText,
  icSystemClassification: maybeInteger,
  icSystemClassificationName: maybeText,
  icAgentDisposition: maybeInteger,
  icAgentDispositionDesc: maybeText,
  icAgentNo: maybeId,
  icCreateDate: maybeText,
  icModifiedDate: maybeText,
  destinations: z
    .array(z.looseObject({ formattedDestination: maybeText, description: maybeText, maxAttempts: maybeInteger }))
    .nullish(),
  otherFields: z.array(z.looseObject({ fieldName: maybeText, fieldMapping: maybeText, fieldValue: maybeText })).nullish(),
});

/** One attempt to dial. `systemClass` is what the dialer detected, `lastDuration` an ISO 8601 duration. */
const contactAttempt = z.looseObject({
  contactId: maybeId,
  externalId: maybeId,
  formattedPhone: maybeText,
  dateOfCall: maybeText,
  lastDuration: maybeText,
  systemClass: maybeInteger,
  systemClassName: maybeText,
  agentDisp: maybeInteger,
  agentDispDesc: maybeText,
  agentId: maybeId,
  callNotes: maybeText,
  callbackDate: maybeText,
  callerIdUsed: maybeText,
  causeCode: maybeText,
  detectionType: maybeText,
  timeZone: maybeText,
});

const uploadJob = z.looseObject({
  jobId: wireId,
  listId: maybeId,
  listName: maybeText,
  startDate: maybeText,
  submitDate: maybeText,
  isComplete: maybeBoolean,
  isCancelled: maybeBoolean,
  completedDate: maybeText,
});

/** Columns that the mapping of a list may name, besides telephone numbers. */
export const MAPPED_COLUMNS = [
  "scoreColumn",
  "customer1Column",
  "customer2Column",
  "callerIdColumn",
  "priorityColumn",
  "complianceReqColumn",
  "firstNameColumn",
  "lastNameColumn",
  "addressColumn",
  "cityColumn",
  "stateColumn",
  "zipColumn",
  "timeZoneColumn",
  "confirmReqColumn",
  "overrideFinalizationColumn",
  "agentIdColumn",
  "callRequestTimeColumn",
  "callRequestStaleColumn",
  "notesColumn",
  "expirationDateColumn",
] as const;
const columns = Object.fromEntries(MAPPED_COLUMNS.map((name) => [name, z.string().min(1).optional()])) as Record<
  (typeof MAPPED_COLUMNS)[number],
  z.ZodOptional<z.ZodString>
>;

/** Most records of one upload. Source: pages of the vendor's help. */
export const MAX_UPLOAD_RECORDS = 500_000;
/** Most active records of a business unit's calling lists, do-not-call records included. Source: pages of the vendor's help. */
export const MAX_ACTIVE_RECORDS = 1_000_000;
/** How long lists keep their inventory and attempts, days. Source: pages of the vendor's help. */
export const MAX_LIST_DAYS = 30;

const NO_LIST = "InvalidListId: unknown list, or an id that is no integer";
const jobs = {
  section: "lists",
  versions: { pin: 30, fallbacks: [12] },
  envelope: { within: ["resultSet"], items: ["uploadJobs"] },
} as const;
const recordsQuery = {
  ...listQuery,
  updatedSince: sentInstant.optional(),
  finalized: z.boolean().optional(),
};
/** Fields of the list itself; its records are beside them. */
const listFields = { listName: maybeText, ...counts, lastPollTime: maybeText };

export const lists = {
  listCallLists: {
    ...readOrNothing,
    summary: "Calling lists with their counts",
    section: "lists",
    path: "/lists/call-lists",
    versions: { pin: 31, fallbacks: [30] },
    permission: "Calling List View",
    envelope: { within: ["resultSet"], items: ["callingLists"] },
    paging: { kind: "skip", items: "callingLists", pageSize: RECORDS_PAGE },
    evidence: "published and seen",
    query: z.strictObject(listQuery),
    lists: LIST_QUERY_LISTS,
    reply: listReply("callingLists", callingList),
  },
  mapCallList: {
    ...write,
    summary: "Create a calling list, or map the columns of the one of that name anew",
    section: "lists",
    path: "/lists/call-lists",
    retry: "idempotent",
    versions: { pin: 30, fallbacks: [12] },
    permission: "Calling List Create",
    envelope: { within: ["resultSet"] },
    evidence: "sources differ",
    refusals: {
      400: "no mapping, an unknown mapping, a column twice, no list name, no column of external ids",
      409: "Calling List is not Active",
    },
    query: z.strictObject({
      listName: z.string().min(1),
      externalIdColumn: z.string().min(1),
      listExpirationDate: sentDay.optional(),
      ...columns,
    }),
    request: z.strictObject({
      destinationMappings: z.array(z.strictObject({ fieldName: z.string().min(1), fieldValue: z.string().min(1) })).min(1),
    }),
    accepts: z.looseObject({}),
    reply: z.looseObject({ listId: wireId }),
  },
  uploadCallList: {
    ...acceptedWrite,
    summary: "Upload records to a calling list; with startSkill, or to a running skill, they are dialed at once",
    section: "lists",
    path: "/lists/call-lists/{listId}/upload",
    versions: { pin: 30 },
    permission: "Calling List Create",
    envelope: { within: ["resultSet"] },
    evidence: "published and seen",
    refusals: {
      400: "InvalidSkillId, InvalidOverwrite, or a file, mapping, size, name, expiration or time zone that is not accepted",
      404: NO_LIST,
      405: "empty id of the list",
      409: "File already exists, or Calling List is not Active",
    },
    request: z.strictObject({
      listFile: z.base64().min(1),
      forceOverwrite: z.boolean(),
      expirationDate: z.union([sentDay, z.literal("")]),
      // Starting a skill is a separate operation: an upload by outdial never starts one.
      startSkill: z.literal(false),
      sendEmail: z.boolean(),
      fileName: z.string().min(1).optional(),
      skillId: sentId.optional(),
      defaultTimeZone: z.string().min(1).optional(),
    }),
    accepts: z.looseObject({}),
    reply: z.looseObject({
      jobId: wireId,
      sourceId: maybeId,
      importStatus: maybeText,
      procRecords: maybeInteger,
      validRecords: maybeInteger,
      invalidRecords: maybeInteger,
      errorResults: z.array(z.looseObject({ recordNumber: maybeInteger, error: maybeText })).nullish(),
    }),
  },
  listUploadJobs: {
    ...readOrNothing,
    ...jobs,
    summary: "Jobs of uploads that began in a range of time",
    path: "/lists/call-lists/jobs",
    paging: { kind: "skip", items: "uploadJobs", pageSize: RECORDS_PAGE },
    permission: "Calling List View",
    evidence: "published and seen",
    refusals: { 400: "startDate and endDate is required, or the range is too long" },
    query: z.strictObject({ ...listQuery, startDate: sentInstant, endDate: sentInstant }),
    lists: LIST_QUERY_LISTS,
    reply: listReply("uploadJobs", uploadJob),
  },
  getUploadJob: {
    ...read,
    ...jobs,
    summary: "One job of an upload; counts and errors of rows are not told",
    path: "/lists/call-lists/jobs/{jobId}",
    permission: "Calling List View",
    evidence: "published and seen",
    refusals: { 404: "unknown job" },
    reply: listReply("uploadJobs", uploadJob),
  },
  cancelUploadJob: {
    ...silentWrite,
    summary: "Cancel a job of an upload",
    section: "lists",
    method: "DELETE",
    path: "/lists/call-lists/jobs/{jobId}",
    retry: "idempotent",
    versions: { pin: 30, fallbacks: [12] },
    permission: "Calling List Edit",
    evidence: "published and seen",
    refusals: { 404: "unknown job" },
  },
  readCallList: {
    ...readOrNothing,
    summary: "A calling list with its records, by pages",
    section: "lists",
    path: "/lists/call-lists/{listId}",
    versions: { pin: 30 },
    permission: "Calling List View",
    envelope: { within: ["resultSet"], items: ["contactRecords"] },
    paging: { kind: "skip", items: "contactRecords", pageSize: RECORDS_PAGE },
    evidence: "published and seen",
    refusals: { 400: "unreadable finalized (told as InvalidUpdatedSince), updatedSince or field", 404: NO_LIST },
    query: z.strictObject({ ...recordsQuery, includeRecords: z.boolean().optional() }),
    lists: LIST_QUERY_LISTS,
    reply: z.looseObject({
      ...listFields,
      listExpirationDate: maybeText,
      skills: z.array(z.looseObject({ skillId: maybeId })).nullish(),
      contactRecords: z.array(contactRecord).optional(),
    }),
  },
  listAttempts: {
    ...readOrNothing,
    summary: "The dials on the records of a calling list, by pages",
    section: "lists",
    path: "/lists/call-lists/{listId}/attempts",
    versions: { pin: 30 },
    permission: "Calling List View",
    envelope: { within: ["resultSet"], items: ["contactAttempts"] },
    paging: { kind: "skip", items: "contactAttempts", pageSize: RECORDS_PAGE },
    evidence: "published and seen",
    refusals: { 400: "unreadable updatedSince or field", 404: NO_LIST },
    query: z.strictObject(recordsQuery),
    lists: LIST_QUERY_LISTS,
    reply: z.looseObject({ ...listFields, contactAttempts: z.array(contactAttempt) }),
  },
  deleteCallList: {
    ...silentWrite,
    summary: "Remove a calling list",
    section: "lists",
    method: "DELETE",
    path: "/lists/call-lists/{listId}",
    retry: "idempotent",
    versions: { pin: 31 },
    permission: "Calling List Delete",
    evidence: "published and seen",
    refusals: { 404: NO_LIST, 409: "the list cannot be modified" },
    query: z.strictObject({ forceInactive: z.boolean(), forceDelete: z.boolean() }),
  },
  removeProspects: {
    ...write,
    summary: "Take records off a calling list",
    section: "lists",
    method: "DELETE",
    path: "/lists/call-lists/{sourceName}/removeProspects",
    retry: "idempotent",
    versions: { pin: 30 },
    permission: "Calling List Edit",
    bodyOnDelete: true,
    evidence: "published",
    refusals: { 400: "not found, or removed already", 404: "unknown name of a list", 409: "the list was removed" },
    request: z.strictObject({ prospectsToRemove: z.array(z.strictObject({ externalId: z.string().min(1) })).min(1) }),
    accepts: z.looseObject({ prospectsToRemove: z.array(z.looseObject({ externalId: z.string() })) }),
    reply: z.looseObject({
      successfulRecords: z.array(z.looseObject({ externalId: maybeText, resultCode: maybeText })).nullish(),
      failedRecords: z.array(z.looseObject({ externalId: maybeText, resultCode: maybeText })).nullish(),
    }),
  },
} as const satisfies Record<string, AcdOperation>;

// Contacts: each is one handled or dialed call. Completed contacts are the outcomes, active contacts the present calls.

/** Names of fields in older versions. */
export const CONTACT_NAMES = {
  contactStart: "contactStartDate",
  fromAddr: "fromAddress",
  toAddr: "toAddress",
  mediaType: "mediaTypeId",
  ACWSeconds: "acwSeconds",
  confSeconds: "conferenceSeconds",
  state: "stateName",
} as const;

/** Longest range of one query of completed contacts, and the furthest that `updatedSince` may lie back, days. */
export const MAX_COMPLETED_DAYS = 30;
/** Most tags that one query may filter by. */
export const MAX_TAGS = 100;

/**
 * A completed contact. Durations are in seconds, `routingTime` in milliseconds. A contact changes after its end: wrap-up reaches
 * the warehouse later, and `lastUpdateTime` moves. A secondary code of 0 means none.
 */
const completedContact = z.looseObject({
  contactId: wireId,
  masterContactId: maybeId,
  contactStartDate: maybeText,
  lastUpdateTime: maybeText,
  abandoned: maybeBoolean,
  abandonSeconds: maybeInteger,
  acwSeconds: maybeInteger,
  agentId: maybeId,
  agentSeconds: maybeInteger,
  callbackTime: maybeInteger,
  campaignId: maybeId,
  campaignName: maybeText,
  conferenceSeconds: maybeInteger,
  dateACWWarehoused: maybeText,
  dateContactWarehoused: maybeText,
  dispositionNotes: maybeText,
  endReason: maybeText,
  firstName: maybeText,
  lastName: maybeText,
  fromAddress: maybeText,
  toAddress: maybeText,
  holdCount: maybeInteger,
  holdSeconds: maybeInteger,
  inQueueSeconds: maybeInteger,
  isAnalyticsProcessed: maybeBoolean,
  isLogged: maybeBoolean,
  isOutbound: maybeBoolean,
  isRefused: maybeBoolean,
  isShortAbandon: maybeBoolean,
  isTakeover: maybeBoolean,
  mediaTypeId: maybeInteger,
  mediaTypeName: maybeText,
  postQueueSeconds: maybeInteger,
  preQueueSeconds: maybeInteger,
  primaryDispositionId: maybeInteger,
  secondaryDispositionId: maybeInteger,
  releaseSeconds: maybeInteger,
  routingTime: maybeInteger,
  skillId: maybeId,
  skillName: maybeText,
  teamId: maybeId,
  teamName: maybeText,
  totalDurationSeconds: maybeInteger,
  transferIndicatorId: maybeInteger,
  transferIndicatorName: maybeText,
  tags: z.array(z.looseObject({ tagId: maybeId, tagName: maybeText })).nullish(),
});

/** A contact that is active now. */
const activeContact = z.looseObject({
  contactId: wireId,
  masterContactId: maybeId,
  stateId: maybeInteger,
  stateName: maybeText,
  skillId: maybeId,
  skillName: maybeText,
  campaignId: maybeId,
  agentId: maybeId,
  fromAddress: maybeText,
  toAddress: maybeText,
  mediaTypeId: maybeInteger,
  isOutbound: maybeBoolean,
  contactStartDate: maybeText,
  lastUpdateTime: maybeText,
});

const contactFilter = {
  mediaTypeId: z.int().optional(),
  skillId: z.string().optional(),
  campaignId: z.string().optional(),
  agentId: z.string().optional(),
  teamId: z.string().optional(),
};

export const contacts = {
  listCompleted: {
    ...readOrNothing,
    summary: "Completed contacts of a range of time, or changed since an instant, by pages",
    section: "contacts",
    path: "/contacts/completed",
    versions: { pin: 33, fallbacks: [30, 21] },
    permission: "Reporting",
    envelope: { within: ["resultSet"], items: ["completedContacts"] },
    aliases: CONTACT_NAMES,
    paging: { kind: "skip", items: "completedContacts", pageSize: RECORDS_PAGE },
    evidence: "published and seen",
    refusals: {
      400: `no range, a range or updatedSince over ${MAX_COMPLETED_DAYS} days, end before start, or another unreadable argument`,
    },
    query: z.strictObject({
      ...listQuery,
      ...contactFilter,
      startDate: sentInstant.optional(),
      endDate: sentInstant.optional(),
      updatedSince: sentInstant.optional(),
      mediaSubTypeId: z.int().optional(),
      toAddress: z.string().optional(),
      fromAddress: z.string().optional(),
      isLogged: z.boolean().optional(),
      isRefused: z.boolean().optional(),
      isTakeover: z.boolean().optional(),
      tags: z.array(z.string()).max(MAX_TAGS).optional(),
      analyticsProcessed: z.boolean().optional(),
    }),
    lists: { ...LIST_QUERY_LISTS, tags: "piped" },
    reply: listReply("completedContacts", completedContact),
  },
  getContact: {
    ...readOrNothing,
    summary: "One contact",
    section: "contacts",
    path: "/contacts/{contactId}",
    versions: { pin: 33, fallbacks: [12] },
    // In the reference of v33 the record is under a key named contactId: the object that has a contactId is read.
    envelope: { within: ["resultSet", "contactId", "contact"] },
    aliases: CONTACT_NAMES,
    evidence: "sources differ",
    refusals: { 404: "Invalid contactId" },
    reply: completedContact.extend({ stateName: maybeText, stateId: maybeInteger }),
  },
  listActive: {
    ...readOrNothing,
    summary: "Contacts of this moment, by pages",
    section: "contacts",
    path: "/contacts/active",
    versions: { pin: 34, fallbacks: [31, 23] },
    envelope: { within: ["resultSet"], items: ["activeContacts"] },
    aliases: CONTACT_NAMES,
    paging: { kind: "skip", items: "activeContacts", pageSize: RECORDS_PAGE },
    evidence: "published and seen",
    refusals: { 400: "a filter that is no integer, unknown skill, unreadable updatedSince" },
    query: z.strictObject({
      ...listQuery,
      ...contactFilter,
      contactId: z.string().optional(),
      stateId: z.int().optional(),
      updatedSince: sentInstant.optional(),
    }),
    lists: LIST_QUERY_LISTS,
    reply: listReply("activeContacts", activeContact),
  },
  contactStates: {
    ...readOrNothing,
    summary: "The states that a contact went through",
    section: "contacts",
    path: "/contacts/{contactId}/state-history",
    olderPath: { upTo: 28, path: "/contacts/{contactId}/statehistory" },
    versions: { pin: 33, fallbacks: [27] },
    envelope: { within: ["resultSet"], items: ["contactStateHistory"] },
    evidence: "published and seen",
    refusals: { 404: "Invalid contactId" },
    reply: z.looseObject({
      contactStateHistory: z.array(
        z.looseObject({
          stateIndex: maybeInteger,
          contactId: maybeId,
          contactStateId: wireInteger,
          contactStateName: maybeText,
          startDate: maybeText,
          agentId: maybeId,
          skillId: maybeId,
          skillName: maybeText,
          duration: maybeText,
        }),
      ),
    }),
  },
  endContact: {
    ...acceptedWrite,
    summary: "End a contact: hangs up on both",
    section: "contacts",
    path: "/contacts/{contactId}/end",
    versions: { pin: 23, fallbacks: [17] },
    evidence: "published and seen",
    refusals: { 404: "Invalid contactId", 409: "the contact has ended" },
    reserved: "it hangs up on a person who is talking",
    accepts: z.unknown(),
  },
  queueCallback: {
    ...acceptedWrite,
    summary: "Queue a call to a number, placed as soon as an agent of the skill is free",
    section: "contacts",
    path: "/queuecallback",
    versions: { pin: 33, fallbacks: [23] },
    evidence: "published",
    refusals: { 400: "Invalid phoneNumber or skill" },
    reserved: "it dials a number that no rule was asked about",
    accepts: z.unknown(),
    reply: z.looseObject({ contactId: maybeId }),
  },
  contactHierarchy: {
    ...read,
    summary: "The contacts that belong to one master contact",
    section: "contacts",
    path: "/contacts/{contactId}/hierarchy",
    versions: { pin: 33 },
    envelope: { within: ["resultSet"] },
    evidence: "published",
    refusals: { 404: "Invalid contactId" },
    reply: z.looseObject({
      masterContactId: maybeId,
      childContacts: z.array(z.looseObject({ contactId: maybeId, startTime: maybeText, endTime: maybeText })),
    }),
  },
} as const satisfies Record<string, AcdOperation>;
