// The planned work of agents: shifts and breaks of each agent, one stretch of work after the other.

import { AgentState } from "../pacing/strategy.ts";
import { type AgentGroup, DAY } from "./model.ts";
import { Purpose, type Uniforms } from "./uniforms.ts";

const NEVER = Number.POSITIVE_INFINITY;
/** Each agent has this many indices of random numbers, one for each stretch. */
const STRETCHES = 65_536;

/** A stretch of planned work. Seconds since the start of the run. */
interface Stretch {
  readonly begins: number;
  /** Infinity: no end is planned. */
  readonly ends: number;
  /** The state after the stretch: on a break, or off. */
  readonly followedBy: AgentState;
}

/** The planned stretches of work of each agent, from the shifts and breaks of the groups. */
export class Roster {
  readonly #groups: readonly AgentGroup[];
  readonly #groupOf: Int32Array;
  /** By agent: number of the next stretch. */
  readonly #cursors: Int32Array;
  readonly #uniforms: Uniforms;
  readonly #startOfDay: number;

  constructor(groups: readonly AgentGroup[], uniforms: Uniforms, startOfDay: number) {
    this.#groups = groups;
    this.#groupOf = Int32Array.from(groups.flatMap(({ count }, group) => Array<number>(count).fill(group)));
    this.#cursors = new Int32Array(this.#groupOf.length);
    this.#uniforms = uniforms;
    this.#startOfDay = startOfDay;
  }

  get agents(): number {
    return this.#groupOf.length;
  }

  /**
   * The agent's next stretch of work that ends after `now`, or undefined when no more is planned. Each call moves on by one
   * stretch.
   */
  next(agent: number, now: number): Stretch | undefined {
    for (;;) {
      const cursor = this.#cursors[agent]!++;
      const stretch = this.#stretch(agent, cursor);
      if (stretch === undefined || (stretch.ends > now && stretch.ends > stretch.begins)) return stretch;
    }
  }

  #stretch(agent: number, cursor: number): Stretch | undefined {
    const group = this.#groups[this.#groupOf[agent]!]!;
    const { shift, breaks, logOnDelay } = group;
    const draw = (purpose: Purpose, part: number) => this.#uniforms.at(purpose, agent * STRETCHES + part);
    if (shift === undefined) {
      if (cursor > 0) return undefined;
      return { begins: logOnDelay(draw(Purpose.logOn, 0)), ends: NEVER, followedBy: AgentState.off };
    }
    // The day before the run counts as well: its shift may go over midnight.
    const parts = breaks.length + 1;
    const part = cursor % parts;
    const day = (Math.floor(cursor / parts) - 1) * DAY - this.#startOfDay;
    const before = breaks[part - 1];
    const after = breaks[part];
    const logOn = day + shift.from;
    const begins =
      before === undefined
        ? // An agent whose shift began before the run is at work when the run begins.
          logOn + (logOn < 0 ? 0 : logOnDelay(draw(Purpose.logOn, cursor)))
        : day + before.at + before.length(draw(Purpose.breakLength, cursor));
    const ends = day + (after === undefined ? shift.to : after.at);
    return { begins, ends, followedBy: after === undefined ? AgentState.off : AgentState.onBreak };
  }

  snapshot(): readonly number[] {
    return [...this.#cursors];
  }

  restore(cursors: readonly number[]): void {
    this.#cursors.set(cursors);
  }
}
