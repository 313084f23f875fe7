// Campaigns of the ACD API: groups of skills, for reports. Skills dial, campaigns do not.

import { z } from "zod";
import {
  type AcdOperation,
  ADMIN_PAGE,
  acceptedWrite,
  itemResult,
  LIST_QUERY_LISTS,
  listQuery,
  listReply,
  read,
  results,
  resultsReply,
  silentWrite,
  write,
} from "./common.ts";
import { maybeBoolean, maybeId, maybeInteger, maybeText, sentId, sentInstant, wireId } from "./scalars.ts";

// Skills. A skill that dials is outbound, has media type 4 and the strategy "Personal Connection".

/** The media type of telephone calls. */
export const PHONE_MEDIA = 4;
/** The strategy of skills that dial. */
export const PERSONAL_CONNECTION = "Personal Connection";

/** One code on a skill. */
const skillDisposition = z.looseObject({
  dispositionId: wireId,
  dispositionName: maybeText,
  priority: maybeInteger,
  isPreviewDisposition: maybeBoolean,
});

/** A skill. `isRunning` is all that is known of a run: there is no pause, no progress, no start time. */
const skill = z.looseObject({
  skillId: wireId,
  skillName: maybeText,
  mediaTypeId: maybeInteger,
  isActive: maybeBoolean,
  isOutbound: maybeBoolean,
  outboundStrategy: maybeText,
  isRunning: maybeBoolean,
  campaignId: maybeId,
  campaignName: maybeText,
  callerIdOverride: maybeText,
  scriptId: maybeId,
  agentless: maybeBoolean,
  agentlessPorts: maybeInteger,
  priorityBlending: maybeBoolean,
  deliverMultipleNumbersSerially: maybeBoolean,
  cradleToGrave: maybeBoolean,
  outboundTelecomRouteId: maybeId,
  acwTypeId: maybeInteger,
  stateIdACW: maybeId,
  maxSecondsACW: maybeInteger,
  requireDisposition: maybeBoolean,
  allowSecondaryDisposition: maybeBoolean,
  scriptDisposition: maybeBoolean,
  agentRestTime: maybeInteger,
  callSuppressionScriptId: maybeId,
  dispositions: z.array(skillDisposition).nullish(),
});
const SKILL_NAMES = { mediaType: "mediaTypeId" } as const;

const skillDraft = z.strictObject({
  skillName: z.string().min(1).max(30),
  mediaTypeId: z.int(),
  isOutbound: z.boolean(),
  outboundStrategy: z.string().optional(),
  campaignId: sentId,
  callerIdOverride: z.string().optional(),
  scriptId: sentId.optional(),
  outboundTelecomRouteId: sentId.optional(),
  acwTypeId: z.int().optional(),
});

const NOT_A_DIALER = "not a skill that dials, or an id that is no integer";
const agentAssignment = z.looseObject({ agentId: wireId, isActive: maybeBoolean, proficiency: maybeInteger });

