// What outcomes mean, how well campaigns convert, and the lake that keeps them.

export {
  bucketPlace,
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
export { documentedSummary } from "./meaning/conversion.ts";
export { MeaningError } from "./meaning/error.ts";
export { localTime, parseInstant } from "./meaning/local-time.ts";
export { classify, DOCUMENTED_MAP, type OutcomeMap } from "./meaning/outcome-map.ts";
export { outcomeMapJsonSchema, readOutcomeMap } from "./meaning/read-outcome-map.ts";
export type { ReportedFigure } from "./meaning/restatement.ts";
export type { CategoryCounts } from "./meaning/tally.ts";
export { ComplianceHash, digestOf, ERASED_RAW } from "./record/canonical.ts";
export { MAX_CALLS_PAGE, OUTCOME_CODES, RETENTION_DAYS } from "./record/listing.ts";
export type { OutcomeRecord } from "./record/record.ts";
export { parseComparison } from "./report/cohort.ts";
export { allRead, countDials, type HeldSource, NEARLY, readCoverage } from "./report/coverage.ts";
export { type ReportSource, readRun } from "./report/facts.ts";
export { factsStatement } from "./report/facts-statement.ts";
export { heatOf } from "./report/heat.ts";
export { type Covers, type OutcomeReport, outcomeReportJsonSchema, rateSchema, reportSchema } from "./report/model.ts";
export { renderCsv } from "./report/render-csv.ts";
export { renderHtml } from "./report/render-html.ts";
export { goneWords, renderText } from "./report/render-text.ts";
export { cohortTally, type ReportedFigures, reportOutcomes } from "./report/report.ts";
export { type AskedScope, checkedPeriod, DIMENSIONS, type Dimension, type ReportScope } from "./report/scope.ts";
