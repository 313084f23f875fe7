// The dialer: asks a strategy how many calls to place, places them within its limits, and handles events in the order (time,
// sequence).

import { createPacing } from "../pacing/create.ts";
import { AgentState, type DialerView, type PacingStrategy, type Readings } from "../pacing/strategy.ts";
import { compileLeads, compileScenario } from "../scenario/compile.ts";
import { periodOf } from "../scenario/period.ts";
import type { SimulationScenario } from "../scenario/schema.ts";
import { CallFlow, type CallFlowSnapshot } from "./call-flow.ts";
import { ANSWERED, CallState, FACTS, INSTANTS, STATE } from "./calls.ts";
import { AGENT_TIMER, ARRIVAL, BUCKET, CALL_TIMER, DECISION, DIAL, PLAN_TIMER, WARM_UP } from "./entities.ts";
import { exponentialOfWord } from "./exponential.ts";
import { Gate, type GateSnapshot } from "./gate.ts";
import type { LeadSource } from "./leads.ts";
import { Count, Level, type Meter } from "./meter.ts";
import type { Arrivals, CallModel, DialerModel } from "./model.ts";
import { PlainLane } from "./plain-lane.ts";
import type { DialerSink } from "./sink.ts";
import type { Timers } from "./timers.ts";
import { Purpose, Uniforms } from "./uniforms.ts";

const NEVER = Number.POSITIVE_INFINITY;
const NOBODY = -1;
/** Each lead has this many indices of random numbers, one for each attempt. */
const ATTEMPTS = 64;

/**
 * A dialer simulated event by event. Times are seconds since the start; the same parts and seed give bit for bit the same run.
 */
export class Dialer {
  /** Number of events handled. */
  events = 0;
  readonly #flow: CallFlow;
  readonly #model: DialerModel;
  readonly #uniforms: Uniforms;
  readonly #leads: LeadSource;
  readonly #arrivals: ArrivalStream | undefined;
  readonly #sink: DialerSink | undefined;
  readonly #pacingRandom: { position: number };
  readonly #gate: Gate;
  readonly #view: WritableView = emptyView();
  #strategy: PacingStrategy | undefined;
  #trunks: number;
  /** Calls of the last decision that are still to be placed. */
  #pending = 0;
  /** Calls under way when measuring began. */
  #carried = 0;
  #bucketsClosed = 0;
  /** The fast loop for plain queues; null when it cannot be used, undefined until that is known. */
  #lane: PlainLane | null | undefined;
  #waitingSince = new Float64Array(16);

  constructor({ model, leads, uniforms, strategy, pacingRandom, sink }: DialerParts) {
    const { limits, arrivals } = model;
    this.#model = model;
    this.#uniforms = uniforms;
    this.#leads = leads;
    this.#sink = sink;
    this.#pacingRandom = pacingRandom;
    this.#strategy = strategy;
    this.#trunks = limits.trunks;
    this.#gate = new Gate(limits.callsPerSecond, limits.burst, limits.spacing);
    const flow: CallFlow = new CallFlow(
      model,
      uniforms,
      sink,
      arrivals === undefined
        ? (lead, end) => leads.finish(lead, end, flow.now)
        : () => this.#arrivals?.freed(flow.now, flow.calls.used),
    );
    this.#flow = flow;
    flow.observe(strategy);
    this.#arrivals = arrivals === undefined ? undefined : new ArrivalStream(arrivals, flow.timers, uniforms);
    if (model.warmUp > 0) flow.timers.set(WARM_UP, model.warmUp);
    else flow.timers.set(BUCKET, model.bucket);
    this.#arrivals?.wait(0, 0);
    if (strategy !== undefined) flow.timers.set(DECISION, 0);
  }

  /** Seconds since the start. */
  get now(): number {
    return this.#flow.now;
  }

  /** What has been measured. */
  get meter(): Meter {
    return this.#flow.meter;
  }

  /** Handles all events up to and including `until`, and sets the time to it. */
  advance(until: number): void {
    const flow = this.#flow;
    const { timers } = flow;
    this.#lane ??= this.#plainLane() ?? null;
    const lane = this.#lane;
    while (timers.next <= until) {
      if (lane !== null) {
        this.events += this.#takeLane(lane, until);
        if (!(timers.next <= until)) break;
      }
      flow.now = timers.next;
      const entity = timers.begin();
      const kind = entity & 3;
      if (kind === AGENT_TIMER) flow.agentEvent(entity >> 2);
      else if (kind === CALL_TIMER) flow.callEvent(entity >> 2);
      else if (kind === PLAN_TIMER) flow.planEvent(entity >> 2);
      else this.#clockEvent(entity);
      timers.finish();
      this.events++;
    }
    if (until > flow.now) flow.now = until;
  }

