// What is known about calls and agents when settings are to be judged, how certain it is, and draws from it.

import { createRandom, normalQuantile } from "../../kernel/index.ts";
import { refuse, requireNonNegative, requirePositive, requireProbability } from "../arguments.ts";

/** A known number, or the 5 % and 95 % quantiles of an uncertain one. */
export type Uncertain = number | { readonly low: number; readonly high: number };

/**
 * Facts about a campaign. Shares are of 1, times in seconds. A fact that is left out is assumed, and `Prediction.assumed` names
 * it.
 */
export interface PredictionFacts {
  /** Share of the calls answered by a person. Default 0.15 to 0.26 (CallHub, 2.2 million calls of 2020: 17.6 to 23.4 % by hour). */
  readonly answerRate?: Uncertain | undefined;
  /** Mean talk plus wrap-up of an answered call. Default 120 to 240 s. */
  readonly handleSeconds?: Uncertain | undefined;
  /** Mean time from placing a call to its answer or failure. Default: that of a scenario's defaults, 19 s. */
  readonly ringSeconds?: Uncertain | undefined;
  /**
   * Share of the people whom machine detection takes for machines and hangs up on. They are abandoned calls, whatever the
   * settings. Default 0.
   */
  readonly takenForMachines?: Uncertain | undefined;
  /** Agents signed in. Default: `max_agents`, which is also the most. */
  readonly agents?: Uncertain | undefined;
  /** Free lines of the carrier. Default: no limit besides `max_simultaneous_calls`. */
  readonly trunks?: number | undefined;
  /** Calls to place over the horizon. Default: without end. */
  readonly volume?: number | undefined;
  /** Hours of dialing that the prediction is for. Default 240: eight hours on each of the 30 days of 16 CFR 310.4(b)(4)(i). */
  readonly horizonHours?: number | undefined;
  /** The present counts of the measured window of 30 days; they count into the abandonment of the horizon. Default: none. */
  readonly history?: { readonly liveAnswers: number; readonly abandoned: number } | undefined;
  /** The abandonment rate for `chanceAboveLimit`. Default 0.03. */
  readonly limit?: number | undefined;
}

/** Values assumed for facts that are not given. */
const ASSUMED = {
  answerRate: { low: 0.15, high: 0.26 },
  handleSeconds: { low: 120, high: 240 },
  ringSeconds: undefined,
  takenForMachines: 0,
} as const satisfies Partial<Record<keyof PredictionFacts, Uncertain | undefined>>;

/** Mean ring time of a scenario's defaults: nobody's ring time is assumed, it follows from the scenario. */
const DEFAULT_RING_SECONDS = 19;

/** Default hours of dialing of a prediction: 30 days of 8 hours. */
export const DEFAULT_HORIZON_HOURS = 240;
const SURE = 0.95;

/** One possible set of true values. */
export interface FactDraw {
  readonly answerRate: number;
  readonly handleSeconds: number;
  /** Undefined: as in a scenario's defaults. */
  readonly ringSeconds: number | undefined;
  readonly takenForMachines: number;
  /** Agents signed in, not rounded; undefined: `max_agents`. */
  readonly agents: number | undefined;
}

/** Names of the facts that were not given. */
export function assumedFacts(facts: PredictionFacts): string[] {
  return (Object.keys(ASSUMED) as (keyof typeof ASSUMED)[]).filter((name) => facts[name] === undefined);
}

/** The values that a prediction uses, those that were not given assumed. */
export function usedFacts(facts: PredictionFacts): Record<keyof typeof ASSUMED, Uncertain> {
  const {
    answerRate = ASSUMED.answerRate,
    handleSeconds = ASSUMED.handleSeconds,
    takenForMachines = ASSUMED.takenForMachines,
  } = facts;
  return { answerRate, handleSeconds, takenForMachines, ringSeconds: facts.ringSeconds ?? DEFAULT_RING_SECONDS };
}

