// The engine's input: a scenario compiled to numbers and inverse distribution functions. Times are seconds.

/** Inverse of a distribution function: takes a uniform number in (0, 1), returns a value of 0 or more. Infinity means "never". */
export type Draw = (u: number) => number;

/** The outcome of dialing a number. */
export const Outcome = { live: 0, machine: 1, busy: 2, invalid: 3, noAnswer: 4 } as const;
export type Outcome = (typeof Outcome)[keyof typeof Outcome];

/**
 * How an attempt ended. `silent`: a person was taken for a machine and hung up on; `lost`: a person left, or was dropped, before
 * an agent spoke.
 */
export const CallEnd = { talked: 0, lost: 1, noAnswer: 2, busy: 3, invalid: 4, machine: 5, silent: 6 } as const;
export type CallEnd = (typeof CallEnd)[keyof typeof CallEnd];

/** Outcome shares by hour of the day; the rest to 1 is not answered. */
export interface OutcomeRates {
  /** 24 entries each, from midnight: constant within the hour, or the value at half past with straight lines between. */
  readonly live: Float64Array;
  readonly machine: Float64Array;
  readonly busy: Float64Array;
  readonly invalid: Float64Array;
  readonly interpolation: "step" | "linear";
  /** The live share of attempt n is multiplied by this to the power of n - 1. */
  readonly attemptDecay: number;
}

/** Detection of answering machines: how long it takes, and how often it is wrong. */
export interface MachineDetection {
  /** Seconds from the answer until the judgement, for people and for machines. */
  readonly live: Draw;
  readonly machine: Draw;
  /** Share of the people judged machines, and share of the machines judged people. */
  readonly falseMachine: number;
  readonly falseLive: number;
}

/** How calls turn out once they are placed. */
export interface CallModel {
  /** Every call is answered by a person at once: no number is drawn for outcome and ringing. */
  readonly plain: boolean;
  readonly rates: OutcomeRates;
  /** Seconds from placing a call to the answer, the busy signal or the failure, by outcome. */
  readonly ring: readonly [live: Draw, machine: Draw, busy: Draw, invalid: Draw];
  readonly noAnswerAfter: number;
  readonly detection: MachineDetection | undefined;
  /** Seconds from the answer to the end of the greeting; patience and the legal limit count from there. */
  readonly greeting: number;
  /** Undefined: people wait without limit. */
  readonly patience: Draw | undefined;
  /** Seconds after which a person without an agent is abandoned under the law. */
  readonly legalLimit: number;
  /** Whether a person who hangs up before the limit counts as abandoned. */
  readonly countEarlyHangUps: boolean;
  /** Whether a person who is taken for a machine and hung up on counts as abandoned. */
  readonly countSilentCalls: boolean;
  readonly talk: Draw;
  /** The mean talk time when it is exponential, for the fast loop of plain queues; otherwise undefined. */
  readonly exponentialTalk: number | undefined;
  /** Time that an agent spends with a machine that was judged a person. */
  readonly machineTalk: Draw;
  /** Undefined: no wrap-up. */
  readonly wrap: Draw | undefined;
}

/**
 * Calls that arrive by themselves instead of being paced: a Poisson stream, thinned to a sine, or from a finite number of
 * sources.
 */
export interface Arrivals {
  /** Calls per second; with `sources`, of each idle source. */
  readonly rate: number;
  readonly amplitude: number;
  /** Angular frequency, radians per second. */
  readonly frequency: number;
  readonly sources: number;
}

/** A group of agents with one plan. Times are seconds since midnight. */
export interface AgentGroup {
  readonly count: number;
  /** Undefined: logged in for the whole run. `to` may be on the next day. */
  readonly shift: { readonly from: number; readonly to: number } | undefined;
  readonly breaks: readonly { readonly at: number; readonly length: Draw }[];
  readonly logOnDelay: Draw;
}

/** Limits on calls under way and on new calls. */
interface Limits {
  readonly trunks: number;
  readonly callsPerSecond: number;
  /** Calls that the rate limit allows at once after a pause. */
  readonly burst: number;
  /** Least seconds between placing two calls. */
  readonly spacing: number;
  /** No call is placed when all agents will have left within so many seconds. */
  readonly taper: number;
  /** The line of an agent who was idle for more seconds is reconnected first, which takes `reconnect` seconds. */
  readonly warmLineTimeout: number;
  readonly reconnect: number;
}

/** What the measured window contains at the start. */
export interface MeasuredHistory {
  readonly liveAnswers: number;
  readonly abandoned: number;
}

/** What is simulated: calls, arrivals, agents and limits. */
export interface DialerModel {
  readonly calls: CallModel;
  readonly arrivals: Arrivals | undefined;
  readonly agents: readonly AgentGroup[];
  readonly limits: Limits;
  readonly history: MeasuredHistory;
  /** Length of the measured window in days of the campaign's clock. */
  readonly windowDays: number;
  /** Second of the day at which the run begins. */
  readonly startOfDay: number;
  /** Seconds until measuring begins. */
  readonly warmUp: number;
  /** Length of a bucket of the time series, s. */
  readonly bucket: number;
}

/** Seconds in a day. */
export const DAY = 86_400;

/**
 * The outcome of attempt number `attempt`, placed at a second of the day (0 up to 86,400), from a uniform number. The order of
 * the outcomes is fixed, so that strategies that are compared on the same numbers see the same outcomes.
 */
export function outcomeOf(rates: OutcomeRates, u: number, secondOfDay: number, attempt: number): Outcome {
  // Values apply to the whole hour (step), or to half past with straight lines between (linear).
  const linear = rates.interpolation === "linear";
  const position = linear ? secondOfDay / 3600 + 23.5 : secondOfDay / 3600;
  const floor = Math.floor(position);
  const part = linear ? position - floor : 0;
  const at = floor >= 24 ? floor - 24 : floor;
  const next = at === 23 ? 0 : at + 1;
  const { live, machine, busy, invalid, attemptDecay } = rates;
  let sum = live[at]! + part * (live[next]! - live[at]!);
  if (attempt > 1 && attemptDecay !== 1) sum *= attemptDecay ** (attempt - 1);
  if (u < sum) return Outcome.live;
  // Decay turns live answers into no answer; machines, busy lines and invalid numbers do not decay.
  sum += machine[at]! + part * (machine[next]! - machine[at]!);
  if (u < sum) return Outcome.machine;
  sum += busy[at]! + part * (busy[next]! - busy[at]!);
  if (u < sum) return Outcome.busy;
  sum += invalid[at]! + part * (invalid[next]! - invalid[at]!);
  return u < sum ? Outcome.invalid : Outcome.noAnswer;
}
