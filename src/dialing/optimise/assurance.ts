// Will a measured period keep its limit? Computed from independent runs: the period's rate, its scatter, and the uncertainty that
// the runs leave.

import { studentQuantile } from "../../kernel/index.ts";

/** Abandoned calls and live answers of one run. */
export interface RunCounts {
  readonly abandoned: number;
  readonly liveAnswers: number;
}

/** How reliably a setting keeps the limit on abandonment over a measured period. */
export interface Assurance {
  /** Abandoned calls divided by live answers, over all runs. */
  readonly rate: number;
  /** Expected live answers of a measured period. */
  readonly periodAnswers: number;
  /** Standard deviation of a period's rate: chance within the period, and the uncertainty of the mean that the runs leave. */
  readonly standardDeviation: number;
  /** The rate that a period does not exceed with the requested probability. Infinity with fewer than two runs. */
  readonly ceiling: number;
  /**
   * Variance of a run's rate divided by the binomial variance: abandoned calls come in clusters (3 to 17 is usual), so that naive
   * intervals are too narrow.
   */
  readonly inflation: number;
}

/**
 * The rate that a period of `runsPerPeriod` independent runs stays below with probability `probability`. Only the scatter between
 * runs is used, so that autocorrelation within a run is included: linearised residuals a_i - R n_i, their variance once for the
 * period and once for the estimate of R (a prediction interval for a ratio; Student's quantile with runs - 1 degrees of freedom).
 */
export function assure(runs: readonly RunCounts[], runsPerPeriod: number, probability: number): Assurance {
  let [abandoned, answers] = [0, 0];
  for (const run of runs) {
    abandoned += run.abandoned;
    answers += run.liveAnswers;
  }
  const mean = answers / Math.max(1, runs.length);
  const rate = answers > 0 ? abandoned / answers : 0;
  const periodAnswers = mean * runsPerPeriod;
  if (runs.length < 2 || answers === 0) {
    return {
      rate,
      periodAnswers,
      standardDeviation: Number.POSITIVE_INFINITY,
      ceiling: Number.POSITIVE_INFINITY,
      inflation: Number.NaN,
    };
  }
  let squares = 0;
  for (const run of runs) squares += (run.abandoned - rate * run.liveAnswers) ** 2;
  // Runs without an abandoned call do not prove that there never is one: the variance is that of one in all runs.
  const variance = Math.max(squares / (runs.length - 1), 1 / runs.length);
  const binomial = rate * (1 - rate) * mean;
  const standardDeviation = Math.sqrt(variance * (1 / runsPerPeriod + 1 / runs.length)) / mean;
  return {
    rate,
    periodAnswers,
    standardDeviation,
    ceiling: rate + studentQuantile(probability, runs.length - 1) * standardDeviation,
    inflation: binomial > 0 ? variance / binomial : Number.NaN,
  };
}