export const skills = {
  listSkills: {
    ...read,
    summary: "Skills, by pages",
    section: "skills",
    path: "/skills",
    versions: { pin: 30, fallbacks: [33] },
    permission: "Skills View",
    envelope: { within: ["resultSet"], items: ["skills"] },
    aliases: SKILL_NAMES,
    paging: { kind: "skip", items: "skills", pageSize: ADMIN_PAGE },
    evidence: "published and seen",
    refusals: { 400: "unknown field, media type or page" },
    query: z.strictObject({
      ...listQuery,
      updatedSince: sentInstant.optional(),
      mediaTypeId: z.int().optional(),
      outboundStrategy: z.string().optional(),
      isActive: z.boolean().optional(),
      searchString: z.string().optional(),
    }),
    lists: LIST_QUERY_LISTS,
    reply: listReply("skills", skill),
  },
  getSkill: {
    ...read,
    summary: "One skill with its state of run and its codes",
    section: "skills",
    path: "/skills/{skillId}",
    versions: { pin: 32, fallbacks: [30, 23] },
    permission: "Skills View",
    envelope: { within: ["resultSet", "skills", "skill"], one: true },
    aliases: SKILL_NAMES,
    evidence: "sources differ",
    refusals: { 404: "unknown skill, or an id that is no integer" },
    reply: skill,
  },
  createSkills: {
    ...write,
    summary: "Create skills; a new skill is not running",
    section: "skills",
    path: "/skills",
    // v23 drops the connection; v22 works.
    versions: { pin: 30, fallbacks: [22] },
    permission: "Skills Create",
    evidence: "published and seen",
    refusals: { 400: "a name in use, a missing field, screen pop fields that go together" },
    request: z.strictObject({ skills: z.array(skillDraft).min(1) }),
    accepts: z.looseObject({ skills: z.array(z.looseObject({})) }),
    itemResults: results("skillsResults", "skillResults"),
    envelope: { within: ["resultSet"] },
    reply: resultsReply("skillsResults", z.looseObject({ skillId: maybeId, ...itemResult })),
  },
  updateSkill: {
    ...write,
    summary: "Change a skill that is not running; send what getSkill gave, changed and mended, and read before sending again",
    section: "skills",
    method: "PUT",
    path: "/skills/{skillId}",
    versions: { pin: 32, fallbacks: [23] },
    permission: "Skills Edit",
    wrapper: "skill",
    evidence: "published and seen",
    refusals: {
      400: "a name in use, a missing field, a field of another type",
      403: "the skill is restricted",
      404: "unknown skill",
      409: "the skill is running",
    },
    request: z.looseObject({}),
    accepts: z.looseObject({ skill: z.looseObject({}) }),
    success: { status: 200, accepts: "2xx", body: "optional" },
    itemResults: results(),
    reply: z.looseObject({ skillId: maybeId, success: maybeBoolean, error: maybeText }),
  },
  startSkill: {
    ...acceptedWrite,
    summary: "Start a skill: it begins to dial",
    section: "skills",
    path: "/skills/{skillId}/start",
    retry: "idempotent",
    versions: { pin: 30 },
    permission: "Outbound Strategy Manager",
    maybeAlready: [409],
    evidence: "published and seen",
    refusals: { 404: NOT_A_DIALER, 409: "running already, or not ready" },
  },
  stopSkill: {
    ...acceptedWrite,
    summary: "Stop a skill; calls in progress go on unless force is true, which hangs them up",
    section: "skills",
    path: "/skills/{skillId}/stop",
    retry: "idempotent",
    versions: { pin: 30 },
    permission: "Outbound Strategy Manager",
    maybeAlready: [404, 409],
    evidence: "published and seen",
    refusals: { 400: "force is no boolean", 404: `${NOT_A_DIALER}, or one that is not running`, 409: "not running" },
    query: z.strictObject({ force: z.boolean().optional() }),
  },
  listSkillAgents: {
    ...read,
    summary: "The agents of a skill",
    section: "skills",
    path: "/skills/{skillId}/agents",
    versions: { pin: 30 },
    permission: "Skills View",
    envelope: { within: ["resultSet"], items: ["agents", "skillAgents", "agentSkillAssignments"] },
    paging: { kind: "skip", items: "agents", pageSize: ADMIN_PAGE },
    evidence: "published and seen",
    refusals: { 404: "unknown skill" },
    query: z.strictObject(listQuery),
    lists: LIST_QUERY_LISTS,
    reply: listReply("agents", agentAssignment),
  },
  assignSkillAgents: {
    ...write,
    summary: "Put agents on a skill; proficiency from 1 to 20, lower first",
    section: "skills",
    path: "/skills/{skillId}/agents",
    versions: { pin: 30 },
    permission: "Skills Edit",
    evidence: "sources differ",
    refusals: { 400: "wrong proficiency", 404: "unknown skill" },
    request: z.strictObject({
      agents: z
        .array(
          z.strictObject({
            agentId: sentId,
            isActive: z.boolean().optional(),
            proficiency: z.int().min(1).max(20).optional(),
          }),
        )
        .min(1),
    }),
    accepts: z.union([z.array(agentAssignment), z.looseObject({ agents: z.array(agentAssignment) })]),
    envelope: { within: ["resultSet"] },
    itemResults: results("agentResults"),
    reply: resultsReply("agentResults", z.looseObject({ agentId: maybeId, ...itemResult })),
  },
} as const satisfies Record<string, AcdOperation>;

/** A campaign. Older versions name the id and the name `campaignId` and `campaignName`. */
const acdCampaign = z.looseObject({
  id: wireId,
  name: maybeText,
  isActive: maybeBoolean,
  description: maybeText,
  notes: maybeText,
  lastUpdateTime: maybeText,
});
const CAMPAIGN_NAMES = {
  campaignId: "id",
  campaignName: "name",
  CampaignId: "id",
  CampaignName: "name",
  IsActive: "isActive",
} as const;

const draft = {
  name: z.string().min(1),
  divisionId: sentId.optional(),
  description: z.string().optional(),
  notes: z.string().optional(),
  isActive: z.boolean().optional(),
};
/** One change of a field. */
export const auditEntry = z.looseObject({
  auditHistoryId: maybeId,
  columnName: maybeText,
  oldValue: maybeText,
  newValue: maybeText,
  date: maybeText,
  modifiedBy: maybeId,
  modifiedByName: maybeText,
});

/** The body for the present version, as far as the body for older versions is made from it. */
export interface OlderDraft {
  readonly name: string;
}

