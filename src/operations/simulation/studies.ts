// Studies on worker threads: a scenario, a comparison of two, variations, the best pacing. Equal input gives equal figures.

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
  /** Number of threads; by default as many as the machine can run at once. */
  readonly workers?: number | undefined;
  /** Called after each replication: how many are done, of how many as far as that is known, and of which scenario. */
  readonly onProgress?: (progress: StudyProgress) => void;
}

/** The progress of a study. */
export interface StudyProgress {
  readonly done: number;
  readonly all: number;
  /** Such as `scenario 2 of 3`; empty when there is one. */
  readonly what: string;
}

interface VariationResult extends Variation {
  readonly result: SimulationResult;
}

/** Runs studies; disposing it ends the threads. */
export interface Studies extends AsyncDisposable {
  run(scenario: SimulationScenario): Promise<SimulationResult>;
  /** The second scenario's results minus the first's, pair by pair under common random numbers. */
  compare(first: SimulationScenario, second: SimulationScenario): Promise<Compared>;
  vary(variations: readonly Variation[]): Promise<VariationResult[]>;
  optimise(options: Omit<OptimiseOptions, "replications">): Promise<Optimum>;
  /** Ends running studies: they are rejected with an OutdialError `interrupted`. */
  interrupt(): void;
}

/** Two scenarios with their results, and the difference under common random numbers. */
export interface Compared {
  readonly first: SimulationResult;
  readonly second: SimulationResult;
  readonly comparison: Comparison;
}

/** Starts threads when they are needed. Throws SimulationError `invalid_input` for an invalid number of threads. */
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
      // Whatever error the threads ended with, the reason was the interruption.
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
        // Only results are kept: the replications of a large grid would need too much memory.
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
