// Statistics of the kernel: distributions, intervals, a trend, a sequential test. Pure.

export { StatisticsError } from "./arguments.ts";
export { binomialCdf, studentQuantile } from "./beta.ts";
export { type ChangePoint, changePoints } from "./change-point.ts";
export { binomialPmf, incompleteGamma, lnGamma, poissonPmf } from "./gamma.ts";
export {
  type BatchMeansInterval,
  batchMeansInterval,
  type MeanInterval,
  meanInterval,
  type RatioInterval,
  ratioInterval,
} from "./means.ts";
export { normalCdf, normalQuantile } from "./normal.ts";
export { type DifferenceInterval, differenceInterval, type RateInterval, wilsonInterval } from "./proportions.ts";
export {
  createSequentialTest,
  type SequentialState,
  type SequentialTest,
  type SequentialTestOptions,
  type SequentialVerdict,
} from "./sequential-test.ts";
export { type LinearTrend, linearTrend } from "./trend.ts";
export { weightedTrend } from "./weighted-trend.ts";
