// A clock that runs faster than this machine's: what waits for minutes waits for seconds, and takes as long as everything else on it.

import { performance } from "node:perf_hooks";
import type { Clock } from "../../src/kernel/index.ts";
import { systemClock } from "../../src/tenant/index.ts";

/** A clock that begins at the present. @param speed so many of its seconds pass in one of the machine's */
export function hastenedClock(speed: number): Clock {
  const start = Date.now();
  const begun = performance.now();
  return {
    now: () => Math.floor(start + (performance.now() - begun) * speed),
    sleep: (ms, signal) => systemClock.sleep(ms / speed, signal),
  };
}
