// The dialer: a discrete-event machine that takes calls from being placed to their end, one event after the other in the order (time, sequence).
//
//   call:   placed ─ dialing ─ no answer, busy, invalid ──────────────────────────► gone
//                       └ answered ─ detecting ─ judged a machine ────────────────► gone
//                                        └ judged a person ─ waiting ─ gives up ──► gone
//                                                               └ talking ────────► gone
//   agent:  off, on break ─► idle ─► (reserved) ─► talking ─► wrapping ─► idle, or off or on break when that is due
//
// A call has one timer (what ends its present state), an agent two (what ends the call or the wrap-up; what the roster plans next), the
// dialer itself a few. Nothing is allocated for an event but what a sink is told. Indices are in range by construction, hence the `!`.

import { AgentState, type DialerView, Observation, type PacingStrategy } from "../pacing/strategy.ts";
import { Agents } from "./agents.ts";
import {
  ANSWERED,
  ATTEMPT,
  AGENT as BY_AGENT,
  CallState,
  Calls,
  DEADLINE,
  DIALED,
  FACTS,
  FATE,
  INSTANTS,
  LEAD,
  OUTCOME,
  SERIAL,
  STATE,
} from "./calls.ts";
import type { DialerChange, DialerParts, DialerSnapshot, FlowBalance } from "./dialer-types.ts";
import { unitExponential } from "./exponential.ts";
import { Gate } from "./gate.ts";
import type { LeadSource } from "./leads.ts";
import { MeasuredWindow } from "./measured-window.ts";
import { Count, Level, Meter } from "./meter.ts";
import { CallEnd, type CallModel, DAY, type DialerModel, type MachineDetection, Outcome, outcomeOf } from "./model.ts";
import { PlainLane } from "./plain-lane.ts";
import { Roster } from "./roster.ts";
import type { CallEndName, CallTransition, DialerSink } from "./sink.ts";
import { Timers } from "./timers.ts";
import { Purpose, type Uniforms } from "./uniforms.ts";
import { emptyView, type WritableView } from "./view.ts";

/** Kinds of entities with a timer; an entity is `index * 4 + kind`. */
const CALL = 0;
const AGENT = 1;
const PLAN = 2;
/** The dialer's own timers. */
const ARRIVAL = 3;
const DECISION = 7;
const DIAL = 11;
const BUCKET = 15;
const WARM_UP = 19;
const CLOCKS = 5;

const NEVER = Number.POSITIVE_INFINITY;
const NOBODY = -1;
const FIRST_SLOTS = 64;
/** Room for the attempts at one lead in the index of random numbers. */
const ATTEMPTS = 64;
/** Slack in comparing sums of seconds. */
const TICK = 1e-9;
const END_NAMES = Object.keys(CallEnd) as CallEndName[];

export class Dialer {
  /** Seconds since the start. */
  now = 0;
  /** Events handled. */
  events = 0;
  readonly meter = new Meter();
  readonly #model: DialerModel;
  readonly #uniforms: Uniforms;
  readonly #leads: LeadSource;
  readonly #sink: DialerSink | undefined;
  readonly #pacingRandom: { position: number };
  readonly #timers: Timers;
  readonly #agents: Agents;
  readonly #calls = new Calls(FIRST_SLOTS);
  readonly #window: MeasuredWindow;
  readonly #roster: Roster;
  readonly #gate: Gate;
  readonly #view: WritableView = emptyView();
  #callModel: CallModel;
  #strategy: PacingStrategy | undefined;
  #observing: boolean;
  #trunks: number;
  #warmLineTimeout: number;
  /** Whether agents come and go by the roster. */
  #planned = true;
  #serial = 0;
  #arrived = 0;
  /** Calls of the last decision that are not placed yet. */
  #pending = 0;
  #carried = 0;
  /** Midnight before now, seconds since the one before the start. */
  #midnight = 0;
  #bucketsClosed = 0;
  /** With a finite number of sources: the rate of the arrival timer, and the unit-exponential time left while that rate is 0. */
  #arrivalRate = 0;
  #arrivalWork = 0;
  #waitingSince = new Float64Array(16);
  /** By agent wrapping up: the call it is about. Kept only for a sink. */
  readonly #wrapping = new Map<number, { readonly call: number; readonly lead: number; readonly attempt: number }>();

