// What the dialer reports about each call while it runs, for code that keeps records: the sandbox's living dialer, a trace.

/** How a call ended. `silent`: a person was taken for a machine; `machine`: judged a machine, or an agent found out. */
export type CallEndName = "talked" | "lost" | "noAnswer" | "busy" | "invalid" | "machine" | "silent";

/** A step in a call's life. Times are seconds since the start of the run. */
export interface CallTransition {
  /**
   * - `placed`: it takes a trunk and begins to ring
   * - `blocked`: it arrived and found no trunk (only calls that arrive by themselves)
   * - `answered`: by a person or a machine
   * - `waiting`: judged a person, and no agent is free
   * - `connected`: an agent speaks
   * - `ended`: the trunk is free again; `end` says how
   * - `wrapped`: the agent has finished the work after the call
   */
  readonly kind: "placed" | "blocked" | "answered" | "waiting" | "connected" | "ended" | "wrapped";
  readonly at: number;
  /** Number of the call in the run, from 0. */
  readonly call: number;
  readonly lead: number;
  /** Number of the attempt at the lead, from 1. */
  readonly attempt: number;
  /** With `connected` and `wrapped`, and with `ended` after a talk. */
  readonly agent?: number;
  /** With `ended`. */
  readonly end?: CallEndName;
  /** With `connected`, and with `ended` as `lost`: whether the call is abandoned under the law. */
  readonly abandoned?: boolean;
}

/** Receives each change of state of a call, in the order of time. */
export type DialerSink = (transition: CallTransition) => void;
