// The share of attempts that a person answers, learned while dialing: unbiased while calls still ring, quick after a jump, calm otherwise.

import type { CallTable } from "./hazard-tables.ts";

/** Memories of the parallel estimates, in attempts whose fate is known: from "something has just changed" to "this is how this list is". */
const MEMORIES = [100, 500, 2500, 10_000] as const;
/** How much weight flows back to the other memories per attempt, so that none is ever ruled out. */
const SHARING = 1 / 5000;
const SLOT = 0.5;
/** Room for answers that come later than was believed at first: two minutes. */
const LEAST_SLOTS = 240;

export interface LiveRateOptions {
  /** The rate believed at the start, 0..1. */
  readonly prior: number;
  /** How many attempts that belief is worth. Default 40. */
  readonly priorAttempts?: number;
}

/** State of the estimate as plain data. */
export interface LiveRateState {
  readonly head: number;
  readonly time: number | null;
  readonly answers: number;
  readonly exposure: number;
  readonly placed: readonly number[];
  readonly live: readonly number[];
  readonly trials: readonly number[];
  readonly weight: readonly number[];
  readonly rate: number;
  readonly evidence: number;
}

/**
 * Live answers divided by exposure. The exposure of a call placed a seconds ago is F_L(a), the share of live calls known by that age, so the
 * estimate is unbiased at every instant although answers come in sooner than failures. Four estimates with different memories run side by side and
 * are weighed by how well each foretold the answers so far (fixed-share forecasting, Herbster and Warmuth 1998).
 */
export class LiveRate {
  /** By slot of age: how much the exposure of a call grows; 0 from `#known` on. */
  readonly #increments: Float64Array;
  #known = 0;
  /** Calls placed, by slot of their age, a ring. */
  readonly #placed: Float64Array;
  #head = 0;
  #time = Number.NaN;
  #answers = 0;
  #exposure = 0;
  readonly #live = new Float64Array(MEMORIES.length);
  readonly #trials = new Float64Array(MEMORIES.length);
  readonly #weight = new Float64Array(MEMORIES.length);
  /** The present estimate, 0..1. */
  rate: number;
  /** Live answers' worth of evidence behind the estimate. */
  evidence: number;

  constructor(table: CallTable, options: LiveRateOptions) {
    const slots = Math.max(LEAST_SLOTS, Math.ceil(table.longestAge / SLOT) + 1);
    this.#placed = new Float64Array(slots);
    this.#increments = new Float64Array(slots);
    this.believe(table);
    const attempts = options.priorAttempts ?? 40;
    for (let m = 0; m < MEMORIES.length; m++) {
      this.#trials[m] = Math.min(attempts, MEMORIES[m]!);
      this.#live[m] = options.prior * this.#trials[m]!;
      this.#weight[m] = 1 / MEMORIES.length;
    }
    this.rate = options.prior;
    this.evidence = options.prior * attempts;
  }

  /** Goes on with another law of the time to an answer. */
  believe(table: CallTable): void {
    const slots = this.#increments.length;
    // Calls are reported one slot after they were placed; over the next slot a call in place i grows from i + 1 slots to i + 2.
    for (let i = 0; i < slots; i++) this.#increments[i] = table.knownBy((i + 2) * SLOT) - table.knownBy((i + 1) * SLOT);
    this.#known = Math.min(slots, Math.ceil(table.longestAge / SLOT) + 1);
  }

  /** A person answered. */
  answered(): void {
    this.#answers += 1;
  }

  /** Brings the estimate to `now` (s); `placed` calls were placed since the last time. */
  advance(now: number, placed: number): void {
    if (Number.isNaN(this.#time)) this.#time = now;
    while (now - this.#time >= SLOT) {
      this.#time += SLOT;
      this.#step();
    }
    this.#placed[this.#head] = this.#placed[this.#head]! + placed;
    if (this.#answers > 0 || this.#exposure > 0.5) this.#learn();
  }

  /** One slot passes: every call grows older, and the exposure grows by what it passed through. */
  #step(): void {
    const placed = this.#placed;
    const slots = placed.length;
    let exposure = 0;
    for (let i = 0, at = this.#head; i < this.#known; i++) {
      exposure += placed[at]! * this.#increments[i]!;
      at = at === 0 ? slots - 1 : at - 1;
    }
    this.#exposure += exposure;
    this.#head = this.#head + 1 === slots ? 0 : this.#head + 1;
    placed[this.#head] = 0;
  }

  #learn(): void {
    const exposure = this.#exposure;
    const answers = this.#answers;
    this.#exposure = 0;
    this.#answers = 0;
    let total = 0;
    for (let m = 0; m < MEMORIES.length; m++) {
      // Poisson forecast: n answers when mean r * exposure was expected.
      const expected = Math.max(1e-9, (this.#live[m]! / this.#trials[m]!) * Math.max(exposure, 0.05));
      this.#weight[m] = this.#weight[m]! * Math.exp(answers * Math.log(expected) - expected) + 1e-300;
      total += this.#weight[m]!;
      const keep = Math.exp(-exposure / MEMORIES[m]!);
      this.#live[m] = this.#live[m]! * keep + answers;
      this.#trials[m] = this.#trials[m]! * keep + exposure;
    }
    const share = Math.min(1, exposure * SHARING) / MEMORIES.length;
    let rate = 0;
    let evidence = 0;
    for (let m = 0; m < MEMORIES.length; m++) {
      const weight = (this.#weight[m]! / total) * (1 - share * MEMORIES.length) + share;
      this.#weight[m] = weight;
      rate += weight * (this.#live[m]! / Math.max(1e-9, this.#trials[m]!));
      evidence += weight * this.#live[m]!;
    }
    this.rate = Math.min(0.999, Math.max(0.001, rate));
    this.evidence = evidence;
  }

  snapshot(): LiveRateState {
    return {
      head: this.#head,
      time: Number.isNaN(this.#time) ? null : this.#time,
      answers: this.#answers,
      exposure: this.#exposure,
      placed: [...this.#placed],
      live: [...this.#live],
      trials: [...this.#trials],
      weight: [...this.#weight],
      rate: this.rate,
      evidence: this.evidence,
    };
  }

  /** Takes over the state of an estimate of the same beliefs; what does not fit is left as it is. */
  restore(state: LiveRateState): void {
    this.#head = state.head % this.#placed.length;
    this.#time = state.time ?? Number.NaN;
    this.#answers = state.answers;
    this.#exposure = state.exposure;
    this.#placed.set(state.placed.slice(0, this.#placed.length));
    this.#live.set(state.live.slice(0, MEMORIES.length));
    this.#trials.set(state.trials.slice(0, MEMORIES.length));
    this.#weight.set(state.weight.slice(0, MEMORIES.length));
    this.rate = state.rate;
    this.evidence = state.evidence;
  }
}
