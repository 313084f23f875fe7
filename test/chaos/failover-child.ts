// A process that watches a failover pair and stands still at a named point, to be killed there. Says every point on stdout.
//
//   failover-child.ts <primary> [point]     without a point: run until one campaign dials again or nothing more can be done
//
// Time runs as fast as the sandbox's: VIRTUAL_START at REAL_START (ms since the epoch), SPEED times.

import module from "node:module";
import { openFailover } from "../../src/app/index.ts";
import type { Clock } from "../../src/kernel/index.ts";
import { isSettled } from "../../src/operations/index.ts";
import { standingStillAt } from "./standstill.ts";

// In a function, because a bundler forgets to dispose of what a module itself is using.
async function watch([primary = "", at]: readonly string[]): Promise<void> {
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
    ...standingStillAt(at),
    clock,
  });
  // A process that is killed leaves no compiled code behind for the next one, unless it does so in time.
  module.flushCompileCache();
  await runtime.failover.watch(primary, {
    signal: new AbortController().signal,
    onProgress: ({ elsewhere }) => {
      if (elsewhere) process.stdout.write("waiting\n");
    },
    until: (state) => state.phase !== "watching" && isSettled(state),
  });
  const { state } = await runtime.failover.find(primary);
  process.stdout.write(`ended ${state.phase} after ${state.handovers}\n`);
}

await watch(process.argv.slice(2));
