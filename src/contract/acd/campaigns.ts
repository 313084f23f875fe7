// Campaigns of the ACD API: groups of skills, for reports. Skills dial, campaigns do not.

import { z } from "zod";
import {
  type AcdOperation,
  ADMIN_PAGE,
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
import { maybeBoolean, maybeId, maybeInteger, maybeText, sentId, wireId } from "./scalars.ts";

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
const auditEntry = z.looseObject({
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
