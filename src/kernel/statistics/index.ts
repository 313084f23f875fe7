// Statistics of the kernel: distributions, intervals, a trend, a sequential test. Pure.

export { StatisticsError } from "./arguments.ts";
export { binomialCdf, studentQuantile } from "./beta.ts";
export { binomialPmf, incompleteGamma, lnGamma, poissonPmf } from "./gamma.ts";
export { lastingTrend, levelShifts } from "./lasting-effects.ts";
export {
  meanInterval,
  type RatioInterval,
  ratioInterval,
} from "./means.ts";
export { normalCdf, normalQuantile } from "./normal.ts";
export {
  type DayCell,
  type DayRateInterval,
  type DayVariation,
  dayVariation,
  type GroupSet,
  type IntervalMethod,
} from "./over-days.ts";
export { differenceInterval, type RateInterval, wilsonInterval } from "./proportions.ts";
export {
  createSequentialTest,
  type SequentialVerdict,
} from "./sequential-test.ts";
