// A process that watches a failover pair and stands still at a named point, to be killed there. Says every point on stdout.
//
//   failover-child.ts <primary> [point]     without a point: run until one campaign dials again or nothing more can be done
//
// Time runs as fast as the sandbox's: VIRTUAL_START at REAL_START (ms since the epoch), SPEED times.

import { openFailover } from "../../src/app/index.ts";
import type { Clock } from "../../src/kernel/index.ts";
import { isSettled } from "../../src/operations/index.ts";

const [primary = "", at] = process.argv.slice(2);
const [virtual, real, speed] = ["VIRTUAL_START", "REAL_START", "SPEED"].map((name) => Number(process.env[name]));
const clock: Clock = {
  now: () => (virtual ?? 0) + (Date.now() - (real ?? 0)) * (speed ?? 1),
  sleep: (ms, signal) =>
    new Promise((resolve, reject) => {
      const timer = setTimeout(resolve, ms / (speed ?? 1));
      signal?.addEventListener("abort", () => {
        clearTimeout(timer);
        reject(signal.reason);
      });
    }),
};
await using runtime = await openFailover({}, process.env, {
  warn: () => undefined,
  limits: "off",
  deliver: false,
  retry: { maxAttempts: 1 },
  clock,
  pause: async (point) => {
    process.stdout.write(`point ${point}\n`);
    if (point !== at) return;
    process.stdout.write("paused\n");
    // For ever: a timer keeps the process alive until it is killed.
    await new Promise(() => setInterval(() => undefined, 60_000));
  },
});
await runtime.failover.watch(primary, {
  signal: new AbortController().signal,
  onProgress: ({ elsewhere }) => {
    if (elsewhere) process.stdout.write("waiting\n");
  },
  until: (state) => state.phase !== "watching" && isSettled(state),
});
const { state } = await runtime.failover.find(primary);
process.stdout.write(`ended ${state.phase} after ${state.handovers}\n`);
