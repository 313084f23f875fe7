// Queues fed by a finite number of sources, each silent while its call is in the system: Engset's loss model and the
// machine-repair model.

import { requireNonNegative, requirePositive, requireWhole } from "../arguments.ts";

/** Sums are scaled down when they reach this, so that overload does not overflow. */
const LARGE = 1e200;

interface FiniteSourceSystem {
  /** Number of sources. */
  readonly sources: number;
  readonly servers: number;
  /** Rate at which one silent source sends requests. */
  readonly requestRate: number;
  readonly serviceRate: number;
}

function requireSystem({ sources, servers, requestRate, serviceRate }: FiniteSourceSystem): void {
  requireWhole("sources", sources, 1);
  requireWhole("servers", servers, 1);
  requireNonNegative("requestRate", requestRate);
  requirePositive("serviceRate", serviceRate);
}

/** Probability that all servers are busy, and its complement, by Engset's recurrence with positive terms only. */
function congestion(sources: number, servers: number, intensity: number): { blocked: number; carried: number } {
  if (servers > sources) return { blocked: 0, carried: 1 };
  let [blocked, carried] = [1, 0];
  for (let k = 1; k <= servers; k++) {
    const weight = (sources - k + 1) * intensity * blocked;
    blocked = weight / (k + weight);
    carried = k / (k + weight);
  }
  return { blocked, carried };
}

/**
 * M/M/c/c//N, Engset's loss model: a source that finds all servers busy is turned away and stays silent for another exponential
 * time. Holds for any distribution of service time with the same mean.
 * @returns `timeCongestion`: share of time in which all servers are busy; `callCongestion`: share of requests turned away;
 * `busyServers`: mean
 * @throws DialingError `invalid_input`
 */
export function engset(system: FiniteSourceSystem): { timeCongestion: number; callCongestion: number; busyServers: number } {
  requireSystem(system);
  const { sources, servers, requestRate, serviceRate } = system;
  const intensity = requestRate / serviceRate;
  const call = congestion(sources - 1, servers, intensity);
  const carriedPerSource = intensity * call.carried;
  return {
    timeCongestion: congestion(sources, servers, intensity).blocked,
    callCongestion: call.blocked,
    busyServers: (sources * carriedPerSource) / (1 + carriedPerSource),
  };
}

/**
 * M/M/c//N, the machine-repair model: a source that finds all servers busy waits.
 * @returns `meanInSystem` (waiting or served), `meanQueue` (waiting), `throughput` (requests a unit of time), `meanWait` before service
 * @throws DialingError `invalid_input`
 */
export function finiteSource(system: FiniteSourceSystem): {
  meanInSystem: number;
  meanQueue: number;
  throughput: number;
  meanWait: number;
} {
  requireSystem(system);
  const { sources, servers, requestRate, serviceRate } = system;
  let weight = 1;
  let [whole, inSystem, queue, silent] = [1, 0, 0, sources];
  for (let n = 1; n <= sources; n++) {
    weight *= ((sources - n + 1) * requestRate) / (Math.min(n, servers) * serviceRate);
    whole += weight;
    inSystem += n * weight;
    queue += Math.max(0, n - servers) * weight;
    silent += (sources - n) * weight;
    if (whole > LARGE) {
      weight /= LARGE;
      whole /= LARGE;
      inSystem /= LARGE;
      queue /= LARGE;
      silent /= LARGE;
    }
  }
  return {
    meanInSystem: inSystem / whole,
    meanQueue: queue / whole,
    throughput: (requestRate * silent) / whole,
    meanWait: requestRate === 0 ? 0 : queue / (requestRate * silent),
  };
}
