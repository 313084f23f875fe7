// A simulation of a dialer that shares nothing with src/dialing: its own event list, its own random numbers, one plain loop over agents of one kind
// and an endless list, dialed at a fixed ratio of lines to idle agents on the reference workload of docs/pacing.md. Times are seconds.

/** What happens first at one instant: what ends a call, or the decision how many to place; `either`: even chances. */
export type AtEqualInstants = "ends first" | "decision first" | "either";

export interface ReferenceDialer {
  readonly agents: number;
  /** Lines for each idle agent. */
  readonly ratio: number;
  /** Calls under way at once, those with agents included. */
  readonly trunks: number;
  /** Live answers measured, after a warm-up of a fiftieth of them. */
  readonly liveAnswers: number;
  readonly seed: number;
  readonly ties: AtEqualInstants;
  /** Ring times of people above this are drawn again; Infinity draws from the whole law. */
  readonly longestRing: number;
}

export interface ReferenceFigures {
  /** Abandoned over live answers, and its standard error from batches. */
  readonly abandonment: number;
  readonly standardError: number;
  readonly occupancy: number;
}

const [LIVE, MACHINE, BUSY, INVALID] = [0.2, 0.28, 0.05, 0.02];
const [MACHINE_KNOWN, BUSY_KNOWN, INVALID_KNOWN, GIVEN_UP] = [23.5, 4, 2, 25];
const [INTERVAL, PATIENCE] = [0.5, 2];
const BATCHES = 50;

const Kind = { failed: 0, answered: 1, gaveUp: 2, talked: 3, free: 4, decision: 5 } as const;

export function simulateReference(options: ReferenceDialer): ReferenceFigures {
  const { agents, ratio, trunks, liveAnswers, ties, longestRing } = options;
  const uniform = uniforms(options.seed);
  const [ring, talk, wrap] = [lognormal(uniform, 9, 0.55), lognormal(uniform, 150, 1.2), lognormal(uniform, 20, 0.5)];
  const events = new EventList();
  const waiting: number[] = [];
  let [now, idle, inAir, talking, callers] = [0, agents, 0, 0, 0];
  let [answers, busy, busySince, busyArea, measuredFrom] = [0, 0, 0, 0, 0];
  const batches: { answers: number; abandoned: number }[] = [];
  let batch = { answers: 0, abandoned: 0 };
  const perBatch = Math.ceil(liveAnswers / BATCHES);

  const tieOf = (kind: number): number => {
    if (ties === "either") return uniform();
    return (kind === Kind.decision) === (ties === "decision first") ? 0 : 1;
  };
  const schedule = (after: number, kind: number, caller = 0) => events.push(now + after, tieOf(kind), kind, caller);
  const changeBusy = (by: number) => {
    busyArea += busy * (now - busySince);
    busySince = now;
    busy += by;
  };
  const serve = () => {
    idle -= 1;
    talking += 1;
    changeBusy(1);
    schedule(talk(), Kind.talked);
  };
  const place = () => {
    inAir += 1;
    const u = uniform();
    if (u < LIVE) {
      let seconds = ring();
      while (seconds > longestRing) seconds = ring();
      schedule(seconds, Kind.answered);
    } else if (u < LIVE + MACHINE) schedule(MACHINE_KNOWN, Kind.failed);
    else if (u < LIVE + MACHINE + BUSY) schedule(BUSY_KNOWN, Kind.failed);
    else schedule(u < LIVE + MACHINE + BUSY + INVALID ? INVALID_KNOWN : GIVEN_UP, Kind.failed);
  };
  const count = () => {
    answers += 1;
    if (answers <= perBatch) {
      // One batch is the warm-up.
      changeBusy(0);
      [busyArea, measuredFrom] = [0, now];
      batch.abandoned = 0;
      return;
    }
    batch.answers += 1;
    if (batch.answers < perBatch) return;
    batches.push(batch);
    batch = { answers: 0, abandoned: 0 };
  };

  schedule(0, Kind.decision);
  while (batches.length < BATCHES) {
    const { time, kind, caller } = events.pop();
    now = time;
    if (kind === Kind.failed) inAir -= 1;
    else if (kind === Kind.answered) {
      count();
      if (idle > 0) {
        inAir -= 1;
        serve();
      } else {
        callers += 1;
        waiting.push(callers);
        schedule(PATIENCE, Kind.gaveUp, callers);
      }
    } else if (kind === Kind.gaveUp) {
      const place = waiting.indexOf(caller);
      if (place < 0) continue;
      waiting.splice(place, 1);
      inAir -= 1;
      batch.abandoned += 1;
    } else if (kind === Kind.talked) {
      talking -= 1;
      schedule(wrap(), Kind.free);
    } else if (kind === Kind.free) {
      idle += 1;
      changeBusy(-1);
      if (waiting.length > 0) {
        waiting.shift();
        inAir -= 1;
        serve();
      }
    } else {
      schedule(INTERVAL, Kind.decision);
      const room = Math.min(Math.round(ratio * idle) - inAir, trunks - inAir - talking);
      for (let i = 0; i < room; i++) place();
    }
  }
  changeBusy(0);
  const abandoned = batches.reduce((sum, one) => sum + one.abandoned, 0);
  const abandonment = abandoned / (BATCHES * perBatch);
  const scatter = batches.reduce((sum, one) => sum + (one.abandoned / perBatch - abandonment) ** 2, 0);
  return {
    abandonment,
    standardError: Math.sqrt(scatter / (BATCHES - 1) / BATCHES),
    occupancy: busyArea / (agents * (now - measuredFrom)),
  };
}

