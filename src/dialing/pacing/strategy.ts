// What a pacing strategy and the dialer have with each other: the strategy sees what a real dialer sees, and says how many calls to place now.

import type { RandomStream } from "../../kernel/index.ts";

/** Numbers that the dialer keeps up to date and a strategy only reads. Entries beyond the count that goes with the list mean nothing. */
export interface Readings {
  readonly length: number;
  readonly [index: number]: number;
}

/** What an agent is doing. `reserved`: held for one ringing call, or being reconnected to a caller after the warm line was dropped. */
export const AgentState = { off: 0, onBreak: 1, idle: 2, reserved: 3, talking: 4, wrapping: 5 } as const;
export type AgentState = (typeof AgentState)[keyof typeof AgentState];

/**
 * The state of the dialer at a decision. One object, reused: a strategy reads it during `decide` and keeps nothing of it.
 * Times are seconds; instants (`now`, `…At`, `…Since`) are seconds since the start of the run, so an age is `now - instant`.
 */
export interface DialerView {
  readonly now: number;
  /** Local hour of the campaign, 0 up to 24 with its fraction: 9.5 is half past nine. */
  readonly hourOfDay: number;

  /** Agents planned at all, in any state: the length of the lists by agent. */
  readonly agents: number;
  /** By agent: an `AgentState`. */
  readonly agentState: Readings;
  /** By agent: since when in this state. */
  readonly agentSince: Readings;
  /** By agent who is logged in: the next planned instant of leaving (break or end of shift; a call under way is finished first), or Infinity. */
  readonly agentLeavesAt: Readings;
  /** By agent who is off or on break: the planned instant of being back, or Infinity. */
  readonly agentReturnsAt: Readings;
  /** Idle, reserved, talking or wrapping. */
  readonly loggedIn: number;
  readonly idle: number;
  readonly reserved: number;
  readonly talking: number;
  readonly wrapping: number;
  readonly onBreak: number;

  /** Calls placed and not yet answered or failed. */
  readonly dialing: number;
  /** When each of them was placed, in no order. */
  readonly dialedAt: Readings;
  /** Calls answered and still in machine detection. */
  readonly detecting: number;
  /** When each of them was answered, in no order. */
  readonly answeredAt: Readings;
  /** Answered calls that wait for an agent. */
  readonly waiting: number;
  /** When each of them was answered, the longest waiting first. */
  readonly waitingSince: Readings;

  /** Infinity without a limit. */
  readonly trunks: number;
  readonly trunksFree: number;
  /** Whole calls that the calls-per-second limit lets pass at this instant; Infinity without a limit. */
  readonly callTokens: number;
  /** Sustained calls a second that the limit and the call spacing allow; Infinity without. */
  readonly callsPerSecond: number;
  /** Leads that may be called now: inside their calling window and past their earliest next time. Infinity for an endless list. */
  readonly leadsReady: number;
  /** Leads not finished yet, those waiting for a retry included. Infinity for an endless list. */
  readonly leadsLeft: number;

  /** Calls placed since the start. */
  readonly placed: number;
  /**
   * Answered by a person: routed to an agent, lost on the way or, when the scenario counts them as abandoned, taken for a machine. How often detection errs is
   * taken to be known from samples. Since midnight.
   */
  readonly dayLiveAnswers: number;
  /** Of those the abandoned ones by the legal definition (16 CFR 310.4(b)(4)(i)): no agent within the allowed time, or never one. Since midnight. */
  readonly dayAbandoned: number;
  /** The same over the campaign's measured window of 30 days, with what the scenario says happened before the start. */
  readonly windowLiveAnswers: number;
  readonly windowAbandoned: number;
}

/** What becomes known about a call or an agent, at the instant at which a dialer would know it. */
export const Observation = {
  /** A person (judged so) answered. Seconds: ring time; detection has taken `detection` more. */
  answered: 0,
  /** Judged a machine, and hung up on. Seconds from placing to the end of detection, of which detection took `detection`. */
  machine: 1,
  /** Seconds: the ring time-out. */
  noAnswer: 2,
  /** Seconds from placing to the busy signal. */
  busy: 3,
  /** Seconds from placing to the failure. */
  invalid: 4,
  /** An agent took the caller in time. Seconds waited. */
  served: 5,
  /** The caller was lost, taken too late or, when that counts, taken for a machine (`machine` is told as well). Seconds waited. */
  abandoned: 6,
  /** Seconds of talk. */
  talkEnded: 7,
  /** Seconds of wrap-up. */
  wrapEnded: 8,
} as const;
export type Observation = (typeof Observation)[keyof typeof Observation];

/** A rule that decides how many calls to place. One instance drives one dialer. */
export interface PacingStrategy {
  readonly name: string;
  /** Seconds between two decisions. */
  readonly interval: number;
  /** An idle agent is held for each call placed, and no call is placed without one. Default false. */
  readonly reserves?: boolean;
  /**
   * Calls to place now, a whole number ≥ 0. The dialer places as many as trunks, rate limit, leads and calling windows allow; those held up
   * by spacing or the rate limit follow until the next decision, when what is left is forgotten.
   */
  decide(view: DialerView): number;
  /** Called as things become known; must be cheap. `detection`: s from the answer until the call was judged, with `answered` and `machine`; else 0. */
  observe?(what: Observation, seconds: number, detection: number): void;
  /** Why the last decision was what it was, for people: plain data. */
  explain?(view: DialerView): object;
  /** State as plain JSON data that `restore` of a new instance takes; a strategy without state needs neither. */
  snapshot?(): object;
  restore?(state: object): void;
}

/** Makes a strategy for one run. `random` is the run's stream for pacing: the same seed gives the same decisions. */
export type PacingFactory<Parameters> = (parameters: Parameters, random: RandomStream) => PacingStrategy;
