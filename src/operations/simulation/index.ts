// Simulations on worker threads, and the call records used for calibration.

export { calibrateCalls } from "./calibrate.ts";
export { type CallRecordOptions, readCallRecords } from "./call-records.ts";
export { underLaw } from "./law.ts";
export { SimulationError, type SimulationErrorCode, SimulationPool } from "./pool.ts";
export { readScenario } from "./scenario-file.ts";
export { openStudies, type Studies, type StudyProgress } from "./studies.ts";
export { type SimulationQuestion, SimulationUseCases } from "./use-cases.ts";
export { parseAxis, variationsOf } from "./variations.ts";
