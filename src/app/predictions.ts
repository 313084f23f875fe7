// Predictions of settings that were made in this process: one takes half a second of work, and the same file is predicted again when what was shown is applied.

import { canonicalJson } from "../kernel/index.ts";
import type { RunSimulator } from "../operations/index.ts";
import { type Predictable, predictSettings } from "./settings-predictor.ts";

/** A prediction, or why there is none. */
export type Predicted = ReturnType<typeof predictSettings>;

/** So many are kept, the latest. */
const KEPT = 32;
const made = new Map<string, Promise<Predicted>>();

/** A predictor that predicts equal files once: equal input gives the equal prediction, whoever makes it. What fails is tried again. */
export function remembering(
  predict: (asked: Predictable) => Predicted | Promise<Predicted>,
): (asked: Predictable) => Promise<Predicted> {
  return ({ settings, carrier, expected, measured, run }) => {
    const key = canonicalJson({ settings, carrier, expected, measured, run });
    const known = made.get(key);
    if (known !== undefined) return known;
    const prediction = (async () => predict({ settings, carrier, expected, measured, run }))();
    made.set(key, prediction);
    prediction.catch(() => made.delete(key));
    const [oldest] = made.keys();
    if (made.size > KEPT && oldest !== undefined) made.delete(oldest);
    return prediction;
  };
}

/** Predicts in this thread what was not predicted before. */
export const predictHere = remembering(predictSettings);

/** The same prediction of one run. */
export const simulatingBy =
  (predict: typeof predictHere): RunSimulator =>
  ({ settings, carrier, expected }, run) =>
    predict({ settings, carrier, expected, run });
