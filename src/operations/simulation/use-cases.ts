// Simulations for many callers: on separate threads, one after the other, each with a time limit.

import { type RulePack, usCaUk2026 } from "../../compliance/index.ts";
import { bucketsOf, type SimulationScenario } from "../../dialing/index.ts";
import { OperationError } from "../error.ts";
import { Semaphore } from "../jobs/semaphore.ts";
import { type CalibrateOptions, calibrateCalls } from "./calibrate.ts";
import { underLaw } from "./law.ts";
import { SimulationError } from "./pool.ts";
import { openStudies, type Studies } from "./studies.ts";
import { type Axis, variationsOf } from "./variations.ts";

/** Limits of the simulations in a service. */
export interface SimulationLimits {
  /** A simulation that takes longer is ended, ms. */
  readonly longestMs: number;
  /** Number of callers that may wait while another's simulation runs. */
  readonly waiting: number;
}

/** Low, because a service has other work to do. */
const LIMITS: SimulationLimits = { longestMs: 120_000, waiting: 8 };
/** Threads of one simulation. */
const WORKERS = 1;
/** Steps of all replications of a scenario are kept until they are combined: about 200 bytes each. */
const MOST_STEPS = 500_000;

/** How a scenario is simulated. */
export interface SimulationQuestion {
  /** For each scenario. */
  readonly replications: number;
  readonly seed: number | string;
  /**
   * Where the campaign calls: their strictest abandonment limit and shortest window replace the scenario's. Default: the
   * scenario's.
   */
  readonly jurisdictions?: readonly string[];
  /** Aborted when nobody waits for the answer. */
  readonly signal: AbortSignal;
}

/**
 * Simulations for many callers: one runs at a time, the others wait for their turn. All methods throw SimulationError
 * `simulation_busy`, `simulation_too_long`, OperationError `invalid_input` and SimulationScenarioError.
 */
export class SimulationUseCases {
  readonly #limits: SimulationLimits;
  readonly #turns = new Semaphore(1);
  #atWorkOrWaiting = 0;

  readonly #pack: () => Promise<RulePack>;

  /** @param pack the rules in force; the built-in ones by default */
  constructor(pack: () => Promise<RulePack> = async () => usCaUk2026(), limits: SimulationLimits = LIMITS) {
    this.#pack = pack;
    this.#limits = limits;
  }

  /** A scenario, or two compared under common random numbers. */
  async run(
    [asked, against]: readonly [SimulationScenario, SimulationScenario | undefined],
    question: SimulationQuestion,
  ): Promise<object> {
    const scenario = await this.#underLaw(asked, question);
    const other = against === undefined ? undefined : await this.#underLaw(against, question);
    for (const one of other === undefined ? [scenario] : [scenario, other]) requireSize(one, question);
    return this.#studying(question, async (studies) => {
      if (other === undefined) return { scenario: scenario.name, result: await studies.run(scenario) };
      return { names: [scenario.name, other.name], ...(await studies.compare(scenario, other)) };
    });
  }

  /** Every combination of the axes' values. */
  async whatIf(given: SimulationScenario, axes: readonly Axis[], question: SimulationQuestion): Promise<object> {
    const scenario = await this.#underLaw(given, question);
    const asked = variationsOf(scenario, axes);
    for (const variation of asked) requireSize(variation.scenario, question);
    return this.#studying(question, async (studies) => {
      const variations = await studies.vary(asked);
      return { scenario: scenario.name, variations: variations.map(({ values, result }) => ({ values, result })) };
    });
  }

  /** The best pacing that keeps the abandonment limit with the given probability. */
  async optimise(
    given: SimulationScenario,
    goal: { readonly probability: number; readonly limit?: number },
    question: SimulationQuestion,
  ): Promise<object> {
    const scenario = await this.#underLaw(given, question);
    requireSize(scenario, question);
    return this.#studying(question, async (studies) => ({
      scenario: scenario.name,
      optimum: await studies.optimise({ scenario, ...goal }),
    }));
  }

  /** The answer rates and times in a file of calls, and the scenario made from them. */
  calibrate(calls: AsyncIterable<Uint8Array>, options: CalibrateOptions): ReturnType<typeof calibrateCalls> {
    return calibrateCalls(calls, options);
  }

  async #underLaw(scenario: SimulationScenario, { jurisdictions = [] }: SimulationQuestion): Promise<SimulationScenario> {
    return jurisdictions.length === 0 ? scenario : underLaw(scenario, await this.#pack(), jurisdictions);
  }

  async #studying<T>(question: SimulationQuestion, work: (studies: Studies) => Promise<T>): Promise<T> {
    const { replications, seed, signal } = question;
    const { longestMs, waiting } = this.#limits;
    if (this.#atWorkOrWaiting > waiting) {
      throw new SimulationError("simulation_busy", `another simulation is running, and ${waiting} more are waiting`, {
        advice: "Ask again in a minute, or use outdial simulate, which runs on your machine.",
      });
    }
    this.#atWorkOrWaiting += 1;
    await this.#turns.acquire();
    const late = new AbortController();
    const timer = setTimeout(() => late.abort(), longestMs);
    try {
      if (signal.aborted) throw new SimulationError("simulation_stopped", "the caller has disconnected");
      await using studies = openStudies({ replications, seed, workers: WORKERS });
      AbortSignal.any([signal, late.signal]).addEventListener("abort", () => studies.interrupt(), { once: true });
      return await work(studies);
    } catch (thrown) {
      if (!late.signal.aborted) throw thrown;
      throw new SimulationError("simulation_too_long", `the simulation was not done within ${longestMs / 1000} s`, {
        advice: "Shorten the duration, ask for fewer replications or values, or use outdial simulate, which has no such limit.",
      });
    } finally {
      clearTimeout(timer);
      this.#turns.release();
      this.#atWorkOrWaiting -= 1;
    }
  }
}

function requireSize(scenario: SimulationScenario, { replications }: SimulationQuestion): void {
  const steps = replications * bucketsOf(scenario);
  if (steps <= MOST_STEPS) return;
  throw new OperationError(
    "invalid_input",
    `${replications} replications of ${bucketsOf(scenario)} steps are ${steps}; at most ${MOST_STEPS} are allowed`,
    { advice: "Give a longer bucket or fewer replications, or use outdial simulate, which has no such limit." },
  );
}
