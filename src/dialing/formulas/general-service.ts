// Delay queues whose service is not exponential: M/G/1 and M/D/c.

import { refuse, requireNonNegative, requirePositive, requireWhole } from "../arguments.ts";
import { lossShares, offeredLoad } from "./erlang-b.ts";
import { poissonExcess } from "./tail-series.ts";

/**
 * M/G/1: the mean wait before service by Pollaczek and Khinchine.
 * @param system `meanService` in the unit of time of `arrivalRate`, `squaredCv` = variance of service / mean^2; needs arrivalRate × meanService < 1
 * @throws DialingError `invalid_input`, also for an unstable queue
 */
export function mg1(system: { arrivalRate: number; meanService: number; squaredCv: number }): { meanWait: number } {
  const { arrivalRate, meanService, squaredCv } = system;
  requireNonNegative("arrivalRate", arrivalRate);
  requirePositive("meanService", meanService);
  requireNonNegative("squaredCv", squaredCv);
  requireStable(arrivalRate, 1, 1 / meanService);
  const utilisation = arrivalRate * meanService;
  return { meanWait: (utilisation * meanService * (1 + squaredCv)) / (2 * (1 - utilisation)) };
}

/**
 * Mean number waiting in M/D/c as the mean maximum of a random walk: the queue seen once per service time is (queue + arrivals -
 * c)+ (Crommelin 1932), whose mean is Spitzer's sum over l of E[(Poisson(l load) - l c)+] / l. Every term is positive; fast
 * unless the load is near the capacity.
 */
export function meanQueueBySpitzer(servers: number, load: number): number {
  let sum = 0;
  for (let l = 1; l < 1e7; l++) {
    const term = poissonExcess(l * servers, l * load) / l;
    sum += term;
    if (term <= 1e-17 * sum) break;
  }
  return sum;
}

/**
 * The same by the roots of z^c = exp(load (z - 1)) inside the unit circle (Franx 2001; Tijms, "A First Course in Stochastic
 * Models", section 9.6.2). Loses digits when the queue is short against the number of servers, but not near the capacity.
 */
export function meanQueueByRoots(servers: number, load: number): number {
  const utilisation = load / servers;
  let inverses = 0;
  for (let k = 1; 2 * k <= servers; k++) {
    const real = realInverseDistance(utilisation, (2 * Math.PI * k) / servers);
    inverses += 2 * k === servers ? real : 2 * real;
  }
  return (load * utilisation - (servers - 1)) / (2 * (1 - utilisation)) + inverses;
}

/** Re 1 / (1 - z) for the root z of z = exp(i angle + utilisation (z - 1)), by Newton's method on w = z - 1. */
function realInverseDistance(utilisation: number, angle: number): number {
  let [x, y] = [Math.cos(angle) - 1, Math.sin(angle)];
  for (let step = 0; step < 200; step++) {
    // g = exp(utilisation w + i angle); f = w + 1 - g; f' = 1 - utilisation g
    const size = Math.exp(utilisation * x);
    const phase = utilisation * y + angle;
    const [gx, gy] = [size * Math.cos(phase), size * Math.sin(phase)];
    const [fx, fy] = [x + 1 - gx, y - gy];
    const [dx, dy] = [1 - utilisation * gx, -utilisation * gy];
    const norm = dx * dx + dy * dy;
    const [stepX, stepY] = [(fx * dx + fy * dy) / norm, (fy * dx - fx * dy) / norm];
    x -= stepX;
    y -= stepY;
    if (Math.hypot(stepX, stepY) <= 1e-16 * Math.hypot(x, y)) break;
  }
  return -x / (x * x + y * y);
}

/**
 * M/D/c: Poisson arrivals, constant service time, unlimited patience.
 * @param system `service` in the unit of time of `arrivalRate`; needs arrivalRate × service < servers
 * @returns the mean wait before service of all arrivals
 * @throws DialingError `invalid_input`, also for an unstable queue
 */
export function mdc(system: { servers: number; arrivalRate: number; service: number }): { meanWait: number } {
  const { servers, arrivalRate, service } = system;
  requireWhole("servers", servers, 1);
  requireNonNegative("arrivalRate", arrivalRate);
  requirePositive("service", service);
  requireStable(arrivalRate, servers, 1 / service);
  if (arrivalRate === 0) return { meanWait: 0 };
  const load = arrivalRate * service;
  const isFarFromCapacity = (servers - load) ** 2 >= 0.5 * servers;
  const meanQueue = isFarFromCapacity ? meanQueueBySpitzer(servers, load) : meanQueueByRoots(servers, load);
  return { meanWait: meanQueue / arrivalRate };
}

// Erlang's delay formula: no caller is lost, all of them wait.

/** Throws `invalid_input` for an arrival rate that the servers cannot handle: such a queue grows without limit. */
function requireStable(arrivalRate: number, servers: number, serviceRate: number): void {
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
