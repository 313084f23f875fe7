// Calling lists: mapped, read with records and attempts, deleted. They are the contact lists of the world.

import { MAPPED_COLUMNS, MAX_LIST_DAYS } from "../../../contract/acd/index.ts";
import { DAY_MS } from "../../../kernel/index.ts";
import type { Contact } from "../../world/contacts.ts";
import { conflict, invalid, missing, ok } from "../answer.ts";
import { type AcdCall, type AcdHandlers, bodyField, words } from "../call.ts";
import { callsOf, outcomeOf, shortPhone, shownAttempt } from "../calls.ts";
import { Parameters, pathId } from "../query.ts";
import { page, wrapped } from "../reply.ts";
import { type AcdList, addList } from "../state.ts";
import { isRunning, nameOf, skillsOfList, time } from "../world.ts";

/** The list that a call names. */
export function listOf(call: AcdCall): AcdList {
  const id = pathId(call.params["listId"], "Invalid listId", "InvalidListId");
  const list = call.state.lists.find(({ listId, gone }) => listId === id && !gone);
  if (list === undefined) throw missing("Invalid listId", "InvalidListId");
  return list;
}

interface ListCounts {
  readonly size: number;
  readonly attempts: ReadonlyMap<string, { count: number; final: boolean }>;
}

/** Attempts by contact; a contact is final once an agent has spoken to it. */
function countsOf(call: AcdCall, list: AcdList): ListCounts {
  const attempts = new Map<string, { count: number; final: boolean }>();
  for (const { call: dial } of callsOf(call.tenant, skillsOfList(call.tenant, call.state, list))) {
    if (dial.contactId === undefined) continue;
    const known = attempts.get(dial.contactId) ?? { count: 0, final: false };
    attempts.set(dial.contactId, { count: known.count + 1, final: known.final || outcomeOf(call.state, dial).handled });
  }
  return { size: call.tenant.contacts.get(list.world)?.size ?? 0, attempts };
}

function shownList(call: AcdCall, list: AcdList) {
  const { size, attempts } = countsOf(call, list);
  const finalized = [...attempts.values()].filter(({ final }) => final).length + list.removed.length;
  return {
    listId: list.listId,
    listName: list.listName,
    prospectiveContactCount: size - list.removed.length,
    status: list.status,
    totalRecords: list.lastFile.total,
    validRecords: list.lastFile.valid,
    invalidRecords: list.lastFile.invalid,
    finalizedRecords: finalized,
    createDate: time(list.createDate),
    uploadDate: list.uploadDate === undefined ? "" : time(list.uploadDate),
    updateDate: list.uploadDate === undefined ? "" : time(list.uploadDate),
    removeDate: "",
    skills: skillsOfList(call.tenant, call.state, list).map((skill) => ({
      skillId: skill.skillId,
      skillName: nameOf(call.tenant, skill),
      totalRecords: size,
      freshRecords: Math.max(0, size - attempts.size),
      finalizedRecords: finalized,
      retriedRecords: [...attempts.values()].filter(({ count }) => count > 1).length,
    })),
  };
}

