// The leads of a finite list, with retries, time zones and calling windows.

import { type CallingWindow, insideWindows, type LeadSource } from "./leads.ts";
import { CallEnd } from "./model.ts";
import { Timers, type TimersSnapshot } from "./timers.ts";

interface LeadListOptions {
  readonly count: number;
  /** Seconds ahead of the campaign's clock, by zone. */
  readonly zones: readonly { readonly offset: number; readonly weight: number }[];
  readonly windows: readonly CallingWindow[];
  readonly startOfDay: number;
  readonly maxAttempts: number;
  /** By `CallEnd`: seconds until the lead may be called again; Infinity when the lead is finished. */
  readonly retryAfter: readonly number[];
}

interface ListState {
  readonly attempts: readonly number[];
  readonly cursors: readonly number[];
  readonly queues: readonly (readonly number[])[];
  readonly due: readonly number[];
  readonly later: TimersSnapshot;
  readonly finished: number;
  readonly tried: number;
}

const NONE = -1;

/**
 * A finite list. Due retries come before fresh leads, the longest due first; fresh leads come in the order of the list. Only
 * leads inside their calling window are given out. Leads are assigned to zones by their place in the list, in proportion to the
 * weights.
 */
export class LeadList implements LeadSource {
  readonly #options: LeadListOptions;
  readonly #zoneOf: Uint8Array;
  readonly #attempts: Uint8Array;
  /** When the retry of each lead is due. */
  readonly #due: Float64Array;
  readonly #later: Timers;
  /** By zone: fresh leads in the order of the list, and how many of them were taken. */
  readonly #fresh: readonly Int32Array[];
  readonly #cursors: Int32Array;
  /** By zone: due retries, first in first out, linked through `#next`. */
  readonly #heads: Int32Array;
  readonly #tails: Int32Array;
  readonly #queued: Int32Array;
  readonly #next: Int32Array;
  #finished = 0;
  #tried = 0;

  constructor(options: LeadListOptions) {
    const { count, zones } = options;
    this.#options = options;
    this.#zoneOf = zonesByPlace(count, zones);
    this.#attempts = new Uint8Array(count);
    this.#due = new Float64Array(count);
    this.#later = new Timers(count);
    this.#fresh = zones.map((_, zone) => Int32Array.from(placesOf(this.#zoneOf, zone)));
    this.#cursors = new Int32Array(zones.length);
    this.#heads = new Int32Array(zones.length).fill(NONE);
    this.#tails = new Int32Array(zones.length).fill(NONE);
    this.#queued = new Int32Array(zones.length);
    this.#next = new Int32Array(count);
  }

