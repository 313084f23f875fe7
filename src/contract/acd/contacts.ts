// Contacts: each is one handled or dialed call. Completed contacts are the outcomes, active contacts the present calls.

import { z } from "zod";
import { type AcdOperation, LIST_QUERY_LISTS, listQuery, listReply, RECORDS_PAGE, read, readOrNothing } from "./common.ts";
import { maybeBoolean, maybeId, maybeInteger, maybeText, sentInstant, wireId, wireInteger } from "./scalars.ts";

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
    olderPath: { upTo: 27, path: "/contacts/{contactId}/statehistory" },
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
