// When the zones of a contact list may be called: the rules about the clock, for all people under the same rules. Pure.

import { type Call, type CallType, type CompiledPack, decide, type RulePack } from "../../../compliance/index.ts";
import type { Instant } from "../../../kernel/index.ts";
import { type PhoneKey } from "../../../store/index.ts";
import { askedAs } from "../../compliance/index.ts";
import type { CallingRun } from "../workload/figures.ts";

const STEP_MS = 5 * 60_000;
/** Windows are searched this far ahead: enough for a weekend with a holiday at its end. */
const HORIZON_STEPS = (4 * 24 * 60) / 5;
/** Calling time is computed for a day ahead, in steps of this length. */
const RUN_STEP_MS = 15 * 60_000;
const RUN_STEPS = (24 * 60) / 15;
/** The kinds of rules that are about the clock only. */
const CLOCK: ReadonlySet<string> = new Set(["calling-hours", "closed-days", "emergency-ban"]);

/** The window of a zone. */
export interface ZoneWindow {
  /** IANA name; several when a number may be in any of them, `unknown` when it is in none. */
  readonly zone: string;
  /** Contacts there, as far as the list was read. */
  readonly contacts: number;
  /** How many of these are in states and countries whose hours are open now. */
  readonly open: number;
  /** When the first of the open ones closes, and the last; null when none is open, or one does not close within four days. */
  readonly closes: Instant | null;
  readonly until: Instant | null;
  /** When the first of the closed ones opens, and the last; null when none is closed, or one does not open within four days. */
  readonly opens: Instant | null;
  readonly opened: Instant | null;
  /** When the last of the closed ones closed; null when none is closed, or they have been for four days. */
  readonly closed: Instant | null;
}

/** A look foretells what follows the next turn of a window (it opens or closes) for so long; after that it is not known, ms. */
const PAST_TURN_MS = 3_600_000;

/** Whether anybody on a list could be called by the clock. */
export type Hours = "open" | "closed" | "unknown";

/**
 * Whether anybody on a list could be called by the clock at an instant about or after a look at its windows. Unknown: there is no
 * look, or the instant is more than an hour after what it foretells.
 */
export function hoursAt(windows: readonly ZoneWindow[], at: Instant): Hours {
  const zones = windows.map((zone) => zoneAt(zone, at));
  if (zones.includes("open")) return "open";
  return zones.length === 0 || zones.includes("unknown") ? "unknown" : "closed";
}

function zoneAt({ open, until, opens, closed }: ZoneWindow, at: Instant): Hours {
  const after = (turn: Instant, then: Hours): Hours => (at - turn <= PAST_TURN_MS ? then : "unknown");
  if (open === 0 && closed !== null && at < closed) return "open";
  if (open > 0 && (until === null || at < until)) return "open";
  // Another part of the zone, or all of it, has opened since.
  if (opens !== null && at >= opens) return after(opens, "open");
  return open === 0 || until === null ? "closed" : after(until, "closed");
}

/**
 * How many contacts the clock forbids to call at an instant, at least, without those that it allows at no hour; null: none for
 * certain, and of some zone it is not known.
 */
export function contactsClosed(windows: readonly ZoneWindow[], at: Instant): number | null {
  const isPast = (turn: Instant) => at - turn > PAST_TURN_MS;
  let sum = 0;
  let isKnown = windows.length > 0;
  for (const { contacts, open, closes, until, opens, opened, closed } of windows) {
    const first = closes ?? until;
    if (open > 0 && first !== null && at >= first) {
      if (isPast(until ?? first)) isKnown = false;
      // Of those that close one after the other it is known that one has.
      else sum += first === until ? open : 1;
    }
    const isNever = open === 0 && opens === null && closed === null;
    if (open === contacts || isNever || (closed !== null && at < closed)) continue;
    if (opens === null || at < opens) sum += contacts - open;
    // A part of them has opened: the others may not have.
    else if (opened === null || at < opened || isPast(opens)) isKnown = false;
  }
  return sum > 0 || isKnown ? sum : null;
}

/** Counts where the contacts of a list are; memory grows with the places, not with the contacts. */
export class ZoneCensus {
  readonly #pack: CompiledPack;
  readonly #callType: CallType;
  readonly #places = new Map<string, { zone: string; number: string; postal: string | undefined; contacts: number }>();

  /** @param compile makes a pack ready to decide with */
  constructor(pack: RulePack, compile: (pack: RulePack) => CompiledPack, callType: CallType) {
    this.#pack = compile({ ...pack, rules: pack.rules.filter(({ kind }) => CLOCK.has(kind)) });
    this.#callType = callType;
  }

