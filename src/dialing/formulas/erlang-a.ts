// Erlang A: the queue in which callers give up after an exponential time.

import { requireNonNegative, requirePositive, requireWhole } from "../arguments.ts";
import { lossShares, offeredLoad } from "./erlang-b.ts";
import { tailSeries } from "./tail-series.ts";

/**
 * M/M/c+M (C. Palm; Garnett, Mandelbaum and Reiman, MSOM 4, 2002): a waiting caller gives up after an exponential time of rate
 * `abandonRate`. Stable for every load.
 * @param system rates per unit of time
 * @returns shares of all arrivals; `meanWait` over all arrivals, served or lost; `utilisation` of the servers
 * @throws DialingError `invalid_input`
 */
export function erlangA(system: { servers: number; arrivalRate: number; serviceRate: number; abandonRate: number }): {
  waitProbability: number;
  abandonmentProbability: number;
  meanWait: number;
  meanQueue: number;
  utilisation: number;
} {
  const { servers, arrivalRate, serviceRate, abandonRate } = system;
  requireWhole("servers", servers, 1);
  requireNonNegative("arrivalRate", arrivalRate);
  requirePositive("serviceRate", serviceRate);
  requirePositive("abandonRate", abandonRate);
  const load = offeredLoad(arrivalRate, serviceRate);
  if (load === 0) return { waitProbability: 0, abandonmentProbability: 0, meanWait: 0, meanQueue: 0, utilisation: 0 };
  const { blocked, carried } = lossShares(servers, load);
  const { inverse, excessOverSum } = tailSeries((servers * serviceRate) / abandonRate, arrivalRate / abandonRate);
  // Weights of the states below `servers` and from `servers` on, times a factor that keeps them finite.
  const whole = carried * inverse + blocked;
  const abandonmentProbability = ((excessOverSum * servers) / load) * (blocked / whole);
  return {
    waitProbability: blocked / whole,
    abandonmentProbability,
    meanWait: abandonmentProbability / abandonRate,
    meanQueue: (arrivalRate / abandonRate) * abandonmentProbability,
    utilisation: ((load / servers) * carried * inverse + (1 - inverse) * blocked) / whole,
  };
}
