// The event list: one timer for each entity (agent, call, timers of the dialer itself), in an indexed heap of typed arrays,
// ordered by (time, sequence).
//
// Since an entity has one timer, setting it again moves it and clearing it removes it: the heap has no stale events and at most
// as many entries as there are entities. Each node has four children, so the heap is half as deep as a binary one. Indices into
// the arrays are in range by construction, hence the `!` on reads.

/** State of the event list as plain data, in the order of the events. */
export interface TimersSnapshot {
  readonly sequence: number;
  readonly entries: readonly (readonly [entity: number, time: number, order: number])[];
}

const NEVER = Number.POSITIVE_INFINITY;
/** Places behind the last entry, so that every node can be read as if it had four children. */
const SIBLINGS = 4;

/** The next event of each entity, in a heap with one entry per entity. */
export class Timers {
  /** Times of the entries, heap order. The root is the next event. */
  #times: Float64Array;
  #entities: Int32Array;
  /** By entity: its index in the heap, or -1. */
  #places: Int32Array;
  /** By entity: the sequence number of its present timer, which decides between equal times. */
  #orders: Float64Array;
  /** The time of the entry that is being placed. Passed here because a non-integer argument would cost an allocation. */
  readonly #due = new Float64Array(1);
  #size = 0;
  #sequence = 0;
  /** The entity whose event is being handled and whose timer has not been set again; its entry stays at the root until then. */
  #firing = -1;

  constructor(entities: number) {
    this.#times = new Float64Array(entities + SIBLINGS).fill(NEVER);
    this.#entities = new Int32Array(entities);
    this.#places = new Int32Array(entities).fill(-1);
    this.#orders = new Float64Array(entities);
  }

