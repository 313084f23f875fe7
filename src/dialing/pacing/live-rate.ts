// The share of attempts that a person answers, learned while dialing: unbiased while calls still ring, quick after a jump, calm otherwise.

import { z } from "zod";
import type { DeepReadonly } from "../../kernel/index.ts";
import type { CallTable } from "./hazard-tables.ts";
import { JumpingRate, jumpingRateState, type KnownLevels } from "./jumping-rate.ts";

/** Memories of the parallel estimates, in attempts whose fate is known: from "something has just changed" to "this is how this list is". */
const MEMORIES = [100, 500, 2500, 10_000] as const;
/** How much weight flows back to the other memories per attempt, so that none is ever ruled out. */
const SHARING = 1 / 5000;
/** Place of the rate that jumps, after the memories; its weight at the start and its part of what flows back: most lists are steady. */
const JUMPING = MEMORIES.length;
const ESTIMATES = MEMORIES.length + 1;
const JUMPING_PART = 0.02;
const PARTS = Array.from({ length: ESTIMATES }, (_, m) => (m === JUMPING ? JUMPING_PART : (1 - JUMPING_PART) / MEMORIES.length));
/** The rate counts as open between two when their standard deviation is this share of it. */
const OPEN = 0.15;

interface LiveRateOptions {
  /** The rate believed at the start, 0..1. */
  readonly prior: number;
  /** How many attempts that belief is worth. Default 40. */
  readonly priorAttempts?: number;
  /** Levels between which the rate is known to jump: then nothing else is thought possible. */
  readonly levels?: KnownLevels | undefined;
}

const exposureState = z.object({
  head: z.int(),
  /** Null before the first look. */
  time: z.number().nullable(),
  placed: z.array(z.number()),
});
type ExposureState = DeepReadonly<z.output<typeof exposureState>>;

/** State of the estimate as plain data. */
export const liveRateState = exposureState.extend({
  answers: z.number(),
  exposure: z.number(),
  live: z.array(z.number()),
  trials: z.array(z.number()),
  weight: z.array(z.number()),
  /** Undefined in states of earlier versions. */
  known: z.number().optional(),
  rate: z.number(),
  evidence: z.number(),
  /** Undefined in states of earlier versions. */
  jumps: jumpingRateState
    .extend({
      isOpen: z.boolean(),
      low: z.number(),
      high: z.number(),
      highOfAnswered: z.number(),
      /** Null before the first look. */
      learnedAt: z.number().nullable(),
    })
    .optional(),
});
type LiveRateState = DeepReadonly<z.output<typeof liveRateState>>;

/**
 * Live answers divided by exposure (`Exposure`), so the estimate is unbiased at every instant although answers come in sooner than failures. Four estimates with different memories and one of a rate that
 * jumps between levels run side by side and are weighed by how well each foretold the answers so far (fixed-share forecasting, Herbster and Warmuth 1998).
 */
export class LiveRate {
  readonly #calls: Exposure;
  #answers = 0;
  /** Attempts' worth, since the estimate last learned. */
  #exposure = 0;
  readonly #live = new Float64Array(MEMORIES.length);
  readonly #trials = new Float64Array(MEMORIES.length);
  readonly #weight = new Float64Array(ESTIMATES);
  readonly #jumping: JumpingRate;
  readonly #sharing: number;
  #learnedAt = Number.NaN;
  /** Attempts' worth of calls whose fate is known, since the start. */
  known = 0;
  /** The present estimate, 0..1. */
  rate: number;
  /** Live answers' worth of evidence behind the estimate. */
  evidence: number;
  /** Whether it is open which of two rates holds, `low` or `high`. Their mean is `rate`. */
  isOpen = false;
  low: number;
  high: number;
  /** The chance that `high` holds for a call that a person answers, 0..1. */
  highOfAnswered = 0;

  constructor(table: CallTable, { prior, priorAttempts: attempts = 40, levels }: LiveRateOptions) {
    this.#calls = new Exposure(table);
    this.#jumping = new JumpingRate(prior, levels);
    this.#sharing = levels === undefined ? SHARING : 0;
    for (let m = 0; m < MEMORIES.length; m++) {
      this.#trials[m] = Math.min(attempts, MEMORIES[m]!);
      this.#live[m] = prior * this.#trials[m]!;
    }
    this.#weight.set(levels === undefined ? PARTS : PARTS.map((_, m) => (m === JUMPING ? 1 : 0)));
    this.rate = prior;
    this.low = prior;
    this.high = prior;
    this.evidence = prior * attempts;
    const weight = this.#weight[JUMPING]!;
    this.#split(Math.max(0, prior - weight * this.#jumping.rate), (1 - weight) * attempts);
  }

