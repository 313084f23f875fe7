// Random numbers by index: the n-th number of a purpose is a function of (seed, purpose, n) alone.
//
// This gives common random numbers without keeping streams in step (two strategies that place the same attempt draw the same
// numbers for it, whatever else they do), costs nothing until a number is used, and leaves no hidden state for a snapshot. Each
// purpose walks a Weyl sequence with an odd increment and an offset of its own, mixed by Chris Wellons's `lowbias32` (a bijection
// of 32 bits with an avalanche bias of 0.17 of the ideal's noise floor).

import { createRandom, type RandomStream } from "../../kernel/index.ts";

/** What random numbers are for. */
export const Purpose = {
  arrival: 0,
  thinning: 1,
  outcome: 2,
  ring: 3,
  detection: 4,
  misjudgement: 5,
  patience: 6,
  talk: 7,
  wrap: 8,
  logOn: 9,
  breakLength: 10,
  pacing: 11,
} as const;
export type Purpose = (typeof Purpose)[keyof typeof Purpose];

const PURPOSES: readonly (readonly [name: string, purpose: Purpose])[] = Object.entries(Purpose);
const SCALE = 1 / 4294967296;

/** Uniform random numbers by purpose and index, so that compared strategies get the same numbers. */
export class Uniforms {
  readonly #steps = new Int32Array(PURPOSES.length);
  readonly #offsets = new Int32Array(PURPOSES.length);

  constructor(seed: number | string) {
    for (const [name, purpose] of PURPOSES) {
      const random = createRandom(seed, `dialing/${name}`);
      this.#steps[purpose] = random.int(4294967296) | 1;
      this.#offsets[purpose] = random.int(4294967296);
    }
  }

  /** The 32 bits of the `index`-th number of a purpose, as a signed integer. */
  word(purpose: Purpose, index: number): number {
    let h = (Math.imul(index, this.#steps[purpose]!) + this.#offsets[purpose]!) | 0;
    h = Math.imul(h ^ (h >>> 16), 0x7feb352d);
    h = Math.imul(h ^ (h >>> 15), 0x846ca68b);
    return h ^ (h >>> 16);
  }

  /** The `index`-th number of a purpose, uniform in the open interval (0, 1). */
  at(purpose: Purpose, index: number): number {
    return ((this.word(purpose, index) >>> 0) + 0.5) * SCALE;
  }

  /** A purpose as a stream whose position can be read and set. */
  stream(purpose: Purpose): RandomStream & { position: number } {
    const stream = {
      position: 0,
      next: () => this.at(purpose, stream.position++),
      int: (bound: number) => Math.floor(stream.next() * bound),
    };
    return stream;
  }
}
