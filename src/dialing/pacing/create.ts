// From a scenario's pacing section to a strategy for one run.

import type { RandomStream } from "../../kernel/index.ts";
import { refuse, requireNonNegative, requirePositive, requireProbability } from "../arguments.ts";
import { type Distribution, lawOf } from "../distributions/index.ts";
import { hardPatience } from "../formulas.ts";
import type { CallsScenario } from "../scenario/calls.ts";
import { hourlyShares } from "../scenario/compile.ts";
import { distributionOf, seconds } from "../scenario/fields.ts";
import { type Cdf, type DialingBeliefs, fixedDuration, targetOfPacing } from "./beliefs.ts";
import type { MeasuredPeriod } from "./period.ts";
import { CountLaw } from "./poisson-binomial.ts";
import type { Pacing } from "./schema.ts";
import { stateAware } from "./state-aware.ts";
import type { DialerView, PacingStrategy } from "./strategy.ts";

/** What a strategy may know besides what it sees: what a calibration has found out about calls, and what the campaign may do. */
export interface PacingContext {
  readonly calls: CallsScenario;
  /** Agents planned. */
  readonly agents: number;
  /** Limit of the abandonment rate, a share. */
  readonly abandonmentTarget: number;
  /** The period over which it is measured; default: a window that goes on. */
  readonly period?: MeasuredPeriod | undefined;
}

/** Means that the simpler rules go by, s. */
function meansOf(calls: CallsScenario): { readonly ring: number; readonly handle: number } {
  const mean = (field: "talk" | "wrap") => lawOf(distributionOf(calls[field])).mean;
  return { ring: lawOf(distributionOf(calls.ring.live)).mean, handle: mean("talk") + mean("wrap") };
}

/** @param random the run's stream for pacing */
export function createPacing(pacing: Pacing, context: PacingContext, random: RandomStream): PacingStrategy {
  switch (pacing.strategy) {
    case "progressive":
      return progressive(pacing.interval ?? 0.5);
    case "ratio":
      return fixedRatio(pacing);
    case "open-loop":
      return openLoop({ ...pacing, callsPerSecond: pacing.callsPerSecond ?? bestOpenLoop(context) }, random);
    case "adaptive-level":
      return adaptiveLevel(pacing);
    case "look-ahead": {
      const { ring, handle } = meansOf(context.calls);
      return lookAhead({ ...pacing, liveRate: beliefsOf(context.calls).mix.live, horizon: ring, handle });
    }
    case "state-aware": {
      const beliefs = beliefsOf(context.calls);
      const { answerProbability: live } = pacing;
      return stateAware({
        ...pacing,
        target: pacing.target ?? context.abandonmentTarget,
        period: context.period,
        beliefs: live === undefined ? beliefs : withLiveRate(beliefs, live),
      });
    }
  }
}

/** The same beliefs with another share of live answers; the other outcomes keep their proportions. */
function withLiveRate(beliefs: DialingBeliefs, live: number): DialingBeliefs {
  const { mix } = beliefs;
  const scale = (1 - live) / Math.max(1e-9, 1 - mix.live);
  return {
    ...beliefs,
    mix: {
      live,
      machine: mix.machine * scale,
      noAnswer: mix.noAnswer * scale,
      busy: mix.busy * scale,
      invalid: mix.invalid * scale,
    },
  };
}

function bestOpenLoop({ calls, agents, abandonmentTarget }: PacingContext): number {
  const beliefs = beliefsOf(calls);
  return openLoopRate({
    agents,
    handle: meansOf(calls).handle,
    patience: beliefs.patience,
    liveRate: beliefs.mix.live,
    target: targetOfPacing(abandonmentTarget, beliefs.silent),
  });
}

// VICIdial-like adaptive dialing: lines = level x agents every 2.5 s, the level moved every 15 s by `nextLevel`. A yardstick.

interface AdaptiveLevelParameters {
  readonly method?: DropMethod;
  /** Drop percentage limit of the day. Default 3. */
  readonly dropLimit?: number;
  readonly intensity?: number;
  readonly differenceTarget?: number;
  readonly maximumLevel?: number;
  /** Latest time for TAPERED as HHMM. Default 2100. */
  readonly latest?: number;
}

