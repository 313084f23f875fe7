// Simulations on worker threads, and the call records used for calibration.

export {
  type CallRecordOptions,
  calibrateCalls,
  openStudies,
  readCallRecords,
  SimulationError,
  type SimulationErrorCode,
  SimulationPool,
  type SimulationQuestion,
  SimulationUseCases,
  type Studies,
  type StudyProgress,
  underLaw,
} from "./use-cases.ts";
export { parseAxis, readScenario, variationsOf } from "./variations.ts";
