// What the dialer tells about each call as it goes, for those who keep records: the living dialer of a sandbox, a trace.

/** How a call ended. `silent`: a person was taken for a machine; `machine`: so judged, or found out by the agent. */
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
  /** With `ended` as `lost`, and with `connected`: whether the law counts the call as abandoned. */
  readonly abandoned?: boolean;
}

/** Receives each change of state of a call, in the order of time. */
export type DialerSink = (transition: CallTransition) => void;
