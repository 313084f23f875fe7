// The package's main door: the SDK for one tenant, and bulk tagging as functions.

export { openRecords, openTagging, type Records, type TaggingOptions, type TaggingRuntime } from "./app/index.ts";
export { messageOf, OutdialError } from "./kernel/index.ts";
export {
  indexMatrix,
  type JobProgress,
  type MatrixIndex,
  OperationError,
  type PlanReport,
  type ResultRow,
  type RowJob,
  type RowProblem,
  readMatrix,
  type TagSource,
  validateTagging,
} from "./operations/index.ts";
export type { ItemResult } from "./store/index.ts";
export * from "./tenant/index.ts";
