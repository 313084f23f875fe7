// Queues that both a formula and the simulation can answer: what is asked of each, and how near a run must come.

import {
  combine,
  createDialer,
  type PacingStrategy,
  parseScenario,
  type Replication,
  runReplication,
  type SimulationResult,
} from "../../src/dialing/index.ts";
import {
  engset,
  erlangA,
  erlangB,
  erlangC,
  finiteBuffer,
  finiteSource,
  hardPatience,
  mdc,
  mg1,
  progressiveRenewal,
} from "../../studies/queueing.ts";

/** What a run measured, as value and standard error. */
interface Measured {
  readonly value: number;
  readonly standardError: number;
}

export interface QueueCase {
  readonly name: string;
  /** Arrivals a second, and those that are thrown away first. */
  readonly rate: number;
  readonly warmUp: number;
  readonly scenario: object;
  readonly exact: number;
  readonly measure: (result: SimulationResult) => Measured;
  /**
   * Four standard deviations of one run of a million customers, relative, where they are known from 64 runs each; shrinks with the root of the number.
   * Without: four standard errors that the run itself gives, by batches.
   */
  readonly tolerance?: number;
}

const exponential = (mean: number) => ({ kind: "exponential", mean });
const FOREVER = { kind: "none" };
const rated = ({ rate, standardError }: { rate: number; standardError: number }): Measured => ({ value: rate, standardError });

interface Queue {
  readonly agents: number;
  readonly talk: unknown;
  readonly patience?: unknown;
  readonly trunks?: number;
  readonly sources?: number;
}

/** The scenario of a plain queue: calls arrive answered, ring for no time and end with the talk. */
export function plainQueue({ agents, talk, patience = FOREVER, trunks }: Queue): object {
  return {
    agents,
    calls: {
      answerProbability: 1,
      machineProbability: 0,
      busyProbability: 0,
      invalidProbability: 0,
      ring: { live: 0 },
      machineDetection: "off",
      patience,
      talk,
      wrap: 0,
    },
    lines: trunks === undefined ? {} : { trunks },
  };
}

const blocked = (result: SimulationResult) => rated(result.blocked);
const lost = ({ counts, lost: ofAnswers }: SimulationResult): Measured => {
  // Over all that arrived, the blocked ones included.
  const share = counts.liveAnswers / counts.placed;
  return { value: ofAnswers.rate * share, standardError: ofAnswers.standardError * share };
};
const meanWait = (result: SimulationResult) => rated(result.waits.mean);

function lossCase(
  agents: number,
  load: number,
  tolerance: number,
  talk: unknown = exponential(1),
  law = "exponential",
): QueueCase {
  return {
    name: `Erlang B, ${agents} servers, load ${load}, ${law}`,
    rate: load,
    warmUp: 50_000,
    scenario: plainQueue({ agents, talk, trunks: agents }),
    exact: erlangB(agents, load).blockingProbability,
    measure: blocked,
    tolerance,
  };
}

function delayCase(agents: number, rho: number, tolerance: number): QueueCase {
  return {
    name: `Erlang C, ${agents} servers, ${rho} busy: mean wait`,
    rate: agents * rho,
    warmUp: rho >= 0.95 ? 200_000 : 50_000,
    scenario: plainQueue({ agents, talk: exponential(1) }),
    exact: erlangC({ servers: agents, arrivalRate: agents * rho, serviceRate: 1 }).meanWait,
    measure: meanWait,
    tolerance,
  };
}

function impatientCase(agents: number, rate: number, theta: number, tolerance?: number): QueueCase {
  return {
    name: `Erlang A, ${agents} servers, ${rate} a second, patience ${1 / theta} s`,
    rate,
    warmUp: 50_000,
    scenario: plainQueue({ agents, talk: exponential(1), patience: exponential(1 / theta) }),
    exact: erlangA({ servers: agents, arrivalRate: rate, serviceRate: 1, abandonRate: theta }).abandonmentProbability,
    measure: lost,
    ...(tolerance === undefined ? {} : { tolerance }),
  };
}

function twoSecondCase(agents: number, handle: number, rate: number, tolerance?: number, patience = 2): QueueCase {
  return {
    name: `M/M/c+D, ${agents} servers, handle time ${handle} s, ${rate} a second, patience ${patience} s`,
    rate,
    warmUp: 50_000,
    scenario: plainQueue({ agents, talk: exponential(handle), patience }),
    exact: hardPatience({ servers: agents, arrivalRate: rate, serviceRate: 1 / handle, patience }).abandonmentProbability,
    measure: lost,
    ...(tolerance === undefined ? {} : { tolerance }),
  };
}

function bufferCase(rate: number, patience: number | undefined, what: "blocked" | "lost"): QueueCase {
  const formula = finiteBuffer({
    servers: 20,
    capacity: 30,
    arrivalRate: rate,
    serviceRate: 1,
    ...(patience === undefined ? {} : { abandonRate: 1 / patience }),
  });
  return {
    name: `M/M/20/30${patience === undefined ? "" : "+M"}, ${rate} a second: ${what}`,
    rate,
    warmUp: 50_000,
    scenario: plainQueue({
      agents: 20,
      talk: exponential(1),
      trunks: 30,
      patience: patience === undefined ? FOREVER : exponential(patience),
    }),
    exact: what === "blocked" ? formula.blockingProbability : formula.abandonmentProbability,
    measure: what === "blocked" ? blocked : lost,
  };
}

