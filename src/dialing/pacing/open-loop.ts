// Rate-based open loop: calls placed as a Poisson stream at one rate, blind to the state of the agents. The floor that any predictive rule must clear.

import type { RandomStream } from "../../kernel/index.ts";
import { requireNonNegative, requireProbability } from "../arguments.ts";
import { hardPatience } from "../formulas/index.ts";
import type { PacingStrategy } from "./strategy.ts";

interface OpenLoopParameters {
  /** Calls a second. `openLoopRate` finds the best one. */
  readonly callsPerSecond: number;
  /** Seconds between decisions. Default 0.5. */
  readonly interval?: number | undefined;
}

/** Places a Poisson number of calls at each decision. */
export function openLoop(parameters: OpenLoopParameters, random: RandomStream): PacingStrategy {
  const { callsPerSecond, interval = 0.5 } = parameters;
  requireNonNegative("callsPerSecond", callsPerSecond);
  let next = -1;
  const gap = () => -Math.log(1 - random.next()) / callsPerSecond;
  return {
    name: "open-loop",
    interval,
    decide(view) {
      if (callsPerSecond === 0) return 0;
      if (next < 0) next = view.now + gap();
      let calls = 0;
      for (; next <= view.now; next += gap()) calls += 1;
      return calls;
    },
    explain: (view) => ({ callsPerSecond, inAir: view.dialing + view.detecting + view.waiting }),
    snapshot: () => ({ next }),
    restore(saved) {
      next = (saved as { next: number }).next;
    },
  };
}

/**
 * The rate of calls at which a Poisson stream of answers loses just the target share: the M/M/c+D queue, by bisection.
 * Times in seconds, `liveRate` and `target` as shares.
 */
export function openLoopRate(system: {
  readonly agents: number;
  readonly handle: number;
  readonly patience: number;
  readonly liveRate: number;
  readonly target: number;
}): number {
  const { agents, handle, patience, liveRate, target } = system;
  requireProbability("target", target);
  const lost = (arrivalRate: number) =>
    hardPatience({ servers: agents, arrivalRate, serviceRate: 1 / handle, patience }).abandonmentProbability;
  let [low, high] = [0, (2 * agents) / handle];
  for (let i = 0; i < 60; i++) {
    const middle = (low + high) / 2;
    if (lost(middle) < target) low = middle;
    else high = middle;
  }
  return low / liveRate;
}
