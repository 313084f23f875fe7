// Progressive dialing: one call for each idle agent, never more. Nobody is abandoned unless an agent leaves while a call rings.

import type { PacingStrategy } from "./strategy.ts";

/** @param interval seconds between decisions */
export function progressive(interval: number): PacingStrategy {
  return {
    name: "progressive",
    interval,
    decide: (view) => Math.max(0, view.idle - view.dialing - view.detecting - view.waiting),
    explain: (view) => ({ idle: view.idle, inAir: view.dialing + view.detecting + view.waiting }),
  };
}
