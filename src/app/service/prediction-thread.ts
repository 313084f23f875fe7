// Predictions on a separate thread.

import { Worker } from "node:worker_threads";
import type { SettingsFile } from "../../operations/index.ts";
import { type Predicted, remembering } from "../predictions.ts";

/** A request waits no longer than this, ms; the next one finds the prediction. */
const PATIENCE_MS = 3000;

/** The prediction, or why there is none; undefined while it is still being made. */
export async function predictionSoon(file: SettingsFile): Promise<Predicted | undefined> {
  const { promise, resolve } = Promise.withResolvers<undefined>();
  const timer = setTimeout(() => resolve(undefined), PATIENCE_MS);
  try {
    return await Promise.race([predictBeside(file), promise]);
  } finally {
    clearTimeout(timer);
  }
}

/** Predicts on a separate thread: half a second of work that must not block the service. */
export const predictBeside = remembering(async ({ settings, carrier, expected, measured, run }) => {
  const { promise, resolve, reject } = Promise.withResolvers<Predicted>();
  // Built code and sources have different file extensions.
  const source = new URL(import.meta.url.endsWith(".ts") ? "./predict-worker.ts" : "./predict-worker.js", import.meta.url);
  const worker = new Worker(source, { workerData: { settings, carrier, expected, measured, run } });
  worker.once("message", resolve);
  worker.once("error", reject);
  worker.once("exit", () => reject(new Error("the prediction ended without an answer")));
  // A service that stops does not wait for it. After adding the listeners, because a listener for messages keeps the process
  // alive.
  worker.unref();
  return promise;
});
