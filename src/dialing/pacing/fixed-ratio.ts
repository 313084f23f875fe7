// Lines in proportion to agents, the oldest predictive rule: kept as a yardstick, for it cannot hold a rate across team sizes.

import { requirePositive } from "../arguments.ts";
import type { DialerView, PacingStrategy } from "./strategy.ts";

export interface FixedRatioParameters {
  /** Lines in the air per agent counted, more than 0. */
  readonly ratio: number;
  /** Which agents count: everybody logged in, or only who is idle. Default idle. */
  readonly of?: "idle" | "loggedIn";
  /** Seconds between decisions. Default 0.5. */
  readonly interval?: number | undefined;
}

/** Keeps `ratio` calls (ringing, in detection or waiting) in the air for each agent counted, rounded to the nearest whole number. */
export function fixedRatio(parameters: FixedRatioParameters): PacingStrategy {
  const { ratio, of = "idle", interval = 0.5 } = parameters;
  requirePositive("ratio", ratio);
  const lines = (view: DialerView) => Math.round(ratio * (of === "idle" ? view.idle : view.loggedIn));
  const inAir = (view: DialerView) => view.dialing + view.detecting + view.waiting;
  return {
    name: of === "idle" ? "ratio-idle" : "ratio-all",
    interval,
    decide: (view) => Math.max(0, lines(view) - inAir(view)),
    explain: (view) => ({ counted: of, ratio, lines: lines(view), inAir: inAir(view) }),
  };
}
