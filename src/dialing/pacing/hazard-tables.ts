// Conditional chances tabulated once, so that a decision only looks them up: will this call be answered, will this agent be free, within tau?

import { type Cdf, type DialingBeliefs, lawOfSum, quantileOf } from "./beliefs.ts";

/** Number of horizons over which a decision averages. */
export const HORIZONS = 8;

const RING_STEP = 0.25;
const MAXIMUM_RING_ROWS = 1200;
const AGENT_ROWS = 400;
/** Step of the convolution of talk and wrap-up, s. */
const AGENT_PIECE = 0.5;

/** The cdf of the time from dialing until a person is known to be one. */
function knownLive(beliefs: DialingBeliefs): Cdf {
  return lawOfSum(beliefs.liveRing, beliefs.liveDetection);
}

/**
 * By row (elapsed = row * rowStep) and horizon: the chance that the first duration ends, and the second after it, within `within[k]` more seconds, jointly with
 * the first having lasted until then. Midpoint rule in pieces of `width`.
 */
function endsBoth(first: Cdf, second: Cdf, rows: number, rowStep: number, within: Float64Array, width: number): Float64Array {
  const pieces = Array.from(within, (seconds) => Math.floor(seconds / width));
  const rest = Array.from(within, (seconds, k) => seconds - pieces[k]! * width);
  const seconds = Array.from(within, (limit, k) =>
    Float64Array.from({ length: pieces[k]! }, (_, j) => second(limit - (j + 0.5) * width)),
  );
  const last = rest.map((left) => second(left / 2));
  const firsts = new Float64Array(Math.max(...pieces) + 1);
  const table = new Float64Array(rows * HORIZONS);
  for (let row = 0; row < rows; row++) {
    const elapsed = row * rowStep;
    for (let j = 0; j < firsts.length; j++) firsts[j] = first(elapsed + j * width);
    for (let k = 0; k < HORIZONS; k++) {
      const ends = seconds[k]!;
      let chance = (first(elapsed + within[k]!) - firsts[ends.length]!) * last[k]!;
      for (let j = 0; j < ends.length; j++) chance += (firsts[j + 1]! - firsts[j]!) * ends[j]!;
      table[row * HORIZONS + k] = chance;
    }
  }
  return table;
}

/** The horizons tau_k: quantiles of the time to a live answer, so that a new live call comes at about one of them, each with chance 1/8. */
export function horizonsOf(beliefs: DialingBeliefs): Float64Array {
  const known = knownLive(beliefs);
  return Float64Array.from({ length: HORIZONS }, (_, k) => quantileOf(known, (k + 0.5) / HORIZONS));
}

/** Chances for calls in the air, by their age. */
export class CallTable {
  readonly #rows: number;
  /**
   * [row * HORIZONS + k], calls that ring: a live call's chance to be known as one within tau_k, jointly with still ringing now. Times `ringingWeight`, the
   * chance that a call of this row is passed on as a person within tau_k.
   */
  readonly ringing: Float64Array;
  readonly #liveRinging: Float64Array;
  readonly #othersRinging: Float64Array;
  /** The same for calls in detection, by the time since the answer. */
  readonly #detecting: Float64Array;
  readonly #liveDetecting: Float64Array;
  readonly #othersDetecting: Float64Array;
  readonly #knownCdf: Float64Array;

  constructor(beliefs: DialingBeliefs, horizons: Float64Array) {
    const { mix, liveRing, machineRing, liveDetection, machineDetection } = beliefs;
    const others = mix.machine + mix.noAnswer + mix.busy + mix.invalid;
    const longest = Math.max(
      ...[liveRing, machineRing, beliefs.noAnswer, beliefs.busy, beliefs.invalid].map((cdf) => quantileOf(cdf, 0.9999)),
    );
    const detection = Math.max(quantileOf(liveDetection, 0.9999), quantileOf(machineDetection, 0.9999));
    const rows = Math.min(MAXIMUM_RING_ROWS, Math.ceil((longest + detection) / RING_STEP) + 2);
    this.#rows = rows;
    this.ringing = endsBoth(liveRing, liveDetection, rows, RING_STEP, horizons, RING_STEP);
    this.#liveRinging = new Float64Array(rows);
    this.#othersRinging = new Float64Array(rows);
    this.#detecting = new Float64Array(rows * HORIZONS);
    this.#liveDetecting = new Float64Array(rows);
    this.#othersDetecting = new Float64Array(rows);
    this.#knownCdf = new Float64Array(rows);
    const known = knownLive(beliefs);
    const machineShare = others > 0 ? mix.machine / others : 0;
    for (let row = 0; row < rows; row++) {
      const age = row * RING_STEP;
      this.#knownCdf[row] = known(age);
      this.#liveRinging[row] = 1 - liveRing(age);
      const failed =
        mix.machine * machineRing(age) +
        mix.noAnswer * beliefs.noAnswer(age) +
        mix.busy * beliefs.busy(age) +
        mix.invalid * beliefs.invalid(age);
      this.#othersRinging[row] = others > 0 ? 1 - failed / others : 0;
      this.#liveDetecting[row] = 1 - liveDetection(age);
      this.#othersDetecting[row] = machineShare * (1 - machineDetection(age));
      for (let k = 0; k < HORIZONS; k++) {
        this.#detecting[row * HORIZONS + k] = liveDetection(age + horizons[k]!) - liveDetection(age);
      }
    }
  }