function shownRecord(call: AcdCall, list: AcdList, contact: Contact, dials: ReadonlyMap<string, ReturnType<typeof callsOf>>) {
  const own = dials.get(contact.id) ?? [];
  const last = own.at(-1);
  const outcome = last === undefined ? undefined : outcomeOf(call.state, last.call);
  const { attributes } = contact;
  const text = (name: string): string => words(attributes[name]);
  return {
    externalId: contact.id,
    score: Number(attributes["score"] ?? 0),
    customer1: text("customer1"),
    customer2: text("customer2"),
    callerId: "",
    priority: Number(attributes["priority"] ?? 0),
    complianceReq: false,
    firstName: contact.firstName,
    lastName: contact.lastName,
    address: "",
    city: "",
    state: contact.state ?? "",
    zip: contact.postalCode ?? "",
    timeZone: contact.timeZone ?? "",
    confirmReq: false,
    agentId: 0,
    overrideFinalization: false,
    callRequestTime: "",
    notes: text("notes"),
    expirationDate: list.expirationDate,
    icAttempts: own.length,
    icFinalStatus:
      own.some(({ call: dial }) => outcomeOf(call.state, dial).handled) || list.removed.includes(contact.id) ? "Final" : "",
    icAssignedSkillId: last?.skill.skillId ?? 0,
    icDateOfLastCall: last === undefined ? "" : time(last.call.startTime),
    icSystemClassification: outcome?.system ?? 0,
    icSystemClassificationName: "",
    icAgentDisposition: outcome?.dispositionId ?? 0,
    icAgentDispositionDesc: outcome?.dispositionName ?? "",
    icAgentNo: 0,
    icCreateDate: time(list.createDate),
    icModifiedDate: contact.lastModifiedTime,
    icProspectiveContactDestValue: shortPhone(contact.phoneNumber),
    destinations: [
      { formattedDestination: shortPhone(contact.phoneNumber), description: "PhoneNumber", compliance: false, maxAttempts: 3 },
    ],
    otherFields: [
      ...Object.entries(attributes).map(([fieldName, value]) => ({ fieldName, fieldMapping: "", fieldValue: String(value) })),
      { fieldName: "consent.call", fieldMapping: "", fieldValue: String(contact.consentFlags.outbound["call"] === true) },
    ],
  };
}

/** As recorded, a `finalized` that is not a boolean is reported as InvalidUpdatedSince. */
const finalizedOf = (call: AcdCall) => call.query.flag("finalized", "Invalid finalized", "InvalidUpdatedSince");

export const lists: AcdHandlers<
  "listCallLists" | "mapCallList" | "readCallList" | "listAttempts" | "deleteCallList" | "removeProspects"
