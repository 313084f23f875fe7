// What outdial does, as durable workflows.

export { type Durable, type DurableLog, launchDurable } from "./durable.ts";
export { OperationError, type OperationErrorCode } from "./error.ts";
export { cloudEvent, createDeliveryWorker, type DeliveryWorker } from "./events/index.ts";
export { joinReplicas, replicaIsDead } from "./replica.ts";
export { type Assignment, indexMatrix, type MatrixIndex, type RowProblem } from "./tagging/assignment.ts";
export { type Measured, tagBody } from "./tagging/body.ts";
export { type ColumnMapping, parseMapping } from "./tagging/columns.ts";
export { ENDED, type JobStatus, type ResultCounts, type TagJob } from "./tagging/jobs.ts";
export type { PlanReport, PlanSink, RefusedRow } from "./tagging/plan.ts";
export type { ReadOptions, RowFormat } from "./tagging/read-rows.ts";
export { ITEM_RESULTS, type ItemResult } from "./tagging/result.ts";
export type { StopReason } from "./tagging/run.ts";
export {
  readMatrix,
  Tagging,
  type TaggingDependencies,
  type TagProgress,
  type TagSource,
  validateTagging,
} from "./tagging/service.ts";
export { createStoreJobs } from "./tagging/store-jobs.ts";
export { createStoreLedger } from "./tagging/store-ledger.ts";
