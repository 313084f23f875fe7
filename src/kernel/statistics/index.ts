// Statistics of the kernel: distributions, intervals, a trend, a sequential test. Pure.

export { StatisticsError } from "./arguments.ts";
export { binomialCdf, studentQuantile } from "./beta.ts";
export { changePoints } from "./change-point.ts";
export { binomialPmf, incompleteGamma, lnGamma, poissonPmf } from "./gamma.ts";
export {
  batchMeansInterval,
  meanInterval,
  type RatioInterval,
  ratioInterval,
} from "./means.ts";
export { normalCdf, normalQuantile } from "./normal.ts";
export { differenceInterval, type RateInterval, wilsonInterval } from "./proportions.ts";
export {
  createSequentialTest,
  type SequentialVerdict,
} from "./sequential-test.ts";
export { linearTrend, weightedTrend } from "./trend.ts";
