// The assumed pacing of a tenant's dialer under its settings: a number of lines for each idle agent, and only one line while the
// measured rate is above the target.

import type { DialerView, PacingStrategy } from "../pacing/strategy.ts";

/** How often limits kept calls from being placed. */
export interface RatioReadings {
  /** Decisions at which an agent was idle. */
  wanting: number;
  /**
   * Of those decisions: those at which the measured rate was above the target and held back calls, at which no line was free, and
   * at which spacing let too few calls pass.
   */
  held: number;
  withoutLine: number;
  spaced: number;
  /** Largest number of calls under way at a decision. */
  peak: number;
}

interface HeldRatioParameters {
  /** Calls under way without an agent, for each idle agent; above 0. */
  readonly ratio: number;
  /** Largest share of the live answers that may be abandoned. */
  readonly target: number;
  /**
   * Until this second one call for each idle agent is placed, so that a team that begins idle does not distort the readings.
   * Default 0.
   */
  readonly gentleUntil?: number;
  /** Seconds between decisions. Default 1. */
  readonly interval?: number;
}

/**
 * Keeps `ratio` calls under way for each idle agent (rounded, at least one), and one for each while the abandoned share of the
 * measured window is above the target. Open-source dialers with such settings work like this; how the tenant's own dialer decides
 * is not published.
 */
export function heldRatio(parameters: HeldRatioParameters): PacingStrategy & { readonly readings: RatioReadings } {
  const { ratio, target, gentleUntil = 0, interval = 1 } = parameters;
  const readings: RatioReadings = { wanting: 0, held: 0, withoutLine: 0, spaced: 0, peak: 0 };
  const isHeld = (view: DialerView) => view.windowAbandoned > target * view.windowLiveAnswers;
  const inAir = (view: DialerView) => view.dialing + view.detecting + view.waiting;
  const lines = (view: DialerView) => Math.max(Math.min(1, view.idle), Math.round(ratio * view.idle));
  return {
    name: "held-ratio",
    interval,
    readings,
    decide(view) {
      const air = inAir(view);
      if (view.now < gentleUntil) return Math.max(0, view.idle - air);
      readings.peak = Math.max(readings.peak, air + view.talking);
      const free = Math.max(0, lines(view) - air);
      const wanted = isHeld(view) ? Math.max(0, Math.min(lines(view), view.idle) - air) : free;
      if (view.idle > 0) {
        readings.wanting += 1;
        if (wanted < free) readings.held += 1;
        else if (wanted > view.trunksFree) readings.withoutLine += 1;
        else if (wanted > view.callsPerSecond * interval + 1) readings.spaced += 1;
      }
      return wanted;
    },
    explain: (view) => ({ ratio, target, lines: lines(view), inAir: inAir(view), held: isHeld(view) }),
  };
}
