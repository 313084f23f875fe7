// Calls that arrive by themselves: a Poisson stream, one whose rate follows a sine, or the requests of a finite number of
// sources.

import { ARRIVAL } from "./entities.ts";
import { exponentialOfWord } from "./exponential.ts";
import type { Arrivals } from "./model.ts";
import type { Timers } from "./timers.ts";
import { Purpose, type Uniforms } from "./uniforms.ts";

const NEVER = Number.POSITIVE_INFINITY;

/** The state of an arrival stream as JSON. */
export interface ArrivalStreamSnapshot {
  readonly arrived: number;
  readonly rate: number;
  readonly work: number;
}

/** Calls that arrive by themselves, as a Poisson stream whose rate may change with the hour. */
export class ArrivalStream {
  /** Number of arrivals so far, including those thinned out; it is the number of the next one. */
  arrived = 0;
  readonly #arrivals: Arrivals;
  readonly #timers: Timers;
  readonly #uniforms: Uniforms;
  /** With a finite number of sources: the rate of the timer, and the unit-exponential time left while the rate is 0. */
  #rate = 0;
  #work = 0;

  constructor(arrivals: Arrivals, timers: Timers, uniforms: Uniforms) {
    this.#arrivals = arrivals;
    this.#timers = timers;
    this.#uniforms = uniforms;
  }

  /**
   * Returns the number of the arrival that is due; -1 when it is thinned out, in a stream whose rate varies (Lewis and Shedler
   * 1979).
   */
  take(now: number): number {
    const number = this.arrived++;
    const { rate, amplitude, frequency } = this.#arrivals;
    if (amplitude === 0) return number;
    const candidate = this.#uniforms.at(Purpose.thinning, number) * (rate + Math.abs(amplitude));
    return candidate < rate + amplitude * Math.sin(frequency * now) ? number : -1;
  }

  /** Sets the timer of the next arrival. @param inSystem calls under way: their sources do not call */
  wait(now: number, inSystem: number): void {
    const { rate, amplitude, sources } = this.#arrivals;
    const work = exponentialOfWord(this.#uniforms.word(Purpose.arrival, this.arrived));
    if (sources === NEVER) this.#timers.set(ARRIVAL, now + work / (rate + Math.abs(amplitude)));
    else {
      this.#rate = (sources - inSystem) * rate;
      this.#work = work;
      if (this.#rate > 0) this.#timers.set(ARRIVAL, now + work / this.#rate);
    }
  }

  /**
   * A call has ended, and its source may call again: the rest of the exponential waiting time gets shorter in proportion to the
   * number of sources.
   */
  freed(now: number, inSystem: number): void {
    const { rate, sources } = this.#arrivals;
    if (sources === NEVER) return;
    const due = this.#timers.timeOf(ARRIVAL);
    const left = this.#rate > 0 && due !== NEVER ? (due - now) * this.#rate : this.#work;
    this.#rate = (sources - inSystem) * rate;
    this.#timers.set(ARRIVAL, now + left / this.#rate);
  }

  snapshot(): ArrivalStreamSnapshot {
    return { arrived: this.arrived, rate: this.#rate, work: this.#work };
  }

  restore({ arrived, rate, work }: ArrivalStreamSnapshot): void {
    this.arrived = arrived;
    this.#rate = rate;
    this.#work = work;
  }
}