  add(key: PhoneKey, postal: string | undefined): void {
    const number = askedAs(key);
    const { zoneNames, jurisdictions } = this.#pack.place(number, postal);
    const zone = zoneNames.join(" or ") || "unknown";
    const name = `${zone} ${jurisdictions.join(" ")}`;
    const place = this.#places.get(name);
    if (place === undefined) this.#places.set(name, { zone, number, postal, contacts: 1 });
    else place.contacts += 1;
  }

  /** Country codes of the places, for example US. */
  get countries(): ReadonlySet<string> {
    const countries = new Set<string>();
    for (const { number, postal } of this.#places.values())
      for (const id of this.#pack.place(number, postal).jurisdictions) if (/^[A-Z]{2}$/.test(id)) countries.add(id);
    return countries;
  }

  /**
   * Whether the clock allows a call at an instant, and when that changes next. The search is short, because a service has other
   * things to do.
   */
  #state(call: Call, at: Instant): { readonly open: boolean; readonly change: Instant | undefined } {
    const allows = (when: Instant) => decide(call, {}, this.#pack, when).decision === "allow";
    const open = allows(at);
    const first = Math.floor(at / STEP_MS) * STEP_MS;
    for (let step = 1; step < HORIZON_STEPS; step++)
      if (allows(first + step * STEP_MS) !== open) return { open, change: first + step * STEP_MS };
    return { open, change: undefined };
  }

  /** Since when the clock has forbidden a call; undefined when it has for four days. */
  #closedSince(call: Call, at: Instant): Instant | undefined {
    const first = Math.floor(at / STEP_MS) * STEP_MS;
    for (let step = 0; step < HORIZON_STEPS; step++)
      if (decide(call, {}, this.#pack, first - step * STEP_MS).decision === "allow") return first - (step - 1) * STEP_MS;
    return undefined;
  }

  /** When somebody on the list may be called by the clock, in the day after an instant, to a quarter of an hour. */
  calling(at: Instant): CallingRun[] {
    const calls: Call[] = [...this.#places.values()].map(({ number, postal }) => ({ number, postal, callType: this.#callType }));
    const runs: { from: Instant; to: Instant }[] = [];
    let last = 0;
    for (let step = 0; step < RUN_STEPS; step++) {
      const from = step === 0 ? at : Math.floor(at / RUN_STEP_MS) * RUN_STEP_MS + step * RUN_STEP_MS;
      // The place that was open in the last step usually still is.
      const open = calls.findIndex((_, i) => {
        const call = calls[(i + last) % calls.length];
        return call !== undefined && decide(call, {}, this.#pack, from).decision === "allow";
      });
      if (open < 0) continue;
      last = (open + last) % calls.length;
      const to = Math.floor(at / RUN_STEP_MS) * RUN_STEP_MS + (step + 1) * RUN_STEP_MS;
      const run = runs.at(-1);
      if (run?.to === from) run.to = to;
      else runs.push({ from, to });
    }
    return runs;
  }

  /** The windows at an instant, the zone with most contacts first. */
  windows(at: Instant): ZoneWindow[] {
    const zones = new Map<
      string,
      { contacts: number; open: number; until: Instant[]; opens: Instant[]; closed: Instant[]; endless: boolean; never: boolean }
    >();
    for (const { zone, number, postal, contacts } of this.#places.values()) {
      const found = zones.get(zone) ?? { contacts: 0, open: 0, until: [], opens: [], closed: [], endless: false, never: false };
      zones.set(zone, found);
      found.contacts += contacts;
      const call = { number, postal, callType: this.#callType };
      const { open, change } = this.#state(call, at);
      if (open) {
        found.open += contacts;
        if (change === undefined) found.endless = true;
        else found.until.push(change);
      } else {
        if (change === undefined) found.never = true;
        else found.opens.push(change);
        const closed = this.#closedSince(call, at);
        if (closed !== undefined) found.closed.push(closed);
      }
    }
    return [...zones]
      .map(([zone, { contacts, open, until, opens, closed, endless, never }]) => ({
        zone,
        contacts,
        open,
        closes: until.length === 0 ? null : Math.min(...until),
        until: endless || until.length === 0 ? null : Math.max(...until),
        opens: opens.length === 0 ? null : Math.min(...opens),
        opened: never || opens.length === 0 ? null : Math.max(...opens),
        closed: closed.length === 0 ? null : Math.max(...closed),
      }))
      .sort((a, b) => b.contacts - a.contacts || (a.zone < b.zone ? -1 : 1));
  }
}
