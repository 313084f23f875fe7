// Simulations on worker threads, and the records of calls that they are calibrated with.

export { type CallRecordOptions, readCallRecords } from "./call-records.ts";
export { SimulationError, SimulationPool } from "./pool.ts";
