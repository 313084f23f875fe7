// Queueing formulas with named results: Erlang's two, and the two-second rule. Rates and times are in the caller's unit of time. studies/queueing.ts has
// those that the simulation is held against.

import { refuse, requireNonNegative, requirePositive, requireWhole } from "./arguments.ts";

/** arrivalRate / serviceRate. Throws `invalid_input` when the quotient is too large for a number. */
export function offeredLoad(arrivalRate: number, serviceRate: number): number {
  const load = arrivalRate / serviceRate;
  requireNonNegative("arrivalRate / serviceRate", load);
  return load;
}

/** The blocking probability B and 1 - B of the loss system, each relatively accurate. */
interface LossShares {
  readonly blocked: number;
  readonly carried: number;
}

/**
 * B(k) = a B(k-1) / (k + a B(k-1)): every term is positive, so neither B nor 1 - B loses digits. `servers` may be 0: every call
 * is blocked.
 */
export function lossShares(servers: number, offeredLoad: number): LossShares {
  let blocked = 1;
  let carried = 0;
  for (let k = 1; k <= servers; k++) {
    const weight = offeredLoad * blocked;
    blocked = weight / (k + weight);
    carried = k / (k + weight);
  }
  return { blocked, carried };
}

/**
 * M/M/c/c, Erlang's loss formula: Poisson arrivals and `servers` lines; a call that finds all of them busy is lost. Holds for any
 * distribution of service time with the same mean.
 * @param servers whole number from 0
 * @param offeredLoad arrival rate times mean service time, erlangs
 * @returns the probability that an arrival is blocked, and the mean number of busy servers
 * @throws DialingError `invalid_input`
 */
export function erlangB(servers: number, offeredLoad: number): { blockingProbability: number; busyServers: number } {
  requireWhole("servers", servers, 0);
  requireNonNegative("offeredLoad", offeredLoad);
  const { blocked, carried } = lossShares(servers, offeredLoad);
  return { blockingProbability: blocked, busyServers: offeredLoad * carried };
}

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

/**
 * M/M/c+D: every caller waits for exactly `patience` and is then lost (Baccelli and Hebuterne 1981; Zeltyn and Mandelbaum,
 * Queueing Systems 51, 2005). With answered calls as arrivals and a patience of 2 s it describes a dialer that ignores the state
 * of its agents. Stable for every load; patience 0 is Erlang B.
 * @param system rates per unit of time, patience in that unit
 * @returns shares of all arrivals and the utilisation of the servers
 * @throws DialingError `invalid_input`
 */
export function hardPatience(system: { servers: number; arrivalRate: number; serviceRate: number; patience: number }): {
  waitProbability: number;
  abandonmentProbability: number;
  utilisation: number;
} {
  const { servers, arrivalRate, serviceRate, patience } = system;
  requireWhole("servers", servers, 1);
  requireNonNegative("arrivalRate", arrivalRate);
  requirePositive("serviceRate", serviceRate);
  requireNonNegative("patience", patience);
  const load = offeredLoad(arrivalRate, serviceRate);
  const capacity = servers * serviceRate;
  const surplus = arrivalRate - capacity;
  // J, the integral of exp(arrivalRate min(x, patience) - capacity x), divided by exp(surplus patience) where it would overflow.
  const growth = Math.exp(-Math.abs(surplus) * patience);
  const isOverloaded = surplus > 0;
  const rising = surplus === 0 ? patience : -Math.expm1(-Math.abs(surplus) * patience) / Math.abs(surplus);
  const integral = rising + (isOverloaded ? 1 : growth) / capacity;
  const scale = isOverloaded ? growth : 1;
  const { blocked, carried } = lossShares(servers - 1, load);
  const whole = scale + arrivalRate * integral * blocked;
  return {
    waitProbability: (arrivalRate * integral * blocked) / whole,
    abandonmentProbability: ((load / servers) * (isOverloaded ? 1 : growth) * blocked) / whole,
    utilisation: ((load / servers) * (scale * carried + capacity * integral * blocked)) / whole,
  };
}
