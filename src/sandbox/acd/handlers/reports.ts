// Reports and extraction. A download can use a file name only once; files of extractions are at an address on another host.

import { ALL_ATTEMPTS_REPORT } from "../../../contract/acd/index.ts";
import { DAY_MS } from "../../../kernel/index.ts";
import { AcdRefusal, accepted, conflict, invalid, missing, nothing, ok } from "../answer.ts";
import { type AcdCall, type AcdHandlers, bodyField, words } from "../call.ts";
import { acdOutcomeOf, callsOf, shortPhone, shownAttempt } from "../calls.ts";
import { pathId, readDate } from "../query.ts";
import { inForm, page, wrapped } from "../reply.ts";
import { newNumber } from "../state.ts";
import { extractAddress, extractRows, FILE_MS } from "../token.ts";
import { time } from "../world.ts";

/** How long after its writing a file is still reported as unknown. */
const WRITING_MS = 30_000;
/** The last version that was seen to take a download without a name for its file. */
const NAMELESS_UP_TO = 17;

const REPORTS = [
  { reportId: 1081, reportName: ALL_ATTEMPTS_REPORT, reportType: "Data Download" },
  { reportId: 1082, reportName: "Contact History", reportType: "Data Download" },
  { reportId: 2001, reportName: "Outbound Summary", reportType: "Prebuilt" },
] as const;

const COLUMNS = [
  "OutboundDetailRecordId",
  "ProspectiveContactSourceID",
  "SourceName",
  "ProspectiveContactID",
  "Contact_ID",
  "ExternalID",
  "PhoneNumber",
  "DateOfCall",
  "CallDuration",
  "SystemClassification",
  "SystemClassificationName",
  "AgentDisposition",
  "AgentDispositionDescription",
  "Agent_No",
  "ComplianceRecord",
  "ConfirmationRecord",
];

const two = (value: number): string => String(value).padStart(2, "0");
function americanTime(at: number): string {
  const date = new Date(at);
  return `${two(date.getUTCMonth() + 1)}/${two(date.getUTCDate())}/${date.getUTCFullYear()} ${two(date.getUTCHours())}:${two(date.getUTCMinutes())}`;
}

