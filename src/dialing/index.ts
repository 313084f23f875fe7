// The dialer model: queueing formulas, distributions, simulation, pacing strategies, calibration. Pure: Node, workers and the browser run the same code.

export {
  type Distribution,
  distributionSchema,
  inversion,
  type Law,
  lawOf,
  type SingleDistribution,
  sampler,
} from "./distributions/index.ts";
export { DialingError, type DialingErrorCode } from "./error.ts";
export {
  batchOverdial,
  engset,
  erlangA,
  erlangB,
  erlangC,
  finiteBuffer,
  finiteSource,
  hardPatience,
  mdc,
  mg1,
  progressiveRenewal,
  timeVaryingMean,
} from "./formulas/index.ts";
