// A sequential test of a proportion against a limit: look after every observation, and the error rates still hold.

import { requireCounts, requireShare, StatisticsError } from "./arguments.ts";

/** What a sequential test says: go on, the rate is above, or it is below. */
export type SequentialVerdict = "continue" | "above" | "below";

interface SequentialTestOptions {
  /** The rate that is still in order, between 0 and 1. */
  readonly limit: number;
  /** The rate that must be found out, between 0 and 1 and different from the limit; above it for a ceiling, below it for a floor. */
  readonly alternative: number;
  /** Most probability of a false alarm: deciding for the alternative while the true rate is the limit or on its good side. */
  readonly alpha: number;
  /** Most probability of a miss: deciding for the limit while the true rate is the alternative or beyond. */
  readonly beta: number;
}

/** All that a test knows, as JSON: give it to `createSequentialTest` to go on after a restart. */
export interface SequentialState {
  readonly successes: number;
  readonly trials: number;
  readonly verdict: SequentialVerdict;
}

interface SequentialTest {
  /** Adds `successes` of `trials` and gives the verdict. Once it is "above" or "below" it stays. */
  observe(successes: number, trials: number): SequentialVerdict;
  readonly state: SequentialState;
  /** ln of the likelihood of the alternative over that of the limit. */
  readonly logLikelihoodRatio: number;
}

/**
 * Wald's sequential probability ratio test for independent trials (A. Wald, Annals of Mathematical Statistics 16, 1945) with the boundaries 1/alpha and
 * beta. With these, and not Wald's approximate ones, both error rates are kept exactly, however often and in whatever portions one looks
 * (Ville's inequality), at the price of a slightly longer run. It ends with probability 1.
 *
 * Ceiling (alternative > limit): "above" accepts the alternative, "below" the limit. Floor (alternative < limit): "below" accepts the alternative,
 * "above" the limit.
 */
export function createSequentialTest(
  options: SequentialTestOptions,
  start: SequentialState = { successes: 0, trials: 0, verdict: "continue" },
): SequentialTest {
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
    observe(moreSuccesses, moreTrials) {
      requireCounts(moreSuccesses, moreTrials);
      successes += moreSuccesses;
      trials += moreTrials;
      if (verdict !== "continue") return verdict;
      const ratio = logRatio();
      if (ratio >= -Math.log(alpha)) verdict = isCeiling ? "above" : "below";
      else if (ratio <= Math.log(beta)) verdict = isCeiling ? "below" : "above";
      return verdict;
    },
    get state() {
      return { successes, trials, verdict };
    },
    get logLikelihoodRatio() {
      return logRatio();
    },
  };
}
