// The best that a rule can learn of a live rate that jumps between known levels: what is lost against one that is told the rate is then no fault of learning.

import type { DialingBeliefs } from "../pacing/beliefs.ts";
import { Exposure } from "../pacing/exposure.ts";
import { CallTable, horizonsOf } from "../pacing/hazard-tables.ts";
import { type StateAwareParameters, stateAware } from "../pacing/state-aware.ts";
import { type DialerView, Observation, type PacingStrategy } from "../pacing/strategy.ts";

/** A level of the live rate. */
export interface RateLevel {
  /** 0..1. */
  readonly rate: number;
  /** Share of the time that it holds, 0..1; jumps lead to a level with this chance. */
  readonly share: number;
}

/** The chance of each level by Bayes' rule, given the answers so far and how often the rate jumps. */
class LevelFilter {
  readonly #calls: Exposure;
  readonly #levels: readonly RateLevel[];
  readonly #meanSeconds: number;
  readonly #chances: number[];
  #answers = 0;
  #seen = Number.NaN;
  #placedBefore = 0;

  /** @param meanSeconds between jumps */
  constructor(beliefs: DialingBeliefs, levels: readonly RateLevel[], meanSeconds: number) {
    this.#calls = new Exposure(new CallTable(beliefs, horizonsOf(beliefs)));
    this.#levels = levels;
    this.#meanSeconds = meanSeconds;
    this.#chances = levels.map(({ share }) => share);
  }

  get rate(): number {
    return this.#levels.reduce((sum, { rate }, i) => sum + rate * this.#chances[i]!, 0);
  }

  answered(): void {
    this.#answers += 1;
  }

  look({ now, placed }: DialerView): void {
    const exposure = this.#calls.advance(now, placed - this.#placedBefore);
    this.#placedBefore = placed;
    const passed = Number.isNaN(this.#seen) ? 0 : now - this.#seen;
    this.#seen = now;
    const likely = this.#levels.map(({ rate }, i) => this.#chances[i]! * rate ** this.#answers * Math.exp(-rate * exposure));
    this.#answers = 0;
    const total = likely.reduce((sum, one) => sum + one, 0);
    const jumped = 1 - Math.exp(-passed / this.#meanSeconds);
    this.#levels.forEach(({ share }, i) => {
      this.#chances[i] = (1 - jumped) * (likely[i]! / total) + jumped * share;
    });
  }
}

/**
 * The state-aware rule that knows the levels of the live rate, how much of the time each holds and how often the rate jumps, but not when. Everything else it
 * is told.
 * @param meanSeconds between jumps
 */
export function knowingLevels(
  parameters: StateAwareParameters,
  levels: readonly RateLevel[],
  meanSeconds: number,
): PacingStrategy {
  const filter = new LevelFilter(parameters.beliefs, levels, meanSeconds);
  const rule = stateAware({ ...parameters, isLearning: false, liveRateAt: () => filter.rate });
  return {
    name: "state-aware, levels known",
    interval: rule.interval,
    decide: (view) => {
      filter.look(view);
      return rule.decide(view);
    },
    observe: (what, seconds, detection) => {
      if (what === Observation.answered) filter.answered();
      rule.observe?.(what, seconds, detection);
    },
  };
}
