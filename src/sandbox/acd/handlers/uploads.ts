// Files of records that are uploaded to calling lists: the jobs that read them, and what becomes of their rows.

import { DAY_MS } from "../../../kernel/index.ts";
import type { Contact } from "../../world/contacts.ts";
import { AcdRefusal, accepted, conflict, invalid, missing, ok } from "../answer.ts";
import type { AcdCall, AcdHandlers } from "../call.ts";
import { Parameters, pathId, readDate } from "../query.ts";
import { page } from "../reply.ts";
import { type AcdJob, type AcdList, newNumber } from "../state.ts";
import { isRunning, later, time } from "../world.ts";
import { listOf } from "./lists.ts";
import { changeCampaign } from "./skills.ts";

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
