// Simulations that the service is asked for: on threads of their own, one after the other, each within a time.

import { bucketsOf, type SimulationScenario } from "../../dialing/index.ts";
import { OperationError, Semaphore, SimulationError } from "../../operations/index.ts";
import type { ServerPorts } from "../../server/index.ts";
import { calibrateCalls } from "./calibrate.ts";
import { openStudies, type Studies } from "./studies.ts";
import { variationsOf } from "./variations.ts";

/** What a service lets simulations take of it. */
export interface SimulationLimits {
  /** A simulation that is not done by then is ended, ms. */
  readonly longestMs: number;
  /** So many callers may wait while another's simulation runs. */
  readonly waiting: number;
}

/** The service has other things to do beside them. */
const LIMITS: SimulationLimits = { longestMs: 120_000, waiting: 8 };
/** Threads of one simulation. */
const WORKERS = 1;
/** Steps of all replications of a scenario are kept until they are combined: some 200 bytes each. */
const MOST_STEPS = 500_000;

type SimulatePort = ReturnType<ServerPorts["work"]["simulate"]>;
type Options = Parameters<SimulatePort["optimise"]>[2];

/** What the routes of simulations act on. One of them runs at a time; the others wait for their turn. */
export function simulationsFor(limits: SimulationLimits = LIMITS): SimulatePort {
  const turns = new Semaphore(1);
  let atWorkOrWaiting = 0;

  /** Ends when the caller hangs up, or the time is over. */
  async function studying<T>(options: Options, work: (studies: Studies) => Promise<T>): Promise<T> {
    const { replications, seed, signal } = options;
    if (atWorkOrWaiting > limits.waiting) throw busy();
    atWorkOrWaiting += 1;
    await turns.acquire();
    const late = new AbortController();
    const timer = setTimeout(() => late.abort(), limits.longestMs);
    try {
      if (signal.aborted) throw new SimulationError("simulation_stopped", "the caller has gone");
      await using studies = openStudies({ replications, seed, workers: WORKERS });
      AbortSignal.any([signal, late.signal]).addEventListener("abort", () => studies.interrupt(), { once: true });
      return await work(studies);
    } catch (thrown) {
      throw late.signal.aborted ? tooLong() : thrown;
    } finally {
      clearTimeout(timer);
      turns.release();
      atWorkOrWaiting -= 1;
    }
  }

  function busy(): SimulationError {
    return new SimulationError("simulation_busy", `another simulation runs, and ${limits.waiting} more wait for it`, {
      advice: "Ask again in a minute, or use outdial simulate, which runs on your machine.",
    });
  }

  function tooLong(): SimulationError {
    return new SimulationError("simulation_too_long", `the simulation was not done within ${limits.longestMs / 1000} s`, {
      advice: "Shorten the duration, ask for fewer replications or values, or use outdial simulate, which has no such limit.",
    });
  }

  return {
    calibrate: (calls, question) => calibrateCalls(calls, question),
    run([scenario, other], options) {
      for (const one of other === undefined ? [scenario] : [scenario, other]) requireSize(one, options);
      return studying(options, async (studies) => {
        if (other === undefined) return { scenario: scenario.name, result: await studies.run(scenario) };
        return { names: [scenario.name, other.name], ...(await studies.compare(scenario, other)) };
      });
    },
    whatIf(scenario, axes, options) {
      const asked = variationsOf(scenario, axes);
      for (const variation of asked) requireSize(variation.scenario, options);
      return studying(options, async (studies) => {
        const variations = await studies.vary(asked);
        return { scenario: scenario.name, variations: variations.map(({ values, result }) => ({ values, result })) };
      });
    },
    optimise(scenario, goal, options) {
      requireSize(scenario, options);
      return studying(options, async (studies) => ({
        scenario: scenario.name,
        optimum: await studies.optimise({ scenario, ...goal }),
      }));
    },
  };
}

function requireSize(scenario: SimulationScenario, { replications }: Options): void {
  const steps = replications * bucketsOf(scenario);
  if (steps <= MOST_STEPS) return;
  throw new OperationError(
    "invalid_input",
    `${replications} replications of ${bucketsOf(scenario)} steps make ${steps}; at most ${MOST_STEPS} are allowed`,
    { advice: "Give a longer bucket or fewer replications, or use outdial simulate, which has no such limit." },
  );
}
