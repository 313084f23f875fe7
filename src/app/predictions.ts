// Predictions of settings, remembered in this process: one takes half a second of work, and the file that was shown is predicted
// again when it is applied.

import { canonicalJson } from "../kernel/index.ts";
import type { RunSimulator } from "../operations/index.ts";
import { type Predictable, predictSettings } from "./settings-predictor.ts";

/** A prediction, or why there is none. */
export type Predicted = ReturnType<typeof predictSettings>;

/** Number of predictions that are kept, the latest ones. */
const KEPT = 32;
const made = new Map<string, Promise<Predicted>>();

/** A predictor that remembers: equal input gives an equal prediction. A failed prediction is tried again. */
export function remembering(
  predict: (asked: Predictable) => Predicted | Promise<Predicted>,
): (asked: Predictable) => Promise<Predicted> {
  return ({ settings, carrier, expected, measured, run, effort }) => {
    // The same values measured again are the same input.
    const { answerRate, agents } = measured ?? {};
    const values = { low: answerRate?.low, high: answerRate?.high, agents: agents?.count, isAssigned: measured?.isAssigned };
    const key = canonicalJson({ settings, carrier, expected, values, run, effort });
    const at = { answerRate: answerRate?.at, agents: agents?.at };
    const known = made.get(key);
    if (known !== undefined) return known.then((prediction) => dated(prediction, at));
    const prediction = (async () => predict({ settings, carrier, expected, measured, run, effort }))();
    made.set(key, prediction);
    prediction.catch(() => made.delete(key));
    const [oldest] = made.keys();
    if (made.size > KEPT && oldest !== undefined) made.delete(oldest);
    return prediction;
  };
}

/** A prediction with the times at which the same values were measured last. */
function dated(prediction: Predicted, times: Readonly<Record<"answerRate" | "agents", number | undefined>>): Predicted {
  if (typeof prediction === "string") return prediction;
  const basis = prediction.basis.map((fact) =>
    fact.from === "measured" && (fact.name === "answerRate" || fact.name === "agents")
      ? { ...fact, at: times[fact.name] ?? fact.at }
      : fact,
  );
  return { ...prediction, basis };
}

/** Predicts in this thread; remembers predictions. */
export const predictHere = remembering(predictSettings);

/** Simulates one run with the same predictor. */
export const simulatingBy =
  (predict: typeof predictHere): RunSimulator =>
  ({ settings, carrier, expected }, run) =>
    predict({ settings, carrier, expected, run });
