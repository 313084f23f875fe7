// Skills, which dial. Starting one starts the campaign of the world.

import { campaignChanged } from "../../state-changes.ts";
import { roster } from "../agents.ts";
import { AcdRefusal, accepted, conflict, invalid, missing, ok } from "../answer.ts";
import { type AcdCall, type AcdHandlers, bodyField, isRecord } from "../call.ts";
import { pathId } from "../query.ts";
import { inForm, page } from "../reply.ts";
import { type AcdSkill, addSkill } from "../state.ts";
import { canDial, isRunning, later, recordOf, shownSkill } from "../world.ts";

const NOT_STARTABLE = "not a valid Natural Calling skill";
const NOT_STOPPABLE = "not a valid or a non-running Natural Calling skill";
/** In v30 one skill is answered as a list of one; the other recorded versions answer it flat. */
const AS_LIST = { from: 24, to: 31 };

/** The skill in the path, or a 404 with the text. */
export function skillOf(call: AcdCall, text = "Invalid skillId", code = "InvalidSkillId"): AcdSkill {
  const id = pathId(call.params["skillId"], text, code);
  const skill = call.state.skills.find(({ skillId }) => skillId === id);
  if (skill === undefined) throw missing(text, code);
  return skill;
}

/** Changes fields of the world's campaign. */
export function changeCampaign(call: AcdCall, skill: AcdSkill, fields: Readonly<Record<string, unknown>>): void {
  const before = recordOf(call.tenant, skill);
  const after = call.tenant.campaigns.merge(skill.world, fields, call.now);
  if (before !== undefined && after !== undefined) campaignChanged(call.tenant, before, after, call.clientId);
}

const nameInUse = (call: AcdCall, name: string, other?: AcdSkill): boolean =>
  call.state.skills.some((skill) => skill !== other && shownSkill(call.tenant, call.state, skill)["skillName"] === name);

function create(call: AcdCall, draft: Readonly<Record<string, unknown>>): { skillId: number } | { error: string } {
  const { skillName, campaignId, mediaTypeId } = draft;
  if (typeof skillName !== "string" || skillName === "" || skillName.length > 30) return { error: "Invalid skillName" };
  if (nameInUse(call, skillName)) return { error: "Skill name is already in use" };
  if (!call.state.groups.some(({ id }) => id === Number(campaignId))) return { error: "Invalid campaignId" };
  if (!/^\d+$/.test(String(mediaTypeId))) return { error: "Invalid mediaTypeId" };
  if (draft["isOutbound"] !== true && draft["isOutbound"] !== "true") {
    const needed = ["serviceLevelThreshold", "serviceLevelGoal", "enableShortAbandon", "shortAbandonThreshold"];
    const lacking = needed.find((name) => draft[name] === undefined);
    if (lacking !== undefined) return { error: `${lacking} is required` };
  }
  const { tenant, state, now, switches } = call;
  const world = tenant.ids.id("camp", now);
  const record = tenant.campaigns.create(world, { name: skillName, status: "paused" }, [], now);
  const { skillName: _, campaignId: group, mediaTypeId: media, ...rest } = draft;
  const fields = { ...rest, campaignId: Number(group), mediaTypeId: Number(media), isActive: true };
  const skill = addSkill(state, world, fields, now + switches.newSkillHiddenSeconds * 1000);
  campaignChanged(tenant, undefined, record, call.clientId);
  return { skillId: skill.skillId };
}

const TRIGGERS = new Set(["LINKED", "CONNECT", "ACTIVE"]);

/** Why a change of a skill is refused; undefined when it is allowed. */
function flaw(call: AcdCall, skill: AcdSkill, change: Readonly<Record<string, unknown>>): string | undefined {
  const name = change["skillName"];
  if (typeof name === "string" && nameInUse(call, name, skill)) return "Skill name is already in use";
  if (
    typeof change["screenPopTriggerEvent"] === "string" &&
    (change["screenPopTriggerEvent"] === "" || TRIGGERS.has(change["screenPopTriggerEvent"]))
  )
    return "screenPopTriggerEvent: expected Integer or Null";
  for (const empty of ["emailFromAddress", "callSuppressionScriptId"]) if (change[empty] === "") return `Invalid ${empty}`;
  if (Number(change["outboundTelecomRouteId"] ?? -1) === 0) return "Invalid outboundTelecomRouteId";
  if ((change["screenPopType"] === undefined) !== (change["screenPopDetails"] === undefined))
    return "screenPopType and screenPopDetails are needed together";
  return undefined;
}

export const skills: AcdHandlers<
  | "listSkills"
  | "getSkill"
  | "createSkills"
  | "updateSkill"
  | "startSkill"
  | "stopSkill"
  | "listSkillAgents"
  | "assignSkillAgents"
