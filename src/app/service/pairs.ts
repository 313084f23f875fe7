// The service's watch over failover pairs.

import type { FailoverUseCases } from "../../operations/index.ts";
import type { Workplace } from "../workplace.ts";
import type { Background } from "./background.ts";

/** How often new pairs are searched for, ms. */
const PAIRS_MS = 5000;

/** Runs the failover pairs of the store until the signal. */
export function watchPairs(
  { config, store }: Pick<Workplace, "config" | "store">,
  failover: FailoverUseCases,
  background: Background,
  signal: AbortSignal,
  warn: (message: string) => void,
): void {
  // On a database that was set back nothing is handed over, because that may have happened already. Nor when the store belongs to
  // another tenant.
  let watching = new AbortController();
  let told = "";
  background.repeat("failover pairs", { clock: config.clock, everyMs: PAIRS_MS, signal }, async () => {
    if (store.audit.isHeld) return watching.abort();
    if (watching.signal.aborted) watching = new AbortController();
    const { signal: unheld } = watching;
    // A campaign file with a failover policy was confirmed when it was applied: from then on its pair is watched.
    const problems = (await failover.takeFiles()).join("; ");
    if (problems !== "" && problems !== told) warn(problems);
    told = problems;
    for (const { primary } of await store.failovers.list())
      background.start(`failover pair of ${primary}`, () =>
        failover.watch(primary, { signal: AbortSignal.any([signal, unheld]) }),
      );
  });
}
