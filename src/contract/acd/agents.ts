// Agents and what belongs to them: who there is, in which team, on which skills, in which state, with how much work. And the lists of
// administration that clients read beside them. Source of names: published reference, seen in public clients.

import { z } from "zod";
import { type AcdOperation, ADMIN_PAGE, LIST_QUERY_LISTS, listQuery, listReply, RECORDS_PAGE, read } from "./common.ts";
import { maybeBoolean, maybeId, maybeInteger, maybeNumber, maybeText, sentInstant, wireId } from "./scalars.ts";
import { orderedList } from "./settings.ts";

const agent = z.looseObject({
  agentId: wireId,
  userName: maybeText,
  firstName: maybeText,
  lastName: maybeText,
  emailAddress: maybeText,
  isActive: maybeBoolean,
  teamId: maybeId,
  teamName: maybeText,
});
const assignment = z.looseObject({
  agentId: wireId,
  firstName: maybeText,
  lastName: maybeText,
  skillId: wireId,
  skillName: maybeText,
  campaignId: maybeId,
  isActive: maybeBoolean,
  isSkillActive: maybeBoolean,
  agentProficiencyValue: maybeInteger,
  teamId: maybeId,
  teamName: maybeText,
});
const team = z.looseObject({ teamId: wireId, teamName: maybeText, isActive: maybeBoolean, agentCount: maybeInteger });
/** Sums of work over a range. Times are ISO 8601 durations; `occupancy`, `workingRate` and `percentRefused` are percent. */
const work = {
  outboundHandled: maybeInteger,
  totalHandled: maybeInteger,
  totalTalkTime: maybeText,
  acwTime: maybeText,
  availableTime: maybeText,
  unavailableTime: maybeText,
  loginTime: maybeText,
  workingRate: maybeNumber,
  occupancy: maybeNumber,
};
const state = z.looseObject({
  stateIndex: maybeInteger,
  startDate: maybeText,
  agentId: wireId,
  agentStateId: maybeInteger,
  agentStateName: maybeText,
  contactId: maybeId,
  skillId: maybeId,
  duration: maybeText,
  outStateDescription: maybeText,
  teamId: maybeId,
});
const any = z.looseObject({});
const parameters = orderedList.extend({ skillNo: wireId, skillName: maybeText });

/** A list of administration under `items`. */
function listed<const P extends `/${string}`, const N extends string>(path: P, items: N, item: z.ZodType, summary: string) {
  return {
    ...read,
    section: "agents",
    summary,
    path,
    versions: { pin: 33, fallbacks: [30, 20] },
    envelope: { within: ["resultSet"], items: [items] },
    paging: { kind: "skip", items, pageSize: ADMIN_PAGE },
    evidence: "published and seen",
    refusals: { 400: "unknown field, unreadable page", 404: "an id that nothing has" },
    query: z.strictObject({
      ...listQuery,
      isActive: z.boolean().optional(),
      searchString: z.string().optional(),
      updatedSince: sentInstant.optional(),
    }),
    lists: LIST_QUERY_LISTS,
    reply: listReply(items, item),
  } as const;
}
/** The same over a range of time. */
function ranged<const P extends `/${string}`, const N extends string>(
  ...[path, items, item, summary]: [path: P, items: N, item: z.ZodType, summary: string]
) {
  return {
    ...listed(path, items, item, summary),
    paging: { kind: "skip", items, pageSize: RECORDS_PAGE },
    refusals: { 400: "Invalid startDate or endDate", 404: "an id that nothing has" },
    query: z.strictObject({ ...listQuery, startDate: sentInstant, endDate: sentInstant }),
  } as const;
}

const recording = z.looseObject({
  contactId: maybeId,
  acdcontactId: maybeId,
  interactions: z
    .array(
      z.looseObject({
        mediaType: maybeText,
        startTime: maybeText,
        endTime: maybeText,
        data: z.looseObject({ fileToPlayUrl: maybeText }).nullish(),
      }),
    )
    .nullish(),
  redirectUrl: maybeText,
});
const playback = {
  ...read,
  section: "recordings",
  rate: "acd-report",
  evidence: "published and seen",
  refusals: { 404: "no recording, or an id that nothing has" },
  reply: recording,
} as const;

