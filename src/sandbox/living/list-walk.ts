// A contact list as the dialer's source of leads: walked through in order, and begun again as often per day as the campaign
// allows.
//
// A lead is a place in the list. Nothing is stored per contact, so a list of a million costs as much as one of ten.

import { z } from "zod";
import type { LeadSource } from "../../dialing/index.ts";
import type { ContactStore } from "../world/contacts.ts";

const DAY = 86_400;
/** Most contacts looked at for one call; bounds the work on a list without consent. */
const LOOKS = 1000;
/** Seconds until the next attempt when no contact was found. */
const REST = 10;

const walkState = z.object({ place: z.number(), pass: z.number(), began: z.number(), restsUntil: z.number() });
type WalkState = z.output<typeof walkState>;

/** What the campaign calls; read again for each lead. */
export interface CalledList {
  readonly contacts: ContactStore;
  /** How often the list may be walked through within 24 hours; default no limit. */
  readonly passesPerDay: number | undefined;
  /** Whether a number may be dialed; default yes. */
  readonly mayDial?: ((phone: string) => boolean) | undefined;
}

export class ListWalk implements LeadSource {
  readonly #list: () => CalledList | undefined;
  /**
   * Next place, number of the pass through the list, when it began, and until when no lead is looked for. Times in seconds of the
   * dialer.
   */
  #state: WalkState = { place: 0, pass: 1, began: 0, restsUntil: 0 };
  #taken = 0;

  constructor(list: () => CalledList | undefined) {
    this.#list = list;
  }

  take(now: number): number {
    if (now < this.#state.restsUntil) return -1;
    const place = this.#find(now);
    if (place < 0) this.#state.restsUntil = now + REST;
    return place;
  }

  #find(now: number): number {
    const list = this.#list();
    if (list === undefined) return -1;
    const { contacts, passesPerDay, mayDial } = list;
    const state = this.#state;
    for (let look = 0; look < Math.min(LOOKS, contacts.size); look++) {
      if (state.place >= contacts.size) {
        if (passesPerDay !== undefined && now - state.began < DAY / passesPerDay) return -1;
        state.place = 0;
        state.pass += 1;
        state.began = now;
      }
      const place = state.place++;
      if (!contacts.mayCall(place)) continue;
      if (mayDial !== undefined && !mayDial(contacts.at(place)?.phoneNumber ?? "")) continue;
      this.#taken += 1;
      return place;
    }
    return -1;
  }

  /** Ends the rest: the list or its rules have changed, or a call was requested. */
  wake(): void {
    this.#state.restsUntil = 0;
  }

  attempt(): number {
    return this.#state.pass;
  }

  /** The sandbox does not enforce calling hours, so every lead has the campaign's time. */
  offset(): number {
    return 0;
  }

  finish(): void {}

  ready(): number {
    return this.left();
  }

  left(): number {
    return this.#list()?.contacts.size ?? 0;
  }

  tried(): number {
    return this.#taken;
  }

  size(): number {
    return this.left();
  }

  snapshot(): object {
    return { ...this.#state };
  }

  restore(state: object): void {
    this.#state = walkState.parse(state);
  }
}
