// Calibration: from records of calls to a scenario.

export { type Calibration, type CalibrationBuilder, createCalibration, type OutcomeRates, type ThinSpot } from "./calibration.ts";
export type { Candidate } from "./candidates.ts";
export type { DayMeanInterval } from "./day-tally.ts";
export type { DurationFit } from "./fit.ts";
export { CALL_OUTCOMES, type CallOutcome, type CallRecord, callRecordSchema } from "./record.ts";
export { type CalibratedScenario, calibratedScenario } from "./to-scenario.ts";
