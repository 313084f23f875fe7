// The fast loop for plain queues: the same events on the same state as the dialer's, without what a plain queue does not need.
//
// Arrivals that are answered at once, talks without wrap-up and callers who give up are handled here in one loop, everything else
// by the dialer. The results are bit for bit the same: a dialer with a sink never uses this loop, and a test compares the two.
// Indices are in range by construction, hence the `!`.

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
import { exponentialOfWord } from "./exponential.ts";
import { Count, Level, type Meter } from "./meter.ts";
import { type CallModel, Outcome } from "./model.ts";
import type { Timers } from "./timers.ts";
import { Purpose, type Uniforms } from "./uniforms.ts";

const NEVER = Number.POSITIVE_INFINITY;
const NOBODY = -1;
const TICK = 1e-9;

interface LaneParts {
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

/** Random numbers are drawn in batches of this size, a power of 2: in a loop of their own they cost half. */
const BATCH = 256;

/** Runs plain queues (answered at once, no wrap-up) in one loop, with bit for bit the same results as the dialer. */
export class PlainLane {
  /** The time after `run`. */
  now = 0;
  arrived = 0;
  serial = 0;
  readonly #parts: LaneParts;
  /** Times to the next arrival and talk times, for the arrivals of the present batch. */
  readonly #gaps = new Float64Array(BATCH);
  readonly #talks = new Float64Array(BATCH);
  #batch = -1;
  /** By slot: the talk time of a waiting call. */
  #lengths = new Float64Array(0);

  constructor(parts: LaneParts) {
    this.#parts = parts;
  }

  #draw(batch: number): void {
    const { uniforms, model, rate } = this.#parts;
    const { talk, exponentialTalk: mean } = model;
    const [gaps, talks] = [this.#gaps, this.#talks];
    const first = batch * BATCH;
    for (let i = 0; i < BATCH; i++) gaps[i] = exponentialOfWord(uniforms.word(Purpose.arrival, first + i)) / rate;
    if (mean === undefined) for (let i = 0; i < BATCH; i++) talks[i] = talk(uniforms.at(Purpose.talk, first + i));
    else for (let i = 0; i < BATCH; i++) talks[i] = mean * exponentialOfWord(uniforms.word(Purpose.talk, first + i));
    this.#batch = batch;
  }

