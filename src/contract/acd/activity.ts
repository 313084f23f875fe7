// Figures: the present activity of skills and agents, and sums over a range of time.

import { z } from "zod";
import {
  type AcdOperation,
  LIST_QUERY_LISTS,
  listQuery,
  listReply,
  pascalNames,
  RECORDS_PAGE,
  read,
  readOrNothing,
} from "./common.ts";
import { maybeBoolean, maybeId, maybeInteger, maybeNumber, maybeText, sentId, sentInstant, wireId } from "./scalars.ts";

/** Longest range of a summary, days. */
export const MAX_SUMMARY_DAYS = 30;
/** Longest range of dialer statistics, hours. */
export const MAX_DIALER_STATS_HOURS = 6;

/** The present activity of a skill. `isNaturalCalling`: the skill dials. */
const activity = z.looseObject({
  serverTime: maybeText,
  skillId: wireId,
  skillName: maybeText,
  campaignId: maybeId,
  campaignName: maybeText,
  isActive: maybeBoolean,
  isOutbound: maybeBoolean,
  isNaturalCalling: maybeBoolean,
  agentsLoggedIn: maybeInteger,
  agentsAvailable: maybeInteger,
  agentsIdle: maybeInteger,
  agentsUnavailable: maybeInteger,
  agentsWorking: maybeInteger,
  agentsACW: maybeInteger,
  contactsActive: maybeInteger,
  queueCount: maybeInteger,
  inSLA: maybeInteger,
  outSLA: maybeInteger,
  serviceLevel: maybeNumber,
  mediaTypeId: maybeInteger,
});
const agentState = z.looseObject({
  agentId: wireId,
  agentStateId: maybeInteger,
  agentStateName: maybeText,
  isACW: maybeBoolean,
  isOutbound: maybeBoolean,
  contactId: maybeId,
  skillId: maybeId,
  skillName: maybeText,
  startDate: maybeText,
  outStateId: maybeInteger,
  outStateDescription: maybeText,
  teamId: maybeId,
});

const summaryShape = {
  skillId: wireId,
  skillName: maybeText,
  campaignId: maybeId,
  isOutbound: maybeBoolean,
  dials: maybeInteger,
  connects: maybeInteger,
  connectsAHT: maybeText,
  rightPartyConnects: maybeInteger,
  rightPartyConnectsAHT: maybeText,
  abandonCount: maybeInteger,
  abandonRate: maybeNumber,
  contactsActive: maybeInteger,
  contactsHandled: maybeInteger,
  contactsOffered: maybeInteger,
  contactsQueued: maybeInteger,
  contactsWithinSLA: maybeInteger,
  contactsOutOfSLA: maybeInteger,
  queueCount: maybeInteger,
  serviceLevel: maybeNumber,
  totalContactTime: maybeText,
};
const slaShape = {
  businessUnitId: maybeId,
  skillId: wireId,
  skillName: maybeText,
  contactsWithinSLA: maybeInteger,
  contactsOutOfSLA: maybeInteger,
  totalContacts: maybeInteger,
  serviceLevel: maybeNumber,
};

/** The dialer's work on a skill in one interval of 15 minutes. Fields that end in `AHT` are in seconds. */
const dialerRow = z.looseObject({
  businessUnitId: maybeId,
  intervalStartDate: maybeText,
  skillId: wireId,
  skillName: maybeText,
  mediaTypeId: maybeInteger,
  dials: maybeInteger,
  connects: maybeInteger,
  connectsAHT: maybeNumber,
  rightPartyConnects: maybeInteger,
  rightPartyConnectsAHT: maybeNumber,
  abandons: maybeInteger,
});

const activityQuery = z.strictObject({
  ...listQuery,
  mediaTypeId: z.int().optional(),
  isOutbound: z.boolean().optional(),
  updatedSince: sentInstant.optional(),
});
const range = { startDate: sentInstant, endDate: sentInstant };
const activityRow = {
  ...read,
  section: "activity",
  versions: { pin: 33, fallbacks: [31, 23] },
  envelope: { within: ["resultSet"], items: ["skillActivity"] },
  evidence: "published and seen",
  refusals: { 400: "InvalidMediaType, InvalidUpdatedSince, InvalidIsOutbound, InvalidProperty", 404: "unknown skill" },
  query: activityQuery,
  lists: LIST_QUERY_LISTS,
  reply: listReply("skillActivity", activity),
} as const;
/** A read of many skills by their ids, whose request has a body. The published reply misspells two names. */
const searchRow = {
  ...read,
  section: "activity",
  method: "POST",
  envelope: { within: ["resultSet"], items: ["skillActivity"], bare: true },
  aliases: { agentsAvaliable: "agentsAvailable", agentsUnavaliable: "agentsUnavailable" },
  refusals: { 400: "an id that is no integer", 404: "not offered by this tenant" },
  accepts: z.looseObject({}),
  reply: listReply("skillActivity", activity),
} as const;
const skillIds = z.array(sentId).min(1);
const summaryRow = {
  ...read,
  section: "activity",
  versions: { pin: 30, fallbacks: [21] },
  permission: "Reporting",
  envelope: { within: ["resultSet"], items: ["skillSummaries"] },
  aliases: pascalNames(summaryShape),
  evidence: "published and seen",
  refusals: { 400: `Invalid startDate or endDate, or a range over ${MAX_SUMMARY_DAYS} days`, 404: "unknown skill" },
  query: z.strictObject({
    ...range,
    mediaTypeId: z.int().optional(),
    isOutbound: z.boolean().optional(),
    fields: listQuery.fields,
  }),
  lists: LIST_QUERY_LISTS,
  reply: z.looseObject({ skillSummaries: z.array(z.looseObject(summaryShape)) }),
} as const;

