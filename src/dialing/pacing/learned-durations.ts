// How long things take, learned from what was seen: short times by counting them, long ones by how their hazard differs from the one believed.

import { z } from "zod";
import type { DeepReadonly } from "../../kernel/index.ts";
import { type Cdf, quantileOf } from "./beliefs.ts";

/** What is left of a count when a memory is full. */
const KEPT = 0.5;

/** State of either estimate as plain data. `found`: what the last look found, shares up to each quarter of a second or corrections of the hazard. */
export const learnedState = z.object({
  counts: z.array(z.number()),
  expected: z.array(z.number()).default([]),
  total: z.number(),
  found: z.array(z.number()),
});
/** The same; states of earlier versions lack `expected`. */
export type LearnedState = DeepReadonly<z.input<typeof learnedState>>;

const STEP = 0.25;
const BINS = 240;
/** What a sum of seconds may differ by. */
const SLACK = 1e-3;
const SHORT_PRIOR = 20;
const SHORT_MEMORY = 2000;

/**
 * Times of a minute or two that many calls have and that are known soon: ringing, detection. Shares by quarters of a second, the belief counting as 20 values;
 * of more than 2,000 values the older ones count half.
 */
export class ShortTimes {
  readonly #prior: Cdf;
  readonly #counts = new Float64Array(BINS + 1);
  readonly #upTo = new Float64Array(BINS + 1);
  #total = 0;

  constructor(prior: Cdf) {
    this.#prior = prior;
    this.look();
  }

