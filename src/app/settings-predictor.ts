// The gate's predictor: passes dialer settings and expectations about the calls to the simulation.

import { DialingError, type Prediction, type PredictionFacts, predict, usedFacts } from "../dialing/index.ts";
import type { PredictionFact, Predictor, SimulatedRun } from "../operations/index.ts";

/** The input of a prediction. */
export type Predictable = Parameters<Predictor>[0] & { readonly run?: SimulatedRun | undefined };

/** A person's expectation is assumed to be right within this part of itself, with 90 % probability. */
const EXPECTED_WITHIN = 0.15;

/** Predicts a run, or the 30 days over which abandonment is measured. */
export function predictSettings({
  settings,
  carrier,
  expected,
  measured,
  run,
  effort,
}: Predictable): SettingsPrediction | string {
  const facts: PredictionFacts = {
    answerRate: measured?.answerRate ?? around(expected.answer_rate, 1),
    handleSeconds: around(expected.handle_seconds),
    ringSeconds: around(expected.ring_seconds),
    takenForMachines: around(expected.taken_for_machines, 1),
    agents: expected.agents,
    ...(run === undefined ? {} : { horizonHours: run.minutes / 60, volume: run.volume }),
    trunks: Math.floor(carrier.max_trunks * (1 - (carrier.current_utilization_percent ?? 0) / 100)),
  };
  try {
    return { ...predict(settings, facts, effort === undefined ? {} : { effort }), basis: basisOf(settings, facts, measured) };
  } catch (thrown) {
    if (thrown instanceof DialingError) return `not simulated: ${thrown.message}`;
    throw thrown;
  }
}

/** A prediction with what it stands on. */
type SettingsPrediction = Prediction & { readonly basis: readonly PredictionFact[] };

/** What a prediction stands on, by fact. */
function basisOf(settings: Predictable["settings"], facts: PredictionFacts, measured: Predictable["measured"]): PredictionFact[] {
  const agents = facts.agents ?? settings.concurrency.max_agents;
  const all = { agents, ...usedFacts(facts) };
  const at = { agents: measured?.agents?.at, answerRate: measured?.answerRate?.at } as const;
  return FACTS.map((name) => {
    const value = all[name];
    const [low, high] = typeof value === "number" ? [value, value] : [value.low, value.high];
    const when = name === "agents" || name === "answerRate" ? (at[name] ?? null) : null;
    const given = name === "agents" ? measured?.isAssigned !== true : facts[name] !== undefined;
    return { name, low, high, from: when !== null ? "measured" : given ? "given" : "assumed", at: when };
  });
}

const FACTS = ["agents", "answerRate", "handleSeconds", "ringSeconds", "takenForMachines"] as const;

function around(value: number | undefined, most = Number.POSITIVE_INFINITY): PredictionFacts["answerRate"] {
  if (value === undefined) return undefined;
  return { low: value * (1 - EXPECTED_WITHIN), high: Math.min(most, value * (1 + EXPECTED_WITHIN)) };
}