/** Every dial of the tenant in a range, as a file; undefined when there is none. */
function attemptsFile(call: AcdCall, from: number, to: number, headers: boolean): string | undefined {
  const { tenant, state, now } = call;
  const rows = callsOf(tenant, state.skills, from, to).filter(({ call: dial }) => dial.endTime !== undefined);
  if (rows.length === 0) return undefined;
  const lines = rows.map(({ call: dial, skill }, place) => {
    const attempt = shownAttempt(tenant, state, dial, now);
    const campaign = tenant.campaigns.get(skill.world);
    const source = state.lists.find(({ world }) => world === bodyField(campaign?.document, "contactListId"));
    const outcome = acdOutcomeOf(state, dial);
    return [
      place + 1,
      source?.listId ?? 0,
      source?.listName ?? "",
      place + 1,
      attempt["contactId"],
      attempt["externalId"],
      shortPhone(dial.phoneNumber),
      americanTime(dial.startTime),
      Math.round(((dial.endTime ?? dial.startTime) - dial.startTime) / 1000),
      outcome.system,
      attempt["systemClassName"],
      outcome.dispositionId === 0 ? "" : outcome.dispositionId,
      outcome.dispositionName,
      attempt["agentId"],
      0,
      0,
    ]
      .map((value) => (/[",\n]/.test(String(value)) ? `"${String(value).replaceAll('"', '""')}"` : String(value)))
      .join(",");
  });
  return `${[...(headers ? [COLUMNS.join(",")] : []), ...lines].join("\r\n")}\r\n`;
}

const base64 = (text: string): string => Buffer.from(text).toString("base64");

function reportOf(call: AcdCall) {
  const id = pathId(call.params["reportId"], "Invalid reportId");
  const report = REPORTS.find(({ reportId }) => reportId === id);
  if (report === undefined) throw missing("Invalid reportId");
  return report;
}

type Job = AcdCall["state"]["reportJobs"][number];
const shownJob = (call: AcdCall, job: Job) => {
  const done = job.endsAt <= call.now;
  return {
    jobId: job.jobId,
    reportId: job.reportId,
    state: done ? "Finished" : "Running",
    resultFileURL: done
      ? `${call.origin}/incontactapi/services/v${Math.max(31, call.version)}.0/files?fileName=${encodeURIComponent(job.fileName)}`
      : "",
    fileName: job.fileName,
    deleteTime: time(job.endsAt + 7 * DAY_MS),
  };
};

/**
 * Allows one extraction in so many seconds, and one at a time. Its state may be queried at any time: users do so every second.
 */
function takeTurn(call: AcdCall): void {
  const wait = call.switches.extractEverySeconds * 1000;
  const isBusy = call.state.extracts.some(({ endsAt }) => endsAt > call.now);
  if (isBusy || call.now - call.state.extractAskedAt < wait) throw new AcdRefusal(429, "TooManyRequests", "Too many requests");
  call.state.extractAskedAt = call.now;
}

type Extract = AcdCall["state"]["extracts"][number];
const shownExtract = (call: AcdCall, job: Extract) => {
  const done = job.endsAt <= call.now;
  const gone = job.endsAt + FILE_MS <= call.now;
  return {
    id: job.id,
    status: gone ? "EXPIRED" : done ? "SUCCEEDED" : "RUNNING",
    result: { url: done && !gone ? extractAddress(call, job.id) : "", messageError: "" },
  };
};

export const reports: AcdHandlers<
  | "listReports"
  | "listReportJobs"
  | "startReportJob"
  | "getReportJob"
  | "dataDownload"
  | "getFile"
  | "startExtract"
  | "getExtract"
  | "listExtracts"
> = {
  listReports(call) {
    const type = call.query.text("reportType")?.toLowerCase();
    const rows = REPORTS.filter(({ reportType }) => type === undefined || reportType.toLowerCase() === type);
    return page(
      call,
      "reports",
      rows.map((report) => ({ businessUnitId: call.state.businessUnitId, ...report })),
    );
  },
  listReportJobs(call) {
    const reportId = call.query.text("reportId");
    const status = call.query.text("jobStatus")?.toLowerCase();
    const known = call.state.reportJobs.filter((job) => reportId === undefined || String(job.reportId) === reportId);
    const isRunning = (job: Job) => job.endsAt > call.now;
    const runningJobs = known.filter((job) => isRunning(job) && status !== "completed").map((job) => shownJob(call, job));
    const completedJobs = known.filter((job) => !isRunning(job) && status !== "running").map((job) => shownJob(call, job));
    return runningJobs.length + completedJobs.length === 0 ? nothing() : ok({ runningJobs, completedJobs });
  },
  startReportJob(call) {
    const report = reportOf(call);
    const type = call.query.text("fileType") ?? "CSV";
    if (!/^(csv|pdf|xml|excel)$/i.test(type)) throw invalid("Invalid fileType");
    const stamp = call.query.flag("appendDate") === true ? `_${time(call.now).replaceAll(/\D/g, "").slice(0, 14)}` : "";
    const fileName = `${report.reportName.replaceAll(" ", "")}${stamp}.${type.toLowerCase()}`;
    if (call.state.reportJobs.some((job) => job.fileName === fileName) && call.query.flag("overwrite") !== true)
      throw conflict("File already exists");
    const jobId = newNumber(call.state);
    const content = attemptsFile(call, call.now - 30 * DAY_MS, call.now, call.query.flag("includeHeaders") !== false) ?? "";
    const endsAt = call.now + call.switches.reportSeconds * 1000;
    call.state.reportJobs.push({ jobId, reportId: report.reportId, endsAt, fileName, content });
    call.state.files[fileName] = { content, readyAt: endsAt };
    return accepted({ jobId });
  },
  getReportJob(call) {
    const id = pathId(call.params["jobId"], "Invalid jobId");
    const job = call.state.reportJobs.find(({ jobId }) => jobId === id);
    if (job === undefined) throw missing("Invalid jobId");
    const shown = inForm(call, shownJob(call, job));
    return ok(call.v > 30 ? { jobResult: shown } : shown);
  },
  dataDownload(call) {
    const report = reportOf(call);
    const fileName = call.query.text("fileName");
    if (fileName === undefined && call.version > NAMELESS_UP_TO) throw invalid("Invalid fileName");
    const dates = ["startDate", "endDate"].map((name) => {
      const text = call.query.text(name);
      const at = text === undefined ? undefined : readDate(text);
      if (text === undefined || at === undefined || /[+ ]\d{2}:?\d{2}$|-\d{2}:\d{2}$/.test(text))
        throw invalid(`Invalid ${name}`);
      return at;
    });
    const [from = 0, to = 0] = dates;
    if (to < from) throw invalid("Invalid date range");
    if (to - from > 30 * DAY_MS) throw invalid("Date range must be 30 days or less");
    if (from < call.now - 730 * DAY_MS) throw invalid("Dates must be within the last two years");
    if (fileName !== undefined && call.state.usedNames.includes(fileName.toLowerCase())) throw conflict("File already exists");
    const content =
      report.reportName === ALL_ATTEMPTS_REPORT
        ? attemptsFile(call, from, to, call.query.flag("includeHeaders") !== false)
        : undefined;
    if (content === undefined) return nothing();
    if (fileName !== undefined) call.state.usedNames.push(fileName.toLowerCase());
    const save = fileName !== undefined && call.query.flag("saveAsFile") === true;
    if (save) call.state.files[fileName] = { content, readyAt: call.now + WRITING_MS };
    return ok({
      errorMessage: "",
      fileName: fileName === undefined ? "" : `Reports\\${fileName}`,
      file: save ? "" : base64(content),
      fileType: "CSV",
      URI: `${call.switches.linkOrigin}/inContactAPI/services/V${Math.max(35, call.version)}.0/files?fileName=Reports%5C${encodeURIComponent(fileName ?? "")}`,
    });
  },
  getFile(call) {
    const asked = call.query.text("fileName") ?? "";
    const name = asked.replace(/^Reports\\+/i, "");
    const file = call.state.files[name];
    if (file === undefined || file.readyAt > call.now) throw missing("File not found");
    return ok(wrapped(call, "never", { files: { file: base64(file.content), fileName: name } }));
  },
  startExtract(call) {
    const [entity, version] = [bodyField(call.body, "entityName"), bodyField(call.body, "version")];
    if (typeof entity !== "string" || entity === "") throw invalid("Invalid entityName");
    if (version === undefined) throw invalid("Invalid version");
    const [start, end] = [words(bodyField(call.body, "startDate")), words(bodyField(call.body, "endDate"))];
    const [from, until] = [readDate(start), readDate(end)];
    if (from === undefined || until === undefined || until < from) throw invalid("Invalid date range");
    // A day includes its end.
    const to = /^\d{4}-\d{2}-\d{2}$/.test(end) ? until + DAY_MS - 1 : until;
    takeTurn(call);
    const id = `job-${newNumber(call.state)}`;
    const endsAt = call.now + call.switches.extractSeconds * 1000;
    call.state.extracts.push({ id, entity, startedAt: call.now, endsAt });
    call.state.files[`${id}.csv`] = { content: extractRows(call, entity, from, to), readyAt: endsAt };
    return accepted(id);
  },
  getExtract(call) {
    const job = call.state.extracts.find(({ id }) => id === call.params["jobId"]);
    if (job === undefined) throw missing("Job not found");
    return ok({ jobStatus: shownExtract(call, job) });
  },
  listExtracts(call) {
    return ok({ jobs: call.state.extracts.map((job) => shownExtract(call, job)) });
  },
};
