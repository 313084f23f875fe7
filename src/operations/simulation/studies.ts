// Studies on worker threads: a scenario, two held against each other, variations, the best pacing. Equal input gives equal figures.

import {
  type Comparison,
  combine,
  compareReplications,
  type OptimiseOptions,
  type Optimum,
  optimise,
  type Replication,
  type SimulationResult,
  type SimulationScenario,
} from "../../dialing/index.ts";
import { OutdialError } from "../../kernel/index.ts";
import { SimulationPool } from "./pool.ts";
import type { Variation } from "./variations.ts";

interface StudyOptions {
  /** Replications of each scenario. */
  readonly replications: number;
  readonly seed: number | string;
  /** Threads; default as many as the machine runs at once. */
  readonly workers?: number | undefined;
  /** Told after each replication: how many are done, of how many as far as is known, and of which scenario. */
  readonly onProgress?: (progress: StudyProgress) => void;
}

/** How far a study is. */
export interface StudyProgress {
  readonly done: number;
  readonly all: number;
  /** Such as `scenario 2 of 3`; empty when there is one. */
  readonly what: string;
}

interface VariationResult extends Variation {
  readonly result: SimulationResult;
}

/** Simulations to be asked for results; disposing ends the threads. */
export interface Studies extends AsyncDisposable {
  run(scenario: SimulationScenario): Promise<SimulationResult>;
  /** The second less the first, pair by pair under common random numbers. */
  compare(first: SimulationScenario, second: SimulationScenario): Promise<Compared>;
  vary(variations: readonly Variation[]): Promise<VariationResult[]>;
  optimise(options: Omit<OptimiseOptions, "replications">): Promise<Optimum>;
  /** Ends what is under way: it is rejected with an OutdialError `interrupted`. */
  interrupt(): void;
}

/** Two scenarios with their results, and the difference under common random numbers. */
export interface Compared {
  readonly first: SimulationResult;
  readonly second: SimulationResult;
  readonly comparison: Comparison;
}

/** Opens threads as they are needed. Throws SimulationError `invalid_input` for a number of them that cannot be. */
export function openStudies({ replications, seed, workers, onProgress }: StudyOptions): Studies {
  const pool = new SimulationPool(workers === undefined ? {} : { workers });
  const stop = new AbortController();
  const replicate = async (
    scenario: SimulationScenario,
    count: number,
    before: number,
    all: number,
    what: string,
  ): Promise<Replication[]> => {
    try {
      return await pool.replicate(scenario, {
        replications: count,
        seed,
        signal: stop.signal,
        onProgress: (done) => onProgress?.({ done: before + done, all, what }),
      });
    } catch (thrown) {
      // Whatever the threads said when they were ended: they were interrupted.
      throw stop.signal.aborted ? stop.signal.reason : thrown;
    }
  };
  const inTurn = async (scenarios: readonly SimulationScenario[]): Promise<Replication[][]> => {
    const results: Replication[][] = [];
    const all = scenarios.length * replications;
    for (const [i, scenario] of scenarios.entries()) {
      const what = scenarios.length === 1 ? "" : `scenario ${i + 1} of ${scenarios.length}`;
      results.push(await replicate(scenario, replications, i * replications, all, what));
    }
    return results;
  };
  return {
    async run(scenario) {
      const [own = []] = await inTurn([scenario]);
      return combine(own);
    },
    async compare(first, second) {
      const [a = [], b = []] = await inTurn([first, second]);
      return { first: combine(a), second: combine(b), comparison: compareReplications(a, b) };
    },
    async vary(variations) {
      const found: VariationResult[] = [];
      const all = variations.length * replications;
      for (const [i, variation] of variations.entries()) {
        // Only results are kept: the replications of a large grid would not fit into memory.
        const runs = await replicate(
          variation.scenario,
          replications,
          i * replications,
          all,
          `variation ${i + 1} of ${variations.length}`,
        );
        found.push({ ...variation, result: combine(runs) });
      }
      return found;
    },
    optimise(options) {
      let candidates = 0;
      return optimise({ ...options, replications }, (scenario, count) => {
        candidates += 1;
        return replicate(scenario, count, 0, count, `candidate ${candidates}: ${scenario.pacing.strategy}`);
      });
    },
    interrupt() {
      stop.abort(new OutdialError("interrupted", "the simulation was interrupted"));
      void pool.close();
    },
    [Symbol.asyncDispose]: () => pool.close(),
  };
}
