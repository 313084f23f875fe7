// Do-not-call groups and suppressed contacts. The skills that obey a group do not dial its numbers.

import { MAX_DNC_RECORDS } from "../../../contract/acd/index.ts";
import { type AcdAnswer, conflict, invalid, missing, nothing, ok } from "../answer.ts";
import { type AcdCall, type AcdHandlers, bodyField, isRecord, words } from "../call.ts";
import { Parameters, pathId } from "../query.ts";
import { page, wrapped } from "../reply.ts";
import { addDncGroup, type DncGroup, newNumber } from "../state.ts";
import { shownSkill, time } from "../world.ts";

/** How long expired numbers are shown. */
const KEPT_MS = 7 * 86_400_000;

/** A number in the form that the tenant compares: the digits of North America, so that +1 (801) 244-0005 becomes 8012440005. */
function normalPhone(value: unknown): string | undefined {
  const digits = String(value).replaceAll(/\D/g, "");
  const national = digits.length === 11 && digits.startsWith("1") ? digits.slice(1) : digits;
  return national.length < 7 || national.length > 15 ? undefined : national;
}

const formatted = (phone: string): string =>
  phone.length === 10 ? `(${phone.slice(0, 3)}) ${phone.slice(3, 6)}-${phone.slice(6)}` : phone;

/** Tells the living dialer which numbers each skill must not dial. */
function scrub({ tenant, state, now }: AcdCall): void {
  const today = time(now).slice(0, "2026-01-01".length);
  for (const { skillId, world } of state.skills) {
    const groups = state.dnc.filter(({ isActive, scrubbed }) => isActive && scrubbed.includes(skillId));
    const suppressed = state.suppressed.filter(
      ({ endDate, suppressedContactMappings: of }) =>
        (!endDate || words(endDate) >= today) &&
        Array.isArray(of) &&
        (of as { readonly skill_No: unknown }[]).some(({ skill_No: id }) => Number(id) === skillId),
    );
    const blocked = [
      ...groups.flatMap(({ records }) => records.flatMap(({ phone, goneAt }) => (goneAt === undefined ? [phone] : []))),
      ...suppressed.map(({ value }) => words(value)),
    ];
    if (blocked.length > 0 || tenant.pacing.get(world)?.blocked !== undefined) tenant.pacing.set(world, { blocked });
  }
}

function groupOf(call: AcdCall): DncGroup {
  const id = pathId(call.params["groupId"], "Invalid groupId");
  const group = call.state.dnc.find(({ dncGroupId }) => dncGroupId === id);
  if (group === undefined) throw missing("Invalid groupId");
  return group;
}

const kept = (group: DncGroup, now: number) =>
  group.records.filter(({ goneAt }) => goneAt === undefined || now - goneAt < KEPT_MS);

const shownGroup = (call: AcdCall, group: DncGroup) => ({
  dncGroupId: group.dncGroupId,
  dncGroupName: group.dncGroupName,
  dncGroupDescription: group.dncGroupDescription,
  validRecords: group.records.filter(({ goneAt }) => goneAt === undefined).length,
  isActive: group.isActive,
  isRemoved: false,
  createDate: time(group.created),
  lastUpdateTime: time(group.changed),
  businessUnitId: call.state.businessUnitId,
});

function given(call: AcdCall): readonly unknown[] {
  const records = bodyField(call.body, "dncGroupRecords");
  if (!Array.isArray(records) || records.length === 0) throw invalid("Invalid parameter");
  if (records.length > MAX_DNC_RECORDS) throw invalid("Maximum of 4,500 records per upload exceeded");
  return records as readonly unknown[];
}

function eachNumber(call: AcdCall, work: (phone: string, entry: unknown) => string | null) {
  const results = given(call).map((entry) => {
    const phone = normalPhone(bodyField(entry, "phoneNumber"));
    const error = phone === undefined ? "Invalid phoneNumber" : work(phone, entry);
    return { success: error === null, error, formattedPhone: phone === undefined ? "" : formatted(phone) };
  });
  const errorCount = results.filter(({ success }) => !success).length;
  return { status: errorCount > 0 ? 206 : 200, content: { errorCount, recordResults: results } };
}

function attachedSkills(call: AcdCall, kind: "scrubbed" | "contributing", name: string): AcdAnswer {
  const rows = groupOf(call)[kind].flatMap((id) => {
    const skill = call.state.skills.find(({ skillId }) => skillId === id);
    return skill === undefined ? [] : [{ skillId: id, skillName: shownSkill(call.tenant, call.state, skill)["skillName"] }];
  });
  return page(call, name, rows, { wrapping: "always", most: 100 });
}

function attach(kind: "scrubbed" | "contributing", on: boolean) {
  return (call: AcdCall): AcdAnswer => {
    const group = groupOf(call);
    const id = pathId(call.params["skillId"], "Invalid skillId", "InvalidSkillId");
    if (!call.state.skills.some(({ skillId }) => skillId === id)) throw missing("Invalid skillId", "InvalidSkillId");
    group[kind] = group[kind].filter((other) => other !== id);
    if (on) group[kind].push(id);
    scrub(call);
    return ok();
  };
}

function suppressedOf(call: AcdCall) {
  const id = pathId(call.params["suppressedContactId"], "Invalid suppressedContactId");
  const place = call.state.suppressed.findIndex(({ suppressedContactId }) => suppressedContactId === id);
  if (place < 0) throw missing("Invalid suppressedContactId");
  return place;
}

export const dnc: AcdHandlers<
  | "listDncGroups"
  | "getDncGroup"
  | "createDncGroup"
  | "updateDncGroup"
  | "listDncRecords"
  | "addDncRecords"
  | "expireDncRecords"
  | "searchDnc"
  | "listScrubbedSkills"
  | "addScrubbedSkill"
  | "removeScrubbedSkill"
  | "listContributingSkills"
  | "addContributingSkill"
  | "removeContributingSkill"
  | "listSuppressed"
  | "createSuppressed"
  | "putSuppressed"
  | "deleteSuppressed"