const wfm = {
  ...read,
  section: "wfm",
  versions: { pin: 33, fallbacks: [21] },
  permission: "WFM Data",
  evidence: "published and seen",
  refusals: { 400: "a range that is too long or no range", 409: "the interval is not ready yet" },
  query: z.strictObject({
    ...range,
    mediaTypeId: z.int().optional(),
    fields: listQuery.fields,
    skip: listQuery.skip,
    top: listQuery.top,
  }),
  lists: LIST_QUERY_LISTS,
} as const;
const wfmRow = z.looseObject({});

export const activities = {
  skillActivity: { ...activityRow, summary: "What every skill does at this moment", path: "/skills/activity" },
  oneSkillActivity: { ...activityRow, summary: "What a skill does at this moment", path: "/skills/{skillId}/activity" },
  searchActivities: {
    ...searchRow,
    summary: "What these skills do at this moment: real-time data, where a tenant offers them",
    path: "/real-time-data/v1/skills/activities/search",
    evidence: "seen",
    request: z.strictObject({
      filters: z.strictObject({ skillIds }),
      timeRange: z.strictObject({ type: z.literal("CURRENT") }),
    }),
  },
  searchActivity: {
    ...searchRow,
    summary: "The same as it is published",
    path: "/skills/activity/search",
    versions: { pin: 33 },
    evidence: "published",
    request: z.strictObject({
      fields: z.string().optional(),
      top: z.int().min(1).optional(),
      skip: z.int().min(0).optional(),
      filter: z.strictObject({ skillIds }),
    }),
  },
  agentStates: {
    ...read,
    summary: "What every agent does at this moment",
    section: "activity",
    path: "/agents/states",
    versions: { pin: 30 },
    envelope: { within: ["resultSet"], items: ["agentStates"] },
    aliases: { isAcw: "isACW" },
    paging: { kind: "skip", items: "agentStates", pageSize: RECORDS_PAGE },
    evidence: "published and seen",
    refusals: { 400: "Invalid Updated Since" },
    query: z.strictObject({ ...listQuery, updatedSince: sentInstant.optional(), reqBUIds: z.string().optional() }),
    lists: LIST_QUERY_LISTS,
    reply: listReply("agentStates", agentState),
  },
  skillSummary: { ...summaryRow, summary: "Sums of every skill over a range of time", path: "/skills/summary" },
  oneSkillSummary: { ...summaryRow, summary: "Sums of a skill over a range of time", path: "/skills/{skillId}/summary" },
  slaSummary: {
    ...read,
    summary: "Service levels of every skill over a range of time",
    section: "activity",
    path: "/skills/sla-summary",
    versions: { pin: 33, fallbacks: [21] },
    permission: "Reporting",
    envelope: { within: ["resultSet"], items: ["serviceLevelSummaries"] },
    aliases: pascalNames(slaShape),
    paging: { kind: "skip", items: "serviceLevelSummaries", pageSize: RECORDS_PAGE },
    evidence: "published and seen",
    refusals: { 400: "Invalid Start Date" },
    query: z.strictObject({ ...range, skip: listQuery.skip, top: listQuery.top }),
    reply: listReply("serviceLevelSummaries", z.looseObject(slaShape)),
  },
  dialerStats: {
    ...wfm,
    summary: "The dialer's work by skill and quarter of an hour",
    path: "/wfm-data/skills/dialer-contacts",
    versions: { pin: 21, fallbacks: [30] },
    envelope: { within: ["resultSet"], items: ["outboundStats", "wfM_OB_StatsV9"] },
    refusals: { 400: `no range, or one over ${MAX_DIALER_STATS_HOURS} hours`, 409: "the interval is not ready yet" },
    reply: z.looseObject({ outboundStats: z.array(dialerRow) }),
  },
  wfmContacts: {
    ...wfm,
    summary: "Contacts by skill and quarter of an hour; an hour at most",
    path: "/wfm-data/skills/contacts",
    envelope: { within: ["resultSet"], items: ["contactStats"] },
    reply: z.looseObject({ contactStats: z.array(wfmRow) }),
  },
  wfmAgentPerformance: {
    ...wfm,
    summary: "Agents' work by skill; a day at most",
    path: "/wfm-data/skills/agent-performance",
    envelope: { within: ["resultSet"], items: ["skillsPerformance"] },
    reply: z.looseObject({ skillsPerformance: z.array(wfmRow) }),
  },
  wfmAgents: {
    ...wfm,
    summary: "Agents' times",
    path: "/wfm-data/agents",
    envelope: { within: ["resultSet"], items: ["wfoAgentSpecificStats", "wfM_Data_Agents"] },
    reply: z.looseObject({ wfoAgentSpecificStats: z.array(wfmRow) }),
  },
  wfmAdherence: {
    ...wfm,
    ...readOrNothing,
    summary: "Agents' states for comparing with their schedule",
    path: "/wfm-data/agents/schedule-adherence",
    envelope: { within: ["resultSet"], items: ["agentStateHistory"] },
    reply: z.looseObject({ agentStateHistory: z.array(wfmRow) }),
  },
  wfmScorecards: {
    ...wfm,
    ...readOrNothing,
    summary: "Agents' scorecards",
    path: "/wfm-data/agents/scorecards",
    envelope: { within: ["resultSet"], items: ["wfmScorecardStats", "agentStateHistory"] },
    reply: z.looseObject({ wfmScorecardStats: z.array(wfmRow) }),
  },
} as const satisfies Record<string, AcdOperation>;
