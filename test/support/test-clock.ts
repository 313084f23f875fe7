// A clock for tests that never waits: time jumps to the next sleeper as soon as everything else has come to rest.

import type { Clock } from "../../src/kernel/index.ts";

interface Sleeper {
  readonly due: number;
  readonly sequence: number;
  readonly wake: () => void;
}

export interface TestClock extends Clock {
  /** How long each sleep asked for, in order. */
  readonly sleeps: readonly number[];
  /** Moves time forward without waking anybody who is not due. */
  skip(ms: number): void;
}

/** Starts at `start`; sleepers wake in the order of (time, sequence), one a turn of the event loop. */
export function createTestClock(start = Date.UTC(2026, 0, 5, 12)): TestClock {
  let now = start;
  let sequence = 0;
  let pumping = false;
  const sleepers = new Set<Sleeper>();
  const sleeps: number[] = [];

  const pump = () => {
    const next = [...sleepers].sort((a, b) => a.due - b.due || a.sequence - b.sequence)[0];
    if (next === undefined) {
      pumping = false;
      return;
    }
    sleepers.delete(next);
    now = Math.max(now, next.due);
    next.wake();
    setImmediate(pump);
  };

  return {
    sleeps,
    now: () => now,
    skip: (ms) => {
      now += ms;
    },
    sleep: (ms, signal) =>
      new Promise((resolve, reject) => {
        if (signal?.aborted) {
          reject(signal.reason);
          return;
        }
        sleeps.push(ms);
        const sleeper = { due: now + ms, sequence: sequence++, wake: resolve };
        sleepers.add(sleeper);
        signal?.addEventListener(
          "abort",
          () => {
            sleepers.delete(sleeper);
            reject(signal.reason);
          },
          { once: true },
        );
        if (!pumping) {
          pumping = true;
          setImmediate(pump);
        }
      }),
  };
}