  /** Goes on with another law of the time to an answer. */
  believe(table: CallTable): void {
    this.#calls.believe(table);
  }

  /** A person answered. */
  answered(): void {
    this.#answers += 1;
  }

  /** Brings the estimate to `now` (s); `placed` calls were placed since the last time. */
  advance(now: number, placed: number): void {
    this.#exposure += this.#calls.advance(now, placed);
    if (Number.isNaN(this.#learnedAt)) this.#learnedAt = now;
    if (this.#answers > 0 || this.#exposure > 0.5) this.#learn(now);
  }

  #learn(now: number): void {
    const exposure = this.#exposure;
    const answers = this.#answers;
    const seconds = now - this.#learnedAt;
    this.known += exposure;
    this.#exposure = 0;
    this.#answers = 0;
    this.#learnedAt = now;
    let total = 0;
    for (let m = 0; m < MEMORIES.length; m++) {
      const foretold = Math.min(0.999, Math.max(1e-6, this.#live[m]! / Math.max(1e-9, this.#trials[m]!)));
      const likely = Math.exp(answers * Math.log(foretold) + (exposure - answers) * Math.log1p(-foretold));
      this.#weight[m] = this.#weight[m]! * likely + 1e-300;
      total += this.#weight[m]!;
      const keep = Math.exp(-exposure / MEMORIES[m]!);
      this.#live[m] = this.#live[m]! * keep + answers;
      this.#trials[m] = this.#trials[m]! * keep + exposure;
    }
    this.#weight[JUMPING] = this.#weight[JUMPING]! * Math.exp(this.#jumping.learn(answers, exposure, seconds)) + 1e-300;
    total += this.#weight[JUMPING];
    const shared = Math.min(1, exposure * this.#sharing);
    let [steady, evidence, trials] = [0, 0, 0];
    for (let m = 0; m < ESTIMATES; m++) {
      const weight = (this.#weight[m]! / total) * (1 - shared) + shared * PARTS[m]!;
      this.#weight[m] = weight;
      // What jumps has a short memory.
      evidence += weight * this.#live[m === JUMPING ? 0 : m]!;
      if (m === JUMPING) continue;
      steady += weight * (this.#live[m]! / Math.max(1e-9, this.#trials[m]!));
      trials += weight * this.#trials[m]!;
    }
    this.evidence = evidence;
    this.#split(steady, trials);
  }

  /**
   * Parts what is thought possible into two rates, below and above the mean of all. `steady`: what the memories add to the mean; `trials`: attempts behind them.
   */
  #split(steady: number, trials: number): void {
    const { rate: jumping, high, highChance } = this.#jumping;
    const weight = this.#weight[JUMPING]!;
    const mean = steady + weight * jumping;
    const centre = steady / Math.max(1e-9, 1 - weight);
    // What the memories say of a steady rate is uncertain itself: as likely above as below, by the deviation of so many attempts.
    const deviation = Math.sqrt((centre * Math.max(0, 1 - centre)) / (1 + trials / Math.max(1e-9, 1 - weight)));
    let [chance, highSum] = [weight * highChance, weight * highChance * high];
    for (const rate of [centre - deviation, centre + deviation]) {
      if (rate < mean) continue;
      chance += (1 - weight) / 2;
      highSum += ((1 - weight) / 2) * rate;
    }
    const lowSum = mean - highSum;
    this.rate = Math.min(0.999, Math.max(0.001, mean));
    this.low = chance < 1 ? Math.min(this.rate, Math.max(0.001, lowSum / (1 - chance))) : this.rate;
    this.high = chance > 0 ? Math.max(this.rate, Math.min(0.999, highSum / chance)) : this.rate;
    this.highOfAnswered = highSum / Math.max(1e-9, mean);
    this.isOpen = Math.sqrt(chance * (1 - chance)) * (this.high - this.low) > OPEN * this.rate;
  }

  snapshot(): LiveRateState {
    return {
      ...this.#calls.snapshot(),
      answers: this.#answers,
      exposure: this.#exposure,
      live: [...this.#live],
      trials: [...this.#trials],
      weight: [...this.#weight],
      known: this.known,
      rate: this.rate,
      evidence: this.evidence,
      jumps: {
        ...this.#jumping.snapshot(),
        isOpen: this.isOpen,
        low: this.low,
        high: this.high,
        highOfAnswered: this.highOfAnswered,
        learnedAt: Number.isNaN(this.#learnedAt) ? null : this.#learnedAt,
      },
    };
  }

  /** Takes over the state of an estimate of the same beliefs; what does not fit is left as it is. */
  restore(state: LiveRateState): void {
    this.#calls.restore(state);
    this.#answers = state.answers;
    this.#exposure = state.exposure;
    this.#live.set(state.live.slice(0, MEMORIES.length));
    this.#trials.set(state.trials.slice(0, MEMORIES.length));
    this.#weight.set(state.weight.slice(0, ESTIMATES));
    this.known = state.known ?? Number.MAX_SAFE_INTEGER;
    this.rate = state.rate;
    this.evidence = state.evidence;
    if (state.jumps === undefined) return;
    const { isOpen, low, high, highOfAnswered, learnedAt } = state.jumps;
    this.isOpen = isOpen;
    this.low = low;
    this.high = high;
    this.highOfAnswered = highOfAnswered;
    this.#learnedAt = learnedAt ?? Number.NaN;
    this.#jumping.restore(state.jumps);
  }
}

// How many attempts' worth of answers could have come in by now, while calls still ring.

const SLOT = 0.5;
/** Room for answers that come later than was believed at first: two minutes. */
const LEAST_SLOTS = 240;

/** The exposure of a call placed a seconds ago is F_L(a), the share of live calls known by that age. */
class Exposure {
  /** By slot of age: how much the exposure of a call grows; 0 from `#known` on. */
  readonly #increments: Float64Array;
  #known = 0;
  /** Calls placed, by slot of their age, a ring. */
  readonly #placed: Float64Array;
  #head = 0;
  #time = Number.NaN;

  constructor(table: CallTable) {
    const slots = Math.max(LEAST_SLOTS, Math.ceil(table.longestAge / SLOT) + 1);
    this.#placed = new Float64Array(slots);
    this.#increments = new Float64Array(slots);
    this.believe(table);
  }

  /** Goes on with another law of the time to an answer. */
  believe(table: CallTable): void {
    const slots = this.#increments.length;
    // Calls are reported one slot after they were placed; over the next slot a call in place i grows from i + 1 slots to i + 2.
    for (let i = 0; i < slots; i++) this.#increments[i] = table.knownBy((i + 2) * SLOT) - table.knownBy((i + 1) * SLOT);
    this.#known = Math.min(slots, Math.ceil(table.longestAge / SLOT) + 1);
  }

  /** Goes on to `now` (s); `placed` calls were placed since the last time. Returns by how many attempts the exposure grew. */
  advance(now: number, placed: number): number {
    if (Number.isNaN(this.#time)) this.#time = now;
    let grown = 0;
    while (now - this.#time >= SLOT) {
      this.#time += SLOT;
      grown += this.#step();
    }
    this.#placed[this.#head] = this.#placed[this.#head]! + placed;
    return grown;
  }

  /** One slot passes: every call grows older, and the exposure grows by what it passed through. */
  #step(): number {
    const placed = this.#placed;
    const slots = placed.length;
    let grown = 0;
    for (let i = 0, at = this.#head; i < this.#known; i++) {
      grown += placed[at]! * this.#increments[i]!;
      at = at === 0 ? slots - 1 : at - 1;
    }
    this.#head = this.#head + 1 === slots ? 0 : this.#head + 1;
    placed[this.#head] = 0;
    return grown;
  }

  snapshot(): ExposureState {
    return { head: this.#head, time: Number.isNaN(this.#time) ? null : this.#time, placed: [...this.#placed] };
  }

  /** Takes over the state of one with the same beliefs; what does not fit is left as it is. */
  restore({ head, time, placed }: ExposureState): void {
    this.#head = head % this.#placed.length;
    this.#time = time ?? Number.NaN;
    this.#placed.set(placed.slice(0, this.#placed.length));
  }
}
