// Calls under way: a slot each, which is the trunk the call holds; the ones waiting for an agent in the order of their answers.

import type { Outcome } from "./model.ts";

/** Where a call is. `doomed`: in detection, and the caller will give up before it ends; `connecting`: its agent's line is being set up anew. */
export const CallState = { free: 0, dialing: 1, detecting: 2, doomed: 3, waiting: 4, connecting: 5, talking: 6 } as const;
export type CallState = (typeof CallState)[keyof typeof CallState];

const NOTHING = -1;

/** Instants of the calls in one state, packed at the front of the array, in no order. */
export class PackedTimes {
  count = 0;
  times: Float64Array;
  #slots: Int32Array;
  /** By slot: its place in the packed arrays. */
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
    this.times = larger(this.times, new Float64Array(slots));
    this.#slots = larger(this.#slots, new Int32Array(slots));
    this.#places = larger(this.#places, new Int32Array(slots));
  }

  /** The slots in their order, for a snapshot. */
  slots(): number[] {
    return [...this.#slots.subarray(0, this.count)];
  }
}

export interface CallsSnapshot {
  readonly slots: number;
  readonly free: readonly number[];
  /** One entry a call under way. null is "never": JSON has no Infinity. */
  readonly calls: readonly {
    readonly slot: number;
    readonly state: number;
    readonly outcome: number;
    readonly serial: number;
    readonly lead: number;
    readonly attempt: number;
    readonly fate: number;
    readonly dialedAt: number;
    readonly answeredAt: number;
    readonly deadline: number | null;
    readonly agent: number;
  }[];
  readonly dialing: readonly number[];
  readonly detecting: readonly number[];
  readonly waiting: readonly number[];
}

export class Calls {
  state: Uint8Array;
  outcome: Uint8Array;
  /** Number of the call in the run, from 0. */
  serial: Float64Array;
  lead: Int32Array;
  attempt: Int32Array;
  /** Index of the call's random numbers. */
  fate: Int32Array;
  dialedAt: Float64Array;
  answeredAt: Float64Array;
  /** When the caller gives up. */
  deadline: Float64Array;
  /** The agent held for the call or with it, or -1. */
  agent: Int32Array;
  readonly dialing: PackedTimes;
  readonly detecting: PackedTimes;
  /** Calls waiting for an agent. */
  waiting = 0;
  /** Slots in use. */
  used = 0;
  slots: number;
  #head = NOTHING;
  #tail = NOTHING;
  #previous: Int32Array;
  #next: Int32Array;
  #free: Int32Array;

  constructor(slots: number) {
    this.slots = slots;
    this.state = new Uint8Array(slots);
    this.outcome = new Uint8Array(slots);
    this.serial = new Float64Array(slots);
    this.lead = new Int32Array(slots);
    this.attempt = new Int32Array(slots);
    this.fate = new Int32Array(slots);
    this.dialedAt = new Float64Array(slots);
    this.answeredAt = new Float64Array(slots);
    this.deadline = new Float64Array(slots);
    this.agent = new Int32Array(slots).fill(NOTHING);
    this.dialing = new PackedTimes(slots);
    this.detecting = new PackedTimes(slots);
    this.#previous = new Int32Array(slots);
    this.#next = new Int32Array(slots);
    this.#free = Int32Array.from({ length: slots }, (_, i) => slots - 1 - i);
  }

  /** Takes a slot. There must be one: ask `full` first. */
  take(): number {
    const slot = this.#free[this.slots - ++this.used]!;
    this.agent[slot] = NOTHING;
    return slot;
  }

  release(slot: number): void {
    this.state[slot] = CallState.free;
    this.#free[this.slots - this.used--] = slot;
  }

  get full(): boolean {
    return this.used === this.slots;
  }

  /** The call that waits for the longest time, or -1. */
  get longestWaiting(): number {
    return this.#head;
  }

  /** The one that began to wait after `slot`, or -1. */
  after(slot: number): number {
    return this.#next[slot]!;
  }

