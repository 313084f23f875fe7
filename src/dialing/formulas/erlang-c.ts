// Erlang's delay formula: no caller is lost, all of them wait.

import { refuse, requireNonNegative, requirePositive, requireWhole } from "../arguments.ts";
import { lossShares, offeredLoad } from "./erlang-b.ts";

/** Throws `invalid_input` for an arrival rate that the servers cannot handle: such a queue grows without limit. */
export function requireStable(arrivalRate: number, servers: number, serviceRate: number): void {
  if (!(arrivalRate < servers * serviceRate)) {
    refuse(
      "arrivalRate",
      arrivalRate,
      `a rate below servers × serviceRate = ${servers * serviceRate}, since otherwise the queue grows without end`,
    );
  }
}

/**
 * M/M/c, Erlang's delay formula: Poisson arrivals, exponential service, unlimited patience, first come first served.
 * @param system rates per unit of time; needs arrivalRate < servers × serviceRate
 * @returns the probability of having to wait, mean wait of all arrivals, mean number waiting, and `waitExceeds(t)`: the
 * probability of waiting longer than t
 * @throws DialingError `invalid_input`, also for an unstable queue
 */
export function erlangC(system: { servers: number; arrivalRate: number; serviceRate: number }): {
  waitProbability: number;
  meanWait: number;
  meanQueue: number;
  waitExceeds: (t: number) => number;
} {
  const { servers, arrivalRate, serviceRate } = system;
  requireWhole("servers", servers, 1);
  requireNonNegative("arrivalRate", arrivalRate);
  requirePositive("serviceRate", serviceRate);
  requireStable(arrivalRate, servers, serviceRate);
  const load = offeredLoad(arrivalRate, serviceRate);
  const { blocked } = lossShares(servers, load);
  const spare = servers * serviceRate - arrivalRate;
  const waitProbability = (servers * blocked) / (spare / serviceRate + load * blocked);
  return {
    waitProbability,
    meanWait: waitProbability / spare,
    meanQueue: (arrivalRate * waitProbability) / spare,
    waitExceeds(t) {
      requireNonNegative("t", t);
      return waitProbability * Math.exp(-spare * t);
    },
  };
}