  /** Where the chances of a call of this age (s since dialing) begin in `ringing`. */
  row(age: number): number {
    return Math.min(this.#rows - 1, Math.max(0, Math.round(age / RING_STEP)));
  }

  /** What a row's entries are multiplied with when a share `liveRate` of attempts is live: the odds that it is live, given that it still rings. */
  ringingWeight(row: number, liveRate: number): number {
    const here = liveRate * this.#liveRinging[row]! + (1 - liveRate) * this.#othersRinging[row]!;
    return here > 1e-9 ? liveRate / here : 0;
  }

  /** As `ringingWeight`, for calls in detection by the time since the answer. */
  detectingWeight(row: number, liveRate: number): number {
    const here = liveRate * this.#liveDetecting[row]! + (1 - liveRate) * this.#othersDetecting[row]!;
    return here > 1e-9 ? liveRate / here : 0;
  }

  /** Times the weight, the chance that a call in detection is passed on as a person within tau_k. */
  detectingChance(row: number, k: number): number {
    return this.#detecting[row * HORIZONS + k]!;
  }

  /** The share of live calls known to be live `age` seconds after dialing. */
  knownBy(age: number): number {
    const at = Math.max(0, age) / RING_STEP;
    const row = Math.floor(at);
    if (row >= this.#rows - 1) return 1;
    const low = this.#knownCdf[row]!;
    return low + (at - row) * (this.#knownCdf[row + 1]! - low);
  }

  /** The age by which every live call has been answered, s. */
  get longestAge(): number {
    return (this.#rows - 1) * RING_STEP;
  }
}

/** Chances that an agent is free within tau_k plus the callers' patience, by the time spent so far in the present state. */
export class AgentTable {
  readonly #step: number;
  /** [row * HORIZONS + k]: the chance to be free within tau_k and the patience. */
  readonly chances: Float64Array;

  private constructor(step: number, chances: Float64Array) {
    this.#step = step;
    this.chances = chances;
  }

  /** For agents in wrap-up: [F_W(e + tau + patience) - F_W(e)] / [1 - F_W(e)]. */
  static wrapping(beliefs: DialingBeliefs, horizons: Float64Array): AgentTable {
    return AgentTable.#build(beliefs.wrap, () => 1, horizons, beliefs.patience);
  }

  /** For agents talking, whose wrap-up follows: the talk's law from here on, convolved with the wrap-up's. */
  static talking(beliefs: DialingBeliefs, horizons: Float64Array): AgentTable {
    return AgentTable.#build(beliefs.talk, beliefs.wrap, horizons, beliefs.patience);
  }

  static #build(state: Cdf, after: Cdf, horizons: Float64Array, patience: number): AgentTable {
    const step = Math.max(0.05, quantileOf(state, 0.9995) / (AGENT_ROWS - 1));
    const within = horizons.map((horizon) => horizon + patience);
    const chances = endsBoth(state, after, AGENT_ROWS, step, within, AGENT_PIECE);
    for (let row = 0; row < AGENT_ROWS; row++) {
      const left = 1 - state(row * step);
      // Past the end of the law nothing is known about the agent: she is not counted on.
      for (let k = 0; k < HORIZONS; k++) {
        const at = row * HORIZONS + k;
        chances[at] = left > 1e-9 ? Math.min(1, chances[at]! / left) : 0;
      }
    }
    return new AgentTable(step, chances);
  }

  /** The row of an agent who has been `elapsed` s in the state. */
  row(elapsed: number): number {
    return Math.min(AGENT_ROWS - 1, Math.max(0, Math.round(elapsed / this.#step)));
  }
}
