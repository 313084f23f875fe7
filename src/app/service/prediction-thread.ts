// Predictions for the settings in force, made once on a thread of their own.

import { Worker } from "node:worker_threads";
import { canonicalJson } from "../../kernel/index.ts";
import type { Judgement, Predictor, SettingsFile } from "../../operations/index.ts";

type Predicted = Judgement["prediction"];

/** A request waits no longer than this; the next one finds the prediction. */
const PATIENCE_MS = 3000;

export class PredictionThread {
  #key = "";
  #made: Promise<Predicted> | undefined;

  /** The prediction, or why there is none; undefined while it is still being made. Equal files are predicted once, one after another kept. */
  async of(file: SettingsFile): Promise<Predicted | undefined> {
    const { settings, carrier, expected } = file;
    const key = canonicalJson({ settings, carrier, expected });
    if (this.#made === undefined || this.#key !== key) {
      this.#key = key;
      this.#made = Promise.resolve(predictBeside(file)).catch((thrown: unknown) => {
        this.#made = undefined;
        throw thrown;
      });
    }
    const { promise, resolve } = Promise.withResolvers<undefined>();
    const timer = setTimeout(() => resolve(undefined), PATIENCE_MS);
    const made = this.#made;
    made.catch(() => undefined);
    try {
      return await Promise.race([made, promise]);
    } finally {
      clearTimeout(timer);
    }
  }
}

/** Predicts on a thread of its own: half a second of work that must not hold the service up. */
export const predictBeside: Predictor = async ({ settings, carrier, expected }) => {
  const { promise, resolve, reject } = Promise.withResolvers<Predicted>();
  // Built code has another extension than the sources.
  const source = new URL(import.meta.url.endsWith(".ts") ? "./predict-worker.ts" : "./predict-worker.js", import.meta.url);
  const worker = new Worker(source, { workerData: { settings, carrier, expected } });
  // A service that stops does not wait for it.
  worker.unref();
  worker.once("message", resolve);
  worker.once("error", reject);
  worker.once("exit", () => reject(new Error("the prediction ended without an answer")));
  return promise;
};
