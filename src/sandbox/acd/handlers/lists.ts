// Calling lists: mapped, read with records and attempts, deleted. They are the contact lists of the world.

import { MAPPED_COLUMNS, MAX_LIST_DAYS } from "../../../contract/acd/index.ts";
import { DAY_MS } from "../../../kernel/index.ts";
import type { Contact } from "../../world/contacts.ts";
import { AcdRefusal, accepted, conflict, invalid, missing, ok } from "../answer.ts";
import { type AcdCall, type AcdHandlers, bodyField, words } from "../call.ts";
import { acdOutcomeOf, callsOf, shortPhone, shownAttempt } from "../calls.ts";
import { Parameters, pathId, readDate } from "../query.ts";
import { page, wrapped } from "../reply.ts";
import { type AcdJob, type AcdList, addList, newNumber } from "../state.ts";
import { isRunning, later, nameOf, skillsOfList, time } from "../world.ts";
import { changeCampaign } from "./activity.ts";

/** The list that a call names. */
function listOf(call: AcdCall): AcdList {
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
    attempts.set(dial.contactId, { count: known.count + 1, final: known.final || acdOutcomeOf(call.state, dial).handled });
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
  const outcome = last === undefined ? undefined : acdOutcomeOf(call.state, last.call);
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
      own.some(({ call: dial }) => acdOutcomeOf(call.state, dial).handled) || list.removed.includes(contact.id) ? "Final" : "",
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
    // A file may have brought a consent of its own.
    otherFields: Object.entries({ "consent.call": contact.consentFlags.outbound["call"] === true, ...attributes }).map(
      ([fieldName, value]) => ({ fieldName, fieldMapping: "", fieldValue: String(value) }),
    ),
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
      .filter(({ call: dial }) => finalized === undefined || acdOutcomeOf(call.state, dial).handled === finalized);
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

// Files of records that are uploaded to calling lists: the jobs that read them, and what becomes of their rows.

/** Longest range of a query for jobs, days; the vendor's number is not known. */
const JOB_DAYS = 30;
const MOST_RECORDS = 500_000;

/** Ends due jobs: their records come into force. */
export function endJobs(call: Pick<AcdCall, "tenant" | "state" | "now" | "switches">): void {
  for (const job of call.state.jobs) {
    if (job.done || job.endsAt > call.now) continue;
    job.done = true;
    const list = call.state.lists.find(({ listId }) => listId === job.listId);
    if (list === undefined || job.cancelled) continue;
    const store = call.tenant.contactList(list.world);
    for (const row of job.rows) store.upsert(row as unknown as Contact);
    list.lastFile = { total: job.rows.length + job.invalid, valid: job.rows.length, invalid: job.invalid };
    list.uploadDate = job.endsAt;
    job.rows = [];
    const skill = call.state.skills.find(({ skillId }) => skillId === job.startSkill);
    if (skill !== undefined && !isRunning(call.tenant, skill))
      later(call.tenant, call.state, skill, { to: "active", seconds: call.switches.startSeconds });
    call.tenant.engine.sync();
  }
}

const OUT_FIELDS = {
  firstNameColumn: "firstName",
  lastNameColumn: "lastName",
  timeZoneColumn: "timeZone",
  zipColumn: "postalCode",
  stateColumn: "state",
} as const;

/** The rows of a file as contacts of the world; a row without an id or a number is invalid. */
function contactsOf(call: AcdCall, list: AcdList, text: string): { rows: Contact[]; invalid: number } {
  const [header = [], ...lines] = readTable(text);
  const place = (column: string | undefined): number => (column === undefined ? -1 : header.indexOf(column));
  const idPlace = place(list.columns["externalIdColumn"]);
  const phones = list.destinations.map(({ fieldName, fieldValue }) => Math.max(place(fieldValue), place(fieldName)));
  if (idPlace < 0 || phones.every((at) => at < 0)) throw invalid("Invalid mapping");
  if (lines.length > MOST_RECORDS) throw invalid("Invalid file size");
  const used = new Set(Object.values(list.columns));
  const rows: Contact[] = [];
  let wrong = 0;
  for (const line of lines) {
    const id = line[idPlace] ?? "";
    const digits = (line[phones.find((at) => at >= 0) ?? -1] ?? "").replaceAll(/\D/g, "");
    if (id === "" || digits.length < 10 || digits.length > 15) {
      wrong += 1;
      continue;
    }
    const value = (column: string): string => line[place(list.columns[column])] ?? "";
    const own = Object.fromEntries(
      Object.entries(OUT_FIELDS).flatMap(([column, field]) => (value(column) === "" ? [] : [[field, value(column)]])),
    );
    const others = header.flatMap((name, at) => (used.has(name) || phones.includes(at) ? [] : [[name, line[at] ?? ""] as const]));
    const customers = ["customer1Column", "customer2Column", "scoreColumn", "priorityColumn", "notesColumn"].flatMap((column) =>
      value(column) === "" ? [] : [[column.replace(/Column$/, ""), value(column)] as const],
    );
    rows.push({
      id,
      phoneNumber: `+${digits.length === 10 ? "1" : ""}${digits}`,
      firstName: "",
      lastName: "",
      ...own,
      consentFlags: { outbound: { call: true } },
      attributes: Object.fromEntries([...others, ...customers]),
      lastModifiedTime: time(call.now),
    });
  }
  return { rows, invalid: wrong };
}

function textBoolean(value: unknown): boolean | undefined {
  const text = String(value).toLowerCase();
  return text === "true" ? true : text === "false" ? false : undefined;
}

const shownJob = (call: AcdCall, job: AcdJob) => ({
  jobId: job.jobId,
  listId: job.listId,
  listName: call.state.lists.find(({ listId }) => listId === job.listId)?.listName ?? "",
  startDate: time(job.submitted),
  submitDate: time(job.submitted),
  isComplete: job.done && !job.cancelled,
  isCancelled: job.cancelled,
  completedDate: job.done ? time(job.endsAt) : "",
});

function jobOf(call: AcdCall): AcdJob {
  const id = pathId(call.params["jobId"], "Invalid jobId");
  const job = call.state.jobs.find(({ jobId }) => jobId === id);
  if (job === undefined) throw missing("Invalid jobId");
  return job;
}

export const uploads: AcdHandlers<"uploadCallList" | "listUploadJobs" | "getUploadJob" | "cancelUploadJob"> = {
  uploadCallList(call) {
    if (call.params["listId"] === "")
      throw new AcdRefusal(405, "MethodNotAllowed", "The requested resource does not support this method");
    const list = listOf(call);
    const fields = new Parameters(call.target.split("?")[1] ?? "", call.body);
    const [overwrite, start] = [textBoolean(fields.text("forceOverwrite")), textBoolean(fields.text("startSkill"))];
    if (overwrite === undefined) throw invalid("Invalid forceOverwrite", "InvalidOverwrite");
    if (start === undefined) throw invalid("Invalid startSkill");
    const skillId = fields.text("skillId");
    const skill = call.state.skills.find((one) => String(one.skillId) === skillId);
    if (skillId !== undefined && skill === undefined) throw invalid("Invalid skillId", "InvalidSkillId");
    const expiration = fields.text("expirationDate");
    if (expiration !== undefined && readDate(expiration) === undefined) throw invalid("Invalid expirationDate");
    if (list.status !== "Active") throw conflict("Calling List is not Active");
    if (list.destinations.length === 0) throw invalid("Calling list must be created and mapped before uploading");
    const fileName = fields.text("fileName");
    if (fileName !== undefined && list.files.includes(fileName) && !overwrite) throw conflict("File already exists");
    const file = fields.text("listFile");
    if (file === undefined || !/^[\w+/=\s-]+$/.test(file)) throw invalid("Invalid file");
    const { rows, invalid: wrong } = contactsOf(call, list, Buffer.from(file, "base64").toString("utf8"));
    if (fileName !== undefined) list.files.push(fileName);
    const job: AcdJob = {
      jobId: newNumber(call.state),
      listId: list.listId,
      submitted: call.now,
      endsAt: call.now + call.switches.uploadSeconds * 1000,
      done: false,
      cancelled: false,
      rows: rows as unknown as Record<string, unknown>[],
      invalid: wrong,
      ...(start && skill !== undefined ? { startSkill: skill.skillId } : {}),
    };
    call.state.jobs.push(job);
    // The skill that a list is uploaded with dials it.
    if (skill !== undefined) changeCampaign(call, skill, { contactListId: list.world });
    const { tenant, state, switches } = call;
    tenant.clock.schedule(job.endsAt, (now) => endJobs({ tenant, state, switches, now }));
    const counts = { procRecords: rows.length + wrong, validRecords: rows.length, invalidRecords: wrong };
    const body = { jobId: job.jobId, sourceId: list.listId, importStatus: "Queued", ...counts, errorResults: [] };
    return call.v <= 12 ? ok(body, "Accepted. Upload job queued") : accepted(body, "Accepted. Upload job queued");
  },
  listUploadJobs(call) {
    const from = call.query.date("startDate", "Invalid startDate");
    const to = call.query.date("endDate", "Invalid endDate");
    if (from === undefined || to === undefined) throw invalid("startDate and endDate is required");
    if (to - from > JOB_DAYS * DAY_MS) throw invalid(`Invalid date range, max ${JOB_DAYS} days`);
    const rows = call.state.jobs
      .filter(({ submitted }) => submitted >= from && submitted <= to)
      .map((job) => shownJob(call, job));
    return page(call, "uploadJobs", rows);
  },
  getUploadJob: (call) => page(call, "uploadJobs", [shownJob(call, jobOf(call))]),
  cancelUploadJob(call) {
    const job = jobOf(call);
    if (!job.done) Object.assign(job, { cancelled: true, done: true, rows: [] });
    return ok();
  },
};

// Files of calling lists: comma or tab, quotes doubled inside quotes.

/** The lines of a file as fields; empty lines are left out. */
function readTable(text: string): string[][] {
  const first = text.slice(0, text.search(/\r?\n|$/));
  const separator = first.includes("\t") ? "\t" : ",";
  const lines: string[][] = [];
  let fields: string[] = [];
  let field = "";
  let quoted = false;
  const endField = (): void => {
    fields.push(field.trim());
    field = "";
  };
  const endLine = (): void => {
    endField();
    if (fields.some((value) => value !== "")) lines.push(fields);
    fields = [];
  };
  for (let at = text.charCodeAt(0) === 0xfeff ? 1 : 0; at < text.length; at++) {
    const mark = text[at] ?? "";
    if (quoted) {
      if (mark !== '"') field += mark;
      else if (text[at + 1] === '"') field += text[++at];
      else quoted = false;
    } else if (mark === '"' && field === "") quoted = true;
    else if (mark === separator) endField();
    else if (mark === "\n") endLine();
    else if (mark !== "\r") field += mark;
  }
  endLine();
  return lines;
}
