// What outcomes mean: maps of codes, conversion, trend, comparisons, restatements. Pure.

export { documentedSummary } from "./conversion.ts";
export { MeaningError } from "./error.ts";
export { localTime, parseInstant } from "./local-time.ts";
export { classify, DOCUMENTED_MAP, type OutcomeMap } from "./outcome-map.ts";
export { outcomeMapJsonSchema, readOutcomeMap } from "./read-outcome-map.ts";
export type { ReportedFigure } from "./restatement.ts";
export type { CategoryCounts } from "./tally.ts";