  constructor({ model, leads, uniforms, strategy, pacingRandom, sink }: DialerParts) {
    const { limits } = model;
    this.#model = model;
    this.#uniforms = uniforms;
    this.#leads = leads;
    this.#sink = sink;
    this.#pacingRandom = pacingRandom;
    this.#strategy = strategy;
    this.#observing = strategy?.observe !== undefined;
    this.#callModel = model.calls;
    this.#trunks = limits.trunks;
    this.#warmLineTimeout = limits.warmLineTimeout;
    this.#gate = new Gate(limits.callsPerSecond, limits.burst, limits.spacing);
    this.#window = new MeasuredWindow(model.history, model.startOfDay);
    this.#roster = new Roster(model.agents, uniforms, model.startOfDay);
    this.#agents = new Agents(this.#roster.agents, this.meter);
    this.#timers = new Timers(4 * Math.max(CLOCKS, this.#agents.count, this.#calls.slots));
    if (model.warmUp > 0) this.#timers.set(WARM_UP, model.warmUp);
    else this.#timers.set(BUCKET, model.bucket);
    for (let agent = 0; agent < this.#agents.count; agent++) this.#plan(agent, -1);
    if (model.arrivals !== undefined) this.#awaitArrival();
    else if (strategy !== undefined) this.#timers.set(DECISION, 0);
  }

  /** Handles all events up to and at `until`, which is the time then. */
  advance(until: number): void {
    const timers = this.#timers;
    const lane = this.#lane();
    let events = 0;
    while (timers.next <= until) {
      if (lane !== undefined) {
        lane.now = this.now;
        lane.arrived = this.#arrived;
        lane.serial = this.#serial;
        lane.run(until);
        this.#arrived = lane.arrived;
        this.#serial = lane.serial;
        if (!(timers.next <= until)) break;
      }
      this.now = timers.next;
      const entity = timers.begin();
      const kind = entity & 3;
      if (kind === AGENT) this.#agentEvent(entity >> 2);
      else if (kind === CALL) this.#callEvent(entity >> 2);
      else if (kind === PLAN) this.#planEvent(entity >> 2);
      else this.#clockEvent(entity);
      timers.finish();
      events++;
    }
    this.events += events + (lane?.events ?? 0);
    if (until > this.now) this.now = until;
  }

  /** The short way through the events of a plain queue; undefined for everything else. */
  #lane(): PlainLane | undefined {
    const { arrivals } = this.#model;
    const model = this.#callModel;
    if (arrivals === undefined || arrivals.amplitude !== 0 || arrivals.sources !== NEVER) return undefined;
    if (!model.plain || model.detection !== undefined || model.wrap !== undefined) return undefined;
    if (this.#sink !== undefined || this.#warmLineTimeout !== NEVER) return undefined;
    return new PlainLane({
      timers: this.#timers,
      agents: this.#agents,
      calls: this.#calls,
      meter: this.meter,
      uniforms: this.#uniforms,
      model,
      rate: arrivals.rate,
      trunks: this.#trunks,
    });
  }

  /** Time of the next event; Infinity when nothing will happen any more. */
  get nextEvent(): number {
    return this.#timers.next;
  }

  /** What a pacing strategy sees at this instant. Reused: read it at once. */
  get view(): DialerView {
    return this.#look();
  }

  /** Why the strategy's last decision was what it was; undefined when it does not say. */
  explain(): object | undefined {
    return this.#strategy?.explain?.(this.#look());
  }

  /** Changes settings from this instant on. */
  set(change: DialerChange): void {
    if (change.calls !== undefined) this.#callModel = change.calls;
    if (change.trunks !== undefined) this.#trunks = change.trunks;
    if (change.warmLineTimeout !== undefined) this.#warmLineTimeout = change.warmLineTimeout;
    this.#gate.set(this.now, change);
    if (change.agents !== undefined) this.#setAgents(change.agents);
    if (change.strategy !== undefined) {
      this.#strategy = change.strategy;
      this.#observing = change.strategy.observe !== undefined;
      this.#pending = 0;
      this.#timers.clear(DIAL);
      if (this.#model.arrivals === undefined) this.#timers.set(DECISION, this.now);
    }
  }

  /** Where all calls have gone since measuring began. */
  flow(): FlowBalance {
    const total = (count: Count) => this.meter.total(count);
    let inSystem = 0;
    for (let slot = 0; slot < this.#calls.slots; slot++)
      if (this.#calls.facts[slot * FACTS + STATE] !== CallState.free) inSystem++;
    return {
      carried: this.#carried,
      placed: total(Count.placed),
      blocked: total(Count.blocked),
      noAnswer: total(Count.noAnswer),
      busy: total(Count.busy),
      invalid: total(Count.invalid),
      machines: total(Count.machines),
      machinesDropped: total(Count.machinesDropped),
      silentCalls: total(Count.silentCalls),
      lost: total(Count.lost),
      completed: total(Count.completed),
      inSystem,
    };
  }

  // ── Events ──────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────

  #clockEvent(entity: number): void {
    switch (entity) {
      case ARRIVAL:
        this.#arrive();
        break;
      case DECISION:
        this.#decide();
        break;
      case DIAL:
        this.#dial();
        break;
      case WARM_UP:
        this.meter.reset(this.now);
        this.#carried = this.#calls.used;
        this.#timers.set(BUCKET, this.#model.warmUp + this.#model.bucket);
        break;
      default:
        this.meter.close(this.now);
        this.#bucketsClosed += 1;
        this.#timers.set(BUCKET, this.#model.warmUp + (this.#bucketsClosed + 1) * this.#model.bucket);
    }
  }

  #callEvent(slot: number): void {
    const calls = this.#calls;
    switch (calls.facts[slot * FACTS + STATE]) {
      case CallState.dialing:
        calls.dialing.remove(slot);
        this.#rung(slot);
        break;
      case CallState.detecting:
        calls.detecting.remove(slot);
        // Detection may have been switched off meanwhile: then the call goes on as one judged a person.
        if (this.#callModel.detection === undefined) this.#route(slot);
        else this.#judge(slot, this.#callModel.detection);
        break;
      case CallState.doomed:
        calls.detecting.remove(slot);
        this.#window.answered(this.now);
        this.#lose(slot);
        break;
      case CallState.waiting:
        calls.dequeue(slot);
        this.meter.shift(Level.waiting, -1, this.now);
        this.#lose(slot);
        break;
      default: {
        // The caller gives up while the agent's line is being set up; the agent is free when it stands.
        this.#agents.call[calls.facts[slot * FACTS + BY_AGENT]!] = NOBODY;
        this.meter.shift(Level.waiting, -1, this.now);
        this.#lose(slot);
      }
    }
  }

  #agentEvent(agent: number): void {
    const state = this.#agents.state[agent];
    if (state === AgentState.talking) this.#talked(agent);
    else if (state === AgentState.wrapping) this.#wrapped(agent);
    else {
      const slot = this.#agents.call[agent]!;
      if (slot === NOBODY) this.#free(agent);
      else {
        this.meter.shift(Level.waiting, -1, this.now);
        this.#talk(slot, agent);
      }
    }
  }

  #planEvent(agent: number): void {
    const { state, leavesAt, returnsAt } = this.#agents;
    if (state[agent]! <= AgentState.onBreak) {
      returnsAt[agent] = NEVER;
      if (leavesAt[agent] !== NEVER) this.#timers.set((agent << 2) | PLAN, leavesAt[agent]!);
      this.#free(agent);
    } else if (state[agent] === AgentState.idle) this.#leave(agent);
    // Whoever is busy leaves when the call is over.
  }

  // ── Calls that arrive by themselves ─────────────────────────────────────────────────────────────────────────────────────────────────

  #arrive(): void {
    const { rate, amplitude, frequency } = this.#model.arrivals!;
    const number = this.#arrived++;
    const thinned =
      amplitude !== 0 &&
      this.#uniforms.at(Purpose.thinning, number) * (rate + Math.abs(amplitude)) >
        rate + amplitude * Math.sin(frequency * this.now);
    if (!thinned) {
      if (this.#calls.used < this.#trunks) this.#place(number, 1, number);
      else {
        this.meter.add(Count.placed, 1);
        this.meter.add(Count.blocked, 1);
        if (this.#sink !== undefined) this.#sink({ kind: "blocked", at: this.now, call: this.#serial, lead: number, attempt: 1 });
        this.#serial++;
      }
    }
    this.#awaitArrival();
  }

  /** Sets the timer of the next arrival (a candidate of one, when the rate varies). */
  #awaitArrival(): void {
    const { rate, amplitude, sources } = this.#model.arrivals!;
    const work = unitExponential(this.#uniforms.at(Purpose.arrival, this.#arrived));
    if (sources === NEVER) this.#timers.set(ARRIVAL, this.now + work / (rate + Math.abs(amplitude)));
    else {
      this.#arrivalRate = (sources - this.#calls.used) * rate;
      this.#arrivalWork = work;
      if (this.#arrivalRate > 0) this.#timers.set(ARRIVAL, this.now + work / this.#arrivalRate);
    }
  }

  /** A source has come free: with exponential times of thought, what is left of the present one runs faster in proportion. */
  #sourceFreed(): void {
    const { rate, sources } = this.#model.arrivals!;
    if (sources === NEVER) return;
    const due = this.#timers.timeOf(ARRIVAL);
    const left = this.#arrivalRate > 0 && due !== NEVER ? (due - this.now) * this.#arrivalRate : this.#arrivalWork;
    this.#arrivalRate = (sources - this.#calls.used) * rate;
    this.#timers.set(ARRIVAL, this.now + left / this.#arrivalRate);
  }

  // ── Pacing ──────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────

  #decide(): void {
    const strategy = this.#strategy!;
    this.#timers.set(DECISION, this.now + strategy.interval);
    this.#timers.clear(DIAL);
    const wanted = strategy.decide(this.#look());
    this.#pending = wanted > 0 ? Math.floor(wanted) : 0;
    if (this.#pending > 0) this.#dial();
  }

  /** Places what of the last decision may be placed now, and comes back when rate limit or spacing hold up the rest. */
  #dial(): void {
    const { now } = this;
    const agents = this.#agents;
    const reserving = this.#strategy?.reserves === true;
    if (this.#pending > 0 && (this.meter.level(Level.loggedIn) === 0 || this.#tapering())) this.#pending = 0;
    while (this.#pending > 0) {
      // Without a trunk, a lead or an agent to hold, the rest of the decision is void: the next one sees why.
      if (this.#calls.used >= this.#trunks || (reserving && agents.longestIdle === NOBODY)) break;
      const at = this.#gate.earliest(now);
      if (at > now) {
        this.#timers.set(DIAL, at);
        return;
      }
      const lead = this.#leads.take(now);
      if (lead < 0) break;
      this.#gate.pass(now);
      this.#pending--;
      const attempt = this.#leads.attempt(lead);
      this.#place(lead, attempt, Math.imul(lead, ATTEMPTS) + attempt, reserving ? agents.longestIdle : NOBODY);
    }
    this.#pending = 0;
  }

  /** True when everybody at work will have left within the taper, and nobody comes before. */
  #tapering(): boolean {
    const { taper } = this.#model.limits;
    if (taper <= 0) return false;
    const { count, state, leavesAt, returnsAt } = this.#agents;
    const horizon = this.now + taper;
    for (let agent = 0; agent < count; agent++) {
      if (state[agent]! <= AgentState.onBreak ? returnsAt[agent]! < horizon : leavesAt[agent]! > horizon) return false;
    }
    return true;
  }

  /** Second of the campaign's day, from 0 up to 86,400; without the division that `%` is. */
  #secondOfDay(): number {
    const second = this.#model.startOfDay + this.now - this.#midnight;
    if (second < DAY) return second;
    this.#midnight += DAY * Math.floor(second / DAY);
    return this.#model.startOfDay + this.now - this.#midnight;
  }

  #look(): DialerView {
    const { now } = this;
    const view = this.#view;
    const agents = this.#agents;
    const calls = this.#calls;
    const { meter } = this;
    const window = this.#window;
    window.turn(now);
    view.now = now;
    view.hourOfDay = this.#secondOfDay() / 3600;
    view.agents = agents.count;
    view.agentState = agents.state;
    view.agentSince = agents.since;
    view.agentLeavesAt = agents.leavesAt;
    view.agentReturnsAt = agents.returnsAt;
    view.loggedIn = meter.level(Level.loggedIn);
    view.reserved = meter.level(Level.reserved);
    view.talking = meter.level(Level.talking);
    view.wrapping = meter.level(Level.wrapping);
    view.idle = view.loggedIn - view.reserved - view.talking - view.wrapping;
    view.onBreak = meter.level(Level.onBreak);
    view.dialing = calls.dialing.count;
    view.dialedAt = calls.dialing.times;
    view.detecting = calls.detecting.count;
    view.answeredAt = calls.detecting.times;
    view.waiting = calls.waiting;
    if (calls.waiting > 0) {
      if (this.#waitingSince.length < calls.waiting) this.#waitingSince = new Float64Array(2 * calls.waiting);
      let place = 0;
      for (let slot = calls.longestWaiting; slot !== NOBODY; slot = calls.after(slot)) {
        this.#waitingSince[place++] = calls.instants[slot * INSTANTS + ANSWERED]!;
      }
    }
    view.waitingSince = this.#waitingSince;
    view.trunks = this.#trunks;
    view.trunksFree = Math.max(0, this.#trunks - calls.used);
    view.callTokens = this.#gate.tokens(now);
    view.callsPerSecond = this.#gate.rate;
    view.leadsReady = this.#leads.ready(now);
    view.leadsLeft = this.#leads.left();
    view.placed = this.#serial;
    view.dayLiveAnswers = window.dayLive;
    view.dayAbandoned = window.dayAbandoned;
    view.windowLiveAnswers = window.windowLive;
    view.windowAbandoned = window.windowAbandoned;
    return view;
  }

  // ── The way of a call ───────────────────────────────────────────────────────────────────────────────────────────────────────────────

  /** A call takes a trunk. `fate` is the index of its random numbers. */
  #place(lead: number, attempt: number, fate: number, reserved: number = NOBODY): void {
    const { now } = this;
    const calls = this.#calls;
    if (calls.full) {
      calls.grow();
      this.#makeRoom();
    }
    const slot = calls.take();
    const { facts, instants } = calls;
    const fact = slot * FACTS;
    facts[fact + LEAD] = lead;
    facts[fact + ATTEMPT] = attempt;
    facts[fact + FATE] = fate;
    facts[fact + BY_AGENT] = reserved;
    instants[slot * INSTANTS + SERIAL] = this.#serial++;
    instants[slot * INSTANTS + DIALED] = now;
    if (reserved !== NOBODY) {
      this.#agents.enter(reserved, AgentState.reserved, now);
      this.#agents.call[reserved] = slot;
    }
    this.meter.shift(Level.trunks, 1, now);
    this.meter.add(Count.placed, 1);
    if (this.#sink !== undefined) this.#tell("placed", slot);
    const model = this.#callModel;
    if (model.plain) {
      facts[fact + OUTCOME] = Outcome.live;
      this.#answered(slot);
      return;
    }
    let second = this.#secondOfDay() + this.#leads.offset(lead);
    if (second < 0) second += DAY;
    else if (second >= DAY) second -= DAY;
    const outcome = outcomeOf(model.rates, this.#uniforms.at(Purpose.outcome, fate), second, attempt);
    facts[fact + OUTCOME] = outcome;
    const ring = outcome === Outcome.noAnswer ? model.noAnswerAfter : model.ring[outcome](this.#uniforms.at(Purpose.ring, fate));
    if (ring > 0) {
      facts[fact + STATE] = CallState.dialing;
      calls.dialing.add(slot, now);
      this.#timers.set(slot << 2, now + ring);
    } else this.#rung(slot);
  }

  /** The ringing has ended one way or the other. */
  #rung(slot: number): void {
    const age = this.now - this.#calls.instants[slot * INSTANTS + DIALED]!;
    switch (this.#calls.facts[slot * FACTS + OUTCOME]) {
      case Outcome.noAnswer:
        this.meter.add(Count.noAnswer, 1);
        if (this.#observing) this.#strategy!.observe!(Observation.noAnswer, age);
        this.#end(slot, CallEnd.noAnswer);
        break;
      case Outcome.busy:
        this.meter.add(Count.busy, 1);
        if (this.#observing) this.#strategy!.observe!(Observation.busy, age);
        this.#end(slot, CallEnd.busy);
        break;
      case Outcome.invalid:
        this.meter.add(Count.invalid, 1);
        if (this.#observing) this.#strategy!.observe!(Observation.invalid, age);
        this.#end(slot, CallEnd.invalid);
        break;
      default:
        this.#answered(slot);
    }
  }

  #answered(slot: number): void {
    const { now } = this;
    const { facts, instants, detecting } = this.#calls;
    const model = this.#callModel;
    const fact = slot * FACTS;
    const live = facts[fact + OUTCOME] === Outcome.live;
    instants[slot * INSTANTS + ANSWERED] = now;
    if (this.#sink !== undefined) this.#tell("answered", slot);
    let deadline = NEVER;
    if (live) {
      this.meter.add(Count.liveAnswers, 1);
      if (model.patience !== undefined) {
        deadline = now + model.greeting + model.patience(this.#uniforms.at(Purpose.patience, facts[fact + FATE]!));
      }
    }
    instants[slot * INSTANTS + DEADLINE] = deadline;
    const { detection } = model;
    if (detection === undefined) {
      this.#route(slot);
      return;
    }
    const draw = live ? detection.live : detection.machine;
    const seconds = draw(this.#uniforms.at(Purpose.detection, facts[fact + FATE]!));
    if (seconds > 0) {
      const doomed = deadline < now + seconds;
      facts[fact + STATE] = doomed ? CallState.doomed : CallState.detecting;
      detecting.add(slot, now);
      this.#timers.set(slot << 2, doomed ? deadline : now + seconds);
    } else this.#judge(slot, detection);
  }

  /** Detection has decided. */
  #judge(slot: number, detection: MachineDetection): void {
    const { facts, instants } = this.#calls;
    const live = facts[slot * FACTS + OUTCOME] === Outcome.live;
    const share = live ? detection.falseMachine : detection.falseLive;
    const wrong = share > 0 && this.#uniforms.at(Purpose.misjudgement, facts[slot * FACTS + FATE]!) < share;
    if (live !== wrong) {
      this.#route(slot);
      return;
    }
    this.meter.add(live ? Count.silentCalls : Count.machines, 1);
    if (this.#observing) this.#strategy!.observe!(Observation.machine, this.now - instants[slot * INSTANTS + DIALED]!);
    this.#end(slot, live ? CallEnd.silent : CallEnd.machine);
  }

  /** Who was judged a person gets an agent, or waits for one. */
  #route(slot: number): void {
    const { now } = this;
    const calls = this.#calls;
    const { facts, instants } = calls;
    const at = slot * INSTANTS;
    this.#window.answered(now);
    if (this.#observing) this.#strategy!.observe!(Observation.answered, instants[at + ANSWERED]! - instants[at + DIALED]!);
    const { patience } = this.#callModel;
    if (facts[slot * FACTS + OUTCOME] !== Outcome.live && patience !== undefined) {
      instants[at + DEADLINE] = now + patience(this.#uniforms.at(Purpose.patience, facts[slot * FACTS + FATE]!));
    }
    const reserved = facts[slot * FACTS + BY_AGENT]!;
    const agent = reserved === NOBODY ? this.#agents.longestIdle : reserved;
    if (agent !== NOBODY) {
      if (reserved === NOBODY && now - this.#agents.since[agent]! > this.#warmLineTimeout) this.#reconnect(slot, agent);
      else this.#talk(slot, agent);
      return;
    }
    const deadline = instants[at + DEADLINE]!;
    this.meter.add(Count.waited, 1);
    if (deadline <= now) {
      this.#lose(slot);
      return;
    }
    calls.enqueue(slot);
    this.meter.shift(Level.waiting, 1, now);
    if (deadline !== NEVER) this.#timers.set(slot << 2, deadline);
    if (this.#sink !== undefined) this.#tell("waiting", slot);
  }

  /** The agent's warm line was dropped: it is set up anew while the caller waits. */
  #reconnect(slot: number, agent: number): void {
    const { now } = this;
    const { facts, instants } = this.#calls;
    const deadline = instants[slot * INSTANTS + DEADLINE]!;
    facts[slot * FACTS + STATE] = CallState.connecting;
    facts[slot * FACTS + BY_AGENT] = agent;
    this.#agents.enter(agent, AgentState.reserved, now);
    this.#agents.call[agent] = slot;
    this.meter.add(Count.waited, 1);
    this.meter.shift(Level.waiting, 1, now);
    this.#timers.set((agent << 2) | AGENT, now + this.#model.limits.reconnect);
    if (deadline !== NEVER) this.#timers.set(slot << 2, Math.max(now, deadline));
    if (this.#sink !== undefined) this.#tell("waiting", slot);
  }

  /** The agent speaks. */
  #talk(slot: number, agent: number): void {
    const { now } = this;
    const { facts, instants } = this.#calls;
    const agents = this.#agents;
    const model = this.#callModel;
    const fact = slot * FACTS;
    if (instants[slot * INSTANTS + DEADLINE] !== NEVER) this.#timers.clear(slot << 2);
    facts[fact + STATE] = CallState.talking;
    facts[fact + BY_AGENT] = agent;
    agents.enter(agent, AgentState.talking, now);
    agents.call[agent] = slot;
    const live = facts[fact + OUTCOME] === Outcome.live;
    const wait = now - instants[slot * INSTANTS + ANSWERED]! - model.greeting;
    this.meter.add(live ? Count.connected : Count.machinesConnected, 1);
    let late = false;
    if (wait > 0) {
      // A machine's greeting lasts until it is judged: what was passed on as a person at once is not late.
      late = live && wait > model.legalLimit + TICK;
      if (late) this.#window.lost(now);
      if (live) {
        this.meter.add(Count.waitOfConnected, wait);
        this.meter.wait(wait);
        if (late) {
          this.meter.add(Count.connectedLate, 1);
          this.meter.add(Count.abandoned, 1);
        }
      }
    }
    if (this.#observing) this.#strategy!.observe!(late ? Observation.abandoned : Observation.served, Math.max(0, wait));
    if (this.#sink !== undefined) this.#tell("connected", slot, { agent, abandoned: late && live });
    const u = this.#uniforms.at(Purpose.talk, facts[fact + FATE]!);
    this.#timers.set((agent << 2) | AGENT, now + (live ? model.talk(u) : model.machineTalk(u)));
  }

  #talked(agent: number): void {
    const { now } = this;
    const agents = this.#agents;
    const slot = agents.call[agent]!;
    const { facts, instants } = this.#calls;
    const fact = slot * FACTS;
    const { wrap } = this.#callModel;
    this.meter.add(Count.completed, 1);
    if (this.#observing) this.#strategy!.observe!(Observation.talkEnded, now - agents.since[agent]!);
    const seconds = wrap === undefined ? 0 : wrap(this.#uniforms.at(Purpose.wrap, facts[fact + FATE]!));
    this.#end(slot, facts[fact + OUTCOME] === Outcome.live ? CallEnd.talked : CallEnd.machine);
    if (seconds > 0) {
      if (this.#sink !== undefined) {
        const call = instants[slot * INSTANTS + SERIAL]!;
        this.#wrapping.set(agent, { call, lead: facts[fact + LEAD]!, attempt: facts[fact + ATTEMPT]! });
      }
      agents.enter(agent, AgentState.wrapping, now);
      this.#timers.set((agent << 2) | AGENT, now + seconds);
    } else this.#free(agent);
  }

  #wrapped(agent: number): void {
    if (this.#observing) this.#strategy!.observe!(Observation.wrapEnded, this.now - this.#agents.since[agent]!);
    if (this.#sink !== undefined) {
      const about = this.#wrapping.get(agent);
      if (about !== undefined) this.#sink({ kind: "wrapped", at: this.now, ...about, agent });
      this.#wrapping.delete(agent);
    }
    this.#free(agent);
  }

  /** The caller hangs up, or is dropped, before an agent speaks. */
  #lose(slot: number): void {
    const { now } = this;
    const model = this.#callModel;
    const live = this.#calls.facts[slot * FACTS + OUTCOME] === Outcome.live;
    const wait = Math.max(0, now - this.#calls.instants[slot * INSTANTS + ANSWERED]! - model.greeting);
    const abandoned = model.countEarlyHangUps || wait >= model.legalLimit - TICK;
    if (live) {
      this.meter.add(Count.lost, 1);
      this.meter.add(Count.waitOfLost, wait);
      if (wait > 0) this.meter.wait(wait);
      if (abandoned) this.meter.add(Count.abandoned, 1);
    } else this.meter.add(Count.machinesDropped, 1);
    if (abandoned) this.#window.lost(now);
    if (this.#observing && abandoned) this.#strategy!.observe!(Observation.abandoned, wait);
    this.#end(slot, CallEnd.lost, abandoned && live);
  }

  /** The trunk is free again. An agent held for the call is, too. */
  #end(slot: number, end: CallEnd, abandoned = false): void {
    const { facts } = this.#calls;
    if (this.#sink !== undefined) this.#tell("ended", slot, { end: END_NAMES[end]!, abandoned });
    this.meter.shift(Level.trunks, -1, this.now);
    this.#calls.release(slot);
    if (this.#model.arrivals !== undefined) this.#sourceFreed();
    else this.#leads.finish(facts[slot * FACTS + LEAD]!, end, this.now);
    const agent = facts[slot * FACTS + BY_AGENT]!;
    if (agent !== NOBODY && this.#agents.call[agent] === slot && this.#agents.state[agent] === AgentState.reserved) {
      this.#free(agent);
    }
  }

  // ── Agents ──────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────

  /** An agent has nothing to do: leaves if that is due, takes the longest waiting caller, or becomes idle. */
  #free(agent: number): void {
    const agents = this.#agents;
    const calls = this.#calls;
    agents.call[agent] = NOBODY;
    if (agents.leavesAt[agent]! <= this.now) {
      this.#leave(agent);
      return;
    }
    const slot = calls.longestWaiting;
    if (slot === NOBODY) agents.enter(agent, AgentState.idle, this.now);
    else {
      calls.dequeue(slot);
      this.meter.shift(Level.waiting, -1, this.now);
      this.#talk(slot, agent);
    }
  }

  #leave(agent: number): void {
    this.#agents.enter(
      agent,
      this.#agents.followedBy[agent] === AgentState.onBreak ? AgentState.onBreak : AgentState.off,
      this.now,
    );
    this.#plan(agent, this.now);
  }

  /** Looks up when an agent who is not at work comes next, and for how long. */
  #plan(agent: number, now: number): void {
    const agents = this.#agents;
    const stretch = this.#planned ? this.#roster.next(agent, now) : undefined;
    agents.leavesAt[agent] = stretch?.ends ?? NEVER;
    agents.followedBy[agent] = stretch?.followedBy ?? AgentState.off;
    agents.returnsAt[agent] = stretch === undefined ? NEVER : Math.max(0, now, stretch.begins);
    if (stretch !== undefined) this.#timers.set((agent << 2) | PLAN, agents.returnsAt[agent]);
  }

  #setAgents(count: number): void {
    const agents = this.#agents;
    const known = agents.count;
    this.#planned = false;
    if (count > known) {
      agents.grow(count);
      this.#makeRoom();
    }
    for (let agent = 0; agent < agents.count; agent++) {
      const absent = agents.state[agent]! <= AgentState.onBreak;
      this.#timers.clear((agent << 2) | PLAN);
      agents.followedBy[agent] = AgentState.off;
      agents.returnsAt[agent] = NEVER;
      agents.leavesAt[agent] = agent < count ? NEVER : this.now;
      if (agent < count && absent) this.#free(agent);
      else if (agent >= count && (agents.state[agent] === AgentState.idle || agents.state[agent] === AgentState.onBreak)) {
        this.#leave(agent);
      }
    }
  }

  #makeRoom(): void {
    this.#timers.grow(4 * Math.max(CLOCKS, this.#agents.count, this.#calls.slots));
  }

  #tell(kind: CallTransition["kind"], slot: number, more: Partial<CallTransition> = {}): void {
    const { facts, instants } = this.#calls;
    const call = instants[slot * INSTANTS + SERIAL]!;
    const lead = facts[slot * FACTS + LEAD]!;
    this.#sink?.({ kind, at: this.now, call, lead, attempt: facts[slot * FACTS + ATTEMPT]!, ...more });
  }

  // ── State as data ───────────────────────────────────────────────────────────────────────────────────────────────────────────────────

  /** The whole state. Not to be called from within a sink or a strategy. */
  snapshot(): DialerSnapshot {
    return {
      now: this.now,
      events: this.events,
      serial: this.#serial,
      arrived: this.#arrived,
      pending: this.#pending,
      carried: this.#carried,
      bucketsClosed: this.#bucketsClosed,
      arrivalRate: this.#arrivalRate,
      arrivalWork: this.#arrivalWork,
      planned: this.#planned,
      trunks: this.#trunks === NEVER ? null : this.#trunks,
      warmLineTimeout: this.#warmLineTimeout === NEVER ? null : this.#warmLineTimeout,
      timers: this.#timers.snapshot(),
      agents: this.#agents.snapshot(),
      calls: this.#calls.snapshot(),
      gate: this.#gate.snapshot(),
      window: this.#window.snapshot(),
      meter: this.meter.snapshot(),
      roster: this.#roster.snapshot(),
      leads: this.#leads.snapshot(),
      wrapping: [...this.#wrapping],
      pacingPosition: this.#pacingRandom.position,
      strategy: this.#strategy?.snapshot?.() ?? null,
    };
  }

  /** Takes over the state of another dialer of the same model; to be called on a new one. How calls turn out is set apart (`set`). */
  restore(state: DialerSnapshot): void {
    this.now = state.now;
    this.events = state.events;
    this.#serial = state.serial;
    this.#arrived = state.arrived;
    this.#pending = state.pending;
    this.#carried = state.carried;
    this.#bucketsClosed = state.bucketsClosed;
    this.#arrivalRate = state.arrivalRate;
    this.#arrivalWork = state.arrivalWork;
    this.#planned = state.planned;
    this.#trunks = state.trunks ?? NEVER;
    this.#warmLineTimeout = state.warmLineTimeout ?? NEVER;
    this.#agents.restore(state.agents);
    this.#calls.restore(state.calls);
    this.#makeRoom();
    this.#timers.restore(state.timers);
    this.#gate.restore(state.gate);
    this.#window.restore(state.window);
    this.meter.restore(state.meter);
    this.#roster.restore(state.roster);
    this.#leads.restore(state.leads);
    for (const [agent, about] of state.wrapping) this.#wrapping.set(agent, about);
    this.#pacingRandom.position = state.pacingPosition;
    if (state.strategy !== null) this.#strategy?.restore?.(state.strategy);
  }
}
