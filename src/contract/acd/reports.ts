// Reports, data downloads and extraction: the ways to data that lies further back than the other reads reach.

import { z } from "zod";
import { type AcdOperation, acceptedWrite, read, readOrNothing, write } from "./common.ts";
import { maybeBoolean, maybeId, maybeInteger, maybeNumber, maybeText, sentInstant, wireId } from "./scalars.ts";

// Reads of the calling user, its business unit and the tenant's features, for the capability probe.

/** The business unit with its feature switches. Ports count calls; expirations are in minutes or days, as their names say. */
const businessUnit = z.looseObject({
  businessUnitId: maybeId,
  businessUnitName: maybeText,
  allowPredictiveDialing: maybeBoolean,
  enableSkillAbandonRate: maybeBoolean,
  abandonRateScope: maybeText,
  callSuppression: maybeBoolean,
  priorityBasedBlending: maybeBoolean,
  outboundPortLimit: maybeInteger,
  agentlessPortLimit: maybeInteger,
  concurrentPortLimit: maybeInteger,
  daysUntilListSourceIsFlaggedForDeletion: maybeInteger,
  defaultContactExpirationMinutes: maybeInteger,
  defaultTimeZone: maybeText,
  apiPublishedLimit: maybeNumber,
  features: z.array(z.looseObject({ productId: maybeId, productDescription: maybeText, isEnabled: maybeBoolean })).nullish(),
});

const permission = z.looseObject({ BusinessUnitId: maybeId, Key: maybeText, Value: maybeText });

const permissionRow = {
  ...read,
  section: "account",
  versions: { pin: 30 },
  envelope: { within: ["resultSet"], items: ["permissions"] },
  evidence: "published and seen",
  reply: z.looseObject({ permissions: z.array(permission) }),
} as const;

/** Operations that read the calling user, its business unit and the tenant's features. */
export const account = {
  getBusinessUnit: {
    ...read,
    summary: "The business unit with its gates: predictive dialing, ports, features",
    section: "account",
    path: "/business-unit",
    versions: { pin: 30 },
    envelope: { within: ["resultSet"], items: ["businessUnits"] },
    evidence: "published and seen",
    query: z.strictObject({
      fields: z.array(z.string()).optional(),
      includeTrustedBusinessUnits: z.boolean().optional(),
    }),
    lists: { fields: "joined" },
    reply: z.looseObject({ businessUnits: z.array(businessUnit) }),
  },
  getPermissions: {
    ...permissionRow,
    summary: "The rights of the owner of the access key",
    path: "/permissions",
    query: z.strictObject({ agentId: z.string().optional() }),
  },
  getAgentPermissions: {
    ...permissionRow,
    summary: "The rights of an agent",
    path: "/permissions/{agentId}",
    refusals: { 404: "unknown agent" },
  },
  getServerTime: {
    ...read,
    summary: "The server's time; all times of the API are the server's",
    section: "account",
    path: "/server-time",
    versions: { pin: 30 },
    envelope: { within: ["resultSet"] },
    aliases: { serverTime: "ServerTime" },
    evidence: "published and seen",
    reply: z.looseObject({ ServerTime: z.string().min(1) }),
  },
  getApiVersions: {
    ...read,
    summary: "The versions that this tenant has of each resource",
    section: "account",
    path: "/apiversion",
    versions: { pin: 30 },
    envelope: { within: ["resultSet"], items: ["apiInfo"] },
    evidence: "published",
    query: z.strictObject({ searchUriText: z.string().optional(), verb: z.string().optional() }),
    reply: z.looseObject({
      apiInfo: z.array(z.looseObject({ uri: maybeText, version: maybeText, verb: maybeText })),
    }),
  },
  listOutboundRoutes: {
    ...read,
    summary: "The telecom routes that calls may leave by",
    section: "account",
    path: "/business-unit/outbound-routes",
    versions: { pin: 30 },
    envelope: { within: ["resultSet"], items: ["outboundRoutes"] },
    evidence: "published",
    reply: z.looseObject({ outboundRoutes: z.array(z.looseObject({})) }),
  },
  getBuTimeZones: {
    ...read,
    summary: "The time zones that the business unit uses",
    section: "account",
    path: "/business-unit/time-zones",
    versions: { pin: 30 },
    envelope: { within: ["resultSet"], items: ["timezones", "timeZones"] },
    evidence: "published",
    reply: z.looseObject({ timezones: z.array(z.looseObject({})) }),
  },
  putBuTimeZones: {
    ...read,
    summary: "Replace the time zones of the business unit",
    section: "account",
    method: "PUT",
    path: "/business-unit/time-zones",
    rate: "acd-write",
    retry: "idempotent",
    success: { status: 200, accepts: "2xx", body: "optional" },
    versions: { pin: 30 },
    permission: "Business Unit Time Zones Edit",
    evidence: "published",
    reserved: "zones left out are disabled for the whole tenant and removed from every skill",
    accepts: z.looseObject({}),
    request: z.strictObject({ timezones: z.array(z.unknown()), items: z.array(z.unknown()).optional() }),
  },
  listTimeZones: {
    ...read,
    summary: "The Windows time zones that the API knows",
    section: "account",
    path: "/timezones",
    versions: { pin: 25, fallbacks: [30] },
    envelope: { within: ["resultSet"], items: ["timeZones", "timezones"] },
    evidence: "published and seen",
    reply: z.looseObject({
      timeZones: z.array(z.looseObject({ displayName: maybeText, standardName: maybeText, offset: maybeText })),
    }),
  },
} as const satisfies Record<string, AcdOperation>;

