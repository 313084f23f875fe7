// M/M/c+D: the two-second rule as a queue.

import { requireNonNegative, requirePositive, requireWhole } from "../arguments.ts";
import { lossShares, offeredLoad } from "./erlang-b.ts";

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