/** Throws DialingError `invalid_input` with the name of an impossible fact. */
export function checkFacts(facts: PredictionFacts): void {
  const both = (
    name: "answerRate" | "handleSeconds" | "ringSeconds" | "takenForMachines" | "agents",
    check: (name: string, value: number) => void,
  ) => {
    const value = facts[name];
    if (value === undefined) return;
    if (typeof value === "number") return check(name, value);
    check(`${name}.low`, value.low);
    check(`${name}.high`, value.high);
    if (value.low > value.high) refuse(`${name}.low`, value.low, `at most ${name}.high (${value.high})`);
  };
  both("answerRate", requireProbability);
  both("handleSeconds", requirePositive);
  both("ringSeconds", requirePositive);
  both("takenForMachines", requireProbability);
  both("agents", requireNonNegative);
  if (facts.trunks !== undefined) requireNonNegative("trunks", facts.trunks);
  if (facts.volume !== undefined) requireNonNegative("volume", facts.volume);
  if (facts.horizonHours !== undefined) requirePositive("horizonHours", facts.horizonHours);
  if (facts.limit !== undefined) requireProbability("limit", facts.limit);
  const { history } = facts;
  if (history === undefined) return;
  requireNonNegative("history.liveAnswers", history.liveAnswers);
  requireNonNegative("history.abandoned", history.abandoned);
  if (history.abandoned > history.liveAnswers) refuse("history.abandoned", history.abandoned, "at most history.liveAnswers");
}

/**
 * `count` possible sets of true values that cover the range of each fact evenly (Latin hypercube sampling, McKay, Beckman and
 * Conover 1979). They are always the same, so that different settings are judged on the same values.
 */
export function drawFacts(facts: PredictionFacts, count: number): FactDraw[] {
  const random = createRandom("prediction", "facts");
  const column = () => {
    const order = Array.from({ length: count }, (_, i) => i);
    for (let i = count - 1; i > 0; i--) {
      const j = random.int(i + 1);
      [order[i], order[j]] = [order[j]!, order[i]!];
    }
    return order.map((place) => normalQuantile((place + 0.5) / count));
  };
  const [answer, handle, ring, agents, taken] = [column(), column(), column(), column(), column()];
  return Array.from({ length: count }, (_, i) => ({
    answerRate: shareAt(facts.answerRate ?? ASSUMED.answerRate, answer[i]!),
    handleSeconds: sizeAt(facts.handleSeconds ?? ASSUMED.handleSeconds, handle[i]!),
    ringSeconds: facts.ringSeconds === undefined ? undefined : sizeAt(facts.ringSeconds, ring[i]!),
    takenForMachines: shareAt(facts.takenForMachines ?? ASSUMED.takenForMachines, taken[i]!),
    agents: facts.agents === undefined ? undefined : linearAt(facts.agents, agents[i]!),
  }));
}

/** A normal distribution on the scale of `to` with the given quantiles, at `z` standard deviations from its middle. */
function between(value: Uncertain, z: number, to: (x: number) => number, from: (x: number) => number): number {
  if (typeof value === "number") return value;
  const { low, high } = value;
  if (low === high) return low;
  const middle = (to(low) + to(high)) / 2;
  const spread = (to(high) - to(low)) / (2 * normalQuantile(SURE));
  return from(middle + z * spread);
}

/** Logit-normal, so that a share stays within 0 and 1. */
function shareAt(value: Uncertain, z: number): number {
  const inside = (p: number) => Math.min(1 - 1e-6, Math.max(1e-6, p));
  return between(
    value,
    z,
    (p) => Math.log(inside(p) / (1 - inside(p))),
    (x) => 1 / (1 + Math.exp(-x)),
  );
}

/** Log-normal, so that a time stays above 0. */
const sizeAt = (value: Uncertain, z: number): number => between(value, z, Math.log, Math.exp);

const linearAt = (value: Uncertain, z: number): number =>
  Math.max(
    0,
    between(
      value,
      z,
      (x) => x,
      (x) => x,
    ),
  );