/** The report of every dial attempt of the tenant. Its id differs between tenants, so it is found by this name. */
export const ALL_ATTEMPTS_REPORT = "List Inventory All Attempts";
/** Kinds of reports. */
export const REPORT_TYPES = ["Data Download", "Private", "Public", "Prebuilt"] as const;

const report = { section: "reports", rate: "acd-report", permission: "Data Download" } as const;
const job = z.looseObject({
  jobId: wireId,
  reportId: maybeId,
  state: maybeText,
  resultFileURL: maybeText,
  fileName: maybeText,
  deleteTime: maybeText,
});
const file = z.looseObject({ file: maybeText, fileName: maybeText });
const extract = z.looseObject({
  id: wireId,
  status: z.string(),
  result: z.looseObject({ url: maybeText, messageError: maybeText, errorMessage: maybeText }).nullish(),
});

export const reports = {
  listReports: {
    ...read,
    ...report,
    summary: "The reports that can be run or downloaded",
    path: "/reports",
    versions: { pin: 31 },
    envelope: { within: ["resultSet"], items: ["reports"] },
    evidence: "published and seen",
    query: z.strictObject({ reportType: z.enum(REPORT_TYPES).optional() }),
    reply: z.looseObject({
      reports: z.array(z.looseObject({ reportId: wireId, reportName: maybeText, reportType: maybeText })),
    }),
  },
  listReportJobs: {
    ...readOrNothing,
    ...report,
    summary: "Jobs of reports",
    path: "/report-jobs",
    versions: { pin: 31 },
    envelope: { within: ["resultSet"] },
    evidence: "published and seen",
    query: z.strictObject({
      reportId: z.string().optional(),
      jobStatus: z.enum(["running", "completed"]).optional(),
      jobSpan: z.int().min(1).optional(),
    }),
    reply: z.looseObject({ runningJobs: z.array(job).nullish(), completedJobs: z.array(job).nullish() }),
  },
  startReportJob: {
    ...acceptedWrite,
    ...report,
    summary: "Run a report; its file is fetched when the job is finished",
    path: "/report-jobs/{reportId}",
    versions: { pin: 31 },
    envelope: { within: ["resultSet"] },
    evidence: "published and seen",
    success: { status: 202, accepts: "2xx", body: "json" },
    refusals: { 404: "unknown report", 409: "a file of that name exists" },
    query: z.strictObject({
      fileType: z.enum(["CSV", "PDF", "XML", "Excel"]),
      includeHeaders: z.boolean().optional(),
      appendDate: z.boolean().optional(),
      deleteAfter: z.int().min(7).max(14).optional(),
      overwrite: z.boolean().optional(),
    }),
    reply: z.looseObject({ jobId: wireId }),
  },
  getReportJob: {
    ...read,
    ...report,
    summary: "A job of a report, with the address of its file",
    path: "/report-jobs/{jobId}",
    versions: { pin: 31 },
    envelope: { within: ["resultSet", "jobResult"] },
    evidence: "sources differ",
    refusals: { 404: "unknown job" },
    reply: job,
  },
  dataDownload: {
    ...write,
    ...report,
    summary: "Download the data of a report; every file name may be used once",
    path: "/report-jobs/datadownload/{reportId}",
    versions: { pin: 34 },
    envelope: { within: ["resultSet"] },
    emptyStatus: 204,
    success: { status: 200, accepts: "2xx", body: "optional" },
    failureField: "errorMessage",
    evidence: "published and seen",
    refusals: { 400: "a range over 30 days or with an offset", 404: "unknown report", 409: "the file name was used" },
    query: z.strictObject({
      fileName: z.string().min(1),
      startDate: sentInstant,
      endDate: sentInstant,
      saveAsFile: z.boolean().optional(),
      includeHeaders: z.boolean().optional(),
    }),
    reply: z.looseObject({ errorMessage: maybeText, fileName: maybeText, file: maybeText, fileType: maybeText, URI: maybeText }),
  },
  getFile: {
    ...read,
    ...report,
    summary: "A file of the tenant; unknown for up to a minute while it is written",
    path: "/files",
    versions: { pin: 34 },
    envelope: { within: ["resultSet"] },
    evidence: "published and seen",
    refusals: { 404: "unknown file, or one that is being written" },
    query: z.strictObject({ fileName: z.string().min(1) }),
    reply: z.looseObject({ files: file }),
  },
  startExtract: {
    ...acceptedWrite,
    summary: "Start an extraction of data; the reply is the id of the job, a bare JSON string",
    section: "reports",
    path: "/data-extraction/v1/jobs",
    rate: "acd-extract",
    permission: "Data Extraction",
    evidence: "published and seen",
    success: { status: 202, accepts: "2xx", body: "json" },
    refusals: { 400: "unknown entity or version, unreadable range" },
    request: z.strictObject({
      entityName: z.string().min(1),
      version: z.string().min(1),
      startDate: z.string().min(1),
      endDate: z.string().min(1),
    }),
    accepts: z.looseObject({}),
    reply: z.string().min(1),
  },
  getExtract: {
    ...read,
    summary: "A job of an extraction; the address of its file is good for 30 seconds",
    section: "reports",
    path: "/data-extraction/v1/jobs/{jobId}",
    rate: "acd-extract",
    permission: "Data Extraction",
    envelope: { within: ["jobStatus"] },
    evidence: "published and seen",
    refusals: { 404: "unknown job" },
    reply: extract,
  },
  listExtracts: {
    ...read,
    summary: "Jobs of extractions",
    section: "reports",
    path: "/data-extraction/v1/jobs",
    rate: "acd-extract",
    permission: "Data Extraction",
    evidence: "published",
    envelope: { items: ["jobs"] },
    reply: z.looseObject({ jobs: z.array(extract) }),
  },
} as const satisfies Record<string, AcdOperation>;
