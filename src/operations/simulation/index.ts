// Simulations on worker threads, and the call records used for calibration.

export { SimulationError, type SimulationErrorCode, SimulationPool } from "./pool.ts";
export {
  type CallRecordOptions,
  calibrateCalls,
  openStudies,
  readCallRecords,
  type SimulationQuestion,
  SimulationUseCases,
  type Studies,
  type StudyProgress,
  underLaw,
} from "./use-cases.ts";
export { parseAxis, readScenario, variationsOf } from "./variations.ts";
