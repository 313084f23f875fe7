// Calls under way. Each has a slot, which is also its trunk. Calls waiting for an agent are kept in the order of their answers.

import { Line } from "./line.ts";

/**
 * State of a call. `doomed`: in detection, and the caller will give up before it ends; `connecting`: its agent's line is being
 * reconnected.
 */
export const CallState = { free: 0, dialing: 1, detecting: 2, doomed: 3, waiting: 4, connecting: 5, talking: 6 } as const;
export type CallState = (typeof CallState)[keyof typeof CallState];

/**
 * The integers of a call are in `Calls.facts` at `slot * FACTS + field`, its instants in `Calls.instants` at `slot * INSTANTS +
 * field`, so that one event touches neighbouring memory.
 */
export const FACTS = 8;
/** Field of `facts`: the call's `CallState`. */
export const STATE = 0;
/** Field of `facts`: the `Outcome` that the call will have. */
export const OUTCOME = 1;
/** Field of `facts`: number of the called lead. */
export const LEAD = 2;
/** Field of `facts`: which attempt at the lead this is, from 0. */
export const ATTEMPT = 3;
/** Field of `facts`: index of the call's random numbers. */
export const FATE = 4;
/** Field of `facts`: the agent who talks on the call or is reserved for it, or -1. */
export const AGENT = 5;

export const INSTANTS = 4;
/** Field of `instants`: when the call was placed. */
export const DIALED = 0;
/** Field of `instants`: when it was answered. */
export const ANSWERED = 1;
/** Field of `instants`: when the caller gives up. */
export const DEADLINE = 2;
/** Field of `instants`: number of the call in the run, from 0. It is here because it may need more than 32 bits. */
export const SERIAL = 3;

/** Instants of the calls in one state, packed at the front of the array, unordered. */
class PackedTimes {
  count = 0;
  times: Float64Array;
  #slots: Int32Array;
  /** By slot: its index in the packed arrays. */
  #places: Int32Array;

  constructor(slots: number) {
    this.times = new Float64Array(slots);
    this.#slots = new Int32Array(slots);
    this.#places = new Int32Array(slots);
  }

  add(slot: number, time: number): void {
    const place = this.count++;
    this.times[place] = time;
    this.#slots[place] = slot;
    this.#places[slot] = place;
  }

  remove(slot: number): void {
    const place = this.#places[slot]!;
    const last = --this.count;
    const moved = this.#slots[last]!;
    this.times[place] = this.times[last]!;
    this.#slots[place] = moved;
    this.#places[moved] = place;
  }

  grow(slots: number): void {
    this.times = copied(this.times, new Float64Array(slots));
    this.#slots = copied(this.#slots, new Int32Array(slots));
    this.#places = copied(this.#places, new Int32Array(slots));
  }

  /** The slots in their order, for a snapshot. */
  slots(): number[] {
    return [...this.#slots.subarray(0, this.count)];
  }
}

/** The calls under way as JSON. */
export interface CallsSnapshot {
  readonly slots: number;
  readonly free: readonly number[];
  /** One entry per call under way, with its facts and instants. null means "never": JSON has no Infinity. */
  readonly calls: readonly {
    readonly slot: number;
    readonly facts: readonly number[];
    readonly instants: readonly (number | null)[];
  }[];
  readonly dialing: readonly number[];
  readonly detecting: readonly number[];
  readonly waiting: readonly number[];
}

/** The calls under way, in slots that are reused. */
export class Calls {
  facts: Int32Array;
  instants: Float64Array;
  readonly dialing: PackedTimes;
  readonly detecting: PackedTimes;
  /** Calls waiting for an agent. */
  waiting = 0;
  /** Slots in use. */
  used = 0;
  slots: number;
  readonly #line: Line;
  #free: Int32Array;

  constructor(slots: number) {
    this.slots = slots;
    this.facts = new Int32Array(slots * FACTS);
    this.instants = new Float64Array(slots * INSTANTS);
    this.#line = new Line(slots);
    this.dialing = new PackedTimes(slots);
    this.detecting = new PackedTimes(slots);
    this.#free = Int32Array.from({ length: slots }, (_, i) => slots - 1 - i);
  }

  get full(): boolean {
    return this.used === this.slots;
  }

  /** Takes a slot. There must be a free one: check `full` first. */
  take(): number {
    return this.#free[this.slots - ++this.used]!;
  }

  release(slot: number): void {
    this.facts[slot * FACTS + STATE] = CallState.free;
    this.#free[this.slots - this.used--] = slot;
  }

  /** The call that waits for the longest time, or -1. */
  get longestWaiting(): number {
    return this.#line.first;
  }

  /** The call that began to wait next after `slot`, or -1. */
  after(slot: number): number {
    return this.#line.after(slot);
  }

  enqueue(slot: number): void {
    this.facts[slot * FACTS + STATE] = CallState.waiting;
    this.#line.join(slot);
    this.waiting++;
  }

  dequeue(slot: number): void {
    this.#line.leave(slot);
    this.waiting--;
  }

  /** Doubles the slots. */
  grow(): void {
    const before = this.slots;
    const slots = before * 2;
    this.facts = copied(this.facts, new Int32Array(slots * FACTS));
    this.instants = copied(this.instants, new Float64Array(slots * INSTANTS));
    this.#line.grow(slots);
    this.dialing.grow(slots);
    this.detecting.grow(slots);
    const free = this.#free.subarray(0, before - this.used);
    this.#free = new Int32Array(slots);
    for (let i = 0; i < before; i++) this.#free[i] = slots - 1 - i;
    this.#free.set(free, before);
    this.slots = slots;
  }

  snapshot(): CallsSnapshot {
    const calls: CallsSnapshot["calls"][number][] = [];
    for (let slot = 0; slot < this.slots; slot++) {
      const facts = [...this.facts.subarray(slot * FACTS, (slot + 1) * FACTS)];
      if (facts[STATE] === CallState.free) continue;
      const instants = Array.from(this.instants.subarray(slot * INSTANTS, (slot + 1) * INSTANTS), (value) =>
        Number.isFinite(value) ? value : null,
      );
      calls.push({ slot, facts, instants });
    }
    return {
      slots: this.slots,
      free: [...this.#free.subarray(0, this.slots - this.used)],
      calls,
      dialing: this.dialing.slots(),
      detecting: this.detecting.slots(),
      waiting: this.#line.members(),
    };
  }

  /** Restores what `snapshot` returned; call it on a new object. */
  restore(snapshot: CallsSnapshot): void {
    while (this.slots < snapshot.slots) this.grow();
    for (const { slot, facts, instants } of snapshot.calls) {
      this.facts.set(facts, slot * FACTS);
      this.instants.set(
        instants.map((value) => value ?? Number.POSITIVE_INFINITY),
        slot * INSTANTS,
      );
    }
    this.used = snapshot.calls.length;
    this.#free.set(snapshot.free);
    for (const slot of snapshot.dialing) this.dialing.add(slot, this.instants[slot * INSTANTS + DIALED]!);
    for (const slot of snapshot.detecting) this.detecting.add(slot, this.instants[slot * INSTANTS + ANSWERED]!);
    for (const slot of snapshot.waiting) this.enqueue(slot);
  }
}

function copied<Values extends Float64Array | Int32Array>(values: Values, into: Values): Values {
  into.set(values);
  return into;
}
