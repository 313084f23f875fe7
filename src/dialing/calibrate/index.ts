// Calibration: from records of calls to a scenario.

export {
  type CalibratedScenario,
  type Calibration,
  type CalibrationBuilder,
  calibratedScenario,
  createCalibration,
  type OutcomeRates,
  type ThinSpot,
} from "./calibration.ts";
export type { DayMeanInterval } from "./day-tally.ts";
export type { Candidate, DurationFit } from "./fit.ts";
export { CALL_OUTCOMES, type CallOutcome, type CallRecord, callRecordSchema } from "./record.ts";
