// One campaign's dialer on the sandbox's clock, and the records that its calls leave in the tenant.
//
//   dialer   placed ──► connected ──► ended (talked) ──► wrapped
//   record   dialing    connected     wrap_up            completed
//                 └───► ended (lost): abandoned; ended otherwise: completed, or failed for a dead number
//
// The dialer counts seconds from `epoch`; the clock counts whole milliseconds. An event is handled at the first whole millisecond that is not before
// it and is filed under the one it falls into, so that in what steps the clock goes changes nothing.

import { z } from "zod";
import {
  type CallTransition,
  compileCalls,
  createDialer,
  type Dialer,
  type DialerSnapshot,
  type LeadSource,
  parseScenario,
} from "../../dialing/index.ts";
import { DAY_MS, type DeepReadonly, type Instant, MINUTE_MS } from "../../kernel/index.ts";
import type { CallEngineEvent, CampaignFigures, CampaignStaff, DialedWorld, ListBehaviour } from "../call-engine.ts";
import type { CallRecord } from "../world/calls.ts";
import type { ContactStore } from "../world/contacts.ts";
import { seedWord } from "../world/derive.ts";
import { codeOfTalk, courseOf } from "./course.ts";
import { LONG, pacingOf } from "./pacing.ts";

/** Tolerance for sums of seconds, as a part of a millisecond. */
const TICK = 1e-6;
/** Seconds for reconnecting an agent's dropped line; the caller waits meanwhile. */
const RECONNECT = 1;
/** Agents of campaigns that began later have numbers from 1001, 2001, … */
const NUMBERS = 1000;

// A line's state as a snapshot holds it.

/** How a list behaves, where it was set. */
export const behaviour = z.object({
  answerRate: z.number().exactOptional(),
  abandonRate: z.number().exactOptional(),
  mix: z.record(z.string(), z.number()).exactOptional(),
  talk: z.number().exactOptional(),
  wrap: z.number().exactOptional(),
});
const lineSettings = z.object({
  dialing: z.boolean(),
  startsAt: z.number(),
  linesPerAgent: z.number(),
  abandonmentTarget: z.number(),
  agents: z.number(),
  lines: z.number(),
  callsPerSecond: z.number(),
  spacing: z.number(),
  warmLineTimeout: z.number(),
});
/** The settings in force for a campaign. */
export type LineSettings = Readonly<z.output<typeof lineSettings>>;

/** One line. The dialer does not check its own state: a snapshot is always returned unchanged. */
export const lineState = z.object({
  id: z.string(),
  order: z.number(),
  epoch: z.number(),
  starts: z.number(),
  inFlight: z.number(),
  hungUp: z.array(z.number()).default([]),
  settings: lineSettings,
  behaviour,
  samples: z.array(z.tuple([z.number(), z.enum(["placed", "answered", "abandoned", "unanswered"])])),
  dialer: z.custom<DialerSnapshot>((value) => typeof value === "object" && value !== null && "flow" in value),
});
type LineState = DeepReadonly<Omit<z.output<typeof lineState>, "dialer" | "behaviour">> & {
  readonly dialer: DialerSnapshot;
  readonly behaviour: ListBehaviour;
};

interface LineOptions {
  readonly id: string;
  /** Number of campaigns that began earlier. */
  readonly order: number;
  readonly seed: number | string;
  readonly world: DialedWorld;
  readonly onEvent: (event: CallEngineEvent) => void;
  /** The instant that is second 0 of the dialer. */
  readonly epoch: Instant;
  readonly settings: LineSettings;
  readonly behaviour: ListBehaviour;
}

const UNANSWERED_CODE = {
  noAnswer: "NO_ANSWER",
  machine: "NO_ANSWER",
  silent: "NO_ANSWER",
  busy: "BUSY",
  invalid: "DISCONNECTED",
};

