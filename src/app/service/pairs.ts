// The service's watch over failover pairs.

import type { FailoverUseCases } from "../../operations/index.ts";
import type { Workplace } from "../workplace.ts";
import type { Background } from "./background.ts";

/** How often pairs are searched for that no living process runs, ms. */
const PAIRS_MS = 1000;
/** Policies of campaign files are rarer: they are searched for in every nth look. */
const FILES_EVERY = 5;

/** Begins the watch over each pair of the store that nobody watches, until the signal; the engine gives it to one of the services. */
export function watchPairs(
  { config, store }: Pick<Workplace, "config" | "store">,
  failover: FailoverUseCases,
  background: Background,
  signal: AbortSignal,
  warn: (message: string) => void,
): void {
  let told = "";
  background.repeat("failover pairs", { clock: config.clock, everyMs: PAIRS_MS, signal }, async (looks) => {
    if (store.audit.isHeld) return;
    if (looks % FILES_EVERY === 0) {
      // A campaign file with a failover policy was confirmed when it was applied: from then on its pair is watched.
      const problems = (await failover.takeFiles()).join("; ");
      if (problems !== "" && problems !== told) warn(problems);
      told = problems;
    }
    await failover.beginAll();
  });
}
