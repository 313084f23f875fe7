// What outdial does, as durable workflows.

export { inventoryConcerns, readInventory } from "./attention/inventory.ts";
export { AttentionUseCases } from "./attention/use-cases.ts";
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
} from "./crm/use-cases.ts";
export { OperationError, type OperationErrorCode } from "./error.ts";
export {
  cloudEvent,
  createDeliveryWorker,
  type DeliveryAttempt,
  DeliveryUseCases,
  type DeliveryWorker,
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
export { INBOUND_HEADER, INBOUND_PATH } from "./inbound/address.ts";
export { AGE_LIMITS, type AgeLimits, type InboundRefusal, readInbound } from "./inbound/envelope.ts";
export { Intake } from "./inbound/intake.ts";
export { type InboundProcessed, InboundWorker, vendorEventHandlers } from "./inbound/worker.ts";
export { type Entry, POLICIES, type Policy } from "./interactions/entry.ts";
export { type CorrectionMetrics, correctionMetrics } from "./interactions/metrics.ts";
export { parseEntries } from "./interactions/result.ts";
export { type CorrectionSource, Corrections, DISPOSITIONS } from "./interactions/service.ts";
export { createCorrectionLedger } from "./interactions/store-ledger.ts";
export { DEFAULT_EXCLUSIVE } from "./interactions/tree.ts";
export {
  CorrectionUseCases,
  correctionsMade,
  correctionsSource,
  type InteractionCorrection,
  type InteractionCorrections,
  type InteractionFix as Correction,
  InteractionUseCases,
} from "./interactions/use-cases.ts";
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
} from "./jobs/index.ts";
export { requestOf } from "./jobs/request.ts";
export type { ResultRow } from "./jobs/result-rows.ts";
export { type RowRunOptions, submitOne } from "./jobs/rows.ts";
export { Semaphore } from "./jobs/semaphore.ts";
export { checkCorrections, checkTags, JOB_FILTERS, JobRecordsUseCases, JobUseCases, jobFiltersIn } from "./jobs/use-cases.ts";
export { KnownAnswers, SAY_GONE } from "./known/index.ts";
export { lacksOf } from "./lacks.ts";
export { type GivenMap, OutcomeRecordsUseCases, OutcomeUseCases, type ReportRules } from "./outcomes/use-cases.ts";
export { shareRates } from "./rates/sharing.ts";
export { TenantRefresh } from "./refresh/refresh.ts";
export { findRetrieval } from "./retrieval/entry.ts";
export {
  type Difference,
  type HourCounts,
  isReconciled,
  type ReconcileReport,
  type ReconcileSink,
  type RunVerdict,
  verifyRetrieval,
} from "./retrieval/reconcile.ts";
export { checkRequest, type RetrievalInput, type RetrievalRequest } from "./retrieval/request.ts";
export type { RetrievalProgress } from "./retrieval/retrieval-run.ts";
export { type Rhythm, runSchedules, setSchedules, turnsOf } from "./retrieval/schedule.ts";
export { Retrieving } from "./retrieval/service.ts";
export { type EngineKind, engineSchema, launchEngine, openDesk } from "./run/engine.ts";
export { isDue, waitOf } from "./run/left.ts";
export { CLOCK_OFF_MS, differencesOf, differenceWords, joinReplicas, livesOf, type Membership } from "./run/members.ts";
export { stopOf } from "./run/reason.ts";
export { type Interruption, Runs } from "./run/runs.ts";
export * from "./settings/index.ts";
export * from "./simulation/index.ts";
export { storiesOf } from "./stories.ts";
export { ndjsonLines } from "./table/lines.ts";
export { MOST_PDF_ROWS, tablePdfOf } from "./table/pdf.ts";
export { columnMapping } from "./table/records.ts";
export type { RowFormat } from "./table/source.ts";
export { indexMatrix, type MatrixIndex, type RowProblem } from "./tagging/assignment.ts";
export { INSTEAD, type Instead, requireWay } from "./tagging/instead.ts";
export { readMatrix, TAG, Tagging, type TagSource, validateTagging } from "./tagging/service.ts";
export { createTagLedger } from "./tagging/store-ledger.ts";
export { type CallTag, type CallTags, TagUseCases, tagSource } from "./tagging/use-cases.ts";
export { CallUseCases, callShown, dncWords, GroupKeeper, TenantCallbacks, TenantDnc, takeOut } from "./tenant-dnc/index.ts";
export { Thread } from "./thread.ts";
export { Together } from "./together.ts";
export * from "./webhook-registration/index.ts";
