// Codes, their classifications, tags. The code of an ended contact cannot be changed.

import { MAX_DISPOSITION_NAME, MAX_TAG_NOTES } from "../../../contract/acd/index.ts";
import { invalid, missing, nothing, ok } from "../answer.ts";
import { type AcdCall, type AcdHandlers, bodyField, isRecord, words } from "../call.ts";
import { acdOutcomeOf, callOfContact, handlerOf, isOver } from "../calls.ts";
import { Parameters, pathId } from "../query.ts";
import { inForm, page } from "../reply.ts";
import { codeOf, newNumber } from "../state.ts";
import { isRunning, shownSkill, time } from "../world.ts";
import { skillOf } from "./activity.ts";
import { auditOf } from "./campaigns.ts";

interface Class {
  readonly id: number;
  readonly name: string;
  readonly group: string;
  readonly outcome: number;
  readonly contactFinal: boolean;
  readonly destinationFinal: boolean;
}

/** Classifications by the number of their system disposition. */
const CLASSES: readonly Class[] = [
  { id: 1, name: "Positive w/ amount", group: "Positive Outcome", outcome: 10, contactFinal: true, destinationFinal: true },
  { id: 2, name: "Positive", group: "Positive Outcome", outcome: 10, contactFinal: true, destinationFinal: true },
  { id: 3, name: "Negative DNC Skill", group: "Negative Outcome", outcome: 99, contactFinal: true, destinationFinal: true },
  { id: 4, name: "Negative DNC BU", group: "Negative Outcome", outcome: 98, contactFinal: true, destinationFinal: true },
  { id: 5, name: "Negative", group: "Negative Outcome", outcome: 10, contactFinal: true, destinationFinal: true },
  { id: 6, name: "Other", group: "Other Complete", outcome: 10, contactFinal: true, destinationFinal: true },
  { id: 7, name: "Reschedule this agent", group: "Agent Retry", outcome: 86, contactFinal: false, destinationFinal: false },
  { id: 8, name: "Reschedule any agent", group: "Agent Retry", outcome: 87, contactFinal: false, destinationFinal: false },
  { id: 9, name: "Reschedule no time", group: "Agent Retry", outcome: 88, contactFinal: false, destinationFinal: false },
  { id: 10, name: "Not available", group: "Agent Retry", outcome: 89, contactFinal: false, destinationFinal: false },
];
const classOf = (system: number): Class | undefined => CLASSES.find(({ id }) => id === system);

function contactOf(call: AcdCall) {
  const found = callOfContact(call.tenant, call.params["contactId"] ?? "");
  if (found === undefined) throw missing("Invalid contactId");
  return found;
}

function codeInPath(call: AcdCall) {
  const id = pathId(call.params["dispositionId"], "Invalid dispositionId");
  const found = call.state.codes.find((code) => code.id === id);
  if (found === undefined) throw missing("Invalid dispositionId");
  return found;
}

export const dispositions: AcdHandlers<
  | "listSkillDispositions"
  | "listDispositions"
  | "createDispositions"
  | "updateDisposition"
  | "listDispositionSkills"
  | "dispositionAudit"
  | "listClassifications"
  | "getContactDisposition"
  | "setActiveDisposition"
  | "tagContact"
  | "listTags"
  | "createTag"
  | "putBusinessData"