> = {
  listSkills(call) {
    const media = call.query.whole("mediaTypeId", "Invalid mediaTypeId");
    const strategy = call.query.text("outboundStrategy")?.toLowerCase();
    const active = call.query.flag("isActive");
    const sought = call.query.text("searchString")?.toLowerCase();
    call.query.date("updatedSince", "Invalid updatedSince", "InvalidUpdatedSince");
    const rows = call.state.skills
      .filter(({ visibleFrom }) => visibleFrom <= call.now)
      .map((skill) => shownSkill(call.tenant, call.state, skill))
      .filter((row) => media === undefined || row["mediaTypeId"] === media)
      .filter((row) => strategy === undefined || String(row["outboundStrategy"]).toLowerCase() === strategy)
      .filter((row) => active === undefined || row["isActive"] === active)
      .filter((row) => sought === undefined || String(row["skillName"]).toLowerCase().includes(sought));
    return page(call, "skills", rows, { most: 100, emptyIs204: false });
  },
  getSkill(call) {
    const row = inForm(call, shownSkill(call.tenant, call.state, skillOf(call)));
    return ok(call.v >= AS_LIST.from && call.v < AS_LIST.to ? { skills: [row] } : row);
  },
  createSkills(call) {
    const drafts = bodyField(call.body, "skills");
    if (!Array.isArray(drafts) || drafts.length === 0) throw invalid("Invalid parameter");
    const results = (drafts as unknown[]).map((draft) => {
      const made = isRecord(draft) ? create(call, draft) : { error: "Invalid parameter" };
      return "error" in made ? { success: false, error: made.error, skillId: null } : { success: true, error: null, ...made };
    });
    return ok({ errorCount: results.filter(({ success }) => !success).length, skillsResults: results });
  },
  updateSkill(call) {
    const skill = skillOf(call);
    const change = bodyField(call.body, "skill");
    if (!isRecord(change)) throw invalid("Invalid parameter");
    if (isRunning(call.tenant, skill)) throw conflict("Invalid state. Cannot update a running skill");
    const wrong = flaw(call, skill, change);
    if (wrong !== undefined) throw invalid(wrong);
    const group = call.state.groups.find(
      ({ id }) => id === Number(change["campaignId"] ?? skill.fields["campaignId"] ?? call.state.groups[0]?.id),
    );
    if (change["isActive"] === true && group?.isActive === false)
      throw new AcdRefusal(500, "InternalServerError", "Skill setup failed. Skill cannot be marked active");
    const { skillName, skillId: _, isRunning: _running, campaignName: _name, ...fields } = change;
    skill.fields = { ...skill.fields, ...fields };
    if (typeof skillName === "string") changeCampaign(call, skill, { name: skillName });
    return ok({ success: true, skillId: skill.skillId });
  },
  startSkill(call) {
    const skill = skillOf(call, NOT_STARTABLE);
    if (!canDial(skill)) throw missing(NOT_STARTABLE, "InvalidSkillId");
    const ready = skill.fields["isActive"] !== false && skill.pending === undefined;
    if (isRunning(call.tenant, skill) || !ready) throw conflict("Invalid state. Cannot start skill");
    later(call.tenant, call.state, skill, { to: "active", seconds: call.switches.startSeconds });
    return accepted();
  },
  stopSkill(call) {
    const hangsUp = call.query.flag("force", "force must be a boolean") === true;
    const skill = skillOf(call, NOT_STOPPABLE);
    const starting = skill.pending?.to === "active";
    if (!canDial(skill) || (!isRunning(call.tenant, skill) && !starting) || skill.pending?.to === "paused")
      throw missing(NOT_STOPPABLE, "InvalidSkillId");
    later(call.tenant, call.state, skill, { to: "paused", seconds: call.switches.stopSeconds, hangsUp });
    // The vendor's own tests of version 12 expect 200.
    return call.v <= 12 ? ok() : accepted();
  },
  listSkillAgents(call) {
    const skill = skillOf(call);
    // Those who work on it are assigned to it, whether or not a client assigned them.
    const rows = [...roster(call)].flatMap(([agentId, skills]) => {
      if (!skills.has(skill)) return [];
      return [skill.agents.find((agent) => Number(agent["agentId"]) === agentId) ?? { agentId, isActive: true, proficiency: 10 }];
    });
    return page(call, "agents", rows, { most: 100, emptyIs204: false });
  },
  assignSkillAgents(call) {
    const skill = skillOf(call);
    const given = Array.isArray(call.body) ? (call.body as unknown[]) : bodyField(call.body, "agents");
    if (!Array.isArray(given)) throw invalid("Invalid parameter");
    const results = (given as unknown[]).map((entry) => {
      const agentId = Number(bodyField(entry, "agentId"));
      const proficiency = Number(bodyField(entry, "proficiency") ?? 10);
      const wrong = !Number.isInteger(agentId)
        ? "Invalid agentId"
        : proficiency < 1 || proficiency > 20
          ? "Invalid proficiency"
          : null;
      if (wrong === null) {
        skill.agents = skill.agents.filter((agent) => agent["agentId"] !== agentId);
        if (bodyField(entry, "isActive") !== false) skill.agents.push({ agentId, isActive: true, proficiency });
      }
      return { agentId, success: wrong === null, error: wrong };
    });
    return ok({ resultSet: { errorCount: results.filter(({ success }) => !success).length, agentResults: results } });
  },
};
