// What outcomes mean, how well campaigns convert, and the lake that keeps them.

export {
  createMemoryCatalog,
  type LakeCatalog,
  type LakeErrorCode,
  type LakeFile,
  type LakeRange,
  type OutcomeLake,
  openLake,
  type RecordQuery,
  type StagedFile,
  type StagingPlace,
  withLake,
} from "./lake/index.ts";
export {
  type CategoryCounts,
  classify,
  DOCUMENTED_MAP,
  documentedSummary,
  localTime,
  MeaningError,
  type OutcomeMap,
  outcomeMapJsonSchema,
  parseInstant,
  type ReportedFigure,
  readOutcomeMap,
} from "./meaning/index.ts";
export {
  ComplianceHash,
  digestOf,
  type OutcomeRecord,
} from "./record/index.ts";
export { MAX_CALLS_PAGE, OUTCOME_CODES, RETENTION_DAYS } from "./record/listing.ts";
export {
  checkedPeriod,
  cohortTally,
  DIMENSIONS,
  type Dimension,
  factsStatement,
  heatOf,
  type OutcomeReport,
  outcomeReportJsonSchema,
  parseComparison,
  type ReportedFigures,
  type ReportScope,
  type ReportSource,
  rateSchema,
  readRun,
  renderCsv,
  renderHtml,
  renderText,
  reportOutcomes,
  reportSchema,
} from "./report/index.ts";