  take(now: number): number {
    this.#collect(now);
    let lead = NONE;
    for (let zone = 0; zone < this.#heads.length; zone++) {
      const head = this.#heads[zone]!;
      if (head !== NONE && (lead === NONE || this.#due[head]! < this.#due[lead]!) && this.#open(zone, now)) lead = head;
    }
    if (lead !== NONE) {
      const zone = this.#zoneOf[lead]!;
      this.#heads[zone] = this.#next[lead]!;
      if (this.#heads[zone] === NONE) this.#tails[zone] = NONE;
      this.#queued[zone]! -= 1;
      return lead;
    }
    for (let zone = 0; zone < this.#fresh.length; zone++) {
      const fresh = this.#fresh[zone]!;
      const cursor = this.#cursors[zone]!;
      if (cursor >= fresh.length) continue;
      const first = fresh[cursor]!;
      if ((lead === NONE || first < lead) && this.#open(zone, now)) lead = first;
    }
    if (lead === NONE) return NONE;
    this.#cursors[this.#zoneOf[lead]!]! += 1;
    this.#tried += 1;
    return lead;
  }

  attempt(lead: number): number {
    return this.#attempts[lead]! + 1;
  }

  offset(lead: number): number {
    return this.#options.zones[this.#zoneOf[lead]!]!.offset;
  }

  finish(lead: number, end: CallEnd, now: number): void {
    const attempts = this.#attempts[lead]! + 1;
    this.#attempts[lead] = attempts;
    const after = this.#options.retryAfter[end]!;
    if (attempts >= this.#options.maxAttempts || after === Number.POSITIVE_INFINITY) {
      this.#finished += 1;
      return;
    }
    this.#due[lead] = now + after;
    this.#later.set(lead, now + after);
  }

  ready(now: number): number {
    this.#collect(now);
    let ready = 0;
    for (let zone = 0; zone < this.#fresh.length; zone++) {
      if (this.#open(zone, now)) ready += this.#queued[zone]! + this.#fresh[zone]!.length - this.#cursors[zone]!;
    }
    return ready;
  }

  left(): number {
    return this.#options.count - this.#finished;
  }

  tried(): number {
    return this.#tried;
  }

  size(): number {
    return this.#options.count;
  }

  /** Moves retries that have become due into their zones' queues. */
  #collect(now: number): void {
    while (this.#later.next <= now) {
      this.#queue(this.#later.begin());
      this.#later.finish();
    }
  }

  #queue(lead: number): void {
    const zone = this.#zoneOf[lead]!;
    const tail = this.#tails[zone]!;
    this.#next[lead] = NONE;
    if (tail === NONE) this.#heads[zone] = lead;
    else this.#next[tail] = lead;
    this.#tails[zone] = lead;
    this.#queued[zone]! += 1;
  }

  #open(zone: number, now: number): boolean {
    const { windows, startOfDay, zones } = this.#options;
    return insideWindows(windows, startOfDay + now, zones[zone]!.offset);
  }

  snapshot(): ListState {
    const queues = Array.from(this.#heads, (head) => {
      const leads: number[] = [];
      for (let lead = head; lead !== NONE; lead = this.#next[lead]!) leads.push(lead);
      return leads;
    });
    return {
      attempts: [...this.#attempts],
      cursors: [...this.#cursors],
      queues,
      due: [...this.#due],
      later: this.#later.snapshot(),
      finished: this.#finished,
      tried: this.#tried,
    };
  }

  restore(state: ListState): void {
    this.#attempts.set(state.attempts);
    this.#cursors.set(state.cursors);
    this.#due.set(state.due);
    this.#later.restore(state.later);
    this.#heads.fill(NONE);
    this.#tails.fill(NONE);
    this.#queued.fill(0);
    for (const lead of state.queues.flat()) this.#queue(lead);
    this.#finished = state.finished;
    this.#tried = state.tried;
  }
}

/** Retry delays by `CallEnd`, s, from a table that names only some ends; the others finish a lead. */
export function retryDelays(table: Readonly<Partial<Record<keyof typeof CallEnd, number>>>): number[] {
  const delays: number[] = [];
  for (const [name, end] of Object.entries(CallEnd) as [keyof typeof CallEnd, CallEnd][]) {
    delays[end] = table[name] ?? Number.POSITIVE_INFINITY;
  }
  return delays;
}

/** The zone of each place in the list: every part of the list has the zones in proportion to their weights. */
function zonesByPlace(count: number, zones: LeadListOptions["zones"]): Uint8Array {
  const zoneOf = new Uint8Array(count);
  const total = zones.reduce((sum, { weight }) => sum + weight, 0);
  const given = zones.map(() => 0);
  for (let place = 0; place < count; place++) {
    let best = 0;
    let most = Number.NEGATIVE_INFINITY;
    zones.forEach(({ weight }, zone) => {
      const lack = ((place + 1) * weight) / total - given[zone]!;
      if (lack > most) [best, most] = [zone, lack];
    });
    given[best]! += 1;
    zoneOf[place] = best;
  }
  return zoneOf;
}

function placesOf(zoneOf: Uint8Array, zone: number): number[] {
  const places: number[] = [];
  for (let place = 0; place < zoneOf.length; place++) if (zoneOf[place] === zone) places.push(place);
  return places;
}