> = {
  listDncGroups: (call) =>
    page(
      call,
      "dncGroups",
      call.state.dnc.map((group) => shownGroup(call, group)),
      { wrapping: "always", most: 100, beside: { totalGroups: call.state.dnc.length } },
    ),
  getDncGroup: (call) => page(call, "dncGroups", [shownGroup(call, groupOf(call))], { wrapping: "always" }),
  createDncGroup(call) {
    const fields = new Parameters(call.target.split("?")[1] ?? "", call.body);
    const name = fields.text("dncGroupName");
    if (name === undefined) throw invalid("Invalid dncGroupName");
    if (call.state.dnc.some(({ dncGroupName }) => dncGroupName === name)) throw invalid("DNC group name already exists");
    const group = addDncGroup(call.state, name, fields.text("dncGroupDescription") ?? "", call.now);
    return ok({ dncGroups: [shownGroup(call, group)] });
  },
  updateDncGroup(call) {
    const group = groupOf(call);
    const fields = new Parameters(call.target.split("?")[1] ?? "", call.body);
    const active = fields.flag("isActive");
    Object.assign(group, {
      dncGroupName: fields.text("dncGroupName") ?? group.dncGroupName,
      dncGroupDescription: fields.text("dncGroupDescription") ?? group.dncGroupDescription,
      isActive: active ?? group.isActive,
      changed: call.now,
    });
    scrub(call);
    return ok();
  },
  listDncRecords(call) {
    const rows = kept(groupOf(call), call.now).map(({ recordId, phone, expiredDate, at, goneAt }) => ({
      recordId,
      createdBy: "sandbox@example.com",
      phoneNumber: phone,
      formattedPhone: formatted(phone),
      expiredDate: goneAt === undefined ? (expiredDate ?? "") : time(goneAt),
      dateCollected: time(at),
      lastUpdateTime: time(goneAt ?? at),
    }));
    return page(call, "dncRecords", rows, { wrapping: "always" });
  },
  addDncRecords(call) {
    const group = groupOf(call);
    if (!group.isActive) throw conflict("DNC group is inactive");
    const { status, content } = eachNumber(call, (phone, entry) => {
      const expiredDate = bodyField(entry, "expiredDate");
      group.records = group.records.filter((record) => record.phone !== phone);
      group.records.push({
        recordId: newNumber(call.state),
        phone,
        expiredDate: typeof expiredDate === "string" ? expiredDate : undefined,
        at: call.now,
      });
      return null;
    });
    group.changed = call.now;
    scrub(call);
    return { ...ok(wrapped(call, "always", content)), status };
  },
  expireDncRecords(call) {
    const group = groupOf(call);
    const { status, content } = eachNumber(call, (phone) => {
      const record = group.records.find((one) => one.phone === phone && one.goneAt === undefined);
      if (record === undefined) return "Phone number not found";
      record.goneAt = call.now;
      return null;
    });
    scrub(call);
    return { ...ok(content), status };
  },
  searchDnc(call) {
    const phone = normalPhone(call.query.text("phoneNumber") ?? "");
    if (phone === undefined) throw invalid("Invalid phoneNumber");
    const found = call.state.dnc.flatMap((group) =>
      group.records
        .filter((record) => record.phone === phone && record.goneAt === undefined)
        .map((record) => ({
          dncGroupId: group.dncGroupId,
          dncGroupName: group.dncGroupName,
          formattedPhone: formatted(phone),
          expiredDate: record.expiredDate ?? "",
          dateCollected: time(record.at),
          lastUpdateTime: time(record.at),
        })),
    );
    return found.length === 0 ? nothing() : ok({ searchResults: found });
  },
  listScrubbedSkills: (call) => attachedSkills(call, "scrubbed", "scrubbedSkills"),
  addScrubbedSkill: attach("scrubbed", true),
  removeScrubbedSkill: attach("scrubbed", false),
  listContributingSkills: (call) => attachedSkills(call, "contributing", "contributingSkills"),
  addContributingSkill: attach("contributing", true),
  removeContributingSkill: attach("contributing", false),
  listSuppressed: (call) => page(call, "suppressedContacts", call.state.suppressed),
  createSuppressed(call) {
    const data = bodyField(call.body, "suppressedContactData");
    if (!isRecord(data) || data["value"] === undefined || data["startDate"] === undefined) throw invalid("Invalid parameter");
    const suppressedContactId = newNumber(call.state);
    const skills = Array.isArray(data["skills"]) ? (data["skills"] as unknown[]) : [];
    call.state.suppressed.push({
      suppressedContactId,
      bus_No: call.state.businessUnitId,
      startDate: data["startDate"],
      endDate: data["endDate"] ?? "",
      value: data["value"],
      source: "API",
      fileName: "",
      createDate: time(call.now),
      suppressedContactMappings: skills.map((skill) => ({ skill_No: bodyField(skill, "skillId") ?? skill })),
    });
    scrub(call);
    return ok({ suppressedContactId });
  },
  putSuppressed(call) {
    const place = suppressedOf(call);
    const data = bodyField(call.body, "suppressedContactData");
    if (!isRecord(data)) throw invalid("Invalid parameter");
    const { skills: _, ...fields } = data;
    const before = call.state.suppressed[place];
    if (before !== undefined) call.state.suppressed[place] = { ...before, ...fields };
    return ok();
  },
  deleteSuppressed(call) {
    call.state.suppressed.splice(suppressedOf(call), 1);
    scrub(call);
    return ok();
  },
};
