// A clock that passes over the time in which nothing happens: when everything waits for it, and nothing else is under way, it goes on at once to when the
// first of them wakes. What takes time on this machine takes no more of it on a slow one.

import type { Clock } from "../../src/kernel/index.ts";

export interface LeapingClock extends Clock {
  /** Whether it leaps; otherwise it runs as the machine's does. At first it does not. */
  leap(isOn: boolean): void;
}

/** What goes on besides waiting. */
export interface Surroundings {
  /** Something is under way now. */
  readonly isBusy: () => boolean;
  /** Changes with whatever happens. */
  readonly happened: () => number;
}

/** Before it leaps, nothing has happened for so many turns of a timer of 1 ms, and for one more for so much time that it passes over. */
const QUIET_TURNS = 3;
const TURN_MS = 100;
/** Timers are limited to 31 bits. */
const LONGEST_MS = 2 ** 31 - 1;

/** @param start its first instant */
export function leapingClock(start: number, { isBusy, happened }: Surroundings): LeapingClock {
  let base = { own: start, machine: performance.now() };
  let watch: NodeJS.Timeout | undefined;
  const sleepers = new Set<{ readonly until: number; readonly wake: () => void }>();
  const exact = () => base.own + (performance.now() - base.machine);
  let quiet = 0;
  let last = 0;

  const turn = () => {
    watch = setTimeout(turn, 1);
    const now = happened();
    quiet = isBusy() || now !== last ? 0 : quiet + 1;
    last = now;
    if (quiet < QUIET_TURNS || sleepers.size === 0) return;
    let next = Number.POSITIVE_INFINITY;
    for (const { until } of sleepers) next = Math.min(next, until);
    if (quiet < QUIET_TURNS + (next - exact()) / TURN_MS) return;
    quiet = 0;
    if (next > exact()) base = { own: next, machine: performance.now() };
    for (const sleeper of sleepers) if (sleeper.until <= next) sleeper.wake();
  };

  return {
    now: () => Math.floor(exact()),
    sleep: (ms, signal) =>
      new Promise((resolve, reject) => {
        if (signal?.aborted) {
          reject(signal.reason);
          return;
        }
        const until = exact() + Math.max(0, ms);
        let timer: NodeJS.Timeout;
        const end = () => {
          clearTimeout(timer);
          sleepers.delete(sleeper);
          signal?.removeEventListener("abort", onAbort);
        };
        const sleeper = {
          until,
          wake: () => {
            end();
            resolve();
          },
        };
        const onAbort = () => {
          end();
          reject(signal?.reason);
        };
        const arm = () => {
          timer = setTimeout(() => (exact() >= until ? sleeper.wake() : arm()), Math.min(until - exact() + 1, LONGEST_MS));
        };
        sleepers.add(sleeper);
        signal?.addEventListener("abort", onAbort, { once: true });
        arm();
      }),
    leap(isOn) {
      clearTimeout(watch);
      watch = undefined;
      quiet = 0;
      if (isOn) turn();
    },
  };
}