> = {
  listCallLists: (call) =>
    page(
      call,
      "callingLists",
      call.state.lists.filter(({ gone }) => !gone).map((list) => shownList(call, list)),
    ),
  mapCallList(call) {
    const fields = new Parameters(call.target.split("?")[1] ?? "", call.body);
    const listName = fields.text("listName");
    const externalId = fields.text("externalIdColumn");
    if (listName === undefined) throw invalid("List name is required", "InvalidListName");
    if (externalId === undefined) throw invalid("externalIdColumn is required");
    const mappings = bodyField(call.body, "destinationMappings");
    if (!Array.isArray(mappings) || mappings.length === 0) throw invalid("At least one destination mapping is required");
    const destinations = (mappings as unknown[]).map((mapping) => {
      const [fieldName, fieldValue] = [bodyField(mapping, "fieldName"), bodyField(mapping, "fieldValue")];
      if (typeof fieldName !== "string" || typeof fieldValue !== "string" || fieldName === "" || fieldValue === "")
        throw invalid("Invalid destination mapping");
      return { fieldName, fieldValue };
    });
    const columns: Record<string, string> = {};
    for (const name of ["externalIdColumn", ...MAPPED_COLUMNS]) {
      const column = fields.text(name);
      if (column !== undefined) columns[name] = column;
    }
    const named = [...Object.values(columns), ...destinations.map(({ fieldValue }) => fieldValue)];
    if (new Set(named).size !== named.length) throw invalid("Duplicate column mapping");
    let list = call.state.lists.find((one) => one.listName === listName && !one.gone);
    if (list !== undefined && list.status !== "Active") throw conflict("Calling List is not Active");
    if (list === undefined) {
      const world = call.tenant.ids.id("list", call.now);
      call.tenant.contactList(world);
      list = addList(call.state, world, listName, call.now);
    }
    Object.assign(list, { columns, destinations, expirationDate: fields.text("listExpirationDate") ?? list.expirationDate });
    return ok({ listId: list.listId }, "Calling List created and mapped");
  },
  readCallList(call) {
    const list = listOf(call);
    const finalized = finalizedOf(call) ?? false;
    const since = call.query.date("updatedSince", "Invalid updatedSince", "InvalidUpdatedSince");
    const { skills, createDate: _, ...beside } = shownList(call, list);
    const about = { ...beside, listExpirationDate: list.expirationDate, skills };
    if (call.query.flag("includeRecords") !== true) return ok(wrapped(call, "always", about));
    const dials = new Map<string, ReturnType<typeof callsOf>>();
    for (const entry of callsOf(call.tenant, skillsOfList(call.tenant, call.state, list))) {
      const id = entry.call.contactId;
      if (id !== undefined) dials.set(id, [...(dials.get(id) ?? []), entry]);
    }
    const store = call.tenant.contactList(list.world);
    const rows: Record<string, unknown>[] = [];
    for (let place = 0; place < store.size; place++) {
      const contact = store.at(place);
      if (contact === undefined) continue;
      const record = shownRecord(call, list, contact, dials);
      const isFinal = record.icFinalStatus === "Final";
      if (isFinal !== finalized || (since !== undefined && Date.parse(contact.lastModifiedTime) < since)) continue;
      rows.push(record);
    }
    return page(call, "contactRecords", rows, { wrapping: "always", beside: { ...about, totalRecords: rows.length } });
  },
  listAttempts(call) {
    const list = listOf(call);
    const finalized = finalizedOf(call);
    const since = call.query.date("updatedSince", "Invalid updatedSince", "InvalidUpdatedSince");
    const rows = callsOf(call.tenant, skillsOfList(call.tenant, call.state, list))
      .filter(({ call: dial }) => dial.endTime !== undefined && dial.startTime >= call.now - MAX_LIST_DAYS * DAY_MS)
      .filter(({ call: dial }) => since === undefined || (dial.disposition?.updatedAt ?? dial.endTime ?? dial.startTime) >= since)
      .filter(({ call: dial }) => finalized === undefined || outcomeOf(call.state, dial).handled === finalized);
    const { skills: _, ...about } = shownList(call, list);
    return page(call, "contactAttempts", rows, {
      shown: ({ call: dial }) => shownAttempt(call.tenant, call.state, dial, call.now),
      wrapping: "always",
      beside: { ...about, totalRecords: rows.length },
    });
  },
  deleteCallList(call) {
    const list = listOf(call);
    const [inactive, remove] = [call.query.flag("forceInactive"), call.query.flag("forceDelete")];
    const dialed = skillsOfList(call.tenant, call.state, list).some((skill) => isRunning(call.tenant, skill));
    if (dialed || (list.status === "Active" && inactive !== true)) throw conflict("Calling list cannot be modified");
    list.status = "Inactive";
    if (remove === true) list.gone = true;
    return ok();
  },
  removeProspects(call) {
    const name = call.params["sourceName"];
    const list = call.state.lists.find(({ listName }) => listName === name);
    if (list === undefined) throw missing("Invalid source name", "InvalidListName");
    if (list.gone) throw conflict("Source was removed");
    const asked = bodyField(call.body, "prospectsToRemove");
    if (!Array.isArray(asked) || asked.length === 0) throw invalid("Invalid parameter");
    const store = call.tenant.contactList(list.world);
    const results = (asked as unknown[]).map((entry) => {
      const externalId = words(bodyField(entry, "externalId"));
      const contact = list.removed.includes(externalId) ? undefined : store.get(externalId);
      if (contact !== undefined) {
        list.removed.push(externalId);
        store.upsert({ ...contact, consentFlags: { outbound: { ...contact.consentFlags.outbound, call: false } } });
      }
      return { externalId, resultCode: contact === undefined ? "NotFound" : "Success" };
    });
    const failed = results.filter(({ resultCode }) => resultCode !== "Success");
    if (failed.length === results.length) throw invalid("Prospects not found or removed already");
    return ok({ successfulRecords: results.filter(({ resultCode }) => resultCode === "Success"), failedRecords: failed });
  },
};
