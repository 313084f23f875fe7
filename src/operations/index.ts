// What outdial does, as durable workflows.

export * from "./compliance/index.ts";
export { type CrmAnnouncer, type CrmPushReport, createCrmAnnouncer, createCrmSender, pushToCrm } from "./crm/index.ts";
export { type Durable, type JobBody, launchDurable } from "./durable.ts";
export { OperationError } from "./error.ts";
export { cloudEvent, createDeliveryWorker, type DeliveryWorker } from "./events/index.ts";
export { joinReplicas, type Membership } from "./replica.ts";
export {
  checkRequest,
  type Difference,
  type HourCounts,
  type ReconcileReport,
  type ReconcileSink,
  type RetrievalInput,
  type RetrievalProgress,
  type RetrievalRequest,
  Retrieving,
  type RunVerdict,
  reconcile,
  retrievalBody,
  runSchedules,
  splitWindows,
  verifyRetrieval,
} from "./retrieval/index.ts";
export { type NdjsonLine, ndjsonLines } from "./table/lines.ts";
export type { RowFormat } from "./table/source.ts";
export { indexMatrix, type MatrixIndex, type RowProblem } from "./tagging/assignment.ts";
export { tagBody } from "./tagging/body.ts";
export { parseMapping } from "./tagging/columns.ts";
export { ENDED, type ResultCounts, TAG, type TagJob } from "./tagging/jobs.ts";
export type { PlanReport, PlanSink, RefusedRow } from "./tagging/plan.ts";
export { ITEM_RESULTS, type ItemResult } from "./tagging/result.ts";
export {
  readMatrix,
  Tagging,
  type TagProgress,
  type TagSource,
  validateTagging,
} from "./tagging/service.ts";
export { createStoreJobs } from "./tagging/store-jobs.ts";
export { createStoreLedger } from "./tagging/store-ledger.ts";
