// What outdial does, as durable workflows.

export { AttentionUseCases } from "./attention/index.ts";
export * from "./audit/index.ts";
export { boundedFileText, boundedText } from "./bounded-text.ts";
export * from "./campaigns/index.ts";
export * from "./compliance/index.ts";
export type { Context } from "./context.ts";
export {
  type CrmAccess,
  type CrmPushed,
  CrmPushing,
  type CrmPushOptions,
  type CrmPushRequest,
  CrmUseCases,
  createCrmAnnouncer,
  refuseUnended,
} from "./crm/index.ts";
export { OperationError, type OperationErrorCode } from "./error.ts";
export {
  cloudEvent,
  createDeliveryWorker,
  type DeliveryAttempt,
  DeliveryUseCases,
  type DeliveryWorker,
  eventDocument,
  heldAt,
  isEverOver,
  MAIL,
  type MailReceiver,
  type QuietHours,
  reachMail,
  reachWebhook,
  recordDrift,
  setBackAlarm,
  typesNamed,
  usualTypes,
} from "./events/index.ts";
export { inTime } from "./in-time.ts";
export {
  AGE_LIMITS,
  type AgeLimits,
  INBOUND_HEADER,
  INBOUND_PATH,
  type InboundProcessed,
  type InboundRefusal,
  InboundWorker,
  Intake,
  readInbound,
  vendorEventHandlers,
} from "./inbound/index.ts";
export {
  type Correction,
  type CorrectionMetrics,
  type CorrectionSource,
  Corrections,
  CorrectionUseCases,
  correctionMetrics,
  correctionsSource,
  createCorrectionLedger,
  DEFAULT_EXCLUSIVE,
  DISPOSITIONS,
  type Entry,
  type InteractionCorrection,
  type InteractionCorrections,
  InteractionUseCases,
  POLICIES,
  type Policy,
  parseEntries,
} from "./interactions/index.ts";
export {
  ENDED,
  type EndedItem,
  GOES_ON,
  type JobProgress,
  JobRecords,
  type JobSource,
  type PlanReport,
  type PlanSink,
  type RefusedRow,
  type RowJob,
  refuseCancelled,
} from "./jobs/index.ts";
export { requestOf } from "./jobs/request.ts";
export type { ResultRow } from "./jobs/result-rows.ts";
export { type RowRunOptions, submitOne } from "./jobs/rows.ts";
export { Semaphore } from "./jobs/semaphore.ts";
export { JOB_FILTERS, JobRecordsUseCases, JobUseCases, jobFiltersIn } from "./jobs/use-cases.ts";
export { KnownAnswers, SAY_GONE } from "./known/index.ts";
export { lacksOf } from "./lacks.ts";
export { exportedText, exportToFile } from "./outcomes/export.ts";
export { planReport, type ReportRequest, type ReportRules } from "./outcomes/report.ts";
export { compareOutcomes, OutcomeRecordsUseCases, OutcomeUseCases } from "./outcomes/use-cases.ts";
export { shareRates } from "./rates/sharing.ts";
export { TenantRefresh } from "./refresh/refresh.ts";
export {
  checkRequest,
  type Difference,
  findRetrieval,
  type HourCounts,
  isReconciled,
  type ReconcileReport,
  type ReconcileSink,
  type RetrievalInput,
  type RetrievalProgress,
  type RetrievalRequest,
  Retrieving,
  type Rhythm,
  type RunVerdict,
  runSchedules,
  setSchedules,
  turnsOf,
  verifyRetrieval,
} from "./retrieval/index.ts";
export {
  differencesOf,
  differenceWords,
  type EngineKind,
  engineSchema,
  type Interruption,
  isDue,
  joinReplicas,
  launchEngine,
  livesOf,
  type Membership,
  openDesk,
  Runs,
  stopOf,
  waitOf,
} from "./run/index.ts";
export * from "./settings/index.ts";
export * from "./simulation/index.ts";
export { ndjsonLines } from "./table/lines.ts";
export { MOST_PDF_ROWS, tablePdfOf } from "./table/pdf.ts";
export type { RowFormat } from "./table/source.ts";
export { indexMatrix, type MatrixIndex, type RowProblem } from "./tagging/assignment.ts";
export { INSTEAD, type Instead, requireWay } from "./tagging/instead.ts";
export { parseMapping } from "./tagging/read-rows.ts";
export { readMatrix, TAG, Tagging, type TagSource, validateTagging } from "./tagging/service.ts";
export { createTagLedger } from "./tagging/store-ledger.ts";
export { type CallTag, type CallTags, TagUseCases, tagSource } from "./tagging/use-cases.ts";
export { dncWords, GroupKeeper, TenantCallbacks, TenantDnc } from "./tenant-dnc/index.ts";
export { Thread } from "./thread.ts";
export * from "./webhook-registration/index.ts";
