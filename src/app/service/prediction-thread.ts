// Predictions on a separate thread.

import { type SettingsFile, Thread } from "../../operations/index.ts";
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
export const predictBeside = remembering(async ({ settings, carrier, expected, measured, run, effort }) => {
  // A service that stops does not wait for it.
  const data = { settings, carrier, expected, measured, run, effort };
  const thread = new Thread<null, Predicted>({
    what: "the prediction",
    module: "./predict-worker",
    from: import.meta.url,
    data,
    holds: false,
  });
  return await thread.ask(null);
});
