// How a campaign of the living tenant paces its calls: by the same rule as in predictions, from the moment it begins.

import { z } from "zod";
import { type DialerView, heldRatio, type PacingStrategy } from "../../dialing/index.ts";

/** Practically never, in seconds; JSON has no Infinity. */
export const LONG = 1e9;

interface PacingSettings {
  /** Whether calls are placed at all. */
  readonly dialing: boolean;
  /** The dialer's second at which calls begin: starting a campaign takes a moment. */
  readonly startsAt: number;
  /** Lines for each idle agent, above 0. */
  readonly linesPerAgent: number;
  /** Share of the answered calls that may be lost, over the dialer's window of 30 days. */
  readonly abandonmentTarget: number;
}

const paceState = z.object({ begun: z.boolean() });

/** @param now the second at which the dialer gets the strategy; it asks for a decision at once */
export function pacingOf(settings: PacingSettings, now: number): PacingStrategy {
  return settings.dialing ? new LatePacing(settings, now) : { name: "rest", interval: LONG, decide: () => 0 };
}

/** Waits until the campaign begins, then follows the rule, which keeps no state of its own. */
class LatePacing implements PacingStrategy {
  readonly name: string;
  readonly #rule: PacingStrategy;
  readonly #wait: number;
  #begun: boolean;

  constructor({ startsAt, linesPerAgent, abandonmentTarget }: PacingSettings, now: number) {
    this.#rule = heldRatio({ ratio: linesPerAgent, target: abandonmentTarget });
    this.name = this.#rule.name;
    this.#wait = startsAt - now;
    this.#begun = this.#wait <= 0;
  }

  get interval(): number {
    return this.#begun ? this.#rule.interval : this.#wait;
  }

  decide(view: DialerView): number {
    if (this.#begun) return this.#rule.decide(view);
    this.#begun = true;
    return 0;
  }

  snapshot(): object {
    return { begun: this.#begun };
  }

  restore(state: object): void {
    this.#begun = paceState.parse(state).begun;
  }
}
