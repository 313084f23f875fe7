// Queueing formulas that the simulation is held against, besides those that it computes with. Results have names; rates and times are in the caller's unit of
// time.

import { refuse, requireNonNegative, requirePositive, requireProbability, requireWhole } from "../src/dialing/arguments.ts";
import { lossShares, offeredLoad, requireStable } from "../src/dialing/formulas.ts";
import { binomialPmf, incompleteGamma, poissonPmf } from "../src/kernel/index.ts";

export { erlangB, erlangC, hardPatience } from "../src/dialing/formulas.ts";

// The series used for queues in which callers give up: S = sum over j >= 0 of the products load / (base + i), i = 1 … j.

const EPSILON = 2 ** -52;

/**
 * K of the continued fraction S = base / (base - load + K), K = load / (base + 1 - load + 2 load / (base + 2 - load + …)), for
 * load <= base. Every term is positive, so it converges without cancellation (evaluated by Lentz's method).
 */
function remainder(base: number, load: number): number {
  let denominator = base + 1 - load;
  let value = load / denominator;
  let c = denominator;
  let d = 0;
  for (let n = 2; n < 1e8; n++) {
    const numerator = n * load;
    denominator = base + n - load;
    d = 1 / (denominator + numerator * d);
    c = denominator + numerator / c;
    const factor = c * d;
    value /= factor;
    if (Math.abs(factor - 1) < EPSILON) break;
  }
  return value;
}

/**
 * 1 / S, and the excess 1 - (1 - load / base) S, which is the sum over j of j times the j-th product, divided by base. Both are
 * relatively accurate far below, near and far above load = base. Above load = base the excess is divided by S, since S itself may
 * overflow.
 */
function tailSeries(base: number, load: number): { inverse: number; excessOverSum: number } {
  if (load === 0) return { inverse: 1, excessOverSum: 0 };
  if (load <= base) {
    const k = remainder(base, load);
    return { inverse: (base - load + k) / base, excessOverSum: k / base };
  }
  const inverse = poissonPmf(base, load) / incompleteGamma(base, load).lower;
  return { inverse, excessOverSum: inverse + (load - base) / base };
}

/** E[(N - level)+] for N Poisson of mean `load`, below the whole number `level`; relatively accurate, however far out. */
function poissonExcess(level: number, load: number): number {
  const { inverse, excessOverSum } = tailSeries(level, load);
  return (poissonPmf(level, load) * level * excessOverSum) / inverse;
}

// One-shot overdialing: a number of lines dialed at once for a number of idle agents.

/**
 * `lines` calls are placed at once for `idleAgents` agents. Each is answered with `answerProbability`, independently, and
 * answered calls beyond the idle agents are abandoned.
 * @returns `expectedAbandoned` and `expectedServed` calls of the batch, `abandonmentRate` = expected abandoned / expected
 * answered (0 when none can be answered)
 * @throws DialingError `invalid_input`
 */
export function batchOverdial(batch: { idleAgents: number; lines: number; answerProbability: number }): {
  expectedAbandoned: number;
  abandonmentRate: number;
  expectedServed: number;
} {
  const { idleAgents, lines, answerProbability: p } = batch;
  requireWhole("idleAgents", idleAgents, 0);
  requireWhole("lines", lines, 0);
  requireProbability("answerProbability", p);
  const answered = lines * p;
  if (answered === 0) return { expectedAbandoned: 0, abandonmentRate: 0, expectedServed: 0 };
  if (answered <= idleAgents) {
    const expectedAbandoned = meanAbove(idleAgents, lines, p, 1 - p);
    return { expectedAbandoned, abandonmentRate: expectedAbandoned / answered, expectedServed: answered - expectedAbandoned };
  }
  // The shorter tail is summed, and the other side follows without cancellation: idle agents are answers that did not come.
  const idle = meanAbove(lines - idleAgents, lines, 1 - p, p);
  const expectedAbandoned = answered - idleAgents + idle;
  return { expectedAbandoned, abandonmentRate: expectedAbandoned / answered, expectedServed: idleAgents - idle };
}

/** E[(X - level)+] for X binomial(trials, p) and q = 1 - p, with level at or above the mean. */
function meanAbove(level: number, trials: number, p: number, q: number): number {
  if (level >= trials) return 0;
  if (q === 0) return trials - level;
  let probability = binomialPmf(level + 1, trials, p, q);
  let sum = 0;
  for (let k = level + 1; k <= trials; k++) {
    const term = (k - level) * probability;
    sum += term;
    if (term < 1e-18 * sum) break;
    probability *= ((trials - k) * p) / ((k + 1) * q);
  }
  return sum;
}

