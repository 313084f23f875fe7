// A sequential test of a proportion against a limit: the error rates hold although the result is looked at after every
// observation.

import { requireCounts, requireShare, StatisticsError } from "./arguments.ts";

/** Verdict of a sequential test: continue, the rate is above the limit, or it is below. */
export type SequentialVerdict = "continue" | "above" | "below";

interface SequentialTestOptions {
  /** The rate that is still acceptable, between 0 and 1. */
  readonly limit: number;
  /**
   * The rate that must be detected, between 0 and 1 and different from the limit: above the limit for a ceiling, below it for a
   * floor.
   */
  readonly alternative: number;
  /** Largest probability of a false alarm: accepting the alternative while the true rate is at the limit or on its good side. */
  readonly alpha: number;
  /** Largest probability of a miss: accepting the limit while the true rate is the alternative or beyond. */
  readonly beta: number;
}

/** The whole state of a test, as JSON: give it to `createSequentialTest` to continue after a restart. */
interface SequentialState {
  readonly successes: number;
  readonly trials: number;
  readonly verdict: SequentialVerdict;
}

/**
 * Wald's sequential probability ratio test for independent trials (A. Wald, Annals of Mathematical Statistics 16, 1945) with the
 * boundaries 1/alpha and beta. With these, instead of Wald's approximate ones, both error rates are guaranteed, however often and
 * in whatever portions one looks (Ville's inequality), at the price of a slightly longer run. It ends with probability 1.
 *
 * Ceiling (alternative > limit): "above" accepts the alternative, "below" the limit. Floor (alternative < limit): "below" accepts
 * the alternative, "above" the limit.
 */
export function createSequentialTest(
  options: SequentialTestOptions,
  start: SequentialState = { successes: 0, trials: 0, verdict: "continue" },
) {
  const { limit, alternative, alpha, beta } = options;
  for (const [name, value] of Object.entries({ limit, alternative, alpha, beta })) requireShare(name, value);
  if (limit === alternative) {
    throw new StatisticsError("invalid_input", `alternative is ${alternative}; allowed is a rate different from the limit`);
  }
  requireCounts(start.successes, start.trials);
  const perSuccess = Math.log(alternative / limit);
  const perFailure = Math.log1p(-alternative) - Math.log1p(-limit);
  const isCeiling = alternative > limit;
  let { successes, trials, verdict } = start;
  const logRatio = (): number => successes * perSuccess + (trials - successes) * perFailure;
  return {
    /** Adds `successes` of `trials` and returns the verdict. Once it is "above" or "below" it no longer changes. */
    observe(moreSuccesses: number, moreTrials: number): SequentialVerdict {
      requireCounts(moreSuccesses, moreTrials);
      successes += moreSuccesses;
      trials += moreTrials;
      if (verdict !== "continue") return verdict;
      const ratio = logRatio();
      if (ratio >= -Math.log(alpha)) verdict = isCeiling ? "above" : "below";
      else if (ratio <= Math.log(beta)) verdict = isCeiling ? "below" : "above";
      return verdict;
    },
    get state(): SequentialState {
      return { successes, trials, verdict };
    },
    /** ln of the likelihood of the alternative over that of the limit. */
    get logLikelihoodRatio(): number {
      return logRatio();
    },
  };
}
