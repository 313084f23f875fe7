// The model that the sliders stand for, and what is tried on the way to the frontier. Pure; apart from the inputs, so that the page does not load the model.

import { parseScenario, type SimulationScenario } from "../../../dialing/index.ts";
import type { Inputs } from "./inputs.ts";

const WRAP = 20;
/** Agent-hours of one run: enough for a point that does not jump, little enough to be drawn while a slider moves. */
const AGENT_HOURS = 40;
/** Of a first look at all of the frontier, before the exact runs. */
const COARSE_AGENT_HOURS = 8;

/** One run of the raw strategy: nothing holds it back but lines and spacing. */
export function scenarioOf(inputs: Inputs, pacing: SimulationScenario["pacing"], isCoarse = false): SimulationScenario {
  // Fewer people who answer leave more of everything else, in the proportions of the defaults.
  const { calls } = parseScenario({});
  const others = (1 - inputs.answerRate) / (1 - calls.answerProbability);
  const hours = Math.min(6, Math.max(0.5, (isCoarse ? COARSE_AGENT_HOURS : AGENT_HOURS) / inputs.agents));
  return parseScenario({
    agents: inputs.agents,
    duration: Math.round(3600 * (hours + 0.1)),
    warmUp: 360,
    bucket: Math.round(360 * hours),
    calls: {
      answerProbability: inputs.answerRate,
      machineProbability: calls.machineProbability * others,
      busyProbability: calls.busyProbability * others,
      invalidProbability: calls.invalidProbability * others,
      patience: inputs.patience,
      talk: { kind: "lognormal", mean: Math.max(10, inputs.handleSeconds - WRAP), cv: 1.2 },
      wrap: { kind: "lognormal", mean: WRAP, cv: 0.5 },
    },
    lines: { trunks: inputs.maxCalls, spacing: inputs.spacingMs / 1000 },
    pacing,
  });
}

/** A candidate of the frontier. */
export interface Candidate {
  readonly curve: "ratio" | "state-aware";
  readonly value: number;
  readonly pacing: SimulationScenario["pacing"];
}

const RATIOS = [1, 1.5, 2, 2.5, 3, 4, 5, 6.5, 8];
const TARGETS = [0.008, 0.015, 0.022, 0.03];

/** What is tried: the ratio that is set first, so that the operating point is the first to be right. */
export function candidatesOf(inputs: Inputs): readonly Candidate[] {
  const ratios = [inputs.ratio, ...RATIOS.filter((ratio) => Math.abs(ratio - inputs.ratio) > 0.05)];
  return [
    ...ratios.map((ratio): Candidate => ({ curve: "ratio", value: ratio, pacing: { strategy: "ratio", of: "idle", ratio } })),
    ...TARGETS.map((target): Candidate => ({ curve: "state-aware", value: target, pacing: { strategy: "state-aware", target } })),
  ];
}
