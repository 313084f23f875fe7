// The way of a call from being placed to its end, and of the agents who take it.
//
//   call:   placed ─ dialing ─ no answer, busy, invalid ──────────────────────────► gone
//                       └ answered ─ detecting ─ judged a machine ────────────────► gone
//                                        └ judged a person ─ waiting ─ gives up ──► gone
//                                                               └ talking ────────► gone
//   agent:  off, on break ─► idle ─► (reserved) ─► talking ─► wrapping ─► idle, or off or on break when that is due
//
// A call has one timer (what ends its present state), an agent two (what ends the call or the wrap-up; what the roster plans next). Nothing is
// allocated for an event but what a sink is told. Indices are in range by construction, hence the `!`.

import { AgentState, Observation, type PacingStrategy } from "../pacing/strategy.ts";
import { Agents, type AgentsSnapshot } from "./agents.ts";
import {
  AGENT,
  ANSWERED,
  ATTEMPT,
  CallState,
  Calls,
  type CallsSnapshot,
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
import { AGENT_TIMER, CLOCKS, PLAN_TIMER } from "./entities.ts";
import { Count, Level, Meter, type MeterSnapshot } from "./meter.ts";
import {
  CallEnd,
  type CallModel,
  DAY,
  type DialerModel,
  type MachineDetection,
  type MeasuredHistory,
  Outcome,
  outcomeOf,
} from "./model.ts";
import { Roster } from "./roster.ts";
import type { CallEndName, CallTransition, DialerSink } from "./sink.ts";
import { Timers, type TimersSnapshot } from "./timers.ts";
import { Purpose, type Uniforms } from "./uniforms.ts";

// The dialer's own count of live answers and abandoned calls, since midnight and over the measured window of days.

/** The state of the window as JSON: live answers and abandoned calls by day. */
interface MeasuredWindowSnapshot {
  readonly live: readonly number[];
  readonly abandoned: readonly number[];
  readonly day: number;
}

/**
 * Counts people who answered, and the abandoned among them, over a number of days including the present one (16 CFR
 * 310.4(b)(4)(i): 30 days; one day where a rule pack says 24 hours). A real dialer estimates detection errors from samples; here
 * it is told the true outcome of each call.
 */
class MeasuredWindow {
  dayLive = 0;
  dayAbandoned = 0;
  windowLive: number;
  windowAbandoned: number;
  /**
   * By day, in a ring that includes the present day. Calls before the start count for the day before; in a window of one day, for
   * today.
   */
  readonly #live: Float64Array;
  readonly #abandoned: Float64Array;
  readonly #days: number;
  #day = 1;
  /** End of the present day, seconds since the start. */
  #midnight: number;
  readonly #startOfDay: number;

  /** @param days length of the window in days of the campaign's clock, at least 1 */
  constructor(history: MeasuredHistory, startOfDay: number, days: number) {
    this.#days = days;
    this.#live = new Float64Array(days);
    this.#abandoned = new Float64Array(days);
    this.#live[0] = history.liveAnswers;
    this.#abandoned[0] = history.abandoned;
    this.windowLive = history.liveAnswers;
    this.windowAbandoned = history.abandoned;
    if (days === 1) {
      this.dayLive = history.liveAnswers;
      this.dayAbandoned = history.abandoned;
    }
    this.#startOfDay = startOfDay;
    this.#midnight = DAY - startOfDay;
  }

  answered(now: number): void {
    this.turn(now);
    this.dayLive += 1;
    this.windowLive += 1;
    this.#live[this.#day % this.#days]! += 1;
  }

  lost(now: number): void {
    this.turn(now);
    this.dayAbandoned += 1;
    this.windowAbandoned += 1;
    this.#abandoned[this.#day % this.#days]! += 1;
  }

  /** Moves on to the day of `now`. */
  turn(now: number): void {
    while (now >= this.#midnight) {
      this.#day += 1;
      const place = this.#day % this.#days;
      this.windowLive -= this.#live[place]!;
      this.windowAbandoned -= this.#abandoned[place]!;
      this.#live[place] = 0;
      this.#abandoned[place] = 0;
      this.dayLive = 0;
      this.dayAbandoned = 0;
      this.#midnight = this.#day * DAY - this.#startOfDay;
    }
  }

  snapshot(): MeasuredWindowSnapshot {
    return { live: [...this.#live], abandoned: [...this.#abandoned], day: this.#day };
  }

  restore({ live, abandoned, day }: MeasuredWindowSnapshot): void {
    this.#live.set(live);
    this.#abandoned.set(abandoned);
    this.#day = day;
    this.#midnight = day * DAY - this.#startOfDay;
    this.dayLive = live[day % this.#days] ?? 0;
    this.dayAbandoned = abandoned[day % this.#days] ?? 0;
    this.windowLive = live.reduce((sum, n) => sum + n, 0);
    this.windowAbandoned = abandoned.reduce((sum, n) => sum + n, 0);
  }
}

const NEVER = Number.POSITIVE_INFINITY;
const NOBODY = -1;
const FIRST_SLOTS = 64;
/** Tolerance in comparing sums of seconds. */
const TICK = 1e-9;
/**
 * Ring times vary by so many seconds. Without it, time-outs, which are whole multiples of the decision interval, would end at the
 * very instant of a decision and always before it, while a dialer sees every other end only at the next decision. With fixed
 * ratios this made 3 % more abandoned calls.
 */
const RING_BLUR = 1e-6;
const END_NAMES = Object.keys(CallEnd) as CallEndName[];

/** Told when a call has ended and its trunk is free. */
type CallEnded = (lead: number, end: CallEnd) => void;

interface CallNumbers {
  readonly call: number;
  readonly lead: number;
  readonly attempt: number;
}

/** The state of the call flow as JSON, without the agents and calls. */
export interface CallFlowSnapshot {
  readonly serial: number;
  readonly planned: boolean;
  /** null is "never": JSON has no Infinity. */
  readonly warmLineTimeout: number | null;
  readonly timers: TimersSnapshot;
  readonly agents: AgentsSnapshot;
  readonly calls: CallsSnapshot;
  readonly window: MeasuredWindowSnapshot;
  readonly meter: MeterSnapshot;
  readonly roster: readonly number[];
  readonly wrapping: readonly (readonly [agent: number, about: CallNumbers])[];
}

/** Places calls, ends them and connects them with agents, event by event. */
export class CallFlow {
  /** Seconds since the start. */
  now = 0;
  /** Number of the next call. */
  serial = 0;
  callModel: CallModel;
  warmLineTimeout: number;
  readonly meter = new Meter();
  readonly timers: Timers;
  readonly agents: Agents;
  readonly calls = new Calls(FIRST_SLOTS);
  readonly window: MeasuredWindow;
  readonly #model: DialerModel;
  readonly #uniforms: Uniforms;
  readonly #roster: Roster;
  readonly #sink: DialerSink | undefined;
  readonly #ended: CallEnded;
  /** The strategy, when it observes calls. */
  #observer: Required<Pick<PacingStrategy, "observe">> | undefined;
  /** Whether a strategy places the calls; only then is the measured window kept. */
  readonly #paced: boolean;
  /** Whether agents follow the roster. */
  #planned = true;
  /** The last midnight, in seconds since the midnight before the start. */
  #midnight = 0;
  /** By agent in wrap-up: the call. Kept only for a sink. */
  readonly #wrapping = new Map<number, CallNumbers>();

  constructor(model: DialerModel, uniforms: Uniforms, sink: DialerSink | undefined, ended: CallEnded) {
    this.#model = model;
    this.#uniforms = uniforms;
    this.#sink = sink;
    this.#ended = ended;
    this.#paced = model.arrivals === undefined;
    this.callModel = model.calls;
    this.warmLineTimeout = model.limits.warmLineTimeout;
    this.window = new MeasuredWindow(model.history, model.startOfDay, model.windowDays);
    this.#roster = new Roster(model.agents, uniforms, model.startOfDay);
    this.agents = new Agents(this.#roster.agents, this.meter);
    this.timers = new Timers(4 * Math.max(CLOCKS, this.agents.count, this.calls.slots));
    for (let agent = 0; agent < this.agents.count; agent++) this.#plan(agent, -1);
  }

  /** From now on tells this strategy what happens, if it observes calls. */
  observe(strategy: PacingStrategy | undefined): void {
    this.#observer = strategy?.observe === undefined ? undefined : (strategy as Required<Pick<PacingStrategy, "observe">>);
  }

  /** Second of the campaign's day, from 0 up to 86,400, computed without a division. */
  secondOfDay(): number {
    const second = this.#model.startOfDay + this.now - this.#midnight;
    if (second < DAY) return second;
    this.#midnight += DAY * Math.floor(second / DAY);
    return this.#model.startOfDay + this.now - this.#midnight;
  }

  // ── Events ──────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────

  callEvent(slot: number): void {
    const calls = this.calls;
    switch (calls.facts[slot * FACTS + STATE]) {
      case CallState.dialing:
        calls.dialing.remove(slot);
        this.#rung(slot);
        break;
      case CallState.detecting:
        calls.detecting.remove(slot);
        // Detection may have been switched off in the meantime: then the call continues like one judged a person.
        if (this.callModel.detection === undefined) this.#route(slot);
        else this.#judge(slot, this.callModel.detection);
        break;
      case CallState.doomed:
        calls.detecting.remove(slot);
        if (this.#paced) this.window.answered(this.now);
        this.#lose(slot);
        break;
      case CallState.waiting:
        calls.dequeue(slot);
        this.meter.shift(Level.waiting, -1, this.now);
        this.#lose(slot);
        break;
      default: {
        // The caller gives up while the agent's line is being reconnected; the agent is free when the line is up.
        this.agents.call[calls.facts[slot * FACTS + AGENT]!] = NOBODY;
        this.meter.shift(Level.waiting, -1, this.now);
        this.#lose(slot);
      }
    }
  }

  agentEvent(agent: number): void {
    const state = this.agents.state[agent];
    if (state === AgentState.talking) this.#talked(agent);
    else if (state === AgentState.wrapping) this.#wrapped(agent);
    else {
      const slot = this.agents.call[agent]!;
      if (slot === NOBODY) this.#free(agent);
      else {
        this.meter.shift(Level.waiting, -1, this.now);
        this.#talk(slot, agent);
      }
    }
  }

  planEvent(agent: number): void {
    const { state, leavesAt, returnsAt } = this.agents;
    if (state[agent]! <= AgentState.onBreak) {
      returnsAt[agent] = NEVER;
      if (leavesAt[agent] !== NEVER) this.timers.set((agent << 2) | PLAN_TIMER, leavesAt[agent]!);
      this.#free(agent);
    } else if (state[agent] === AgentState.idle) this.#leave(agent);
    // A busy agent leaves when the call is over.
  }

  // ── The way of a call ───────────────────────────────────────────────────────────────────────────────────────────────────────────────

  /**
   * Places a call on a trunk.
   * @param fate index of its random numbers; @param offset seconds by which the lead's clock is ahead; @param reserved the
   * reserved agent, or -1
   */
  place(lead: number, attempt: number, fate: number, offset: number, reserved: number): void {
    const { now } = this;
    const calls = this.calls;
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
    facts[fact + AGENT] = reserved;
    instants[slot * INSTANTS + SERIAL] = this.serial++;
    instants[slot * INSTANTS + DIALED] = now;
    if (reserved !== NOBODY) {
      this.agents.enter(reserved, AgentState.reserved, now);
      this.agents.call[reserved] = slot;
    }
    this.meter.shift(Level.trunks, 1, now);
    this.meter.add(Count.placed, 1);
    if (this.#sink !== undefined) this.#tell("placed", slot);
    const model = this.callModel;
    if (model.plain) {
      facts[fact + OUTCOME] = Outcome.live;
      this.#answered(slot);
      return;
    }
    let second = this.secondOfDay() + offset;
    if (second < 0) second += DAY;
    else if (second >= DAY) second -= DAY;
    const outcome = outcomeOf(model.rates, this.#uniforms.at(Purpose.outcome, fate), second, attempt);
    facts[fact + OUTCOME] = outcome;
    const u = this.#uniforms.at(Purpose.ring, fate);
    const ring = outcome === Outcome.noAnswer ? model.noAnswerAfter : model.ring[outcome](u);
    if (ring > 0) {
      facts[fact + STATE] = CallState.dialing;
      calls.dialing.add(slot, now);
      this.timers.set(slot << 2, now + Math.max(0, ring + RING_BLUR * (u - 0.5)));
    } else this.#rung(slot);
  }

  /** The ringing has ended, with or without an answer. */
  #rung(slot: number): void {
    const age = this.now - this.calls.instants[slot * INSTANTS + DIALED]!;
    switch (this.calls.facts[slot * FACTS + OUTCOME]) {
      case Outcome.noAnswer:
        this.meter.add(Count.noAnswer, 1);
        this.#observer?.observe(Observation.noAnswer, age, 0);
        this.#end(slot, CallEnd.noAnswer);
        break;
      case Outcome.busy:
        this.meter.add(Count.busy, 1);
        this.#observer?.observe(Observation.busy, age, 0);
        this.#end(slot, CallEnd.busy);
        break;
      case Outcome.invalid:
        this.meter.add(Count.invalid, 1);
        this.#observer?.observe(Observation.invalid, age, 0);
        this.#end(slot, CallEnd.invalid);
        break;
      default:
        this.#answered(slot);
    }
  }

  #answered(slot: number): void {
    const { now } = this;
    const { facts, instants, detecting } = this.calls;
    const model = this.callModel;
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
      this.timers.set(slot << 2, doomed ? deadline : now + seconds);
    } else this.#judge(slot, detection);
  }

  /** Detection has decided. */
  #judge(slot: number, detection: MachineDetection): void {
    const { facts, instants } = this.calls;
    const live = facts[slot * FACTS + OUTCOME] === Outcome.live;
    const share = live ? detection.falseMachine : detection.falseLive;
    const wrong = share > 0 && this.#uniforms.at(Purpose.misjudgement, facts[slot * FACTS + FATE]!) < share;
    if (live !== wrong) {
      this.#route(slot);
      return;
    }
    const { now } = this;
    const at = slot * INSTANTS;
    this.#observer?.observe(Observation.machine, now - instants[at + DIALED]!, now - instants[at + ANSWERED]!);
    if (live) this.#silence(slot);
    else {
      this.meter.add(Count.machines, 1);
      this.#end(slot, CallEnd.machine);
    }
  }

  /** Hangs up on a person who was taken for a machine. */
  #silence(slot: number): void {
    const { now } = this;
    const { countSilentCalls: counts, greeting } = this.callModel;
    this.meter.add(Count.silentCalls, 1);
    if (counts) {
      this.meter.add(Count.abandoned, 1);
      if (this.#paced) {
        this.window.answered(now);
        this.window.lost(now);
      }
      this.#observer?.observe(
        Observation.abandoned,
        Math.max(0, now - this.calls.instants[slot * INSTANTS + ANSWERED]! - greeting),
        0,
      );
    }
    this.#end(slot, CallEnd.silent, counts);
  }

  /** A call judged a person gets an agent, or waits for one. */
  #route(slot: number): void {
    const { now } = this;
    const calls = this.calls;
    const { facts, instants } = calls;
    const at = slot * INSTANTS;
    if (this.#paced && facts[slot * FACTS + OUTCOME] === Outcome.live) this.window.answered(now);
    this.#observer?.observe(
      Observation.answered,
      instants[at + ANSWERED]! - instants[at + DIALED]!,
      now - instants[at + ANSWERED]!,
    );
    const { patience } = this.callModel;
    if (facts[slot * FACTS + OUTCOME] !== Outcome.live && patience !== undefined) {
      instants[at + DEADLINE] = now + patience(this.#uniforms.at(Purpose.patience, facts[slot * FACTS + FATE]!));
    }
    const reserved = facts[slot * FACTS + AGENT]!;
    const agent = reserved === NOBODY ? this.agents.longestIdle : reserved;
    if (agent !== NOBODY) {
      if (reserved === NOBODY && now - this.agents.since[agent]! > this.warmLineTimeout) this.#reconnect(slot, agent);
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
    if (deadline !== NEVER) this.timers.set(slot << 2, deadline);
    if (this.#sink !== undefined) this.#tell("waiting", slot);
  }

  /** The agent's line was dropped after a long idle time: it is set up again while the caller waits. */
  #reconnect(slot: number, agent: number): void {
    const { now } = this;
    const { facts, instants } = this.calls;
    const deadline = instants[slot * INSTANTS + DEADLINE]!;
    facts[slot * FACTS + STATE] = CallState.connecting;
    facts[slot * FACTS + AGENT] = agent;
    this.agents.enter(agent, AgentState.reserved, now);
    this.agents.call[agent] = slot;
    this.meter.add(Count.waited, 1);
    this.meter.shift(Level.waiting, 1, now);
    this.timers.set((agent << 2) | AGENT_TIMER, now + this.#model.limits.reconnect);
    if (deadline !== NEVER) this.timers.set(slot << 2, Math.max(now, deadline));
    if (this.#sink !== undefined) this.#tell("waiting", slot);
  }

  /** The agent begins to talk. */
  #talk(slot: number, agent: number): void {
    const { now } = this;
    const { facts, instants } = this.calls;
    const agents = this.agents;
    const model = this.callModel;
    const fact = slot * FACTS;
    if (instants[slot * INSTANTS + DEADLINE] !== NEVER) this.timers.clear(slot << 2);
    facts[fact + STATE] = CallState.talking;
    facts[fact + AGENT] = agent;
    agents.enter(agent, AgentState.talking, now);
    agents.call[agent] = slot;
    const live = facts[fact + OUTCOME] === Outcome.live;
    const wait = now - instants[slot * INSTANTS + ANSWERED]! - model.greeting;
    this.meter.add(live ? Count.connected : Count.machinesConnected, 1);
    let late = false;
    if (wait > 0) {
      // A machine's greeting lasts until it is judged: a machine that was passed on at once, as a person, is not late.
      late = live && wait > model.legalLimit + TICK;
      if (late && this.#paced) this.window.lost(now);
      if (live) {
        this.meter.add(Count.waitOfConnected, wait);
        this.meter.wait(wait);
        if (late) {
          this.meter.add(Count.connectedLate, 1);
          this.meter.add(Count.abandoned, 1);
        }
      }
    }
    this.#observer?.observe(late ? Observation.abandoned : Observation.served, Math.max(0, wait), 0);
    if (this.#sink !== undefined) this.#tell("connected", slot, { agent, abandoned: late && live });
    const u = this.#uniforms.at(Purpose.talk, facts[fact + FATE]!);
    this.timers.set((agent << 2) | AGENT_TIMER, now + (live ? model.talk(u) : model.machineTalk(u)));
  }

  #talked(agent: number): void {
    const { now } = this;
    const agents = this.agents;
    const slot = agents.call[agent]!;
    const { facts, instants } = this.calls;
    const fact = slot * FACTS;
    const { wrap } = this.callModel;
    this.meter.add(Count.completed, 1);
    this.#observer?.observe(Observation.talkEnded, now - agents.since[agent]!, 0);
    const seconds = wrap === undefined ? 0 : wrap(this.#uniforms.at(Purpose.wrap, facts[fact + FATE]!));
    this.#end(slot, facts[fact + OUTCOME] === Outcome.live ? CallEnd.talked : CallEnd.machine);
    if (seconds > 0) {
      if (this.#sink !== undefined) {
        const call = instants[slot * INSTANTS + SERIAL]!;
        this.#wrapping.set(agent, { call, lead: facts[fact + LEAD]!, attempt: facts[fact + ATTEMPT]! });
      }
      agents.enter(agent, AgentState.wrapping, now);
      this.timers.set((agent << 2) | AGENT_TIMER, now + seconds);
    } else this.#free(agent);
  }

  #wrapped(agent: number): void {
    this.#observer?.observe(Observation.wrapEnded, this.now - this.agents.since[agent]!, 0);
    if (this.#sink !== undefined) {
      const about = this.#wrapping.get(agent);
      if (about !== undefined) this.#sink({ kind: "wrapped", at: this.now, ...about, agent });
      this.#wrapping.delete(agent);
    }
    this.#free(agent);
  }

  /** The caller hangs up, or the call is dropped, before an agent speaks. */
  #lose(slot: number): void {
    const { now } = this;
    const model = this.callModel;
    const live = this.calls.facts[slot * FACTS + OUTCOME] === Outcome.live;
    const wait = Math.max(0, now - this.calls.instants[slot * INSTANTS + ANSWERED]! - model.greeting);
    const abandoned = model.countEarlyHangUps || wait >= model.legalLimit - TICK;
    if (live) {
      this.meter.add(Count.lost, 1);
      this.meter.add(Count.waitOfLost, wait);
      if (wait > 0) this.meter.wait(wait);
      if (abandoned) this.meter.add(Count.abandoned, 1);
    } else this.meter.add(Count.machinesDropped, 1);
    if (abandoned && live && this.#paced) this.window.lost(now);
    if (abandoned) this.#observer?.observe(Observation.abandoned, wait, 0);
    this.#end(slot, CallEnd.lost, abandoned && live);
  }

  /** The trunk is free again, and so is an agent who was reserved for the call. */
  #end(slot: number, end: CallEnd, abandoned = false): void {
    const { facts } = this.calls;
    if (this.#sink !== undefined) this.#tell("ended", slot, { end: END_NAMES[end]!, abandoned });
    this.meter.shift(Level.trunks, -1, this.now);
    this.calls.release(slot);
    this.#ended(facts[slot * FACTS + LEAD]!, end);
    const agent = facts[slot * FACTS + AGENT]!;
    if (agent !== NOBODY && this.agents.call[agent] === slot && this.agents.state[agent] === AgentState.reserved) {
      this.#free(agent);
    }
  }

  // ── Agents ──────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────

  /** An agent has finished: leaves when that is due, takes the longest waiting caller, or becomes idle. */
  #free(agent: number): void {
    const agents = this.agents;
    const calls = this.calls;
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
    this.agents.enter(
      agent,
      this.agents.followedBy[agent] === AgentState.onBreak ? AgentState.onBreak : AgentState.off,
      this.now,
    );
    this.#plan(agent, this.now);
  }

  /** Looks up when an agent who is not at work comes next, and until when. */
  #plan(agent: number, now: number): void {
    const agents = this.agents;
    const stretch = this.#planned ? this.#roster.next(agent, now) : undefined;
    agents.leavesAt[agent] = stretch?.ends ?? NEVER;
    agents.followedBy[agent] = stretch?.followedBy ?? AgentState.off;
    agents.returnsAt[agent] = stretch === undefined ? NEVER : Math.max(0, now, stretch.begins);
    if (stretch !== undefined) this.timers.set((agent << 2) | PLAN_TIMER, agents.returnsAt[agent]);
  }

  /** Changes the number of agents to `count`, without shifts and breaks from now on. */
  setAgents(count: number): void {
    const agents = this.agents;
    const known = agents.count;
    this.#planned = false;
    if (count > known) {
      agents.grow(count);
      this.#makeRoom();
    }
    for (let agent = 0; agent < agents.count; agent++) {
      const absent = agents.state[agent]! <= AgentState.onBreak;
      this.timers.clear((agent << 2) | PLAN_TIMER);
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
    this.timers.grow(4 * Math.max(CLOCKS, this.agents.count, this.calls.slots));
  }

  #tell(kind: CallTransition["kind"], slot: number, more: Partial<CallTransition> = {}): void {
    const { facts, instants } = this.calls;
    const call = instants[slot * INSTANTS + SERIAL]!;
    const lead = facts[slot * FACTS + LEAD]!;
    this.#sink?.({ kind, at: this.now, call, lead, attempt: facts[slot * FACTS + ATTEMPT]!, ...more });
  }

  snapshot(): CallFlowSnapshot {
    return {
      serial: this.serial,
      planned: this.#planned,
      warmLineTimeout: this.warmLineTimeout === NEVER ? null : this.warmLineTimeout,
      timers: this.timers.snapshot(),
      agents: this.agents.snapshot(),
      calls: this.calls.snapshot(),
      window: this.window.snapshot(),
      meter: this.meter.snapshot(),
      roster: this.#roster.snapshot(),
      wrapping: [...this.#wrapping],
    };
  }

  /** Restores what `snapshot` returned, at `now`; call it on a new object. */
  restore(now: number, state: CallFlowSnapshot): void {
    this.now = now;
    this.serial = state.serial;
    this.#planned = state.planned;
    this.warmLineTimeout = state.warmLineTimeout ?? NEVER;
    this.agents.restore(state.agents);
    this.calls.restore(state.calls);
    this.#makeRoom();
    this.timers.restore(state.timers);
    this.window.restore(state.window);
    this.meter.restore(state.meter);
    this.#roster.restore(state.roster);
    for (const [agent, about] of state.wrapping) this.#wrapping.set(agent, about);
  }
}