const INTERVAL = 2.5;
const SAMPLES = 20;
const TICKS_PER_STEP = 6;
const TICKS_PER_COUNT = 24;

interface LevelState {
  level: number;
  tick: number;
  /** Idle agents less waiting callers, and agents, of the last samples, a ring. */
  differences: number[];
  agents: number[];
  /** Answers and drops of the day as last counted, and as counted a minute before that. */
  answers: number;
  drops: number;
  answersBefore: number;
  dropsBefore: number;
}

/**
 * VICIdial's rule as far as it is known: agents idle or in a call count, agents in wrap-up do not; calls with agents count as lines; drops are counted anew
 * each minute and belong to the day; the 20 samples cover 50 s. Default method AVERAGE.
 */
function adaptiveLevel(parameters: AdaptiveLevelParameters = {}): PacingStrategy {
  const { method = "AVERAGE", latest = 2100, ...limits } = parameters;
  let state: LevelState = {
    level: 1,
    tick: 0,
    differences: [],
    agents: [],
    answers: 0,
    drops: 0,
    answersBefore: 0,
    dropsBefore: 0,
  };
  const counted = (view: DialerView) => view.idle + view.reserved + view.talking;
  const lines = (view: DialerView) => view.dialing + view.detecting + view.waiting + view.talking + view.reserved;
  const recount = (view: DialerView) => {
    state.answersBefore = state.answers;
    state.dropsBefore = state.drops;
    state.answers = view.dayLiveAnswers;
    state.drops = view.dayAbandoned;
  };
  const step = (view: DialerView) => {
    const minuteAnswers = Math.max(0, state.answers - state.answersBefore);
    const minuteDrops = Math.max(0, state.drops - state.dropsBefore);
    state.level = nextLevel({
      ...limits,
      method,
      level: state.level,
      difference: mean(state.differences),
      agents: mean(state.agents),
      callsToday: state.answers,
      dropPercentToday: percent(state.drops, state.answers),
      callsLastMinute: minuteAnswers,
      dropPercentLastMinute: percent(minuteDrops, minuteAnswers),
      now: Math.floor(view.hourOfDay) * 100 + Math.floor((view.hourOfDay % 1) * 60),
      latest,
    });
  };
  return {
    name: "adaptive-level",
    interval: INTERVAL,
    decide(view) {
      const at = state.tick % SAMPLES;
      state.differences[at] = view.idle - view.waiting;
      state.agents[at] = counted(view);
      if (state.tick % TICKS_PER_COUNT === 0) recount(view);
      if (state.tick % TICKS_PER_STEP === TICKS_PER_STEP - 1) step(view);
      state.tick += 1;
      return Math.max(0, Math.round(state.level * counted(view)) - lines(view));
    },
    explain: (view) => ({
      level: state.level,
      agents: counted(view),
      lines: lines(view),
      dropPercentToday: percent(state.drops, state.answers),
    }),
    snapshot: () => ({ ...state, differences: [...state.differences], agents: [...state.agents] }),
    restore(saved) {
      state = saved as LevelState;
    },
  };
}

function mean(values: readonly number[]): number {
  let sum = 0;
  for (const value of values) sum += value;
  return values.length === 0 ? 0 : sum / values.length;
}

function percent(part: number, whole: number): number {
  return whole > 0 ? (100 * part) / whole : 0;
}

// Lines in proportion to agents, the oldest predictive rule: kept as a yardstick, for it cannot hold a rate across team sizes.

interface FixedRatioParameters {
  /** Lines per agent counted, more than 0. */
  readonly ratio: number;
  /**
   * Which agents count: everybody logged in, whose calls then count as lines as well, or only who is idle. Default idle.
   */
  readonly of?: "idle" | "loggedIn";
  /** Seconds between decisions. Default 0.5. */
  readonly interval?: number | undefined;
}

/**
 * Keeps `ratio` lines for each agent counted, rounded to the nearest whole number. Lines are calls ringing, in detection or waiting and, when everybody logged in
 * counts, calls with agents.
 */
