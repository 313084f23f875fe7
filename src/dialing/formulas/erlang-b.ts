// Erlang's loss formula, on which the other formulas of this folder are based.

import { requireNonNegative, requireWhole } from "../arguments.ts";

/** arrivalRate / serviceRate. Throws `invalid_input` when the quotient is too large for a number. */
export function offeredLoad(arrivalRate: number, serviceRate: number): number {
  const load = arrivalRate / serviceRate;
  requireNonNegative("arrivalRate / serviceRate", load);
  return load;
}

/** The blocking probability B and 1 - B of the loss system, each relatively accurate. */
export interface LossShares {
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
