// Campaigns of the ACD API: groups of skills. Creating and changing them affects no call.

import { type AcdAnswer, conflict, invalid, missing, ok } from "../answer.ts";
import { type AcdCall, type AcdHandlers, bodyField, isRecord, words } from "../call.ts";
import { pathId } from "../query.ts";
import { inForm, page, wrapped } from "../reply.ts";
import { newNumber } from "../state.ts";
import { shownSkill, time } from "../world.ts";

type Group = AcdCall["state"]["groups"][number];

const FLAT_FROM = 31;

const shown = ({ at, ...group }: Group) => ({ ...group, lastUpdateTime: time(at) });

function find(call: AcdCall): Group {
  const id = pathId(call.params["campaignId"], "Invalid campaignId");
  const group = call.state.groups.find((one) => one.id === id);
  if (group === undefined) throw missing("Invalid campaignId");
  return group;
}

function create(call: AcdCall, name: unknown, fields: unknown): number {
  if (typeof name !== "string" || name.trim() === "") throw invalid("Campaign name is required");
  if (call.state.groups.some((group) => group.name === name)) throw invalid("Campaign name already exists");
  const id = newNumber(call.state);
  const text = (field: string) => words(bodyField(fields, field));
  const isActive = bodyField(fields, "isActive") !== false;
  call.state.groups.push({ id, name, isActive, description: text("description"), notes: text("notes"), at: call.now });
  return id;
}

function set(call: AcdCall, group: Group, column: "name" | "isActive" | "description" | "notes", value: unknown): void {
  if (value === undefined || value === group[column]) return;
  if (column === "isActive" && value === false && activeSkills(call, group)) throw conflict("Campaign has active skills");
  call.state.audit.push({
    of: "campaign",
    id: group.id,
    columnName: column,
    oldValue: String(group[column]),
    newValue: words(value),
    at: call.now,
  });
  if (column === "isActive") group.isActive = value === true;
  else group[column] = words(value);
  group.at = call.now;
}

const skillsOf = (call: AcdCall, group: Group) =>
  call.state.skills.filter((skill) => (skill.fields["campaignId"] ?? call.state.groups[0]?.id) === group.id);
const activeSkills = (call: AcdCall, group: Group): boolean =>
  skillsOf(call, group).some(({ fields }) => fields["isActive"] !== false);

/** Older versions take a list and report the result of each item; the present one takes one campaign and returns its id. */
function createOlder(call: AcdCall, drafts: readonly unknown[]): AcdAnswer {
  const results = drafts.map((draft) => {
    try {
      return { campaignId: create(call, bodyField(draft, "campaignName"), draft), success: true, error: null };
    } catch (thrown) {
      return { campaignId: null, success: false, error: thrown instanceof Error ? thrown.message : "Error" };
    }
  });
  const errorCount = results.filter(({ success }) => !success).length;
  if (errorCount === results.length && results.length === 1) throw invalid(results[0]?.error ?? "Invalid parameter");
  return { ...ok({ errorCount, campaignResults: results }), status: errorCount > 0 ? 206 : 200 };
}

export const campaigns: AcdHandlers<
  | "listCampaigns"
  | "getCampaign"
  | "createCampaign"
  | "updateCampaign"
  | "setCampaignActive"
  | "listCampaignSkills"
  | "assignCampaignSkills"
  | "removeCampaignSkills"
  | "campaignAudit"
> = {
  listCampaigns(call) {
    const active = call.query.flag("isActive");
    const sought = call.query.text("searchString")?.toLowerCase();
    const rows = call.state.groups
      .filter((group) => active === undefined || group.isActive === active)
      .filter(({ name }) => sought === undefined || name.toLowerCase().includes(sought))
      .map(shown);
    return page(call, "campaigns", rows, { wrapping: { upTo: 30 }, most: 100, emptyIs204: false });
  },
  getCampaign: (call) => ok(wrapped(call, { upTo: 23 }, inForm(call, shown(find(call))))),
  createCampaign(call) {
    const older = bodyField(call.body, "campaigns");
    if (call.v < FLAT_FROM) {
      // These versions do not understand a body of the present form.
      if (!Array.isArray(older))
        return { status: 500, body: { error: "InternalServerError", error_description: "Internal Server Error" } };
      return createOlder(call, older);
    }
    return ok({ id: create(call, bodyField(call.body, "name"), call.body) });
  },
  updateCampaign(call) {
    const group = find(call);
    if (!isRecord(call.body)) throw invalid("Invalid parameter");
    for (const column of ["name", "isActive", "description", "notes"] as const) set(call, group, column, call.body[column]);
    return ok();
  },
  setCampaignActive(call) {
    const group = find(call);
    const active = call.query.flag("isActive");
    if (active === undefined) throw invalid("Invalid isActive");
    set(call, group, "isActive", active);
    return ok();
  },
  listCampaignSkills(call) {
    const rows = skillsOf(call, find(call)).map((skill) => {
      const { skillId, skillName, isActive } = shownSkill(call.tenant, call.state, skill);
      return { skillId, skillName, isActive };
    });
    return page({ ...call, section: "skills" }, "skills", rows, { emptyIs204: false });
  },
  assignCampaignSkills(call) {
    const group = find(call);
    const given = bodyField(call.body, "skills");
    if (!Array.isArray(given)) throw invalid("Invalid parameter");
    const assigned: number[] = [];
    const invalidSkills: number[] = [];
    for (const entry of given as unknown[]) {
      const id = Number(isRecord(entry) ? entry["skillId"] : entry);
      const skill = call.state.skills.find(({ skillId }) => skillId === id);
      if (skill === undefined) invalidSkills.push(id);
      else {
        skill.fields["campaignId"] = group.id;
        assigned.push(id);
      }
    }
    if (call.v < FLAT_FROM) return ok({ errorCount: invalidSkills.length });
    return ok({ assignedSkills: assigned, invalidSkills });
  },
  removeCampaignSkills(call) {
    const group = find(call);
    const given = bodyField(call.body, "skills");
    if (!Array.isArray(given)) throw invalid("Invalid parameter");
    const ids = new Set((given as unknown[]).map((entry) => Number(isRecord(entry) ? entry["skillId"] : entry)));
    for (const skill of skillsOf(call, group)) if (ids.has(skill.skillId)) skill.fields["campaignId"] = call.state.groups[0]?.id;
    return ok();
  },
  campaignAudit(call) {
    return auditOf(call, "campaign", find(call).id, "auditHistoryEntries");
  },
};

/** The recorded changes of a campaign or a code. */
export function auditOf(call: AcdCall, of: "campaign" | "disposition", id: number, name: string): AcdAnswer {
  const rows = call.state.audit
    .filter((entry) => entry.of === of && entry.id === id)
    .map(({ columnName, oldValue, newValue, at }, place) => ({
      auditHistoryId: place + 1,
      columnName,
      oldValue,
      newValue,
      date: time(at),
      modifiedBy: 5001,
      modifiedByName: "sandbox@example.com",
    }));
  return page({ ...call, section: "dispositions" }, name, rows, { most: 100, emptyIs204: false });
}