function fixedRatio(parameters: FixedRatioParameters): PacingStrategy {
  const { ratio, of = "idle", interval = 0.5 } = parameters;
  requirePositive("ratio", ratio);
  const lines = (view: DialerView) => Math.round(ratio * (of === "idle" ? view.idle : view.loggedIn));
  const inUse = (view: DialerView) =>
    view.dialing + view.detecting + view.waiting + (of === "idle" ? 0 : view.talking + view.reserved);
  return {
    name: of === "idle" ? "ratio-idle" : "ratio-all",
    interval,
    decide: (view) => Math.max(0, lines(view) - inUse(view)),
    explain: (view) => ({ counted: of, ratio, lines: lines(view), inUse: inUse(view) }),
  };
}

// Binomial look-ahead: every call in the air counts alike, every busy agent is freed at a constant rate. The best of the published rules, a yardstick.

interface LookAheadParameters {
  /** Dial one more while the expected abandoned share of the expected answers is at most this. Lands on another rate than it says: tune it. */
  readonly target: number;
  /** Share of attempts that a person answers. Default 0.2. */
  readonly liveRate?: number;
  /** Seconds looked ahead: the mean ring time. Default 9. */
  readonly horizon?: number;
  /** Mean talk and wrap-up, s. Default 170. */
  readonly handle?: number;
  /** Seconds between decisions. Default 0.5. */
  readonly interval?: number | undefined;
}

/** Dials while E(X - M)+ / E X <= target, X binomial over the calls in the air, M = idle agents + binomial(busy, 1 - exp(-horizon / handle)). */
function lookAhead(parameters: LookAheadParameters): PacingStrategy {
  const { target, liveRate = 0.2, horizon = 9, handle = 170, interval = 0.5 } = parameters;
  if (!(target > 0 && target < 1)) refuse("target", target, "a number above 0 and below 1");
  const freed = 1 - Math.exp(-horizon / handle);
  const answers = new CountLaw(1024);
  const agents = new CountLaw(1024);
  const lostShare = (view: DialerView, calls: number): number => {
    answers.match(calls * liveRate, calls * liveRate * liveRate);
    return expectedExcess(answers, agents, view.idle - view.waiting) / (calls * liveRate);
  };
  const readAgents = (view: DialerView) => {
    const busy = view.talking + view.wrapping;
    agents.match(busy * freed, busy * freed * freed);
  };
  return {
    name: "look-ahead",
    interval,
    decide(view) {
      readAgents(view);
      const inAir = view.dialing + view.detecting;
      const room = Math.min(view.trunksFree, view.callTokens, view.leadsReady, 4 * view.loggedIn + 8);
      let calls = 0;
      while (calls < room && lostShare(view, inAir + calls + 1) <= target) calls += 1;
      return calls;
    },
    explain(view) {
      readAgents(view);
      const inAir = view.dialing + view.detecting;
      return { inAir, spare: view.idle - view.waiting, lostShare: lostShare(view, inAir + 1), target };
    },
  };
}

/** E(X - (spare + M))+ of two independent counts. */
function expectedExcess(demand: CountLaw, supply: CountLaw, spare: number): number {
  // With c agents E(X - c)+ is E(X - (c + 1))+ plus Pr[X > c]: one pass down from more agents than callers.
  let agents = Math.max(spare + supply.length - 1, demand.length);
  let excess = 0;
  let tail = 0;
  let sum = 0;
  for (; agents >= spare; agents--) {
    if (agents + 1 < demand.length) tail += agents + 1 >= 0 ? demand.mass[agents + 1]! : 0;
    excess += tail;
    if (agents - spare < supply.length) sum += supply.mass[agents - spare]! * excess;
  }
  return sum;
}

// Rate-based open loop: calls placed as a Poisson stream at one rate, blind to the state of the agents. The floor that any predictive rule must clear.

interface OpenLoopParameters {
  /** Calls a second. `openLoopRate` finds the best one. */
  readonly callsPerSecond: number;
  /** Seconds between decisions. Default 0.5. */
  readonly interval?: number | undefined;
}

