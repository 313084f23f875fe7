// A clock that stands still until the test moves it, and that knows who is asleep: nothing here depends on how long anything really takes.

import type { Clock } from "../../src/kernel/index.ts";

export interface HandClock extends Clock {
  /** Moves time and wakes who is due, in the order of their waking. */
  advance(ms: number): void;
  /** Resolves when `count` or more sleep, each for at least `ms` as asked. */
  asleep(count: number, ms?: number): Promise<void>;
}

interface Sleeper {
  readonly due: number;
  readonly asked: number;
  readonly wake: () => void;
}

export function createHandClock(start = Date.now()): HandClock {
  let now = start;
  let sleepers: Sleeper[] = [];
  let watchers: (() => void)[] = [];
  return {
    now: () => now,
    sleep: (ms, signal) =>
      new Promise((resolve, reject) => {
        signal?.throwIfAborted();
        const sleeper = { due: now + ms, asked: ms, wake: resolve };
        sleepers.push(sleeper);
        signal?.addEventListener(
          "abort",
          () => {
            sleepers = sleepers.filter((one) => one !== sleeper);
            reject(signal.reason);
          },
          { once: true },
        );
        for (const watcher of watchers) watcher();
      }),
    advance(ms) {
      now += ms;
      const due = sleepers.filter((sleeper) => sleeper.due <= now).sort((a, b) => a.due - b.due);
      sleepers = sleepers.filter((sleeper) => sleeper.due > now);
      for (const { wake } of due) wake();
    },
    asleep: (count, ms = 0) =>
      new Promise((resolve) => {
        const look = () => {
          if (sleepers.filter(({ asked }) => asked >= ms).length < count) return;
          watchers = watchers.filter((one) => one !== look);
          resolve();
        };
        watchers.push(look);
        look();
      }),
  };
}
