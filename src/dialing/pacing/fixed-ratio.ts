// Lines in proportion to agents, the oldest predictive rule: kept as a yardstick, for it cannot hold a rate across team sizes.

import { requirePositive } from "../arguments.ts";
import type { DialerView, PacingStrategy } from "./strategy.ts";

interface FixedRatioParameters {
  /** Lines per agent counted, more than 0. */
  readonly ratio: number;
  /**
   * Which agents count: everybody logged in, whose calls then count as lines as well, or only who is idle. Default idle.
   */
  readonly of?: "idle" | "loggedIn";
  /** Seconds between decisions. Default 0.5. */
  readonly interval?: number | undefined;
}

/**
 * Keeps `ratio` lines for each agent counted, rounded to the nearest whole number. Lines are calls ringing, in detection or waiting and, when everybody logged in
 * counts, calls with agents.
 */
export function fixedRatio(parameters: FixedRatioParameters): PacingStrategy {
  const { ratio, of = "idle", interval = 0.5 } = parameters;
  requirePositive("ratio", ratio);
  const lines = (view: DialerView) => Math.round(ratio * (of === "idle" ? view.idle : view.loggedIn));
  const inUse = (view: DialerView) =>
    view.dialing + view.detecting + view.waiting + (of === "idle" ? 0 : view.talking + view.reserved);
  return {
    name: of === "idle" ? "ratio-idle" : "ratio-all",
    interval,
    decide: (view) => Math.max(0, lines(view) - inUse(view)),
    explain: (view) => ({ counted: of, ratio, lines: lines(view), inUse: inUse(view) }),
  };
}
