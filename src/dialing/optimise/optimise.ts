// Finds the pacing parameters with the highest occupancy that keep the measured period within its limit with 99 % probability,
// and the frontier of all values tried.

import { refuse, requireProbability, requireWhole } from "../arguments.ts";
import { Count } from "../engine/meter.ts";
import { DAY } from "../engine/model.ts";
import type { Pacing } from "../pacing/schema.ts";
import type { Replication } from "../replicate.ts";
import { combine } from "../results/combine.ts";
import type { FigureInterval } from "../results/figure.ts";
import { sumOf } from "../results/sums.ts";
import { windowDaysOf } from "../scenario/compile.ts";
import { seconds } from "../scenario/fields.ts";
import type { SimulationScenario } from "../scenario/schema.ts";
import { type Assurance, assure } from "./assurance.ts";

/** Runs replications 0 to `replications` - 1 of a scenario, in this thread (`runReplication`) or in workers. */
export type Runner = (scenario: SimulationScenario, replications: number) => Promise<readonly Replication[]>;

/** What is searched, and how reliably the limit must be kept. */
export interface OptimiseOptions {
  /** One run is one day, or whatever the measured period consists of. The scenario's own pacing is tried too. */
  readonly scenario: SimulationScenario;
  /** Strategies whose parameter is searched. Default: the scenario's and state-aware. */
  readonly strategies?: readonly Pacing[];
  /** Limit of the abandonment rate over the period. Default: the scenario's abandonmentTarget. */
  readonly limit?: number;
  /** Probability with which a period must keep the limit. Default 0.99. */
  readonly probability?: number;
  /** Independent runs per period. Default: as many as fit into the scenario's window, at most one a day. */
  readonly runsPerPeriod?: number;
  /** Runs of each candidate. Default 20. */
  readonly replications?: number;
  /**
   * Number of values tried first, and number of halvings between the most aggressive value that keeps the limit and the next.
   * Default 7 and 4.
   */
  readonly values?: number;
  readonly refinements?: number;
}

/** A candidate with its results. */
export interface FrontierPoint {
  readonly strategy: Pacing["strategy"];
  readonly parameter: string | undefined;
  readonly value: number;
  readonly pacing: Pacing;
  readonly occupancy: FigureInterval;
  readonly abandonment: FigureInterval;
  readonly contactsPerAgentHour: FigureInterval;
  readonly assurance: Assurance;
  /** Whether a period keeps the limit with the requested probability. */
  readonly keeps: boolean;
}

/** The result of the search. */
export interface Optimum {
  readonly limit: number;
  readonly probability: number;
  readonly runsPerPeriod: number;
  /** The point of highest occupancy that keeps the limit; undefined when none does. */
  readonly best: FrontierPoint | undefined;
  /** All points, by strategy and value. */
  readonly points: readonly FrontierPoint[];
}

/**
 * Searches each strategy's parameter: first a geometric grid, then halving between the last value that keeps the limit and the
 * first that does not. All candidates get the same calls when the runner uses one seed.
 * @throws DialingError `invalid_input` for a scenario without pacing, or numbers out of range
 */
export async function optimise(options: OptimiseOptions, runner: Runner): Promise<Optimum> {
  const { scenario, replications = 20, values = 7, refinements = 4, probability = 0.99 } = options;
  const { limit = scenario.abandonmentTarget, runsPerPeriod = runsInPeriod(scenario) } = options;
  requireProbability("limit", limit);
  requireProbability("probability", probability);
  requireWhole("replications", replications, 2);
  requireWhole("values", values, 2, 100);
  requireWhole("runsPerPeriod", runsPerPeriod, 1);
  if (scenario.arrivals !== undefined) refuse("scenario.arrivals", "given", "a scenario whose calls are paced");
  const strategies = options.strategies ?? ownAndStateAware(scenario.pacing);
  const measure = async (dial: Dial, value: number): Promise<FrontierPoint> => {
    const pacing = dial.at(value);
    const runs = await runner({ ...scenario, pacing }, replications);
    const { occupancy, abandonment, contactsPerAgentHour } = combine(runs);
    const assurance = assure(runs.map(countsOf), runsPerPeriod, probability);
    const { parameter } = dial;
    const keeps = assurance.ceiling <= limit;
    return {
      strategy: pacing.strategy,
      parameter,
      value,
      pacing,
      occupancy,
      abandonment,
      contactsPerAgentHour,
      assurance,
      keeps,
    };
  };
  const points: FrontierPoint[] = [];
  for (const strategy of strategies) {
    const dial = dialOf(strategy, limit, values);
    const own: FrontierPoint[] = [];
    for (const value of dial.values) own.push(await measure(dial, value));
    for (let i = 0; i < refinements; i++) {
      const [low, high] = bracket(own);
      if (low === undefined || high === undefined || high.value / low.value < 1.02) break;
      own.push(await measure(dial, Math.sqrt(low.value * high.value)));
    }
    points.push(...own.sort((a, b) => a.value - b.value));
  }
  const kept = points.filter(({ keeps }) => keeps).sort((a, b) => b.occupancy.rate - a.occupancy.rate);
  return { limit, probability, runsPerPeriod, best: kept[0], points };
}

