// How a campaign of the living tenant paces its calls: so many lines for each idle agent, and one only while too many callers have been lost.

import { z } from "zod";
import type { DialerView, PacingStrategy } from "../../dialing/index.ts";

/** Seconds between two decisions. */
const INTERVAL = 1;
/** As good as never, in seconds; JSON has no Infinity. */
export const LONG = 1e9;

export interface PacingSettings {
  /** Whether calls are placed at all. */
  readonly dialing: boolean;
  /** The second of the dialer's time at which calls begin: a campaign takes a moment. */
  readonly startsAt: number;
  /** Lines for each idle agent, above 0. */
  readonly linesPerAgent: number;
  /** Share of the answered calls that may be lost, over the dialer's window of 30 days. */
  readonly abandonmentTarget: number;
}

const paceState = z.object({ begun: z.boolean() });

/** @param now the second at which the strategy is given to the dialer, which asks it at once */
export function pacingOf(settings: PacingSettings, now: number): PacingStrategy {
  return settings.dialing ? new IdleAgentPacing(settings, now) : { name: "rest", interval: LONG, decide: () => 0 };
}

/**
 * With one line for each idle agent nearly everybody who answers finds an agent, so that the measured rate falls again once it has gone over the
 * target.
 */
class IdleAgentPacing implements PacingStrategy {
  readonly name = "lines-per-idle-agent";
  readonly #linesPerAgent: number;
  readonly #abandonmentTarget: number;
  readonly #wait: number;
  #begun: boolean;

  constructor({ startsAt, linesPerAgent, abandonmentTarget }: PacingSettings, now: number) {
    this.#linesPerAgent = linesPerAgent;
    this.#abandonmentTarget = abandonmentTarget;
    this.#wait = startsAt - now;
    this.#begun = this.#wait <= 0;
  }

  get interval(): number {
    return this.#begun ? INTERVAL : this.#wait;
  }

  decide(view: DialerView): number {
    if (!this.#begun) {
      this.#begun = true;
      return 0;
    }
    const over = view.windowAbandoned > this.#abandonmentTarget * view.windowLiveAnswers;
    const lines = Math.round((over ? Math.min(1, this.#linesPerAgent) : this.#linesPerAgent) * view.idle);
    return Math.max(0, lines - view.dialing - view.detecting - view.waiting);
  }

  snapshot(): object {
    return { begun: this.#begun };
  }

  restore(state: object): void {
    this.#begun = paceState.parse(state).begun;
  }
}