> = {
  listSkillDispositions(call) {
    const skill = skillOf(call);
    const { skillName, dispositions: on } = shownSkill(call.tenant, call.state, skill);
    const rows = (Array.isArray(on) ? (on as unknown[]) : []).map((entry, place) => {
      const id = Number(bodyField(entry, "dispositionId"));
      const system = call.state.codes.find((code) => code.id === id)?.system ?? 6;
      const meaning = classOf(system);
      return {
        dispositionId: id,
        dispositionName: bodyField(entry, "dispositionName"),
        displayOrder: place + 1,
        classification: meaning?.name ?? "",
        reportingGroup: meaning?.group ?? "",
        systemOutcome: String(meaning?.outcome ?? ""),
        requireCommitmentAmount: system === 1,
        requireRescheduleDate: system === 7 || system === 8,
        agentSpecific: system === 7,
        isPreviewDisposition: false,
        priority: place + 1,
      };
    });
    return page(call, "dispositions", rows, { beside: { skillId: String(skill.skillId), skillName } });
  },
  listDispositions(call) {
    const sought = call.query.text("searchString")?.toLowerCase();
    const preview = call.query.flag("isPreviewDispositions");
    const active = call.query.flag("isActive");
    call.query.date("updatedSince", "Invalid updatedSince", "InvalidUpdatedSince");
    const rows = call.state.codes
      .filter(({ name }) => sought === undefined || name.toLowerCase().includes(sought))
      .filter(({ isPreview }) => preview === undefined || isPreview === preview)
      .filter(({ isActive }) => active === undefined || isActive === active)
      .map(({ id, name, notes, system, isPreview, isActive, at }) => ({
        dispositionId: id,
        dispositionName: name,
        notes,
        lastUpdated: time(at),
        classificationId: system,
        systemOutcome: String(classOf(system)?.outcome ?? ""),
        isActive,
        isPreviewDisposition: isPreview,
      }));
    return page(call, "dispositions", rows, { most: 100, emptyIs204: false });
  },
  updateDisposition(call) {
    const code = codeInPath(call);
    const [name, classificationId] = [bodyField(call.body, "dispositionName"), bodyField(call.body, "classificationId")];
    if (name !== undefined && (typeof name !== "string" || name === "" || name.length > MAX_DISPOSITION_NAME))
      throw invalid("Invalid dispositionName");
    if (call.state.codes.some((one) => one !== code && one.name === name)) throw invalid("Disposition name already exists");
    if (classificationId !== undefined && classOf(Number(classificationId)) === undefined)
      throw invalid("Invalid classificationId");
    const changes = {
      name,
      system: classificationId === undefined ? undefined : Number(classificationId),
      isPreview: bodyField(call.body, "isPreviewDisposition"),
      isActive: bodyField(call.body, "isActive"),
      notes: bodyField(call.body, "notes"),
    };
    for (const [columnName, value] of Object.entries(changes)) {
      const before = code[columnName as keyof typeof changes];
      if (value === undefined || value === before) continue;
      call.state.audit.push({
        of: "disposition",
        id: code.id,
        columnName,
        oldValue: String(before),
        newValue: words(value),
        at: call.now,
      });
      Object.assign(code, { [columnName]: value });
    }
    return ok();
  },
  listDispositionSkills(call) {
    const { id } = codeInPath(call);
    const rows = call.state.skills
      .map((skill) => shownSkill(call.tenant, call.state, skill))
      .filter(({ dispositions: on }) => Array.isArray(on) && on.some((entry) => bodyField(entry, "dispositionId") === id))
      .map(({ skillId, skillName, mediaTypeId, mediaTypeName, campaignId, campaignName }) => ({
        skillId,
        skillName,
        mediaTypeId,
        mediaTypeName,
        campaignId,
        campaignName,
        direction: "Outbound",
        sla: "",
        skillStatus: 1,
      }));
    return page({ ...call, section: "skills" }, "skills", rows, { most: 100, emptyIs204: false });
  },
  dispositionAudit: (call) => auditOf(call, "disposition", codeInPath(call).id, "auditHistoryRecords"),
  createDispositions(call) {
    const drafts = bodyField(call.body, "dispositions");
    if (!Array.isArray(drafts) || drafts.length === 0) throw invalid("Invalid parameter");
    const results = (drafts as unknown[]).map((draft) => {
      const name = bodyField(draft, "dispositionName");
      const system = Number(bodyField(draft, "classificationId") ?? 6);
      const wrong =
        typeof name !== "string" || name === "" || name.length > MAX_DISPOSITION_NAME
          ? "Invalid dispositionName"
          : call.state.codes.some((code) => code.name === name)
            ? "Disposition name already exists"
            : classOf(system) === undefined
              ? "Invalid classificationId"
              : null;
      if (wrong !== null || typeof name !== "string") return { dispositionId: null, success: false, error: wrong };
      const made = codeOf(call.state, name, "", call.now);
      Object.assign(made, { system, isPreview: bodyField(draft, "isPreviewDisposition") === true });
      return { dispositionId: made.id, success: true, error: null };
    });
    const errorCount = results.filter(({ success }) => !success).length;
    return { ...ok({ errorCount, dispositionResults: results }), status: errorCount > 0 ? 206 : 200 };
  },
  listClassifications: (call) =>
    ok({
      classificationResults: CLASSES.map((one) =>
        inForm(call, {
          classificationId: one.id,
          classificationName: one.name,
          classificationTypeID: 1,
          direction: "Outbound",
          dialingOutcomeId: one.outcome,
          reportingGroupId: one.id,
          reportingGroupName: one.group,
          description: one.name,
          showCommitmentAmount: one.id === 1,
          showRescheduleDate: one.id === 7 || one.id === 8,
          isAgentSpecific: one.id === 7,
          isDestinationFinal: one.destinationFinal,
          isContactFinal: one.contactFinal,
          excludeFromSerialDelivery: false,
          carryoverForCallback: false,
        }),
      ),
    }),
  getContactDisposition(call) {
    const contact = contactOf(call);
    const { dispositionId, dispositionName, system } = acdOutcomeOf(call.state, contact);
    if (contact.dispositionCode === undefined) return nothing();
    return ok(
      inForm(call, {
        dispositionId: dispositionId === 0 ? system : dispositionId,
        dispositionName,
        [call.v <= 27 ? "dispositionByAgendId" : "dispositionedByAgendId"]: handlerOf(call.state, contact),
        notes: contact.disposition?.notes ?? "",
        lastUpdated: time(contact.disposition?.updatedAt ?? contact.endTime ?? contact.startTime),
      }),
    );
  },
  setActiveDisposition(call) {
    const info = bodyField(call.body, "dispositionInfo");
    const entries = isRecord(info)
      ? Object.entries(info)
      : call.query.names().map((name) => [name, call.query.text(name)] as const);
    const fields = new Map(entries.map(([name, value]) => [name.toLowerCase(), value]));
    const contact = callOfContact(call.tenant, call.params["contactId"] ?? "");
    if (contact === undefined || isOver(contact)) throw invalid("Invalid contact");
    const skill = call.state.skills.find(({ skillId }) => skillId === Number(fields.get("skill")));
    if (skill === undefined || skill.world !== contact.campaignId) throw invalid("Invalid skill", "InvalidSkillId");
    if (!isRunning(call.tenant, skill)) throw invalid("Skill is not running");
    if (skill.fields["scriptDisposition"] !== true) throw invalid("Skill is not configured for script dispositioning");
    const code = call.state.codes.find(({ id }) => id === Number(fields.get("dispositioncode")));
    if (code === undefined) throw invalid("Invalid disposition code");
    if (classOf(code.system) === undefined) throw invalid("Disposition has no classification");
    const notes = fields.get("notes");
    call.tenant.calls.setDisposition(
      contact.id,
      { dispositionCodeId: code.code, notes: typeof notes === "string" ? notes : "", tag: [] },
      call.now,
    );
    return ok();
  },
  tagContact(call) {
    const contact = contactOf(call);
    const given = bodyField(call.body, "tags");
    if (!Array.isArray(given) || given.length === 0) throw invalid("Invalid parameter");
    const entry = call.state.tagged[contact.id] ?? { ids: [], at: call.now };
    const results = (given as unknown[]).map((tag) => {
      const tagId = Number(bodyField(tag, "tagId"));
      const known = call.state.tags.some((one) => one.tagId === tagId && one.isActive);
      if (known && !entry.ids.includes(tagId)) entry.ids.push(tagId);
      return { success: known, tagId, error: known ? null : "Invalid tagId" };
    });
    if (results.some(({ success }) => success)) call.state.tagged[contact.id] = { ids: entry.ids, at: call.now };
    const errorCount = results.filter(({ success }) => !success).length;
    return { ...ok({ resultSet: inForm(call, { errorCount, tagResults: results }) }), status: errorCount > 0 ? 206 : 200 };
  },
  listTags(call) {
    const active = call.query.flag("isActive");
    const sought = call.query.text("searchString")?.toLowerCase();
    const rows = call.state.tags
      .filter((tag) => active === undefined || tag.isActive === active)
      .filter(({ tagName }) => sought === undefined || tagName.toLowerCase().includes(sought));
    return page(call, "tags", rows, { wrapping: { upTo: 23 } });
  },
  createTag(call) {
    const fields = new Parameters(call.target.split("?")[1] ?? "", call.body);
    const tagName = fields.text("tagName");
    const notes = fields.text("notes") ?? "";
    if (tagName === undefined) throw invalid("Invalid tagName");
    if (notes.length > MAX_TAG_NOTES) throw invalid("Invalid notes");
    if (call.state.tags.some((tag) => tag.tagName === tagName)) throw invalid("Tag name already exists");
    const tagId = newNumber(call.state);
    call.state.tags.push({ tagId, tagName, notes, isActive: true });
    return ok({ tagId });
  },
  putBusinessData(call) {
    contactOf(call);
    if (!Array.isArray(call.body)) throw invalid("Invalid parameter");
    return ok();
  },
};