export class CampaignLine {
  readonly id: string;
  readonly order: number;
  readonly word: number;
  /** Calls that have not ended, including wrap-up. */
  inFlight = 0;
  /** How often the campaign has begun to dial. */
  starts = 0;
  #epoch: Instant;
  #settings: LineSettings;
  #behaviour: ListBehaviour;
  #samples = new CallSamples();
  /** Calls that were hung up while the dialer still simulates them: their agents become free when they end there. */
  #hungUp = new Set<number>();
  readonly #world: DialedWorld;
  readonly #onEvent: (event: CallEngineEvent) => void;
  readonly #walk: ListWalk;
  readonly #dialer: Dialer;

  constructor({ id, order, seed, world, onEvent, epoch, settings, behaviour }: LineOptions) {
    this.id = id;
    this.order = order;
    this.word = seedWord(seed, `live/${id}`);
    this.#epoch = epoch;
    this.#settings = settings;
    this.#behaviour = behaviour;
    this.#world = world;
    this.#onEvent = onEvent;
    this.#walk = new ListWalk(() => {
      const campaign = world.campaign(id);
      const contacts = campaign?.contactListId === undefined ? undefined : world.contacts(campaign.contactListId);
      const mayDial = world.mayDial === undefined ? undefined : (phone: string) => world.mayDial?.(id, phone) !== false;
      return contacts && { contacts, passesPerDay: campaign?.maxCallsPerContactPerDay, mayDial };
    });
    this.#dialer = createDialer({
      scenario: parseScenario({
        start: new Date(epoch).toISOString().slice(11, 19),
        bucket: LONG,
        calls: courseOf(behaviour),
        // The number of agents is set below. The smallest allowed number keeps the roster, which is not used here, small.
        agents: 1,
        lines: { callsPerSecond: settings.callsPerSecond, burst: 1, spacing: settings.spacing },
        warmLine: { timeout: LONG, reconnect: RECONNECT },
      }),
      seed: `${seed}/live/${id}`,
      leads: this.#walk,
      strategy: pacingOf(settings, 0),
      sink: (transition) => this.#record(transition),
    });
    this.#setLimits(settings);
  }

  get settings(): LineSettings {
    return this.#settings;
  }

  /** Whether calls are placed, or are still under way. */
  get alive(): boolean {
    return this.#settings.dialing || this.inFlight > 0;
  }

  /** The dialer's time at an instant, s. */
  secondOf(at: Instant): number {
    return (at - this.#epoch) / 1000;
  }

  /** The dialer's next event; undefined when there will be none. */
  get wakesAt(): Instant | undefined {
    const next = this.#dialer.nextEvent;
    if (next >= LONG / 2) return undefined;
    const ms = Math.ceil(next * 1000);
    return this.#epoch + (ms / 1000 < next ? ms + 1 : ms);
  }

  /** Runs everything that is due up to an instant. */
  advance(at: Instant): void {
    this.#dialer.advance(this.secondOf(at));
  }

  /** Shifts the dialer's time: it was paused for so many milliseconds. */
  delay(ms: number): void {
    this.#epoch += ms;
  }

  /** Sets the settings from now on. */
  set(settings: LineSettings): void {
    const before = this.#settings;
    if (JSON.stringify(settings) === JSON.stringify(before)) return;
    this.#settings = settings;
    const { dialing, startsAt, linesPerAgent, abandonmentTarget } = settings;
    const samePace =
      dialing === before.dialing &&
      startsAt === before.startsAt &&
      linesPerAgent === before.linesPerAgent &&
      abandonmentTarget === before.abandonmentTarget;
    if (!samePace) this.#dialer.set({ strategy: pacingOf(settings, this.#dialer.now) });
    this.#setLimits(settings);
  }

  #setLimits({ agents, lines, callsPerSecond, spacing, warmLineTimeout }: LineSettings): void {
    this.#walk.wake();
    this.#dialer.set({ agents, trunks: lines, callsPerSecond, spacing, warmLineTimeout });
  }

  /** Sets how calls placed from now on turn out. */
  behave(behaviour: ListBehaviour): void {
    if (JSON.stringify(behaviour) === JSON.stringify(this.#behaviour)) return;
    this.#behaviour = behaviour;
    this.#dialer.set({ calls: compileCalls(courseOf(behaviour)) });
  }

  /** Places one call now, regardless of the settings. */
  place(): CallRecord | undefined {
    this.#walk.wake();
    const call = this.#dialer.placeOne();
    return call < 0 ? undefined : this.#world.calls.get(this.#idOf(call));
  }

  /** Ends running calls: talks end as talked, callers waiting for an agent are lost, the others were not reached. */
  hangUp(at: Instant, only?: string): void {
    for (let call = 0; ; call += 1) {
      const record = this.#world.calls.get(this.#idOf(call));
      if (record === undefined) break;
      if (only !== undefined && record.id !== only) continue;
      const { status, answeredTime } = record;
      if ((status !== "dialing" && status !== "connected") || this.#hungUp.has(call)) continue;
      if (status === "connected") this.#over(call, { status: "completed" }, at);
      else if (answeredTime === undefined) this.#ended(call, "noAnswer", at);
      else this.#ended(call, "lost", at);
      this.#hungUp.add(call);
    }
  }

  staff(): CampaignStaff {
    const { loggedIn, idle, talking, wrapping } = this.#dialer.view;
    return { first: 1 + NUMBERS * this.order, loggedIn, idle, talking, wrapping };
  }

  figures(windowMinutes: number, now: Instant): CampaignFigures {
    const window = Math.min(DAY_MS, windowMinutes * MINUTE_MS);
    const { placed, answered, abandoned, unanswered } = this.#samples.since(now - window);
    const decided = answered + unanswered;
    return {
      successRate: decided === 0 ? 1 : (answered - abandoned) / decided,
      activeCalls: this.inFlight,
      callsPlaced: placed,
      callsAnswered: answered,
      abandonmentRate: answered === 0 ? 0 : abandoned / answered,
    };
  }

  #idOf(call: number): string {
    return `${this.id}-live-${String(call + 1).padStart(7, "0")}`;
  }

  #record({ kind, at: second, call, lead, agent, end }: CallTransition): void {
    const at = this.#epoch + Math.floor(second * 1000 + TICK);
    if (this.#hungUp.has(call)) {
      if (kind === "wrapped" || (kind === "ended" && end !== "talked")) this.#hungUp.delete(call);
      return;
    }
    switch (kind) {
      case "placed":
        this.#placed(this.#idOf(call), lead, at);
        break;
      case "answered":
        this.#change(call, () => ({ answeredTime: at }));
        break;
      case "connected":
        this.#samples.add(at, "answered");
        this.#change(call, () => ({
          status: "connected",
          agentId: `agent_${String(1 + (agent ?? 0) + NUMBERS * this.order).padStart(3, "0")}`,
          connectedTime: at,
        }));
        break;
      case "ended":
        this.#ended(call, end ?? "noAnswer", at);
        break;
      case "wrapped":
        this.#over(call, { status: "completed" });
        break;
      default: // A waiting caller is not with an agent yet.
    }
  }

  #placed(id: string, lead: number, at: Instant): void {
    const listId = this.#world.campaign(this.id)?.contactListId;
    const contact = listId === undefined ? undefined : this.#world.contacts(listId)?.at(lead);
    this.#samples.add(at, "placed");
    this.inFlight += 1;
    this.#world.calls.put({
      id,
      campaignId: this.id,
      status: "dialing",
      startTime: at,
      direction: "OUTBOUND",
      locked: false,
      contactId: contact?.id,
      phoneNumber: contact?.phoneNumber,
      writes: 0,
      effects: 0,
    });
  }

  #ended(call: number, end: NonNullable<CallTransition["end"]>, at: Instant): void {
    if (end === "talked") {
      const code = codeOfTalk(this.word, call, this.#behaviour);
      this.#change(call, (before) => ({ status: "wrap_up", ...endOf(before, at, code) }));
    } else if (end === "lost") {
      this.#samples.add(at, "answered");
      this.#samples.add(at, "abandoned");
      this.#over(call, { status: "abandoned" }, at);
    } else {
      this.#samples.add(at, "unanswered");
      this.#over(call, { status: end === "invalid" ? "failed" : "completed" }, at, UNANSWERED_CODE[end]);
    }
  }

  #over(call: number, { status }: Pick<CallRecord, "status">, at?: Instant, code?: string): void {
    this.inFlight -= 1;
    const record = this.#change(call, (before) => ({ status, ...(at === undefined ? {} : endOf(before, at, code)) }));
    if (record !== undefined) this.#onEvent({ type: "call_ended", call: record });
  }

  /** The record is read again each time: a disposition may have been set meanwhile. */
  #change(call: number, change: (before: CallRecord) => Partial<CallRecord>): CallRecord | undefined {
    const before = this.#world.calls.get(this.#idOf(call));
    if (before === undefined) return undefined;
    const record = { ...before, ...change(before) };
    this.#world.calls.put(record);
    return record;
  }

  snapshot(): LineState {
    return {
      id: this.id,
      order: this.order,
      epoch: this.#epoch,
      starts: this.starts,
      inFlight: this.inFlight,
      hungUp: [...this.#hungUp],
      settings: this.#settings,
      behaviour: this.#behaviour,
      samples: this.#samples.toJSON(),
      dialer: this.#dialer.snapshot(),
    };
  }

  /** Restores what `snapshot` returned; call it on a new line with the snapshot's epoch, settings and behaviour. */
  restore({ starts, inFlight, hungUp, samples, dialer }: LineState): void {
    this.starts = starts;
    this.inFlight = inFlight;
    this.#hungUp = new Set(hungUp);
    this.#samples = new CallSamples(samples);
    this.#dialer.restore(dialer);
  }
}

