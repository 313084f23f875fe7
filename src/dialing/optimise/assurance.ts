// Will a measured period end within its limit? From independent runs: the period's rate, its scatter, and what the runs leave uncertain.

import { studentQuantile } from "../../kernel/index.ts";

/** Abandoned calls and live answers of one run. */
export interface RunCounts {
  readonly abandoned: number;
  readonly liveAnswers: number;
}

/** How sure it is that a setting keeps the limit on abandonment over a measured period. */
export interface Assurance {
  /** Abandoned over live answers of all runs. */
  readonly rate: number;
  /** Live answers of a measured period. */
  readonly periodAnswers: number;
  /** Standard deviation of a period's rate: chance within the period, and what the runs leave unknown of the mean. */
  readonly standardDeviation: number;
  /** The rate that a period does not exceed with the probability asked for. Infinity with fewer than two runs. */
  readonly ceiling: number;
  /** Variance of a run's rate over the binomial one: abandoned calls come in clusters (3 to 17 is usual), so that naive intervals are too narrow. */
  readonly inflation: number;
}

/**
 * The rate that a period of `runsPerPeriod` independent runs stays below with probability `probability`. Only the scatter between runs counts, so that
 * autocorrelation within a run is in it: linearised residuals a_i - R n_i, their variance once for the period and once for the estimate of R
 * (a prediction interval for a ratio; Student's quantile with runs - 1 degrees of freedom).
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
  // Runs without any abandoned call do not prove that there never is one: as if one had been seen in all.
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
