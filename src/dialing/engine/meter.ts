// What a run measures: levels integrated over time and counts of events, in buckets of equal length.

/**
 * Quantities with a value at every instant. Their integrals over time are kept, in agent-seconds, call-seconds or trunk-seconds.
 */
export const Level = { loggedIn: 0, talking: 1, wrapping: 2, reserved: 3, onBreak: 4, trunks: 5, waiting: 6 } as const;
export type Level = (typeof Level)[keyof typeof Level];

/** Events that are counted (for seconds: summed). The fields of `SimulationResult` say what they mean. */
export const Count = {
  placed: 0,
  blocked: 1,
  noAnswer: 2,
  busy: 3,
  invalid: 4,
  machines: 5,
  silentCalls: 6,
  liveAnswers: 7,
  machinesConnected: 8,
  connected: 9,
  connectedLate: 10,
  lost: 11,
  abandoned: 12,
  machinesDropped: 13,
  completed: 14,
  waited: 15,
  waitOfConnected: 16,
  waitOfLost: 17,
} as const;
export type Count = (typeof Count)[keyof typeof Count];

/** Names of the levels, in the order of their cells. */
export const LEVEL_NAMES: readonly (keyof typeof Level)[] = namesOf(Level);
/** Names of the counts, in the order of their cells. */
export const COUNT_NAMES: readonly (keyof typeof Count)[] = namesOf(Count);
const LEVELS = LEVEL_NAMES.length;
/** Numbers per bucket: the integrals, then the counts. */
export const WIDTH = LEVELS + COUNT_NAMES.length;

function namesOf<Name extends string>(table: Readonly<Record<Name, number>>): Name[] {
  return (Object.keys(table) as Name[]).sort((a, b) => table[a] - table[b]);
}

/**
 * Bins of the histogram of waits: 32 for each doubling, from 2^-10 s (shorter waits go into the first bin) to 2^22 s. The bin of
 * a wait is the exponent and the five leading digits of its 32-bit floating-point form, so that no logarithm is needed.
 */
const BINS_PER_DOUBLING = 32;
const LEAST_EXPONENT = -10;
const WAIT_BINS = 32 * BINS_PER_DOUBLING;
/** That form stores the exponent plus 127, above 23 digits. */
const FIRST_BIN = (127 + LEAST_EXPONENT) * BINS_PER_DOUBLING;

/** The state of the meter as JSON. */
export interface MeterSnapshot {
  readonly cells: readonly number[];
  readonly waits: readonly number[];
  readonly buckets: readonly (readonly number[])[];
  readonly bucketStart: number;
}

/**
 * One array holds everything that changes with events: for each level its integral, the instant of its last change and its value;
 * then the counts.
 */
const CELLS = 3 * LEVELS;

/** Counts and integrates the events of a run, in total and by bucket. */
export class Meter {
  readonly #cells = new Float64Array(CELLS + COUNT_NAMES.length);
  #buckets: Float64Array[] = [];
  #bucketStart = 0;
  /**
   * Number of waits above 0 by bin, of connected and lost callers. Counted from the greeting on: machine detection is part of a
   * wait.
   */
  readonly waits = new Float64Array(WAIT_BINS);
  readonly #float = new Float32Array(1);
  readonly #bits = new Int32Array(this.#float.buffer);

  /** The present value of a level. */
  level(level: Level): number {
    return this.#cells[3 * level + 2]!;
  }

  /** Changes a level by `delta` at `now`. */
  shift(level: Level, delta: number, now: number): void {
    const cells = this.#cells;
    const at = 3 * level;
    const value = cells[at + 2]!;
    cells[at]! += value * (now - cells[at + 1]!);
    cells[at + 1] = now;
    cells[at + 2] = value + delta;
  }

  /**
   * Gives a level's integral in this bucket, the instant of its last change and its value to a loop that keeps them itself for a
   * while.
   */
  take(level: Level, into: Float64Array): void {
    for (let i = 0; i < 3; i++) into[i] = this.#cells[3 * level + i]!;
  }

  /** Takes them back from that loop. */
  put(level: Level, integral: number, since: number, value: number): void {
    this.#cells[3 * level] = integral;
    this.#cells[3 * level + 1] = since;
    this.#cells[3 * level + 2] = value;
  }

  /** Adds to a count. */
  add(count: Count, amount: number): void {
    this.#cells[CELLS + count]! += amount;
  }

  /** Records a wait above 0, s. */
  wait(seconds: number): void {
    this.#float[0] = seconds;
    const bin = (this.#bits[0]! >> 18) - FIRST_BIN;
    this.waits[bin < 0 ? 0 : bin < WAIT_BINS ? bin : WAIT_BINS - 1]! += 1;
  }

  /** Closes the present bucket at `now`. */
  close(now: number): void {
    this.#buckets.push(this.#cut(now));
  }

  /** Discards everything measured, at the end of a warm-up; the levels stay. */
  reset(now: number): void {
    this.#cut(now);
    this.#buckets = [];
    this.waits.fill(0);
  }

  /** Start of the bucket that is not closed yet. */
  get bucketStart(): number {
    return this.#bucketStart;
  }

  /** The closed buckets, each with the integrals and then the counts. */
  get buckets(): readonly Float64Array[] {
    return this.#buckets;
  }

  /** Sum of a count over all buckets, the open one included. */
  total(count: Count): number {
    let sum = this.#cells[CELLS + count]!;
    for (const bucket of this.#buckets) sum += bucket[LEVELS + count]!;
    return sum;
  }

  /** The integrals and counts since the last call; resets them to 0. */
  #cut(now: number): Float64Array {
    const bucket = new Float64Array(WIDTH);
    for (let level = 0; level < LEVELS; level++) {
      this.shift(level as Level, 0, now);
      bucket[level] = this.#cells[3 * level]!;
      this.#cells[3 * level] = 0;
    }
    bucket.set(this.#cells.subarray(CELLS), LEVELS);
    this.#cells.fill(0, CELLS);
    this.#bucketStart = now;
    return bucket;
  }

  snapshot(): MeterSnapshot {
    return {
      cells: [...this.#cells],
      waits: [...this.waits],
      buckets: this.#buckets.map((bucket) => [...bucket]),
      bucketStart: this.#bucketStart,
    };
  }

  restore(snapshot: MeterSnapshot): void {
    this.#cells.set(snapshot.cells);
    this.waits.set(snapshot.waits);
    this.#buckets = snapshot.buckets.map((bucket) => Float64Array.from(bucket));
    this.#bucketStart = snapshot.bucketStart;
  }
}

/** The bounds of a bin of the histogram of waits, s. */
export function waitsOfBin(bin: number): { from: number; to: number } {
  const bound = (edge: number) => {
    const doubling = Math.floor(edge / BINS_PER_DOUBLING);
    return 2 ** (LEAST_EXPONENT + doubling) * (1 + (edge - doubling * BINS_PER_DOUBLING) / BINS_PER_DOUBLING);
  };
  return { from: bin === 0 ? 0 : bound(bin), to: bound(bin + 1) };
}