  /** Makes room for all slots, and looks up the talk times of calls that already wait. */
  #prepare(): Float64Array {
    const { calls, uniforms, model } = this.#parts;
    if (this.#lengths.length < calls.slots) this.#lengths = new Float64Array(calls.slots);
    for (let slot = calls.longestWaiting; slot !== NOBODY; slot = calls.after(slot)) {
      this.#lengths[slot] = model.talk(uniforms.at(Purpose.talk, calls.facts[slot * FACTS + FATE]!));
    }
    if (this.#batch !== Math.floor(this.arrived / BATCH)) this.#draw(Math.floor(this.arrived / BATCH));
    return this.#lengths;
  }

  /**
   * Handles events up to `until`, or up to the first one that this loop cannot handle, and returns their number. Set the public
   * fields before and read them after.
   */
  run(until: number): number {
    const { timers, agents, calls, meter, uniforms, model, trunks } = this.#parts;
    const { facts, instants } = calls;
    const { state, since, call, leavesAt } = agents;
    const { patience, greeting, legalLimit, countEarlyHangUps } = model;
    const lengths = this.#prepare();
    const gaps = this.#gaps;
    const talks = this.#talks;
    let { now, arrived, serial } = this;
    const arrivedBefore = arrived;
    let [events, blocked, connected, completed, waited, lost, abandoned] = [0, 0, 0, 0, 0, 0, 0];
    // The levels that change with every event, and the timer that is set with every arrival, are kept here during the loop.
    const cell = new Float64Array(3);
    meter.take(Level.trunks, cell);
    let [inUse, inUseSince, inUseArea] = [cell[2]!, cell[1]!, cell[0]!];
    meter.take(Level.talking, cell);
    let [busy, busySince, busyArea] = [cell[2]!, cell[1]!, cell[0]!];
    let arrivalAt = timers.timeOf(ARRIVAL);
    let arrivalOrder = timers.orderOf(ARRIVAL);
    timers.clear(ARRIVAL);
    for (;;) {
      const next = timers.next;
      const arrives = arrivalAt < next || (arrivalAt === next && arrivalOrder < timers.orderOf(timers.first));
      let slot = NOBODY;
      let agent = NOBODY;
      let wait = 0;
      if (arrives) {
        if (!(arrivalAt <= until)) break;
        // Without a free slot the dialer makes room first, which replaces the arrays.
        if (calls.full && calls.used < trunks) break;
        now = arrivalAt;
        events++;
        const number = arrived++;
        const length = talks[number & (BATCH - 1)]!;
        if ((arrived & (BATCH - 1)) === 0) this.#draw(arrived / BATCH);
        const following = now + gaps[arrived & (BATCH - 1)]!;
        if (calls.used >= trunks) {
          blocked++;
          serial++;
          arrivalAt = following;
          arrivalOrder = timers.draw();
          continue;
        }
        slot = calls.take();
        inUseArea += inUse * (now - inUseSince);
        inUseSince = now;
        inUse++;
        const fact = slot * FACTS;
        const at = slot * INSTANTS;
        facts[fact + OUTCOME] = Outcome.live;
        facts[fact + LEAD] = number;
        facts[fact + ATTEMPT] = 1;
        facts[fact + FATE] = number;
        instants[at + DIALED] = now;
        instants[at + ANSWERED] = now;
        instants[at + SERIAL] = serial++;
        const deadline = patience === undefined ? NEVER : now + greeting + patience(uniforms.at(Purpose.patience, number));
        instants[at + DEADLINE] = deadline;
        agent = agents.longestIdle;
        if (agent === NOBODY) {
          facts[fact + AGENT] = NOBODY;
          waited++;
          if (deadline <= now) {
            lost++;
            if (countEarlyHangUps || legalLimit <= TICK) abandoned++;
            inUse--;
            calls.release(slot);
          } else {
            lengths[slot] = length;
            calls.enqueue(slot);
            meter.shift(Level.waiting, 1, now);
            if (deadline !== NEVER) timers.set(slot << 2, deadline);
          }
          arrivalAt = following;
          arrivalOrder = timers.draw();
          continue;
        }
        agents.startTalking(agent);
        since[agent] = now;
        busyArea += busy * (now - busySince);
        busySince = now;
        busy++;
        timers.start((agent << 2) | AGENT_TIMER, now + length);
        arrivalAt = following;
        arrivalOrder = timers.draw();
      } else {
        if (!(next <= until)) break;
        const entity = timers.first;
        const index = entity >> 2;
        const kind = entity & 3;
        if (kind === AGENT_TIMER) {
          // The end of a talk: the agent takes the next caller, or is idle.
          agent = index;
          if (state[agent] !== AgentState.talking || leavesAt[agent]! <= next) break;
          now = next;
          events++;
          completed++;
          inUseArea += inUse * (now - inUseSince);
          inUseSince = now;
          inUse--;
          calls.release(call[agent]!);
          slot = calls.longestWaiting;
          if (slot === NOBODY) {
            call[agent] = NOBODY;
            agents.stopTalking(agent);
            since[agent] = now;
            busyArea += busy * (now - busySince);
            busySince = now;
            busy--;
            timers.begin();
            timers.finish();
            continue;
          }
          calls.dequeue(slot);
          meter.shift(Level.waiting, -1, now);
          if (patience !== undefined) timers.clear(slot << 2);
          wait = now - instants[slot * INSTANTS + ANSWERED]! - greeting;
          timers.restart(now + lengths[slot]!);
          since[agent] = now;
        } else if (kind === CALL_TIMER && facts[index * FACTS + STATE] === CallState.waiting) {
          // A caller gives up.
          now = next;
          events++;
          timers.begin();
          timers.finish();
          calls.dequeue(index);
          meter.shift(Level.waiting, -1, now);
          wait = Math.max(0, now - instants[index * INSTANTS + ANSWERED]! - greeting);
          lost++;
          meter.add(Count.waitOfLost, wait);
          if (wait > 0) meter.wait(wait);
          if (countEarlyHangUps || wait >= legalLimit - TICK) abandoned++;
          inUseArea += inUse * (now - inUseSince);
          inUseSince = now;
          inUse--;
          calls.release(index);
          continue;
        } else break;
      }
      // The agent speaks.
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
    timers.adopt(ARRIVAL, arrivalAt, arrivalOrder);
    meter.put(Level.trunks, inUseArea, inUseSince, inUse);
    meter.put(Level.talking, busyArea, busySince, busy);
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
