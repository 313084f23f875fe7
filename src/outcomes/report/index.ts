// Outcome reports: from counts in the lake to text, HTML, CSV and JSON.

export { parseComparison } from "./cohort.ts";
export { allRead, countDials, type HeldSource, NEARLY, readCoverage } from "./coverage.ts";
export { type ReportSource, readRun } from "./facts.ts";
export { factsStatement } from "./facts-statement.ts";
export { heatOf } from "./heat.ts";
export { type Covers, type OutcomeReport, outcomeReportJsonSchema, rateSchema, reportSchema } from "./model.ts";
export { renderCsv } from "./render-csv.ts";
export { renderHtml } from "./render-html.ts";
export { renderText } from "./render-text.ts";
export { cohortTally, type ReportedFigures, reportOutcomes } from "./report.ts";
export { type AskedScope, checkedPeriod, DIMENSIONS, type Dimension, type ReportScope } from "./scope.ts";
export { goneWords } from "./words.ts";
