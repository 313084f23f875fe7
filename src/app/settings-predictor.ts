// The gate's predictor: passes dialer settings and expectations about the calls to the simulation.

import { DialingError, type Prediction, type PredictionFacts, predict } from "../dialing/index.ts";
import type { Predictor, SimulatedRun } from "../operations/index.ts";

/** The input of a prediction. */
export type Predictable = Parameters<Predictor>[0] & { readonly run?: SimulatedRun | undefined };

/** A person's expectation is assumed to be right within this part of itself, with 90 % probability. */
const EXPECTED_WITHIN = 0.15;

/** Predicts a run, or the 30 days over which abandonment is measured. */
export function predictSettings({ settings, carrier, expected, measured, run }: Predictable): Prediction | string {
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
    return predict(settings, facts);
  } catch (thrown) {
    if (thrown instanceof DialingError) return `not simulated: ${thrown.message}`;
    throw thrown;
  }
}

function around(value: number | undefined, most = Number.POSITIVE_INFINITY): PredictionFacts["answerRate"] {
  if (value === undefined) return undefined;
  return { low: value * (1 - EXPECTED_WITHIN), high: Math.min(most, value * (1 + EXPECTED_WITHIN)) };
}
