// M/M/c/K and M/M/c/K+M: a bounded waiting room, with or without callers who give up.

import { refuse, requireNonNegative, requirePositive, requireWhole } from "../arguments.ts";
import { lossShares, offeredLoad } from "./erlang-b.ts";

/** Sums are scaled down when they reach this, so that overload does not overflow. */
const LARGE = 1e200;

/**
 * M/M/c/K, and M/M/c/K+M with `abandonRate`: at most `capacity` calls in the system (with agents or waiting); further calls are
 * blocked.
 * @param system rates per unit of time; capacity >= servers, both at most a million
 * @returns `blockingProbability` and `abandonmentProbability` as shares of all offered calls, `meanQueue`, `meanWaitAdmitted`
 * over the admitted calls (served or not), `utilisation` of the servers
 * @throws DialingError `invalid_input`
 */
export function finiteBuffer(system: {
  servers: number;
  capacity: number;
  arrivalRate: number;
  serviceRate: number;
  abandonRate?: number;
}): {
  blockingProbability: number;
  abandonmentProbability: number;
  meanQueue: number;
  meanWaitAdmitted: number;
  utilisation: number;
} {
  const { servers, capacity, arrivalRate, serviceRate, abandonRate = 0 } = system;
  requireWhole("servers", servers, 1);
  requireWhole("capacity", capacity, 1);
  if (capacity < servers) refuse("capacity", capacity, `a whole number from ${servers} (the servers) on`);
  requireNonNegative("arrivalRate", arrivalRate);
  requirePositive("serviceRate", serviceRate);
  requireNonNegative("abandonRate", abandonRate);
  const load = offeredLoad(arrivalRate, serviceRate);
  if (load === 0) {
    return { blockingProbability: 0, abandonmentProbability: 0, meanQueue: 0, meanWaitAdmitted: 0, utilisation: 0 };
  }
  const places = capacity - servers;
  // Unnormalised probabilities: `below` of the states below `servers`, `weight` of the present state, `admitting` of all states
  // before it, `beyond` of those with waiting calls; `waiting` is the sum of state probability times number waiting.
  let { blocked: weight, carried: below } = lossShares(servers, load);
  let admitting = below;
  let [beyond, waiting] = [0, 0];
  for (let j = 1; j <= places; j++) {
    admitting += weight;
    weight *= arrivalRate / (servers * serviceRate + j * abandonRate);
    beyond += weight;
    waiting += j * weight;
    if (waiting > LARGE) {
      weight /= LARGE;
      below /= LARGE;
      admitting /= LARGE;
      beyond /= LARGE;
      waiting /= LARGE;
    }
  }
  const whole = admitting + weight;
  return {
    blockingProbability: weight / whole,
    abandonmentProbability: (abandonRate * waiting) / (arrivalRate * whole),
    meanQueue: waiting / whole,
    meanWaitAdmitted: waiting / (arrivalRate * admitting),
    utilisation: ((load / servers) * below + beyond) / whole,
  };
}
