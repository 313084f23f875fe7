// The reference workload on which pacing strategies are compared: one endless list, one kind of agents, no limits on lines or
// rates.

import type { Pacing } from "../../src/dialing/pacing/schema.ts";
import { parseScenario } from "../../src/dialing/scenario/parse.ts";
import type { SimulationScenario } from "../../src/dialing/scenario/schema.ts";

/** Seconds before measuring: by then the state is stationary and an outer control loop has settled. */
const WARM_UP = 4 * 3600;

/** The size of a reference workload, and its changes. */
export interface WorkloadOptions {
  readonly agents: number;
  /** Agent-hours measured after the warm-up. */
  readonly agentHours: number;
  readonly pacing: Pacing | { readonly strategy: string };
  /** Changes to other fields of the scenario. */
  readonly changes?: object;
}

/**
 * Live 20 %, machine 28 % (20 s and 3.5 s of detection), no answer 45 % (25 s), busy 5 % (4 s), invalid 2 % (2 s); live ring lognormal with mean 9 s, cv 0.55,
 * not cut at the time-out;
 * talk lognormal 150 s, cv 1.2; wrap-up lognormal 20 s, cv 0.5; callers wait 2 s; decisions every 0.5 s.
 */
export function yardstickScenario({ agents, agentHours, pacing, changes = {} }: WorkloadOptions): SimulationScenario {
  const hours = agentHours / agents;
  return parseScenario(
    {
      name: `yardstick, ${agents} agents`,
      duration: WARM_UP + hours * 3600,
      warmUp: WARM_UP,
      bucket: (hours * 3600) / 400,
      agents,
      pacing,
      calls: {
        answerProbability: 0.2,
        machineProbability: 0.28,
        busyProbability: 0.05,
        invalidProbability: 0.02,
        ring: { live: { kind: "lognormal", mean: 9, cv: 0.55 }, machine: 20, busy: 4, invalid: 2, lateAnswers: true },
        noAnswerTimeout: 25,
        machineDetection: { live: 0, machine: 3.5 },
        patience: 2,
        talk: { kind: "lognormal", mean: 150, cv: 1.2 },
        wrap: { kind: "lognormal", mean: 20, cv: 0.5 },
      },
      ...changes,
    },
    "yardstick",
  );
}