export const agents = {
  listAgents: { ...listed("/agents", "agents", agent, "Agents, by pages"), reply: listReply("agents", agent) },
  getAgent: listed("/agents/{agentId}", "agents", agent, "One agent, as a list of one"),
  getAgentSettings: {
    ...read,
    section: "agents",
    summary: "Addresses of the work force pages of an agent",
    path: "/agents/{agentId}/agent-settings",
    versions: { pin: 30, fallbacks: [20] },
    evidence: "published and seen",
    refusals: { 404: "an id that nothing has" },
    reply: z.looseObject({ wfoWebsiteUrl: maybeText, wfoWebServiceUrl: maybeText, wfoApiUrl: maybeText }),
  },
  listAgentSkills: listed("/agents/{agentId}/skills", "agentSkillAssignments", assignment, "The skills of an agent"),
  listAllAgentSkills: listed("/agents/skills", "agentSkillAssignments", assignment, "Which agents are on which skills"),
  listAllSkillAgents: {
    ...listed("/skills/agents", "agentSkillAssignments", assignment, "Which skills have which agents"),
    reply: listReply("agentSkillAssignments", assignment),
  },
  agentStateHistory: ranged("/agents/state-history", "agentStateHistory", state, "What every agent did over a range of time"),
  oneAgentStateHistory: ranged("/agents/{agentId}/state-history", "agentStateHistory", state, "What an agent did"),
  agentPerformance: ranged(
    "/agents/performance",
    "agentPerformance",
    z.looseObject({ agentId: wireId, teamId: maybeId, ...work }),
    "Sums of every agent over a range of time",
  ),
  teamPerformance: ranged(
    "/teams/performance-total",
    "teamPerformanceTotal",
    z.looseObject({ teamId: wireId, ...work }),
    "Sums of every team over a range of time",
  ),
  oneTeamPerformance: ranged(
    "/teams/{teamId}/performance-total",
    "teamPerformanceTotal",
    z.looseObject({ teamId: wireId, ...work }),
    "Sums of a team over a range of time",
  ),
  listTeams: listed("/teams", "teams", team, "Teams"),
  getTeam: listed("/teams/{teamId}", "teams", team, "One team, as a list of one"),
  listTeamAgents: listed("/teams/{teamId}/agents", "teams", team, "One team with its agents"),
  listGroups: listed("/groups", "groups", z.looseObject({ groupId: wireId, groupName: maybeText }), "Groups of agents"),
  listGroupAgents: listed("/groups/{groupId}/agents", "agents", agent, "The agents of a group"),
  listHours: {
    ...listed("/hours-of-operation", "hoursOfOperation", any, "Profiles of opening hours"),
    envelope: { within: ["resultSet"], items: ["hoursOfOperation", "hoursOfOperationProfiles"] },
  },
  listPointsOfContact: listed("/points-of-contact", "pointsOfContact", any, "Numbers and addresses that can be reached"),
  listUnavailableCodes: listed("/unavailable-codes", "unavailableCodes", any, "Reasons for which agents are unavailable"),
  listAddressBooks: listed("/address-books", "addressBooks", any, "Address books"),
  listMediaTypes: listed("/media-types", "mediaTypes", any, "Media types"),
  searchScripts: listed("/scripts/search", "scriptSearchDetails", any, "Scripts"),
  listDnis: listed("/dnis", "dnis", any, "Called numbers"),
  listPhoneNumbers: listed("/phone-numbers", "phoneNumbers", maybeText, "Telephone numbers of the business unit"),
  listSkillParameters: {
    ...listed("/skills/parameters", "skills", parameters, "Settings of all skills"),
    reply: listReply("skills", parameters),
    evidence: "published",
  },
  skillCallData: {
    ...ranged("/skills/call-data", "skillCallData", z.looseObject({ SkillId: wireId }), "Calls of every skill over a range"),
    evidence: "published",
  },
  contactRecordings: {
    ...playback,
    summary: "Addresses of the recordings of a contact; they are good for a short time",
    path: "/media-playback/v1/contacts",
    query: z.strictObject({
      "acd-call-id": z.string().min(1),
      "media-type": z.string().optional(),
      "exclude-waveforms": z.boolean().optional(),
      "exclude-qm-categories": z.boolean().optional(),
      isDownload: z.boolean().optional(),
    }),
  },
  segmentRecording: {
    ...playback,
    summary: "The recording of one segment of a contact",
    path: "/media-playback/v1/segments/{segmentId}",
  },
} as const satisfies Record<string, AcdOperation>;