  /** Makes room for so many entities. */
  grow(entities: number): void {
    const places = new Int32Array(entities).fill(-1);
    places.set(this.#places);
    this.#places = places;
    this.#times = grown(this.#times, entities + SIBLINGS).fill(NEVER, this.#size);
    this.#orders = grown(this.#orders, entities);
    const ids = new Int32Array(entities);
    ids.set(this.#entities);
    this.#entities = ids;
  }

  /** Time of the next event; Infinity when there is none. */
  get next(): number {
    return this.#times[0]!;
  }

  /** Entity of the next event. There must be one. */
  get first(): number {
    return this.#entities[0]!;
  }

  /** Begins to handle the next event and returns its entity. Call `finish` when it has been handled. */
  begin(): number {
    this.#firing = this.#entities[0]!;
    return this.#firing;
  }

  /** Ends the handling of the event: its timer is removed unless it was set again. */
  finish(): void {
    if (this.#firing < 0) return;
    this.#places[this.#firing] = -1;
    this.#firing = -1;
    const last = --this.#size;
    this.#due[0] = this.#times[last]!;
    this.#times[last] = NEVER;
    if (last > 0) this.#sink(0, this.#entities[last]!);
  }

  /** Sets an entity's timer, whether or not it had one. `time` must not be before the event being handled. */
  set(entity: number, time: number): void {
    this.#due[0] = time;
    this.#put(entity);
  }

  #put(entity: number): void {
    this.#orders[entity] = this.#sequence++;
    const place = this.#places[entity]!;
    if (place < 0) {
      this.#rise(this.#size++, entity);
      return;
    }
    if (entity === this.#firing) this.#firing = -1;
    // A timer that is set again gets a later sequence number: even at an equal time it moves back.
    if (this.#due[0]! < this.#times[place]!) this.#rise(place, entity);
    else this.#sink(place, entity);
  }

  /** Sets the timer of an entity that has none. */
  start(entity: number, time: number): void {
    this.#orders[entity] = this.#sequence++;
    this.#due[0] = time;
    this.#rise(this.#size++, entity);
  }

  /** Sets the timer of the next event's entity again, without `begin` and `finish`. */
  restart(time: number): void {
    const entity = this.#entities[0]!;
    this.#orders[entity] = this.#sequence++;
    this.#due[0] = time;
    this.#sink(0, entity);
  }

  /** Sequence number of an entity's timer. */
  orderOf(entity: number): number {
    return this.#orders[entity]!;
  }

  /** A sequence number for a timer that a loop keeps outside of the heap for a while. */
  draw(): number {
    return this.#sequence++;
  }

  /** Puts such a timer into the heap, at its place among equal times. The entity must have no timer. */
  adopt(entity: number, time: number, order: number): void {
    this.#orders[entity] = order;
    this.#due[0] = time;
    this.#rise(this.#size++, entity);
  }

  /** Removes an entity's timer, if it has one. */
  clear(entity: number): void {
    const place = this.#places[entity]!;
    if (place < 0 || entity === this.#firing) return;
    this.#places[entity] = -1;
    const last = --this.#size;
    this.#due[0] = this.#times[last]!;
    this.#times[last] = NEVER;
    if (place === last) return;
    const moved = this.#entities[last]!;
    if (place > 0 && this.#before(moved, (place - 1) >> 2)) this.#rise(place, moved);
    else this.#sink(place, moved);
  }

  /** The time an entity's timer is set to; Infinity when it is not. */
  timeOf(entity: number): number {
    const place = this.#places[entity]!;
    return place < 0 || entity === this.#firing ? NEVER : this.#times[place]!;
  }

  /** Whether the entry that is being placed comes before the entry at `place`. */
  #before(entity: number, place: number): boolean {
    const time = this.#due[0]!;
    const other = this.#times[place]!;
    return time < other || (time === other && this.#orders[entity]! < this.#orders[this.#entities[place]!]!);
  }

  #rise(from: number, entity: number): void {
    const time = this.#due[0]!;
    const times = this.#times;
    const entities = this.#entities;
    const places = this.#places;
    let place = from;
    while (place > 0) {
      const parent = (place - 1) >> 2;
      if (!this.#before(entity, parent)) break;
      const above = entities[parent]!;
      times[place] = times[parent]!;
      entities[place] = above;
      places[above] = place;
      place = parent;
    }
    times[place] = time;
    entities[place] = entity;
    places[entity] = place;
  }

  /**
   * Moves an entry down from a place. The smallest of four children is found without branches on times, which a processor cannot
   * predict: comparisons are used as numbers. Places beyond the size hold Infinity, so there are always four children. Equal
   * times take a slower path.
   */
  #sink(from: number, entity: number): void {
    const time = this.#due[0]!;
    const times = this.#times;
    const entities = this.#entities;
    const places = this.#places;
    const size = this.#size;
    let place = from;
    for (;;) {
      const child = 4 * place + 1;
      if (child >= size) break;
      const t0 = times[child]!;
      const t1 = times[child + 1]!;
      const t2 = times[child + 2]!;
      const t3 = times[child + 3]!;
      const left = child + Number(t1 < t0);
      const right = child + 2 + Number(t3 < t2);
      let least = left + ((right - left) & -Number(times[right]! < times[left]!));
      const leastTime = times[least]!;
      if (time < leastTime) break;
      const ties = Number(t0 === leastTime) + Number(t1 === leastTime) + Number(t2 === leastTime) + Number(t3 === leastTime);
      if (ties > 1) least = this.#firstOf(child, least);
      if (time === leastTime && this.#orders[entity]! < this.#orders[entities[least]!]!) break;
      const below = entities[least]!;
      times[place] = leastTime;
      entities[place] = below;
      places[below] = place;
      place = least;
    }
    times[place] = time;
    entities[place] = entity;
    places[entity] = place;
  }

  /** Among the up to four siblings from `child` on that have the same time as `least`: the one whose timer was set first. */
  #firstOf(child: number, least: number): number {
    const time = this.#times[least]!;
    const end = Math.min(child + 4, this.#size);
    let first = -1;
    let order = Number.POSITIVE_INFINITY;
    for (let place = child; place < end; place++) {
      const other = this.#orders[this.#entities[place]!]!;
      if (this.#times[place] === time && other < order) {
        first = place;
        order = other;
      }
    }
    return first;
  }

  snapshot(): TimersSnapshot {
    const entries: [number, number, number][] = [];
    for (let place = 0; place < this.#size; place++) {
      const entity = this.#entities[place]!;
      entries.push([entity, this.#times[place]!, this.#orders[entity]!]);
    }
    entries.sort(([, time, order], [, otherTime, otherOrder]) => time - otherTime || order - otherOrder);
    return { sequence: this.#sequence, entries };
  }

  /** Restores what `snapshot` returned. There must be room for the entities. */
  restore({ sequence, entries }: TimersSnapshot): void {
    this.#places.fill(-1);
    this.#times.fill(NEVER);
    this.#size = 0;
    this.#firing = -1;
    for (const [entity, time, order] of entries) {
      this.adopt(entity, time, order);
    }
    this.#sequence = sequence;
  }
}

function grown(values: Float64Array, length: number): Float64Array {
  const larger = new Float64Array(length);
  larger.set(values);
  return larger;
}