/** Every family of formulas that a plain queue can be held against, in several sizes. */
export function queueCases(): QueueCase[] {
  const lognormal = { kind: "lognormal", mean: 1, cv: Math.sqrt(1.5) };
  const engsetSystem = { sources: 20, servers: 10, requestRate: 0.6, serviceRate: 1 };
  const finiteSystem = { sources: 40, servers: 8, requestRate: 0.2, serviceRate: 1 };
  return [
    lossCase(10, 8, 0.019),
    lossCase(50, 45, 0.05),
    lossCase(200, 180, 0.13),
    lossCase(10, 8, 0.025, lognormal, "lognormal"),
    lossCase(10, 8, 0.025, 1, "fixed"),
    delayCase(10, 0.8, 0.073),
    delayCase(20, 0.9, 0.13),
    delayCase(100, 0.97, 0.37),
    impatientCase(50, 48, 0.5, 0.077),
    impatientCase(50, 55, 0.5),
    impatientCase(100, 95, 3),
    twoSecondCase(20, 180, 0.1),
    twoSecondCase(50, 180, 0.27, 0.034),
    twoSecondCase(100, 240, 0.41, 0.054),
    bufferCase(19, undefined, "blocked"),
    bufferCase(24, 0.5, "blocked"),
    bufferCase(24, 0.5, "lost"),
    {
      name: "Engset, 20 sources, 10 servers",
      rate: engset(engsetSystem).busyServers / (1 - engset(engsetSystem).callCongestion),
      warmUp: 50_000,
      scenario: { ...plainQueue({ agents: 10, talk: exponential(1), trunks: 10 }), arrivals: { rate: 0.6, sources: 20 } },
      exact: engset(engsetSystem).callCongestion,
      measure: blocked,
    },
    {
      name: "M/M/8//40: mean wait",
      rate: finiteSource(finiteSystem).throughput,
      warmUp: 50_000,
      scenario: { ...plainQueue({ agents: 8, talk: exponential(1) }), arrivals: { rate: 0.2, sources: 40 } },
      exact: finiteSource(finiteSystem).meanWait,
      measure: meanWait,
    },
    {
      name: "M/G/1, lognormal: mean wait",
      rate: 0.8,
      warmUp: 50_000,
      scenario: plainQueue({ agents: 1, talk: lognormal }),
      exact: mg1({ arrivalRate: 0.8, meanService: 1, squaredCv: 1.5 }).meanWait,
      measure: meanWait,
    },
    {
      name: "M/D/10: mean wait",
      rate: 9,
      warmUp: 50_000,
      scenario: plainQueue({ agents: 10, talk: 1 }),
      exact: mdc({ servers: 10, arrivalRate: 9, service: 1 }).meanWait,
      measure: meanWait,
    },
  ];
}

/** Runs a case with so many customers after the warm-up. @returns the measured value and how far from the exact one it may be */
export function runQueue(
  queue: QueueCase,
  customers: number,
  seed: number,
): { measured: number; allowed: number; result: SimulationResult } {
  const warmUp = Math.min(queue.warmUp, customers) / queue.rate;
  const measured = customers / queue.rate;
  const scenario = parseScenario({
    arrivals: { rate: queue.rate },
    ...queue.scenario,
    warmUp,
    duration: warmUp + measured,
    bucket: measured / 30,
  });
  const result = combine([runReplication(scenario, seed, 0)]);
  const { value, standardError } = queue.measure(result);
  const allowed =
    queue.tolerance === undefined ? 4 * standardError : queue.exact * queue.tolerance * Math.sqrt(1_000_000 / customers);
  return { measured: value, allowed, result };
}

/** One agent dialing one call at a time, against renewal-reward. @param contacts about so many */
export function runProgressive(
  contacts: number,
  seed: number,
): { result: SimulationResult; exact: ReturnType<typeof progressiveRenewal> } {
  const scenario = parseScenario({
    agents: 1,
    duration: contacts * 275,
    bucket: (contacts * 275) / 30,
    // Whole seconds throughout: a failed call is known at the instant of a decision, so that nothing is lost between two calls.
    calls: {
      ring: { live: 9, machine: 20, busy: 4, invalid: 2 },
      machineDetection: { live: 0, machine: 3 },
      wrap: 20,
      talk: 150,
    },
    pacing: { strategy: "progressive", interval: 1 },
  });
  const exact = progressiveRenewal({
    liveProbability: 0.2,
    meanRingLive: 9,
    failures: [
      { probability: 0.28, seconds: 23 },
      { probability: 0.45, seconds: 25 },
      { probability: 0.05, seconds: 4 },
      { probability: 0.02, seconds: 2 },
    ],
    talk: 150,
    wrap: 20,
    gap: 0,
  });
  return { result: combine([runReplication(scenario, seed, 0)]), exact };
}

/** Batches of `lines` calls to `idle` agents at once, nobody waiting: lost and answered in all. */
export function runBatches(batches: number, idle: number, lines: number, answerProbability: number, seed: number): Replication {
  const scenario = parseScenario({
    agents: idle,
    duration: batches * 100,
    bucket: batches * 10,
    calls: {
      answerProbability,
      machineProbability: 0,
      busyProbability: 0,
      invalidProbability: 0,
      ring: { live: 5 },
      noAnswerTimeout: 10,
      patience: 0,
      talk: 50,
      wrap: 0,
    },
  });
  const strategy: PacingStrategy = { name: "batches", interval: 100, decide: () => lines };
  const dialer = createDialer({ scenario, seed, strategy });
  dialer.advance(batches * 100);
  return {
    index: 0,
    from: 0,
    to: batches * 100,
    bucketEnds: Float64Array.from(dialer.meter.buckets, (_, i) => (i + 1) * batches * 10),
    buckets: dialer.meter.buckets,
    waits: dialer.meter.waits,
    flow: dialer.flow(),
    leadsTried: dialer.leadsTried,
    leads: dialer.leadsInAll,
    events: dialer.events,
  };
}
