// Agents and what they are doing: arrays by agent, the idle ones in the order in which they became idle.

import { AgentState } from "../pacing/strategy.ts";
import { Level, type Meter } from "./meter.ts";

/** By state: the level it counts into besides `loggedIn`, or -1. */
const LEVEL_OF = Int8Array.of(-1, Level.onBreak, -1, Level.reserved, Level.talking, Level.wrapping);
const NEVER = Number.POSITIVE_INFINITY;
const NOBODY = -1;

export interface AgentsSnapshot {
  readonly state: readonly number[];
  readonly since: readonly number[];
  readonly call: readonly number[];
  /** null is "never": JSON has no Infinity. */
  readonly leavesAt: readonly (number | null)[];
  readonly returnsAt: readonly (number | null)[];
  readonly followedBy: readonly number[];
  readonly idle: readonly number[];
}

export class Agents {
  count: number;
  state: Uint8Array;
  since: Float64Array;
  /** The call an agent is with or held for, or -1. */
  call: Int32Array;
  /** When the stretch of work ends that is under way or comes next, and what follows it. */
  leavesAt: Float64Array;
  followedBy: Uint8Array;
  returnsAt: Float64Array;
  /** Neighbours in the line of idle agents: the one before and the one after, side by side. */
  #links: Int32Array;
  #head = NOBODY;
  #tail = NOBODY;
  readonly #meter: Meter;

  constructor(count: number, meter: Meter) {
    this.count = count;
    this.#meter = meter;
    this.state = new Uint8Array(count);
    this.since = new Float64Array(count);
    this.call = new Int32Array(count).fill(NOBODY);
    this.leavesAt = new Float64Array(count).fill(NEVER);
    this.followedBy = new Uint8Array(count);
    this.returnsAt = new Float64Array(count).fill(NEVER);
    this.#links = new Int32Array(2 * count);
  }

  /** The agent idle for the longest time, or -1. */
  get longestIdle(): number {
    return this.#head;
  }

  /** Puts an agent into a state. */
  enter(agent: number, state: AgentState, now: number): void {
    const before = this.state[agent]!;
    this.since[agent] = now;
    if (before === state) return;
    const meter = this.#meter;
    this.state[agent] = state;
    const from = LEVEL_OF[before]!;
    const to = LEVEL_OF[state]!;
    if (from >= 0) meter.shift(from as Level, -1, now);
    else if (before === AgentState.idle) this.#unlink(agent);
    if (to >= 0) meter.shift(to as Level, 1, now);
    else if (state === AgentState.idle) this.#append(agent);
    if (before <= AgentState.onBreak !== state <= AgentState.onBreak) {
      meter.shift(Level.loggedIn, state <= AgentState.onBreak ? -1 : 1, now);
    }
  }

  /** An idle agent begins to talk, or a talking one becomes idle; whoever asks sees to `since` and to the level of talking. */
  startTalking(agent: number): void {
    this.state[agent] = AgentState.talking;
    this.#unlink(agent);
  }

  stopTalking(agent: number): void {
    this.state[agent] = AgentState.idle;
    this.#append(agent);
  }

  #append(agent: number): void {
    const links = this.#links;
    links[2 * agent] = this.#tail;
    links[2 * agent + 1] = NOBODY;
    if (this.#tail === NOBODY) this.#head = agent;
    else links[2 * this.#tail + 1] = agent;
    this.#tail = agent;
  }

  #unlink(agent: number): void {
    const links = this.#links;
    const previous = links[2 * agent]!;
    const next = links[2 * agent + 1]!;
    if (previous === NOBODY) this.#head = next;
    else links[2 * previous + 1] = next;
    if (next === NOBODY) this.#tail = previous;
    else links[2 * next] = previous;
  }

  /** Makes room for `count` agents; the new ones are off. */
  grow(count: number): void {
    if (count <= this.count) return;
    const fresh = new Agents(count, this.#meter);
    fresh.state.set(this.state);
    fresh.since.set(this.since);
    fresh.call.set(this.call);
    fresh.leavesAt.set(this.leavesAt);
    fresh.followedBy.set(this.followedBy);
    fresh.returnsAt.set(this.returnsAt);
    fresh.#links.set(this.#links);
    this.count = count;
    this.state = fresh.state;
    this.since = fresh.since;
    this.call = fresh.call;
    this.leavesAt = fresh.leavesAt;
    this.followedBy = fresh.followedBy;
    this.returnsAt = fresh.returnsAt;
    this.#links = fresh.#links;
  }

  snapshot(): AgentsSnapshot {
    const idle: number[] = [];
    for (let agent = this.#head; agent !== NOBODY; agent = this.#links[2 * agent + 1]!) idle.push(agent);
    const finite = (values: Float64Array) => Array.from(values, (value) => (value === NEVER ? null : value));
    return {
      state: [...this.state],
      since: [...this.since],
      call: [...this.call],
      leavesAt: finite(this.leavesAt),
      returnsAt: finite(this.returnsAt),
      followedBy: [...this.followedBy],
      idle,
    };
  }

  /** Takes over what `snapshot` gave; the meter's levels are restored by the meter. */
  restore(snapshot: AgentsSnapshot): void {
    this.grow(snapshot.state.length);
    this.state.set(snapshot.state);
    this.since.set(snapshot.since);
    this.call.set(snapshot.call);
    this.leavesAt.set(snapshot.leavesAt.map((value) => value ?? NEVER));
    this.returnsAt.set(snapshot.returnsAt.map((value) => value ?? NEVER));
    this.followedBy.set(snapshot.followedBy);
    this.#head = NOBODY;
    this.#tail = NOBODY;
    for (const agent of snapshot.idle) this.#append(agent);
  }
}
