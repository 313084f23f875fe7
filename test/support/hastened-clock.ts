// A clock that runs faster than this machine's: what waits for minutes waits for seconds, and takes as long as everything else on it.

import type { Clock } from "../../src/kernel/index.ts";
import { systemClock } from "../../src/tenant/index.ts";

export interface HastenedClock extends Clock {
  /** From now on so many of its seconds pass in one of the machine's. Who sleeps already wakes when it would have. */
  pace(speed: number): void;
}

/** A clock that begins at the machine's pace. @param start its first instant; the present by default */
export function hastenedClock(start = Date.now()): HastenedClock {
  let speed = 1;
  let base = { own: start, machine: performance.now() };
  const now = () => Math.floor(base.own + (performance.now() - base.machine) * speed);
  return {
    now,
    sleep: (ms, signal) => systemClock.sleep(ms / speed, signal),
    pace(next) {
      base = { own: now(), machine: performance.now() };
      speed = next;
    },
  };
}