/** Places a Poisson number of calls at each decision. */
function openLoop(parameters: OpenLoopParameters, random: RandomStream): PacingStrategy {
  const { callsPerSecond, interval = 0.5 } = parameters;
  requireNonNegative("callsPerSecond", callsPerSecond);
  let next = -1;
  const gap = () => -Math.log(1 - random.next()) / callsPerSecond;
  return {
    name: "open-loop",
    interval,
    decide(view) {
      if (callsPerSecond === 0) return 0;
      if (next < 0) next = view.now + gap();
      let calls = 0;
      for (; next <= view.now; next += gap()) calls += 1;
      return calls;
    },
    explain: (view) => ({ callsPerSecond, inAir: view.dialing + view.detecting + view.waiting }),
    snapshot: () => ({ next }),
    restore(saved) {
      next = (saved as { next: number }).next;
    },
  };
}

/**
 * The rate of calls at which a Poisson stream of answers loses just the target share: the M/M/c+D queue, by bisection.
 * Times in seconds, `liveRate` and `target` as shares.
 */
export function openLoopRate(system: {
  readonly agents: number;
  readonly handle: number;
  readonly patience: number;
  readonly liveRate: number;
  readonly target: number;
}): number {
  const { agents, handle, patience, liveRate, target } = system;
  requireProbability("target", target);
  const lost = (arrivalRate: number) =>
    hardPatience({ servers: agents, arrivalRate, serviceRate: 1 / handle, patience }).abandonmentProbability;
  let [low, high] = [0, (2 * agents) / handle];
  for (let i = 0; i < 60; i++) {
    const middle = (low + high) / 2;
    if (lost(middle) < target) low = middle;
    else high = middle;
  }
  return low / liveRate;
}

// Progressive dialing: one call for each idle agent, never more. Nobody is abandoned unless an agent leaves while a call rings.

/** @param interval seconds between decisions */
function progressive(interval: number): PacingStrategy {
  return {
    name: "progressive",
    interval,
    decide: (view) => Math.max(0, view.idle - view.dialing - view.detecting - view.waiting),
    explain: (view) => ({ idle: view.idle, inAir: view.dialing + view.detecting + view.waiting }),
  };
}

// What a scenario (or a calibration, which writes one) says about calls, as the beliefs of a pacing rule.

/** The cdf of a field that is a number of seconds or a distribution; given `limit`, of what does not exceed it. */
function cdfOf(value: number | Distribution, limit = Number.POSITIVE_INFINITY): Cdf {
  const { cdf } = lawOf(distributionOf(value));
  if (limit === Number.POSITIVE_INFINITY) return cdf;
  const within = cdf(limit);
  if (within >= 1) return cdf;
  if (within <= 0) return fixedDuration(limit);
  return (t) => (t >= limit ? 1 : cdf(t) / within);
}

/** The cdf of one of two durations: the first with the given share. */
function either(share: number, first: Cdf, second: Cdf): Cdf {
  if (share >= 1) return first;
  return (t) => share * first(t) + (1 - share) * second(t);
}

