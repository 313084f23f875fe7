// The states of agents, in arrays by agent, and the idle agents in the order in which they became idle.

import { AgentState } from "../pacing/strategy.ts";
import { Line } from "./line.ts";
import { Level, type Meter } from "./meter.ts";

/** By agent state: the level that it counts into besides `loggedIn`, or -1. */
const LEVEL_OF = Int8Array.of(-1, Level.onBreak, -1, Level.reserved, Level.talking, Level.wrapping);
const NEVER = Number.POSITIVE_INFINITY;
const NOBODY = -1;

/** The state of all agents as JSON, by agent. */
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

/** The states of all agents in columns, one entry per agent. */
export class Agents {
  count: number;
  state: Uint8Array;
  since: Float64Array;
  /** The call that an agent talks on or is reserved for, or -1. */
  call: Int32Array;
  /** When the present or next stretch of work ends, and the state that follows it. */
  leavesAt: Float64Array;
  followedBy: Uint8Array;
  returnsAt: Float64Array;
  readonly #idle: Line;
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
    this.#idle = new Line(count);
  }

  /** The agent idle for the longest time, or -1. */
  get longestIdle(): number {
    return this.#idle.first;
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
    else if (before === AgentState.idle) this.#idle.leave(agent);
    if (to >= 0) meter.shift(to as Level, 1, now);
    else if (state === AgentState.idle) this.#idle.join(agent);
    if (before <= AgentState.onBreak !== state <= AgentState.onBreak) {
      meter.shift(Level.loggedIn, state <= AgentState.onBreak ? -1 : 1, now);
    }
  }

  /** An idle agent begins to talk, or a talking agent becomes idle. The caller updates `since` and the level of talking. */
  startTalking(agent: number): void {
    this.state[agent] = AgentState.talking;
    this.#idle.leave(agent);
  }

  stopTalking(agent: number): void {
    this.state[agent] = AgentState.idle;
    this.#idle.join(agent);
  }

  /** Makes room for `count` agents; new agents are off. */
  grow(count: number): void {
    if (count <= this.count) return;
    const fresh = new Agents(count, this.#meter);
    fresh.state.set(this.state);
    fresh.since.set(this.since);
    fresh.call.set(this.call);
    fresh.leavesAt.set(this.leavesAt);
    fresh.followedBy.set(this.followedBy);
    fresh.returnsAt.set(this.returnsAt);
    this.count = count;
    this.state = fresh.state;
    this.since = fresh.since;
    this.call = fresh.call;
    this.leavesAt = fresh.leavesAt;
    this.followedBy = fresh.followedBy;
    this.returnsAt = fresh.returnsAt;
    this.#idle.grow(count);
  }

  snapshot(): AgentsSnapshot {
    const finite = (values: Float64Array) => Array.from(values, (value) => (value === NEVER ? null : value));
    return {
      state: [...this.state],
      since: [...this.since],
      call: [...this.call],
      leavesAt: finite(this.leavesAt),
      returnsAt: finite(this.returnsAt),
      followedBy: [...this.followedBy],
      idle: this.#idle.members(),
    };
  }

  /** Restores what `snapshot` returned. The meter restores its levels itself. */
  restore(snapshot: AgentsSnapshot): void {
    this.grow(snapshot.state.length);
    this.state.set(snapshot.state);
    this.since.set(snapshot.since);
    this.call.set(snapshot.call);
    this.leavesAt.set(snapshot.leavesAt.map((value) => value ?? NEVER));
    this.returnsAt.set(snapshot.returnsAt.map((value) => value ?? NEVER));
    this.followedBy.set(snapshot.followedBy);
    this.#idle.clear();
    for (const agent of snapshot.idle) this.#idle.join(agent);
  }
}