function endOf(before: CallRecord, at: Instant, code: string | undefined): Partial<CallRecord> {
  return { endTime: Math.max(at, before.startTime + 1), dispositionCode: before.disposition?.dispositionCodeId ?? code };
}

// Events of a campaign's calls over time, for figures over any window of up to a day.

/** `unanswered`: no person answered. */
type Happening = "placed" | "answered" | "abandoned" | "unanswered";

/** One event; samples are in order of time. */
type Sample = readonly [at: Instant, what: Happening];

class CallSamples {
  #samples: Sample[];

  constructor(samples: readonly Sample[] = []) {
    this.#samples = [...samples];
  }

  add(at: Instant, what: Happening): void {
    this.#samples.push([at, what]);
    const oldest = this.#samples[0]?.[0] ?? at;
    // Old samples are removed only when they are a tenth of a day, so that adding stays cheap.
    if (at - oldest > 1.1 * DAY_MS) this.#samples = this.#samples.filter(([then]) => at - then <= DAY_MS);
  }

  /** Counts of the events after `from`. */
  since(from: Instant): Record<Happening, number> {
    const counts = { placed: 0, answered: 0, abandoned: 0, unanswered: 0 };
    for (let i = this.#samples.length - 1; i >= 0; i--) {
      const sample = this.#samples[i];
      if (sample === undefined || sample[0] <= from) break;
      counts[sample[1]] += 1;
    }
    return counts;
  }

  toJSON(): Sample[] {
    return [...this.#samples];
  }
}

// A contact list as the dialer's source of leads: walked through in order, and begun again as often per day as the campaign
// allows.
//
// A lead is a place in the list. Nothing is stored per contact, so a list of a million costs as much as one of ten.

const DAY = 86_400;
/** Most contacts looked at for one call; bounds the work on a list without consent. */
const LOOKS = 1000;
/** Seconds until the next attempt when no contact was found. */
const REST = 10;

const walkState = z.object({ place: z.number(), pass: z.number(), began: z.number(), restsUntil: z.number() });
type WalkState = z.output<typeof walkState>;

/** What the campaign calls; read again for each lead. */
interface CalledList {
  readonly contacts: ContactStore;
  /** How often the list may be walked through within 24 hours; default no limit. */
  readonly passesPerDay: number | undefined;
  /** Whether a number may be dialed; default yes. */
  readonly mayDial?: ((phone: string) => boolean) | undefined;
}

class ListWalk implements LeadSource {
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
