// Leads: which one to call next. An endless list, and the windows in which leads of a list may be called.

import { CallEnd, DAY } from "./model.ts";

/** Where the dialer gets its leads from. Leads are whole numbers from 0; times are seconds since the start. */
export interface LeadSource {
  /** Takes the next lead that may be called at `now` out of the list until `finish`; -1 when there is none. */
  take(now: number): number;
  /** The number, from 1, of the coming attempt at a lead that was taken. */
  attempt(lead: number): number;
  /** Seconds by which a lead's local time is ahead of the campaign's. */
  offset(lead: number): number;
  /** An attempt at a lead has ended. */
  finish(lead: number, end: CallEnd, now: number): void;
  /** Number of leads that may be called at `now`; may be Infinity. */
  ready(now: number): number;
  /** Number of leads not finished, including those under way; may be Infinity. */
  left(): number;
  /** Number of leads tried at least once, and of leads in the list. Their ratio is the list's penetration. */
  tried(): number;
  size(): number;
  snapshot(): object;
  restore(state: object): void;
}

/** A calling window in seconds of the lead's local day; `to` is the first second outside. */
export interface CallingWindow {
  readonly from: number;
  readonly to: number;
}

/** True when a lead whose clock is `offset` seconds ahead may be called at second `campaignSecond` of the campaign's day. */
export function insideWindows(windows: readonly CallingWindow[], campaignSecond: number, offset: number): boolean {
  if (windows.length === 0) return true;
  const local = (((campaignSecond + offset) % DAY) + DAY) % DAY;
  for (const { from, to } of windows) {
    // A window that does not end after its beginning goes over midnight.
    if (from < to ? local >= from && local < to : local >= from || local < to) return true;
  }
  return false;
}

/** An endless list without retries: each lead is called once. */
export class EndlessLeads implements LeadSource {
  #taken = 0;
  readonly #windows: readonly CallingWindow[];
  readonly #startOfDay: number;

  constructor(windows: readonly CallingWindow[], startOfDay: number) {
    this.#windows = windows;
    this.#startOfDay = startOfDay;
  }

  take(now: number): number {
    return insideWindows(this.#windows, this.#startOfDay + now, 0) ? this.#taken++ : -1;
  }

  attempt(): number {
    return 1;
  }

  offset(): number {
    return 0;
  }

  finish(): void {}

  ready(now: number): number {
    return insideWindows(this.#windows, this.#startOfDay + now, 0) ? Number.POSITIVE_INFINITY : 0;
  }

  left(): number {
    return Number.POSITIVE_INFINITY;
  }

  tried(): number {
    return this.#taken;
  }

  size(): number {
    return Number.POSITIVE_INFINITY;
  }

  snapshot(): object {
    return { taken: this.#taken };
  }

  restore(state: { taken: number }): void {
    this.#taken = state.taken;
  }
}
