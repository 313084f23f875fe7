// A live rate that jumps within minutes between levels that it comes back to: the levels are learned, and the chance of each at this moment follows by Bayes' rule.

import { z } from "zod";
import type { DeepReadonly } from "../../kernel/index.ts";

/** A level of the live rate. */
interface RateLevel {
  /** 0..1. */
  readonly rate: number;
  /** Share of the time that it holds, 0..1; jumps lead to a level with this chance. */
  readonly share: number;
}

/** Levels that are known beforehand. */
export interface KnownLevels {
  readonly levels: readonly RateLevel[];
  /** Seconds between jumps on average, each to another level. */
  readonly every: number;
}

/** State as plain data. */
export const jumpingRateState = z.object({ chances: z.array(z.number()), shares: z.array(z.number()), seconds: z.number() });
type JumpingRateState = DeepReadonly<z.output<typeof jumpingRateState>>;

/** Levels thought possible, a factor of 1.2 apart. */
const LEVELS = 24;
const LOWEST = 0.01;
const HIGHEST = 0.8;
/** Standard deviation of the natural logarithm of the rate that is believed at the start. */
const SPREAD = 0.4;
/** Seconds between draws of the level, when nothing is known of jumps: a draw may give the level that holds already. */
const EVERY = 150;
/** Seconds over which it is learned how much of the time a level holds, and at the start. */
const MEMORY = 7200;
const FIRST_MEMORY = 600;
/** No level is ever ruled out. */
const LEAST_SHARE = 1e-9;

/** The rate jumps at any moment with the same chance, to a level as often as that level holds: a hidden Markov chain, filtered. */
export class JumpingRate {
  readonly #rates: Float64Array;
  readonly #answered: Float64Array;
  readonly #failed: Float64Array;
  readonly #chances: Float64Array;
  readonly #shares: Float64Array;
  readonly #every: number;
  readonly #isLearning: boolean;
  #seconds = 0;
  /** The mean over all levels, 0..1. */
  rate = 0;
  /** Mean of the levels below `rate` and of the others, and the chance of the others. */
  low = 0;
  high = 0;
  highChance = 0;

  /** @param prior the rate believed at the start, 0..1 */
  constructor(prior: number, known?: KnownLevels) {
    const levels = known?.levels ?? levelsAround(prior);
    this.#rates = Float64Array.from(levels, ({ rate }) => rate);
    this.#answered = this.#rates.map((rate) => Math.log(rate));
    this.#failed = this.#rates.map((rate) => Math.log1p(-rate));
    this.#shares = Float64Array.from(levels, ({ share }) => share);
    this.#chances = Float64Array.from(this.#shares);
    this.#every = known === undefined ? EVERY : secondsBetweenDraws(known);
    this.#isLearning = known === undefined;
    this.#sum();
  }

  /**
   * In so many seconds so many persons answered of the attempts' worth of calls whose fate became known.
   * @returns the logarithm of the chance with which this was foretold
   */
  learn(answers: number, exposure: number, seconds: number): number {
    const [chances, shares] = [this.#chances, this.#shares];
    const jumped = 1 - Math.exp(-seconds / this.#every);
    let total = 0;
    for (let i = 0; i < chances.length; i++) {
      const before = chances[i]! + jumped * (shares[i]! - chances[i]!);
      chances[i] = before * Math.exp(answers * this.#answered[i]! + (exposure - answers) * this.#failed[i]!) + 1e-300;
      total += chances[i]!;
    }
    this.#seconds += seconds;
    const step = this.#isLearning ? Math.min(1, seconds / (FIRST_MEMORY + Math.min(MEMORY, this.#seconds))) : 0;
    for (let i = 0; i < chances.length; i++) {
      chances[i] = chances[i]! / total;
      shares[i] = Math.max(LEAST_SHARE, shares[i]! + step * (chances[i]! - shares[i]!));
    }
    this.#sum();
    return Math.log(total);
  }

  #sum(): void {
    const [rates, chances] = [this.#rates, this.#chances];
    let rate = 0;
    for (let i = 0; i < rates.length; i++) rate += chances[i]! * rates[i]!;
    let [below, sum] = [0, 0];
    for (let i = 0; i < rates.length; i++) {
      if (rates[i]! >= rate) continue;
      below += chances[i]!;
      sum += chances[i]! * rates[i]!;
    }
    this.rate = rate;
    this.highChance = Math.max(0, 1 - below);
    this.low = below > 0 ? sum / below : rate;
    this.high = this.highChance > 0 ? (rate - sum) / this.highChance : rate;
  }

  snapshot(): JumpingRateState {
    return { chances: [...this.#chances], shares: [...this.#shares], seconds: this.#seconds };
  }

  /** Takes over the state of one with the same levels; what does not fit is left as it is. */
  restore({ chances, shares, seconds }: JumpingRateState): void {
    this.#chances.set(chances.slice(0, this.#chances.length));
    this.#shares.set(shares.slice(0, this.#shares.length));
    this.#seconds = seconds;
    this.#sum();
  }
}

/** A draw gives the level that holds already as often as that level holds, so draws are more frequent than jumps. */
function secondsBetweenDraws({ levels, every }: KnownLevels): number {
  const others = levels.reduce((left, { share }) => left - share * share, 1);
  return others > 0 ? every * others : Number.POSITIVE_INFINITY;
}

function levelsAround(prior: number): RateLevel[] {
  const rates = Array.from({ length: LEVELS }, (_, i) => LOWEST * (HIGHEST / LOWEST) ** (i / (LEVELS - 1)));
  const centre = Math.log(Math.min(HIGHEST, Math.max(LOWEST, prior)));
  const weights = rates.map((rate) => Math.exp(-(((Math.log(rate) - centre) / SPREAD) ** 2) / 2));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return rates.map((rate, i) => ({ rate, share: weights[i]! / total }));
}
