// What can be turned in the simulator, and what it means for the prediction and the dialer's settings. Pure.

import type { PredictedSettings, PredictionFacts } from "../../../dialing/index.ts";
import { decimal, percent } from "../../view/format.ts";

/** Shares are of 1, times seconds. */
export interface Inputs {
  readonly agents: number;
  readonly answerRate: number;
  /** Talk and wrap-up. */
  readonly handleSeconds: number;
  /** Seconds after the greeting until a person without an agent is gone. */
  readonly patience: number;
  /** Calls in the air for each idle agent. */
  readonly ratio: number;
  /** Abandonment at which the dialer falls back to one call an agent. */
  readonly target: number;
  readonly maxCalls: number;
  readonly spacingMs: number;
}

export const DEFAULT_INPUTS: Inputs = {
  agents: 20,
  answerRate: 0.2,
  handleSeconds: 170,
  patience: 2,
  ratio: 2.5,
  target: 0.025,
  maxCalls: 200,
  spacingMs: 0,
};

export interface Control {
  readonly name: keyof Inputs;
  readonly label: string;
  readonly min: number;
  readonly max: number;
  readonly step: number;
  readonly text: (value: number) => string;
}

export const CONTROLS: readonly { readonly title: string; readonly controls: readonly Control[] }[] = [
  {
    title: "The campaign",
    controls: [
      { name: "agents", label: "Agents signed in", min: 1, max: 150, step: 1, text: (value) => String(value) },
      {
        name: "answerRate",
        label: "Answered by a person",
        min: 0.05,
        max: 0.6,
        step: 0.01,
        text: (value) => percent(value, 0),
      },
      {
        name: "handleSeconds",
        label: "Handle time (talk and wrap-up)",
        min: 40,
        max: 600,
        step: 5,
        text: (value) => `${value} s`,
      },
      {
        name: "patience",
        label: "Patience without an agent",
        min: 0.5,
        max: 10,
        step: 0.5,
        text: (value) => `${decimal(value)} s`,
      },
    ],
  },
  {
    title: "The settings",
    controls: [
      { name: "ratio", label: "Dial ratio (calls per idle agent)", min: 1, max: 8, step: 0.1, text: (value) => decimal(value) },
      {
        name: "target",
        label: "Abandonment target",
        min: 0.005,
        max: 0.03,
        step: 0.0005,
        text: (value) => percent(value, 2),
      },
      { name: "maxCalls", label: "Simultaneous calls at most", min: 5, max: 600, step: 1, text: (value) => String(value) },
      { name: "spacingMs", label: "Spacing between calls", min: 0, max: 2000, step: 10, text: (value) => `${value} ms` },
    ],
  },
];

export function settingsOf(inputs: Inputs): PredictedSettings {
  return {
    concurrency: { max_agents: inputs.agents, max_simultaneous_calls: inputs.maxCalls, call_spacing_ms: inputs.spacingMs },
    algorithm: { abandonment_rate_target: inputs.target, agent_availability_estimate: 1, dial_ratio: inputs.ratio },
  };
}

export function factsOf(inputs: Inputs): PredictionFacts {
  return { answerRate: inputs.answerRate, handleSeconds: inputs.handleSeconds };
}

/** Names of the fields of a plan. */
const PLANNED: readonly (readonly [name: keyof Inputs, field: string])[] = [
  ["agents", "max_agents"],
  ["maxCalls", "max_simultaneous_calls"],
  ["spacingMs", "call_spacing_ms"],
  ["target", "abandonment_rate_target"],
  ["ratio", "dial_ratio"],
  ["answerRate", "answer_rate"],
  ["handleSeconds", "handle_seconds"],
];

/**
 * The address of the dialer page with a plan.
 * @param turned what a person has set; the rest is where the simulator began, no wish, and stays at the tenant as it is
 */
export function planAddress(turned: Partial<Inputs>): string {
  const query = new URLSearchParams();
  for (const [name, field] of PLANNED) if (turned[name] !== undefined) query.set(field, String(turned[name]));
  return `/dialer${query.size === 0 ? "" : "?"}${query.toString()}`;
}