function ownAndStateAware(own: Pacing): readonly Pacing[] {
  return own.strategy === "state-aware" ? [own] : [own, { strategy: "state-aware" }];
}

/** The most aggressive value that keeps the limit, and the next value above it. */
function bracket(points: readonly FrontierPoint[]): [FrontierPoint | undefined, FrontierPoint | undefined] {
  const kept = points.filter(({ keeps }) => keeps);
  const low = kept.reduce<FrontierPoint | undefined>(
    (best, point) => (best === undefined || point.value > best.value ? point : best),
    undefined,
  );
  const above = points.filter(({ value }) => low !== undefined && value > low.value);
  const high = above.reduce<FrontierPoint | undefined>(
    (best, point) => (best === undefined || point.value < best.value ? point : best),
    undefined,
  );
  return [low, high];
}

function countsOf({ buckets }: Replication): { abandoned: number; liveAnswers: number } {
  const sums = sumOf(buckets);
  return { abandoned: sums.count(Count.abandoned), liveAnswers: sums.count(Count.liveAnswers) };
}

function runsInPeriod(scenario: SimulationScenario): number {
  return Math.max(1, Math.floor(windowDaysOf(scenario) / Math.max(1, seconds(scenario.duration) / DAY)));
}

// The one parameter of each pacing strategy that trades abandonment for occupancy, and the values worth trying.

/** A strategy with its aggressiveness as one parameter. */
interface Dial {
  /** Name of the parameter in the scenario's pacing section; undefined for a strategy without one. */
  readonly parameter: string | undefined;
  /** Values from cautious to aggressive. */
  readonly values: readonly number[];
  /** The pacing section with the parameter set. */
  readonly at: (value: number) => Pacing;
}

/** `count` values from `low` to `high`, each greater than the one before by the same factor. */
function geometric(low: number, high: number, count: number): number[] {
  return Array.from({ length: count }, (_, i) => low * (high / low) ** (i / (count - 1)));
}

/**
 * The parameter of a pacing section and the values to try. @param limit allowed abandonment rate; @param count number of values
 * to begin with
 */
function dialOf(pacing: Pacing, limit: number, count: number): Dial {
  switch (pacing.strategy) {
    case "progressive":
      return { parameter: undefined, values: [0], at: () => pacing };
    case "ratio": {
      const [low, high] = pacing.of === "idle" ? [1, 8] : [0.7, 3];
      return { parameter: "ratio", values: geometric(low, high, count), at: (ratio) => ({ ...pacing, ratio }) };
    }
    case "open-loop": {
      const middle = pacing.callsPerSecond ?? 1;
      return {
        parameter: "callsPerSecond",
        values: geometric(middle / 4, middle * 2, count),
        at: (callsPerSecond) => ({ ...pacing, callsPerSecond }),
      };
    }
    case "adaptive-level":
      return {
        parameter: "dropLimit",
        values: geometric(0.25 * 100 * limit, 200 * limit, count),
        at: (dropLimit) => ({ ...pacing, dropLimit }),
      };
    case "look-ahead":
      return {
        parameter: "target",
        values: geometric(0.3 * limit, 8 * limit, count),
        at: (target) => ({ ...pacing, target: Math.min(0.9, target) }),
      };
    case "state-aware":
      return {
        parameter: "target",
        values: geometric(0.1 * limit, 1.5 * limit, count),
        at: (target) => ({ ...pacing, target: Math.min(0.9, target) }),
      };
  }
}
