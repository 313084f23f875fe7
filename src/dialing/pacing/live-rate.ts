// The share of attempts that a person answers, learned while dialing: unbiased while calls still ring, quick after a jump, calm otherwise.

import { Exposure, type ExposureState } from "./exposure.ts";
import type { CallTable } from "./hazard-tables.ts";

/** Memories of the parallel estimates, in attempts whose fate is known: from "something has just changed" to "this is how this list is". */
const MEMORIES = [100, 500, 2500, 10_000] as const;
/** How much weight flows back to the other memories per attempt, so that none is ever ruled out. */
const SHARING = 1 / 5000;

export interface LiveRateOptions {
  /** The rate believed at the start, 0..1. */
  readonly prior: number;
  /** How many attempts that belief is worth. Default 40. */
  readonly priorAttempts?: number;
}

/** State of the estimate as plain data. */
export interface LiveRateState extends ExposureState {
  readonly answers: number;
  readonly exposure: number;
  readonly live: readonly number[];
  readonly trials: readonly number[];
  readonly weight: readonly number[];
  readonly rate: number;
  readonly evidence: number;
}

/**
 * Live answers divided by exposure (`Exposure`), so the estimate is unbiased at every instant although answers come in sooner than failures. Four estimates with different memories run side by side and
 * are weighed by how well each foretold the answers so far (fixed-share forecasting, Herbster and Warmuth 1998).
 */
export class LiveRate {
  readonly #calls: Exposure;
  #answers = 0;
  /** Attempts' worth, since the estimate last learned. */
  #exposure = 0;
  readonly #live = new Float64Array(MEMORIES.length);
  readonly #trials = new Float64Array(MEMORIES.length);
  readonly #weight = new Float64Array(MEMORIES.length);
  /** The present estimate, 0..1. */
  rate: number;
  /** Live answers' worth of evidence behind the estimate. */
  evidence: number;

  constructor(table: CallTable, options: LiveRateOptions) {
    this.#calls = new Exposure(table);
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
    this.#calls.believe(table);
  }

  /** A person answered. */
  answered(): void {
    this.#answers += 1;
  }

  /** Brings the estimate to `now` (s); `placed` calls were placed since the last time. */
  advance(now: number, placed: number): void {
    this.#exposure += this.#calls.advance(now, placed);
    if (this.#answers > 0 || this.#exposure > 0.5) this.#learn();
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
      ...this.#calls.snapshot(),
      answers: this.#answers,
      exposure: this.#exposure,
      live: [...this.#live],
      trials: [...this.#trials],
      weight: [...this.#weight],
      rate: this.rate,
      evidence: this.evidence,
    };
  }

  /** Takes over the state of an estimate of the same beliefs; what does not fit is left as it is. */
  restore(state: LiveRateState): void {
    this.#calls.restore(state);
    this.#answers = state.answers;
    this.#exposure = state.exposure;
    this.#live.set(state.live.slice(0, MEMORIES.length));
    this.#trials.set(state.trials.slice(0, MEMORIES.length));
    this.#weight.set(state.weight.slice(0, MEMORIES.length));
    this.rate = state.rate;
    this.evidence = state.evidence;
  }
}