/** sfc32 of Chris Doty-Humphrey's PractRand: uniform numbers in (0, 1). */
function uniforms(seed: number): () => number {
  let [a, b, c, counter] = [0, seed | 0, 0x9e3779b9 | 0, 1];
  const next = () => {
    const sum = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + sum) | 0;
    return ((sum >>> 0) + 0.5) / 4294967296;
  };
  for (let i = 0; i < 20; i++) next();
  return next;
}

/** By Box and Muller, both of a pair used. */
function lognormal(uniform: () => number, mean: number, cv: number): () => number {
  const variance = Math.log(1 + cv * cv);
  const [location, scale] = [Math.log(mean) - variance / 2, Math.sqrt(variance)];
  let spare = Number.NaN;
  return () => {
    let normal = spare;
    if (Number.isNaN(normal)) {
      const [radius, angle] = [Math.sqrt(-2 * Math.log(uniform())), 2 * Math.PI * uniform()];
      normal = radius * Math.cos(angle);
      spare = radius * Math.sin(angle);
    } else spare = Number.NaN;
    return Math.exp(location + scale * normal);
  };
}

interface Event {
  readonly time: number;
  readonly tie: number;
  readonly number: number;
  readonly kind: number;
  readonly caller: number;
}

/** A binary heap ordered by time, tie and number. */
class EventList {
  readonly #heap: Event[] = [];
  #number = 0;

  push(time: number, tie: number, kind: number, caller: number): void {
    this.#number += 1;
    const heap = this.#heap;
    const event: Event = { time, tie, number: this.#number, kind, caller };
    let at = heap.push(event) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!before(event, heap[parent] as Event)) break;
      heap[at] = heap[parent] as Event;
      at = parent;
    }
    heap[at] = event;
  }

  pop(): Event {
    const heap = this.#heap;
    const first = heap[0] as Event;
    const last = heap.pop() as Event;
    if (heap.length === 0) return first;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && before(heap[child + 1] as Event, heap[child] as Event)) child += 1;
      if (!before(heap[child] as Event, last)) break;
      heap[at] = heap[child] as Event;
      at = child;
    }
    heap[at] = last;
    return first;
  }
}

function before(a: Event, b: Event): boolean {
  if (a.time !== b.time) return a.time < b.time;
  return a.tie !== b.tie ? a.tie < b.tie : a.number < b.number;
}