  add(seconds: number): void {
    const bin = Math.min(BINS, Math.max(0, Math.ceil((seconds - SLACK) / STEP)));
    this.#counts[bin]! += 1;
    this.#total += 1;
    if (this.#total < SHORT_MEMORY) return;
    for (let i = 0; i <= BINS; i++) this.#counts[i]! *= KEPT;
    this.#total *= KEPT;
  }

  /** What was found at the last look. */
  readonly cdf: Cdf = (t) => {
    if (t < 0) return 0;
    const at = t / STEP;
    const bin = Math.floor(at);
    if (bin >= BINS) return 1;
    return this.#upTo[bin]! + (at - bin) * (this.#upTo[bin + 1]! - this.#upTo[bin]!);
  };

  /** Takes in what was seen since the last look. */
  look(): void {
    const whole = this.#total + SHORT_PRIOR;
    let seen = 0;
    for (let i = 0; i <= BINS; i++) {
      seen += this.#counts[i]!;
      this.#upTo[i] = (seen + SHORT_PRIOR * this.#prior(i * STEP)) / whole;
    }
  }

  snapshot(): LearnedState {
    return { counts: [...this.#counts], total: this.#total, found: [...this.#upTo] };
  }

  restore({ counts, total, found }: LearnedState): void {
    this.#counts.set(counts.slice(0, BINS + 1));
    this.#upTo.set(found.slice(0, BINS + 1));
    this.#total = total;
  }
}

/** Pieces on which the hazard is kept: edges grow by this factor from the first. */
const GROWTH = 1.02;
const FIRST = 0.5;
const PIECES = 480;
/** So many pieces share a correction: a factor of 1.4 in time. */
const TOGETHER = 17;
const CORRECTIONS = Math.ceil(PIECES / TOGETHER);
/** Ends that the belief is worth in each. */
const LONG_PRIOR = 4;
const LONG_MEMORY = 4000;
/** Of the belief this share is taken to be anything of about that size, so that no time is held for impossible. */
const OPEN = 0.1;

/**
 * Times that agents spend in a state, most of which are not over yet when a campaign is young: in each stretch of time the ends seen over those that the
 * belief foretold, which corrects the believed hazard (a belief worth four ends). Who is still in the state counts with the time so far.
 */
export class LongTimes {
  /** By piece: the believed cumulative hazard at its end. */
  readonly #hazard = new Float64Array(PIECES + 1);
  readonly #ends = new Float64Array(CORRECTIONS);
  readonly #expected = new Float64Array(CORRECTIONS);
  readonly #corrected = new Float64Array(PIECES + 1);
  readonly #underWay = new Float64Array(CORRECTIONS);
  readonly #factors = new Float64Array(CORRECTIONS).fill(1);
  #total = 0;

  constructor(prior: Cdf) {
    const usual = Math.max(1, quantileOf(prior, 0.63));
    for (let i = 1; i <= PIECES; i++) {
      const t = edge(i);
      const left = (1 - OPEN) * (1 - prior(t)) + OPEN * Math.exp(-t / usual);
      this.#hazard[i] = Math.max(this.#hazard[i - 1]!, -Math.log(Math.max(1e-12, left)));
    }
    this.#correct();
  }

  add(seconds: number): void {
    const piece = pieceOf(seconds);
    this.#ends[Math.floor(piece / TOGETHER)]! += 1;
    this.#expose(this.#expected, seconds);
    this.#total += 1;
    if (this.#total < LONG_MEMORY) return;
    for (let i = 0; i < CORRECTIONS; i++) {
      this.#ends[i]! *= KEPT;
      this.#expected[i]! *= KEPT;
    }
    this.#total *= KEPT;
  }

  /** Ends foretold by the belief for one who was in the state for so long. */
  #expose(into: Float64Array, seconds: number): void {
    const piece = pieceOf(seconds);
    const hazard = this.#hazard;
    const last = Math.floor(piece / TOGETHER);
    for (let i = 0; i < last; i++) into[i]! += hazard[(i + 1) * TOGETHER]! - hazard[i * TOGETHER]!;
    into[last]! += this.#at(hazard, seconds) - hazard[last * TOGETHER]!;
  }

  /** What was found at the last look. */
  readonly cdf: Cdf = (t) => (t <= 0 ? 0 : 1 - Math.exp(-this.#at(this.#corrected, t)));

  /** Begins a look: `stillIn` then tells of each who is in the state, and `look` takes it in. */
  beginLook(): void {
    this.#underWay.fill(0);
  }

  stillIn(seconds: number): void {
    this.#expose(this.#underWay, seconds);
  }

  look(): void {
    for (let i = 0; i < CORRECTIONS; i++) {
      this.#factors[i] = (this.#ends[i]! + LONG_PRIOR) / (this.#expected[i]! + this.#underWay[i]! + LONG_PRIOR);
    }
    this.#correct();
  }

  #correct(): void {
    const corrected = this.#corrected;
    for (let i = 0; i < PIECES; i++) {
      const factor = this.#factors[Math.floor(i / TOGETHER)]!;
      corrected[i + 1] = corrected[i]! + factor * (this.#hazard[i + 1]! - this.#hazard[i]!);
    }
  }

  #at(hazard: Float64Array, seconds: number): number {
    const piece = pieceOf(seconds);
    const from = edge(piece);
    const part = Math.min(1, Math.max(0, (seconds - from) / (edge(piece + 1) - from)));
    return hazard[piece]! + part * (hazard[piece + 1]! - hazard[piece]!);
  }

  snapshot(): LearnedState {
    return { counts: [...this.#ends], expected: [...this.#expected], total: this.#total, found: [...this.#factors] };
  }

  restore({ counts, expected = [], total, found }: LearnedState): void {
    this.#ends.set(counts.slice(0, CORRECTIONS));
    this.#expected.set(expected.slice(0, CORRECTIONS));
    this.#factors.set(found.slice(0, CORRECTIONS));
    this.#total = total;
    this.#correct();
  }
}

/** Where a piece begins, s; the first at 0. */
function edge(piece: number): number {
  return (FIRST * (GROWTH ** piece - 1)) / (GROWTH - 1);
}

function pieceOf(seconds: number): number {
  const piece = Math.floor(Math.log1p((Math.max(0, seconds) * (GROWTH - 1)) / FIRST) / Math.log(GROWTH));
  return Math.min(PIECES - 1, piece);
}
