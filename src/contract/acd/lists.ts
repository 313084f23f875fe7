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
import { maybeBoolean, maybeId, maybeInteger, maybeNumber, maybeText, sentDay, sentId, sentInstant, wireId } from "./scalars.ts";

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
