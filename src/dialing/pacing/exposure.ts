// How many attempts' worth of answers could have come in by now, while calls still ring.

import type { CallTable } from "./hazard-tables.ts";

const SLOT = 0.5;
/** Room for answers that come later than was believed at first: two minutes. */
const LEAST_SLOTS = 240;

/** State as plain data. */
export interface ExposureState {
  readonly head: number;
  /** Null before the first look. */
  readonly time: number | null;
  readonly placed: readonly number[];
}

/** The exposure of a call placed a seconds ago is F_L(a), the share of live calls known by that age. */
export class Exposure {
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