  enqueue(slot: number): void {
    this.state[slot] = CallState.waiting;
    this.#previous[slot] = this.#tail;
    this.#next[slot] = NOTHING;
    if (this.#tail === NOTHING) this.#head = slot;
    else this.#next[this.#tail] = slot;
    this.#tail = slot;
    this.waiting++;
  }

  dequeue(slot: number): void {
    const previous = this.#previous[slot]!;
    const next = this.#next[slot]!;
    if (previous === NOTHING) this.#head = next;
    else this.#next[previous] = next;
    if (next === NOTHING) this.#tail = previous;
    else this.#previous[next] = previous;
    this.waiting--;
  }

  /** Doubles the slots. */
  grow(): void {
    const before = this.slots;
    const slots = before * 2;
    this.state = larger(this.state, new Uint8Array(slots));
    this.outcome = larger(this.outcome, new Uint8Array(slots));
    this.serial = larger(this.serial, new Float64Array(slots));
    this.lead = larger(this.lead, new Int32Array(slots));
    this.attempt = larger(this.attempt, new Int32Array(slots));
    this.fate = larger(this.fate, new Int32Array(slots));
    this.dialedAt = larger(this.dialedAt, new Float64Array(slots));
    this.answeredAt = larger(this.answeredAt, new Float64Array(slots));
    this.deadline = larger(this.deadline, new Float64Array(slots));
    this.agent = larger(this.agent, new Int32Array(slots).fill(NOTHING));
    this.#previous = larger(this.#previous, new Int32Array(slots));
    this.#next = larger(this.#next, new Int32Array(slots));
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
      if (this.state[slot] === CallState.free) continue;
      const deadline = this.deadline[slot]!;
      calls.push({
        slot,
        state: this.state[slot]!,
        outcome: this.outcome[slot]!,
        serial: this.serial[slot]!,
        lead: this.lead[slot]!,
        attempt: this.attempt[slot]!,
        fate: this.fate[slot]!,
        dialedAt: this.dialedAt[slot]!,
        answeredAt: this.answeredAt[slot]!,
        deadline: Number.isFinite(deadline) ? deadline : null,
        agent: this.agent[slot]!,
      });
    }
    const waiting: number[] = [];
    for (let slot = this.#head; slot !== NOTHING; slot = this.#next[slot]!) waiting.push(slot);
    return {
      slots: this.slots,
      free: [...this.#free.subarray(0, this.slots - this.used)],
      calls,
      dialing: this.dialing.slots(),
      detecting: this.detecting.slots(),
      waiting,
    };
  }

  /** Takes over what `snapshot` gave, on a new object. */
  restore(snapshot: CallsSnapshot): void {
    while (this.slots < snapshot.slots) this.grow();
    for (const call of snapshot.calls) {
      const { slot } = call;
      this.state[slot] = call.state;
      this.outcome[slot] = call.outcome;
      this.serial[slot] = call.serial;
      this.lead[slot] = call.lead;
      this.attempt[slot] = call.attempt;
      this.fate[slot] = call.fate;
      this.dialedAt[slot] = call.dialedAt;
      this.answeredAt[slot] = call.answeredAt;
      this.deadline[slot] = call.deadline ?? Number.POSITIVE_INFINITY;
      this.agent[slot] = call.agent;
    }
    this.used = snapshot.calls.length;
    this.#free.set(snapshot.free);
    for (const slot of snapshot.dialing) this.dialing.add(slot, this.dialedAt[slot]!);
    for (const slot of snapshot.detecting) this.detecting.add(slot, this.answeredAt[slot]!);
    for (const slot of snapshot.waiting) this.enqueue(slot);
  }

  /** What a call's outcome is. */
  outcomeOf(slot: number): Outcome {
    return this.outcome[slot]! as Outcome;
  }
}

function larger<Values extends Float64Array | Int32Array | Uint8Array>(values: Values, into: Values): Values {
  into.set(values);
  return into;
}
