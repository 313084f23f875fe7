// The short way for plain queues: the same events on the same state as the dialer's, without what a plain queue has no use for.
//
// Arrivals that are answered at once, talks without wrap-up and callers who give up are handled here in one loop, everything else by the dialer.
// What comes out is the same to the bit: a dialer with a sink always goes the long way, and a test compares the two. Indices are in range by
// construction, hence the `!`.

import { AgentState } from "../pacing/strategy.ts";
import type { Agents } from "./agents.ts";
import {
  AGENT,
  ANSWERED,
  ATTEMPT,
  CallState,
  type Calls,
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
import { AGENT_TIMER, ARRIVAL, CALL_TIMER } from "./entities.ts";
import { unitExponential } from "./exponential.ts";
import { Count, Level, type Meter } from "./meter.ts";
import { type CallModel, Outcome } from "./model.ts";
import type { Timers } from "./timers.ts";
import { Purpose, type Uniforms } from "./uniforms.ts";

const NEVER = Number.POSITIVE_INFINITY;
const NOBODY = -1;
const TICK = 1e-9;

export interface LaneParts {
  readonly timers: Timers;
  readonly agents: Agents;
  readonly calls: Calls;
  readonly meter: Meter;
  readonly uniforms: Uniforms;
  readonly model: CallModel;
  /** Arrivals a second. */
  readonly rate: number;
  readonly trunks: number;
}

export class PlainLane {
  /** Where the lane stands after `run`. */
  now = 0;
  arrived = 0;
  serial = 0;
  readonly #parts: LaneParts;

  constructor(parts: LaneParts) {
    this.#parts = parts;
  }

  /** Handles events up to `until`, or up to the first one that is not the lane's, and returns how many. The public fields are to be set before and read after. */
  run(until: number): number {
    const { timers, agents, calls, meter, uniforms, model, rate, trunks } = this.#parts;
    const { facts, instants } = calls;
    const { state, since, call, leavesAt } = agents;
    const { patience, talk, greeting, legalLimit, countEarlyHangUps } = model;
    let { now, arrived, serial } = this;
    let events = 0;
    const arrivedBefore = arrived;
    let [blocked, connected, completed, waited, lost, abandoned] = [0, 0, 0, 0, 0, 0];
    for (;;) {
      const next = timers.next;
      if (!(next <= until)) break;
      const entity = timers.first;
      const kind = entity & 3;
      const index = entity >> 2;
      let slot = NOBODY;
      let agent = NOBODY;
      let wait = 0;
      if (kind === AGENT_TIMER) {
        // The end of a talk: the agent takes the next caller, or is idle.
        agent = index;
        if (state[agent] !== AgentState.talking || leavesAt[agent]! <= next) break;
        now = next;
        completed++;
        meter.shift(Level.trunks, -1, now);
        calls.release(call[agent]!);
        slot = calls.longestWaiting;
        if (slot === NOBODY) {
          call[agent] = NOBODY;
          agents.enter(agent, AgentState.idle, now);
          timers.begin();
          timers.finish();
          events++;
          continue;
        }
        calls.dequeue(slot);
        meter.shift(Level.waiting, -1, now);
        if (patience !== undefined) timers.clear(slot << 2);
        wait = now - instants[slot * INSTANTS + ANSWERED]! - greeting;
        timers.restart(now + talk(uniforms.at(Purpose.talk, facts[slot * FACTS + FATE]!)));
        since[agent] = now;
      } else if (entity === ARRIVAL) {
        // Without a free slot the dialer makes room first; with it come new arrays.
        if (calls.full && calls.used < trunks) break;
        now = next;
        const number = arrived++;
        const call = serial++;
        const following = now + unitExponential(uniforms.at(Purpose.arrival, arrived)) / rate;
        if (calls.used >= trunks) {
          blocked++;
          events++;
          timers.restart(following);
          continue;
        }
        slot = calls.take();
        const fact = slot * FACTS;
        const at = slot * INSTANTS;
        facts[fact + OUTCOME] = Outcome.live;
        facts[fact + LEAD] = number;
        facts[fact + ATTEMPT] = 1;
        facts[fact + FATE] = number;
        instants[at + DIALED] = now;
        instants[at + ANSWERED] = now;
        instants[at + SERIAL] = call;
        const deadline = patience === undefined ? NEVER : now + greeting + patience(uniforms.at(Purpose.patience, number));
        instants[at + DEADLINE] = deadline;
        agent = agents.longestIdle;
        if (agent === NOBODY) {
          facts[fact + AGENT] = NOBODY;
          waited++;
          meter.shift(Level.trunks, 1, now);
          if (deadline <= now) {
            lost++;
            if (countEarlyHangUps || legalLimit <= TICK) abandoned++;
            meter.shift(Level.trunks, -1, now);
            calls.release(slot);
          } else {
            calls.enqueue(slot);
            meter.shift(Level.waiting, 1, now);
            if (deadline !== NEVER) timers.set(slot << 2, deadline);
          }
          events++;
          timers.restart(following);
          continue;
        }
        meter.shift(Level.trunks, 1, now);
        agents.enter(agent, AgentState.talking, now);
        timers.set((agent << 2) | AGENT_TIMER, now + talk(uniforms.at(Purpose.talk, number)));
        timers.restart(following);
      } else if (kind === CALL_TIMER && facts[index * FACTS + STATE] === CallState.waiting) {
        // A caller gives up.
        now = next;
        timers.begin();
        timers.finish();
        events++;
        calls.dequeue(index);
        meter.shift(Level.waiting, -1, now);
        wait = Math.max(0, now - instants[index * INSTANTS + ANSWERED]! - greeting);
        lost++;
        meter.add(Count.waitOfLost, wait);
        if (wait > 0) meter.wait(wait);
        if (countEarlyHangUps || wait >= legalLimit - TICK) abandoned++;
        meter.shift(Level.trunks, -1, now);
        calls.release(index);
        continue;
      } else break;
      // The agent speaks.
      events++;
      connected++;
      facts[slot * FACTS + STATE] = CallState.talking;
      facts[slot * FACTS + AGENT] = agent;
      call[agent] = slot;
      if (wait > 0) {
        meter.add(Count.waitOfConnected, wait);
        meter.wait(wait);
        if (wait > legalLimit + TICK) {
          meter.add(Count.connectedLate, 1);
          abandoned++;
        }
      }
    }
    this.now = now;
    this.arrived = arrived;
    this.serial = serial;
    meter.add(Count.placed, arrived - arrivedBefore);
    meter.add(Count.blocked, blocked);
    meter.add(Count.liveAnswers, arrived - arrivedBefore - blocked);
    meter.add(Count.connected, connected);
    meter.add(Count.completed, completed);
    meter.add(Count.waited, waited);
    meter.add(Count.lost, lost);
    meter.add(Count.abandoned, abandoned);
    return events;
  }
}