function average(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/**
 * Beliefs that fit the scenario on the average of the hours given. Judged outcomes count: a person taken for a machine is none for the rule, a machine taken for
 * a person is one.
 * @param hours hours of the day, 0..23; default all
 */
export function beliefsOf(calls: CallsScenario, hours?: readonly number[]): DialingBeliefs {
  const shares = hourlyShares(calls);
  const over = (values: readonly number[]) => average(hours === undefined ? values : hours.map((hour) => values[hour] ?? 0));
  const [person, machine, busy, invalid] = [over(shares.answer), over(shares.machine), over(shares.busy), over(shares.invalid)];
  const { machineDetection: detection } = calls;
  const missed = detection === "off" ? 0 : detection.falseMachine;
  const passed = detection === "off" ? 1 : detection.falseLive;
  const live = person * (1 - missed) + machine * passed;
  const judgedMachine = person * missed + machine * (1 - passed);
  const timeout = seconds(calls.noAnswerTimeout);
  const latest = calls.ring.lateAnswers ? Number.POSITIVE_INFINITY : timeout;
  const [personRing, machineRing] = [cdfOf(calls.ring.live, latest), cdfOf(calls.ring.machine, timeout)];
  const [personJudged, machineJudged] =
    detection === "off" ? [fixedDuration(0), fixedDuration(0)] : [cdfOf(detection.live), cdfOf(detection.machine)];
  const people = live > 0 ? (person * (1 - missed)) / live : 1;
  const machines = judgedMachine > 0 ? (machine * (1 - passed)) / judgedMachine : 1;
  return {
    mix: { live, machine: judgedMachine, noAnswer: Math.max(0, 1 - person - machine - busy - invalid), busy, invalid },
    liveRing: either(people, personRing, machineRing),
    machineRing: either(machines, machineRing, personRing),
    liveDetection: either(people, personJudged, machineJudged),
    machineDetection: either(machines, machineJudged, personJudged),
    noAnswer: fixedDuration(timeout),
    busy: cdfOf(calls.ring.busy),
    invalid: cdfOf(calls.ring.invalid),
    talk: either(people, cdfOf(calls.talk), cdfOf(calls.machineTalk)),
    wrap: cdfOf(calls.wrap),
    patience: patienceAfterDetection(calls),
    silent: calls.countSilentCalls ? missed : 0,
  };
}

/** What is left of the time a person may wait once the call has been judged, s: at the median of detection and patience. */
function patienceAfterDetection(calls: CallsScenario): number {
  const median = (value: number | Distribution) => lawOf(distributionOf(value)).quantile(0.5);
  const allowed = seconds(calls.greeting) + Math.min(median(calls.patience), seconds(calls.legalLimit));
  const detection = calls.machineDetection === "off" ? 0 : median(calls.machineDetection.live);
  return Math.max(0, allowed - detection);
}

// The 15-second step of VICIdial's adaptive dial level as a pure function: a multiplicative move after idle agents, then cuts when drops pass the limit.
// Known from the behaviour of AST_VDadapt (2013 to 2024 versions agree); written anew.

/** What happens when the day's drop percentage is over its limit. */
export type DropMethod = "HARD_LIMIT" | "AVERAGE" | "TAPERED";

/** What one step looks at. Percentages are 0..100, times are hours and minutes written as one number (1530 is half past three). */
export interface LevelStep {
  /** Lines per agent now. */
  readonly level: number;
  /** Idle agents less waiting callers, averaged over the last samples. */
  readonly difference: number;
  /** Agents counted, averaged over the same samples. */
  readonly agents: number;
  /** Adaptive intensity, -99..99: how much stronger rises (and weaker falls) are. Default 0. */
  readonly intensity?: number;
  /** Difference aimed at, added to `difference`: -1 keeps one agent waiting. Default 0. */
  readonly differenceTarget?: number;
  /** Level limit. Default 3.0. */
  readonly maximumLevel?: number;
  readonly method: DropMethod;
  /** Drop percentage limit. Default 3. */
  readonly dropLimit?: number;
  /** Calls answered today and the share of them that was dropped, percent. */
  readonly callsToday: number;
  readonly dropPercentToday: number;
  /** The same over the last minute. */
  readonly callsLastMinute?: number;
  readonly dropPercentLastMinute?: number;
  /** Time of day and latest time of TAPERED, as HHMM. */
  readonly now?: number;
  readonly latest?: number;
}

/**
 * The next level, never below 1.0, rounded to three decimals before the cuts.
 * TAPERED subtracts HHMM numbers as if they were decimal, as the original does: its cut jumps at each full hour (2100 - 1959 is 141, 2100 - 2000 is 100).
 */
export function nextLevel(step: LevelStep): number {
  const intensity = step.intensity ?? 0;
  let percent = step.agents > 0 ? (100 * (step.difference + (step.differenceTarget ?? 0))) / step.agents : 0;
  if (percent > 0) percent *= 1 + intensity / 100;
  else if (percent < 0) percent *= Math.abs(intensity / 100 - 1);
  let level = Math.round(step.level * (1 + percent / 100) * 1000) / 1000;
  level = Math.max(1, Math.min(level, step.maximumLevel ?? 3));
  if ((step.callsLastMinute ?? 0) > 20 && (step.dropPercentLastMinute ?? 0) > 50) level /= 2;
  if (step.callsToday > 50 && step.dropPercentToday > (step.dropLimit ?? 3)) level = cut(level, step);
  return Math.max(1, level);
}

function cut(level: number, step: LevelStep): number {
  switch (step.method) {
    case "HARD_LIMIT":
      return 1;
    case "AVERAGE":
      return level / 2;
    case "TAPERED": {
      const share = ((step.latest ?? 2100) - (step.now ?? 0)) / 1000;
      return share < 0 ? 1 : level * Math.min(1, share);
    }
  }
}