// Erlang A: the queue in which callers give up after an exponential time.

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

// M/M/c/K and M/M/c/K+M: a bounded waiting room, with or without callers who give up.

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

// Queues fed by a finite number of sources, each silent while its call is in the system: Engset's loss model and the
// machine-repair model.

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

// Delay queues whose service is not exponential: M/G/1 and M/D/c.

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

// Progressive dialing as a renewal process: one line per idle agent.

/**
 * An agent's cycle in 1:1 dialing (renewal-reward): attempts one after the other until a person answers, then talk and wrap-up.
 * No call is abandoned.
 * @param campaign seconds and shares: `liveProbability` of an attempt with `meanRingLive` s of ringing; `failures` with the
 * probability of each kind and the seconds it costs (all probabilities add to 1); mean `talk` and `wrap`; `gap` s before each
 * attempt
 * @returns `meanSearch` (s from free to the next live answer), `cycle` (s), `occupancy` ((talk + wrap) / cycle),
 * `contactsPerHour` and `attemptsPerHour` of one agent
 * @throws DialingError `invalid_input`
 */
export function progressiveRenewal(campaign: {
  liveProbability: number;
  meanRingLive: number;
  failures: readonly { probability: number; seconds: number }[];
  talk: number;
  wrap: number;
  gap: number;
}): { meanSearch: number; cycle: number; occupancy: number; contactsPerHour: number; attemptsPerHour: number } {
  const { liveProbability, meanRingLive, failures, talk, wrap, gap } = campaign;
  requireProbability("liveProbability", liveProbability);
  if (liveProbability === 0) refuse("liveProbability", 0, "a number above 0, since otherwise nobody ever answers");
  for (const [name, value] of Object.entries({ meanRingLive, talk, wrap, gap })) requireNonNegative(name, value);
  let share = liveProbability;
  let perAttempt = gap + liveProbability * meanRingLive;
  for (const [i, { probability, seconds }] of failures.entries()) {
    requireProbability(`failures[${i}].probability`, probability);
    requireNonNegative(`failures[${i}].seconds`, seconds);
    share += probability;
    perAttempt += probability * seconds;
  }
  if (Math.abs(share - 1) > 1e-9) refuse("the sum of liveProbability and the failures' probabilities", share, "1");
  const meanSearch = perAttempt / liveProbability;
  const handling = talk + wrap;
  const cycle = meanSearch + handling;
  if (cycle === 0) refuse("the length of the cycle", 0, "above 0 s: one of the durations must be above 0");
  const contactsPerHour = 3600 / cycle;
  return { meanSearch, cycle, occupancy: handling / cycle, contactsPerHour, attemptsPerHour: contactsPerHour / liveProbability };
}

// M_t/M/infinity with a sinusoidal rate: how many servers are busy when the rate varies through the day.

/**
 * The mean number in service at `t` of an infinite-server queue with arrival rate baseRate + amplitude × sin(frequency × t) that
 * has always been running. It lags behind the rate and varies less (Eick, Massey and Whitt, "M_t/G/infinity queues with
 * sinusoidal arrival rates", Management Science 39, 1993).
 * @param system rates per unit of time; `frequency` is angular, in radians per unit of time (2 pi / 24 for one cycle a day in
 * hours); |amplitude| <= baseRate
 * @param t time in that unit, of either sign
 * @throws DialingError `invalid_input`
 */
export function timeVaryingMean(
  system: { baseRate: number; amplitude: number; frequency: number; serviceRate: number },
  t: number,
): number {
  const { baseRate, amplitude, frequency, serviceRate } = system;
  requireNonNegative("baseRate", baseRate);
  if (!(Math.abs(amplitude) <= baseRate))
    refuse("amplitude", amplitude, `-${baseRate} to ${baseRate} (baseRate), since no rate is negative`);
  requireNonNegative("frequency", frequency);
  requirePositive("serviceRate", serviceRate);
  if (!Number.isFinite(t)) refuse("t", t, "a finite number");
  const angle = frequency * t;
  const swing = (serviceRate * Math.sin(angle) - frequency * Math.cos(angle)) / (serviceRate ** 2 + frequency ** 2);
  return baseRate / serviceRate + amplitude * swing;
}