export const campaigns = {
  listCampaigns: {
    ...read,
    summary: "Campaigns, by pages",
    section: "campaigns",
    path: "/campaigns",
    versions: { pin: 33, fallbacks: [30] },
    permission: "Campaigns View",
    envelope: { within: ["resultSet"], items: ["campaigns"] },
    aliases: CAMPAIGN_NAMES,
    paging: { kind: "skip", items: "campaigns", pageSize: ADMIN_PAGE },
    evidence: "published and seen",
    refusals: { 400: "unknown field, unreadable page" },
    query: z.strictObject({
      ...listQuery,
      isActive: z.boolean().optional(),
      searchString: z.string().optional(),
      isSkillFiltered: z.boolean().optional(),
    }),
    lists: LIST_QUERY_LISTS,
    reply: listReply("campaigns", acdCampaign),
  },
  getCampaign: {
    ...read,
    summary: "One campaign",
    section: "campaigns",
    path: "/campaigns/{campaignId}",
    versions: { pin: 33, fallbacks: [23] },
    permission: "Campaigns View",
    envelope: { within: ["resultSet", "campaigns"], one: true },
    aliases: CAMPAIGN_NAMES,
    evidence: "published and seen",
    refusals: { 404: "unknown campaign, or an id that is no integer" },
    reply: acdCampaign,
  },
  createCampaign: {
    ...write,
    summary: "Create a campaign, a group of skills for reports",
    section: "campaigns",
    path: "/campaigns",
    versions: { pin: 33, fallbacks: [23] },
    permission: "Campaigns Create",
    evidence: "sources differ",
    refusals: { 400: "empty name or a name in use" },
    request: z.strictObject(draft),
    accepts: z.looseObject({}),
    /** Up to v30 the body is a list of campaigns with other names; the present body is answered with 500 there. */
    olderBody: {
      upTo: 30,
      of: ({ name, ...rest }: OlderDraft) => ({ campaigns: [{ campaignName: name, ...rest }] }),
    },
    itemResults: results("campaignResults"),
    reply: resultsReply("campaignResults", z.looseObject({ campaignId: maybeId, ...itemResult })).extend({ id: maybeId }),
  },
  updateCampaign: {
    ...silentWrite,
    summary: "Change a campaign",
    section: "campaigns",
    method: "PUT",
    path: "/campaigns/{campaignId}",
    retry: "idempotent",
    versions: { pin: 33 },
    permission: "Campaigns Edit",
    evidence: "published",
    refusals: { 404: "unknown campaign", 409: "active skills remain" },
    request: z.strictObject(draft),
    accepts: z.looseObject({}),
  },
  setCampaignActive: {
    ...silentWrite,
    summary: "Switch a campaign on or off",
    section: "campaigns",
    method: "PATCH",
    path: "/campaigns/{campaignId}/status",
    retry: "idempotent",
    versions: { pin: 33 },
    permission: "Campaigns Edit",
    evidence: "published",
    refusals: { 404: "unknown campaign", 409: "active skills remain" },
    query: z.strictObject({ isActive: z.boolean() }),
  },
  listCampaignSkills: {
    ...read,
    summary: "The skills of a campaign",
    section: "campaigns",
    path: "/campaigns/{campaignId}/skills",
    versions: { pin: 33 },
    envelope: { within: ["resultSet"], items: ["skills", "campaignSkills"] },
    evidence: "published",
    refusals: { 404: "unknown campaign" },
    query: z.strictObject(listQuery),
    lists: LIST_QUERY_LISTS,
    reply: listReply("skills", z.looseObject({ skillId: wireId, skillName: maybeText, isActive: maybeBoolean })),
  },
  assignCampaignSkills: {
    ...write,
    summary: "Put skills into a campaign",
    section: "campaigns",
    path: "/campaigns/{campaignId}/skills",
    retry: "idempotent",
    versions: { pin: 30, fallbacks: [33] },
    permission: "Skills Edit",
    evidence: "sources differ",
    refusals: { 404: "unknown campaign" },
    request: z.strictObject({ skills: z.array(z.int()) }),
    accepts: z.looseObject({}),
    olderBody: {
      upTo: 30,
      of: ({ skills }: { readonly skills: readonly number[] }) => ({ skills: skills.map((skillId) => ({ skillId })) }),
    },
    success: { status: 200, accepts: "2xx", body: "optional" },
    reply: z.looseObject({
      errorCount: maybeInteger,
      assignedSkills: z.array(z.unknown()).optional(),
      invalidSkills: z.array(z.unknown()).optional(),
    }),
  },
  removeCampaignSkills: {
    ...silentWrite,
    summary: "Take skills out of a campaign; they go to the first one",
    section: "campaigns",
    method: "DELETE",
    path: "/campaigns/{campaignId}/skills",
    retry: "idempotent",
    versions: { pin: 33 },
    permission: "Skills Edit",
    evidence: "published",
    refusals: { 404: "unknown campaign" },
    bodyOnDelete: true,
    request: z.strictObject({ skills: z.array(z.int()) }),
    accepts: z.looseObject({}),
  },
  campaignAudit: {
    ...read,
    summary: "Who changed what of a campaign",
    section: "campaigns",
    path: "/campaigns/{campaignId}/audit-history",
    versions: { pin: 33 },
    envelope: { within: ["resultSet"], items: ["auditHistoryEntries"] },
    paging: { kind: "skip", items: "auditHistoryEntries", pageSize: ADMIN_PAGE },
    evidence: "published",
    refusals: { 404: "unknown campaign" },
    query: z.strictObject(listQuery),
    lists: LIST_QUERY_LISTS,
    reply: listReply("auditHistoryEntries", auditEntry),
  },
} as const satisfies Record<string, AcdOperation>;
