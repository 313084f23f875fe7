// The package's main door: the SDK for one tenant, and bulk tagging as functions.

export { openRecords, openTagging, type Records, type ResultRow, type TaggingOptions, type TaggingRuntime } from "./app/index.ts";
export { messageOf, OutdialError } from "./kernel/index.ts";
export {
  type ItemResult,
  indexMatrix,
  type MatrixIndex,
  OperationError,
  type PlanReport,
  type RowProblem,
  readMatrix,
  type TagJob,
  type TagProgress,
  type TagSource,
  validateTagging,
} from "./operations/index.ts";
export * from "./tenant/index.ts";
