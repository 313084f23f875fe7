// Simulations on worker threads.

export {
  type ReplicateOptions,
  SimulationError,
  type SimulationErrorCode,
  SimulationPool,
  type SimulationPoolOptions,
} from "./pool.ts";
