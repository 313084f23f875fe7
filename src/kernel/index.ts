// The kernel: what every part shares. No I/O, no clock of its own, no randomness of its own.

export { addressOf, isLoopback } from "./address.ts";
export { areasText, coversText } from "./areas.ts";
export { canonicalJson, type DeepReadonly } from "./canonical-json.ts";
export { agoOf, type Clock, doubledMs, type Instant, isWithin } from "./clock.ts";
export { cellText, csvLine, unmarkedCell } from "./csv-line.ts";
export { DAY_MS, durationText, HOUR_MS, MINUTE_MS, parseDuration, WEEKDAYS } from "./durations.ts";
export {
  DEVICE_NAME,
  type ErrorOptionsWithAdvice,
  fileTrouble,
  hostTrouble,
  jsonTrouble,
  messageOf,
  OutdialError,
} from "./error.ts";
export { Histogram, type HistogramSummary } from "./histogram.ts";
export { newId } from "./ids.ts";
export { dayOr, isDay, parseInstant, timeOf } from "./iso-time.ts";
export { callsUnderWay, jobTitle } from "./job-words.ts";
export { KEPT, type Kept, type KeptSetting, keptOf } from "./kept.ts";
export {
  aggregate,
  allHold,
  type Covers,
  isWhole,
  type Known,
  measured,
  NOT_KNOWN,
  SOURCES,
  type Verdict,
} from "./known.ts";
export { installCommand, missingPackage } from "./packages.ts";
export {
  ABANDONMENT_LIMIT,
  APPLY_PHASE_WORDS,
  CHANGE_PHASE_WORDS,
  factWords,
  PAIR_PHASE_WORDS,
  pairPhaseTold,
  pairPhaseWords,
  percent,
  phaseWords,
  probabilityText,
  shortPercent,
} from "./phase-words.ts";
export { issueText, nearest, type Problem, problemsOf, problemText } from "./problems.ts";
export { createRandom, type RandomStream } from "./random.ts";
export { isNestedDeeper, repeatedMember } from "./repeated-member.ts";
export { StatisticsError } from "./statistics/arguments.ts";
export { binomialCdf, binomialPmf, incompleteGamma, lnGamma, poissonPmf, studentQuantile } from "./statistics/beta.ts";
export { lastingTrend, levelShifts } from "./statistics/lasting-effects.ts";
export { meanInterval, type RatioInterval, ratioInterval } from "./statistics/means.ts";
export { normalCdf, normalQuantile } from "./statistics/normal.ts";
export {
  type DayCell,
  type DayRateInterval,
  type DayVariation,
  dayVariation,
  type GroupSet,
  type IntervalMethod,
} from "./statistics/over-days.ts";
export { differenceInterval, type RateInterval, wilsonInterval } from "./statistics/proportions.ts";
export { createSequentialTest, type SequentialVerdict } from "./statistics/sequential-test.ts";
export { isTimeZone } from "./time-zone.ts";
export { hiddenKeys, yamlOffset, yamlValue } from "./yaml-lines.ts";