  #takeLane(lane: PlainLane, until: number): number {
    const flow = this.#flow;
    const arrivals = this.#arrivals!;
    lane.now = flow.now;
    lane.arrived = arrivals.arrived;
    lane.serial = flow.serial;
    const events = lane.run(until);
    flow.now = lane.now;
    arrivals.arrived = lane.arrived;
    flow.serial = lane.serial;
    return events;
  }

  /** The fast loop for a plain queue; undefined for every other model. */
  #plainLane(): PlainLane | undefined {
    const { arrivals } = this.#model;
    const { agents, calls, callModel: model, meter, timers, warmLineTimeout } = this.#flow;
    if (arrivals === undefined || arrivals.amplitude !== 0 || arrivals.sources !== NEVER) return undefined;
    if (!model.plain || model.detection !== undefined || model.wrap !== undefined) return undefined;
    if (this.#sink !== undefined || warmLineTimeout !== NEVER) return undefined;
    return new PlainLane({
      timers,
      agents,
      calls,
      meter,
      uniforms: this.#uniforms,
      model,
      rate: arrivals.rate,
      trunks: this.#trunks,
    });
  }

  /** Time of the next event; Infinity when there is none. */
  get nextEvent(): number {
    return this.#flow.timers.next;
  }

  /** Leads tried at least once. */
  get leadsTried(): number {
    return this.#leads.tried();
  }

  /** Leads of the list; Infinity for an endless one. */
  get leadsInAll(): number {
    return this.#leads.size();
  }

  /** What a pacing strategy sees at this instant. The object is reused: read it at once. */
  get view(): DialerView {
    return this.#look();
  }

  /** The reasons of the strategy's last decision; undefined when it gives none. */
  explain(): object | undefined {
    return this.#strategy?.explain?.(this.#look());
  }

  /** Changes settings from now on. */
  set(change: DialerChange): void {
    const flow = this.#flow;
    this.#lane = undefined;
    if (change.calls !== undefined) flow.callModel = change.calls;
    if (change.trunks !== undefined) this.#trunks = change.trunks;
    if (change.warmLineTimeout !== undefined) flow.warmLineTimeout = change.warmLineTimeout;
    this.#gate.set(flow.now, change);
    if (change.agents !== undefined) flow.setAgents(change.agents);
    if (change.strategy !== undefined && this.#arrivals === undefined) {
      this.#strategy = change.strategy;
      flow.observe(change.strategy);
      this.#pending = 0;
      flow.timers.clear(DIAL);
      flow.timers.set(DECISION, flow.now);
    }
  }

  /** Places one call now, regardless of strategy and limits. Returns its number, or -1 when there is no lead to call. */
  placeOne(): number {
    const flow = this.#flow;
    const lead = this.#leads.take(flow.now);
    if (lead < 0) return NOBODY;
    const attempt = this.#leads.attempt(lead);
    flow.place(lead, attempt, Math.imul(lead, ATTEMPTS) + attempt, this.#leads.offset(lead), NOBODY);
    return flow.serial - 1;
  }

  /** What became of all calls since measuring began. */
  flow(): FlowBalance {
    const { calls, meter } = this.#flow;
    const total = (count: Count) => meter.total(count);
    let inSystem = 0;
    for (let slot = 0; slot < calls.slots; slot++) if (calls.facts[slot * FACTS + STATE] !== CallState.free) inSystem++;
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

  #clockEvent(entity: number): void {
    const { calls, meter, now, timers } = this.#flow;
    const { bucket, warmUp } = this.#model;
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
        meter.reset(now);
        this.#carried = calls.used;
        timers.set(BUCKET, warmUp + bucket);
        break;
      default:
        meter.close(now);
        this.#bucketsClosed += 1;
        timers.set(BUCKET, warmUp + (this.#bucketsClosed + 1) * bucket);
    }
  }

  #arrive(): void {
    const flow = this.#flow;
    const arrivals = this.#arrivals!;
    const number = arrivals.take(flow.now);
    if (number >= 0 && flow.calls.used < this.#trunks) flow.place(number, 1, number, 0, NOBODY);
    else if (number >= 0) {
      flow.meter.add(Count.placed, 1);
      flow.meter.add(Count.blocked, 1);
      this.#sink?.({ kind: "blocked", at: flow.now, call: flow.serial, lead: number, attempt: 1 });
      flow.serial++;
    }
    arrivals.wait(flow.now, flow.calls.used);
  }

  #decide(): void {
    const strategy = this.#strategy!;
    const { now, timers } = this.#flow;
    timers.set(DECISION, now + strategy.interval);
    timers.clear(DIAL);
    const wanted = strategy.decide(this.#look());
    this.#pending = wanted > 0 ? Math.floor(wanted) : 0;
    if (this.#pending > 0) this.#dial();
  }

  /**
   * Places as many calls of the last decision as are allowed now; schedules itself again when rate limit or spacing delays the
   * rest.
   */
  #dial(): void {
    const flow = this.#flow;
    const { agents, calls, meter, now } = flow;
    const reserving = this.#strategy?.reserves === true;
    if (this.#pending > 0 && (meter.level(Level.loggedIn) === 0 || this.#tapering())) this.#pending = 0;
    while (this.#pending > 0) {
      // Without a trunk, a lead or an agent to reserve, the rest of the decision is dropped: the next decision sees why.
      if (calls.used >= this.#trunks || (reserving && agents.longestIdle === NOBODY)) break;
      const at = this.#gate.earliest(now);
      if (at > now) {
        flow.timers.set(DIAL, at);
        return;
      }
      const lead = this.#leads.take(now);
      if (lead < 0) break;
      this.#gate.pass(now);
      this.#pending--;
      const attempt = this.#leads.attempt(lead);
      const held = reserving ? agents.longestIdle : NOBODY;
      flow.place(lead, attempt, Math.imul(lead, ATTEMPTS) + attempt, this.#leads.offset(lead), held);
    }
    this.#pending = 0;
  }

  /** True when everybody at work will have left within the taper and nobody comes before. */
  #tapering(): boolean {
    const { taper } = this.#model.limits;
    if (taper <= 0) return false;
    const { count, state, leavesAt, returnsAt } = this.#flow.agents;
    const horizon = this.#flow.now + taper;
    for (let agent = 0; agent < count; agent++) {
      if (state[agent]! <= AgentState.onBreak ? returnsAt[agent]! < horizon : leavesAt[agent]! > horizon) return false;
    }
    return true;
  }

  #look(): DialerView {
    const view = this.#view;
    const flow = this.#flow;
    const { agents, calls, meter, now, window } = flow;
    window.turn(now);
    view.now = now;
    view.hourOfDay = flow.secondOfDay() / 3600;
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
    view.placed = flow.serial;
    view.dayLiveAnswers = window.dayLive;
    view.dayAbandoned = window.dayAbandoned;
    view.windowLiveAnswers = window.windowLive;
    view.windowAbandoned = window.windowAbandoned;
    return view;
  }

  /** The whole state. Do not call it from within a sink or a strategy. */
  snapshot(): DialerSnapshot {
    return {
      now: this.now,
      events: this.events,
      pending: this.#pending,
      carried: this.#carried,
      bucketsClosed: this.#bucketsClosed,
      trunks: this.#trunks === NEVER ? null : this.#trunks,
      flow: this.#flow.snapshot(),
      gate: this.#gate.snapshot(),
      arrivals: this.#arrivals?.snapshot() ?? null,
      leads: this.#leads.snapshot(),
      pacingPosition: this.#pacingRandom.position,
      strategy: this.#strategy?.snapshot?.() ?? null,
    };
  }

  /**
   * Restores the state of another dialer with the same scenario, seed and kind of strategy; call it on a new dialer. A call model
   * that was changed by `set` must be set again.
   */
  restore(state: DialerSnapshot): void {
    this.#lane = undefined;
    this.events = state.events;
    this.#pending = state.pending;
    this.#carried = state.carried;
    this.#bucketsClosed = state.bucketsClosed;
    this.#trunks = state.trunks ?? NEVER;
    this.#flow.restore(state.now, state.flow);
    this.#gate.restore(state.gate);
    if (state.arrivals !== null) this.#arrivals?.restore(state.arrivals);
    this.#leads.restore(state.leads);
    this.#pacingRandom.position = state.pacingPosition;
    if (state.strategy !== null) this.#strategy?.restore?.(state.strategy);
  }
}

// The dialer's state as a pacing strategy sees it: filled before each decision, one object for the whole run.

/** `DialerView` as the dialer writes it. */
type WritableView = { -readonly [Field in keyof DialerView]: DialerView[Field] };

const NOTHING: Readings = new Float64Array(0);

/** An empty view. */
function emptyView(): WritableView {
  return {
    now: 0,
    hourOfDay: 0,
    agents: 0,
    agentState: NOTHING,
    agentSince: NOTHING,
    agentLeavesAt: NOTHING,
    agentReturnsAt: NOTHING,
    loggedIn: 0,
    idle: 0,
    reserved: 0,
    talking: 0,
    wrapping: 0,
    onBreak: 0,
    dialing: 0,
    dialedAt: NOTHING,
    detecting: 0,
    answeredAt: NOTHING,
    waiting: 0,
    waitingSince: NOTHING,
    trunks: Number.POSITIVE_INFINITY,
    trunksFree: Number.POSITIVE_INFINITY,
    callTokens: Number.POSITIVE_INFINITY,
    callsPerSecond: Number.POSITIVE_INFINITY,
    leadsReady: 0,
    leadsLeft: 0,
    placed: 0,
    dayLiveAnswers: 0,
    dayAbandoned: 0,
    windowLiveAnswers: 0,
    windowAbandoned: 0,
  };
}

// A dialer made from a scenario, advanced step by step: the basis of simulations and of the sandbox's living dialers.

/** What a simulated dialer is made of. */
export interface DialerOptions {
  readonly scenario: SimulationScenario;
  /** The same scenario and seed give bit for bit the same run. */
  readonly seed: number | string;
  /** Where leads come from; default: the scenario's. */
  readonly leads?: LeadSource;
  /** How calls are paced; default: the scenario's. */
  readonly strategy?: PacingStrategy;
  /** Receives each step of each call. */
  readonly sink?: DialerSink;
}

/**
 * A new dialer at second 0. `advance(until)` runs it, `set` changes settings while it runs, `snapshot` gives its state as plain
 * JSON data.
 */
export function createDialer({ scenario, seed, leads, strategy, sink }: DialerOptions): Dialer {
  const { calls, abandonmentTarget } = scenario;
  const model = compileScenario(scenario);
  const uniforms = new Uniforms(seed);
  const agents = model.agents.reduce((sum, { count }) => sum + count, 0);
  const random = uniforms.stream(Purpose.pacing);
  const paced =
    scenario.arrivals === undefined
      ? (strategy ?? createPacing(scenario.pacing, { calls, agents, abandonmentTarget, period: periodOf(scenario) }, random))
      : undefined;
  return new Dialer({ model, leads: leads ?? compileLeads(scenario), uniforms, strategy: paced, pacingRandom: random, sink });
}

// Types of a dialer: its parts, changes while it runs, its flow balance, its state as data.

/** The parts of a dialer, made from a scenario. */
interface DialerParts {
  readonly model: DialerModel;
  readonly leads: LeadSource;
  readonly uniforms: Uniforms;
  /** Paces the calls; undefined when calls arrive by themselves. */
  readonly strategy: PacingStrategy | undefined;
  /** The random stream of the strategy: its position is part of the state. */
  readonly pacingRandom: { position: number };
  readonly sink: DialerSink | undefined;
}

/** Settings that can be changed while the dialer runs; those left out stay. */
export interface DialerChange {
  /** The number of agents from now on, without shifts and breaks. Agents beyond it leave after their call. */
  readonly agents?: number;
  /** Infinity lifts the limit. Calls under way keep their trunks. */
  readonly trunks?: number;
  /** Infinity lifts the limit. */
  readonly callsPerSecond?: number;
  readonly burst?: number;
  /** Least seconds between placing two calls. */
  readonly spacing?: number;
  /** Idle seconds after which an agent's line is dropped; Infinity keeps it. */
  readonly warmLineTimeout?: number;
  /** How calls placed from now on turn out. */
  readonly calls?: CallModel;
  readonly strategy?: PacingStrategy;
}

/** What became of the calls of a run: `carried + placed` equals the sum of all following fields at every instant. */
export interface FlowBalance {
  /** Under way when measuring began. */
  readonly carried: number;
  /** Placed, or arrived, since then. */
  readonly placed: number;
  readonly blocked: number;
  readonly noAnswer: number;
  readonly busy: number;
  readonly invalid: number;
  /** Calls recognised as machines. */
  readonly machines: number;
  /** Machines that were taken for people and dropped because no agent was free. */
  readonly machinesDropped: number;
  readonly silentCalls: number;
  /** People who left before an agent spoke. */
  readonly lost: number;
  /** Calls that an agent talked on. */
  readonly completed: number;
  /** Calls under way now, counted one by one. */
  readonly inSystem: number;
}

/** State of a dialer as plain JSON data. Only a dialer of the same model, seed and kind of strategy can restore it. */
export interface DialerSnapshot {
  readonly now: number;
  readonly events: number;
  readonly pending: number;
  readonly carried: number;
  readonly bucketsClosed: number;
  /** null means "no limit": JSON has no Infinity. */
  readonly trunks: number | null;
  readonly flow: CallFlowSnapshot;
  readonly gate: GateSnapshot;
  readonly arrivals: ArrivalStreamSnapshot | null;
  readonly leads: object;
  readonly pacingPosition: number;
  /** null when the strategy keeps no state. */
  readonly strategy: object | null;
}

// Calls that arrive by themselves: a Poisson stream, one whose rate follows a sine, or the requests of a finite number of
// sources.

/** The state of an arrival stream as JSON. */
interface ArrivalStreamSnapshot {
  readonly arrived: number;
  readonly rate: number;
  readonly work: number;
}

/** Calls that arrive by themselves, as a Poisson stream whose rate may change with the hour. */
class ArrivalStream {
  /** Number of arrivals so far, including those thinned out; it is the number of the next one. */
  arrived = 0;
  readonly #arrivals: Arrivals;
  readonly #timers: Timers;
  readonly #uniforms: Uniforms;
  /** With a finite number of sources: the rate of the timer, and the unit-exponential time left while the rate is 0. */
  #rate = 0;
  #work = 0;

  constructor(arrivals: Arrivals, timers: Timers, uniforms: Uniforms) {
    this.#arrivals = arrivals;
    this.#timers = timers;
    this.#uniforms = uniforms;
  }

  /**
   * Returns the number of the arrival that is due; -1 when it is thinned out, in a stream whose rate varies (Lewis and Shedler
   * 1979).
   */
  take(now: number): number {
    const number = this.arrived++;
    const { rate, amplitude, frequency } = this.#arrivals;
    if (amplitude === 0) return number;
    const candidate = this.#uniforms.at(Purpose.thinning, number) * (rate + Math.abs(amplitude));
    return candidate < rate + amplitude * Math.sin(frequency * now) ? number : -1;
  }

  /** Sets the timer of the next arrival. @param inSystem calls under way: their sources do not call */
  wait(now: number, inSystem: number): void {
    const { rate, amplitude, sources } = this.#arrivals;
    const work = exponentialOfWord(this.#uniforms.word(Purpose.arrival, this.arrived));
    if (sources === NEVER) this.#timers.set(ARRIVAL, now + work / (rate + Math.abs(amplitude)));
    else {
      this.#rate = (sources - inSystem) * rate;
      this.#work = work;
      if (this.#rate > 0) this.#timers.set(ARRIVAL, now + work / this.#rate);
    }
  }

  /**
   * A call has ended, and its source may call again: the rest of the exponential waiting time gets shorter in proportion to the
   * number of sources.
   */
  freed(now: number, inSystem: number): void {
    const { rate, sources } = this.#arrivals;
    if (sources === NEVER) return;
    const due = this.#timers.timeOf(ARRIVAL);
    const left = this.#rate > 0 && due !== NEVER ? (due - now) * this.#rate : this.#work;
    this.#rate = (sources - inSystem) * rate;
    this.#timers.set(ARRIVAL, now + left / this.#rate);
  }

  snapshot(): ArrivalStreamSnapshot {
    return { arrived: this.arrived, rate: this.#rate, work: this.#work };
  }

  restore({ arrived, rate, work }: ArrivalStreamSnapshot): void {
    this.arrived = arrived;
    this.#rate = rate;
    this.#work = work;
  }
}
