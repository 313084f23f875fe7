// Our pacing rule: dial while the chance that a further call meets no agent is at most theta; theta follows the measured abandonment rate.

import { z } from "zod";
import type { DeepReadonly } from "../../kernel/index.ts";
import { AbandonmentLoop, type AbandonmentLoopOptions, abandonmentLoopState, usualTheta } from "./abandonment-loop.ts";
import { type Cdf, type DialingBeliefs, fixedDuration, quantileOf, targetOfPacing } from "./beliefs.ts";
import type { KnownLevels } from "./jumping-rate.ts";
import { LiveRate, liveRateState } from "./live-rate.ts";
import { AnswersToCome, type MeasuredPeriod } from "./period.ts";
import { forecastTables, type HorizonForecast, ShortageForecast } from "./shortage-forecast.ts";
import { AgentState, type DialerView, Observation, type PacingStrategy } from "./strategy.ts";

// How long things take, learned from what was seen: short times by counting them, long ones by how their hazard differs from the one believed.

/** What is left of a count when a memory is full. */
const KEPT = 0.5;

/** State of either estimate as plain data. `found`: what the last look found, shares up to each quarter of a second or corrections of the hazard. */
const learnedState = z.object({
  counts: z.array(z.number()),
  expected: z.array(z.number()).default([]),
  total: z.number(),
  found: z.array(z.number()),
});
/** The same; states of earlier versions lack `expected`. */
type LearnedState = DeepReadonly<z.input<typeof learnedState>>;

const STEP = 0.25;
const BINS = 240;
/** What a sum of seconds may differ by. */
const SLACK = 1e-3;
const SHORT_PRIOR = 20;
const SHORT_MEMORY = 2000;

/**
 * Times of a minute or two that many calls have and that are known soon: ringing, detection. Shares by quarters of a second, the belief counting as 20 values;
 * of more than 2,000 values the older ones count half.
 */
export class ShortTimes {
  readonly #prior: Cdf;
  readonly #counts = new Float64Array(BINS + 1);
  readonly #upTo = new Float64Array(BINS + 1);
  #total = 0;

  constructor(prior: Cdf) {
    this.#prior = prior;
    this.look();
  }

  add(seconds: number): void {
    const bin = Math.min(BINS, Math.max(0, Math.ceil((seconds - SLACK) / STEP)));
    this.#counts[bin]! += 1;
    this.#total += 1;
    if (this.#total < SHORT_MEMORY) return;
    for (let i = 0; i <= BINS; i++) this.#counts[i]! *= KEPT;
    this.#total *= KEPT;
  }

  /** What was found at the last look. */
  readonly cdf: Cdf = (t) => {
    if (t < 0) return 0;
    const at = t / STEP;
    const bin = Math.floor(at);
    if (bin >= BINS) return 1;
    return this.#upTo[bin]! + (at - bin) * (this.#upTo[bin + 1]! - this.#upTo[bin]!);
  };

  /** Takes in what was seen since the last look. */
  look(): void {
    const whole = this.#total + SHORT_PRIOR;
    let seen = 0;
    for (let i = 0; i <= BINS; i++) {
      seen += this.#counts[i]!;
      this.#upTo[i] = (seen + SHORT_PRIOR * this.#prior(i * STEP)) / whole;
    }
  }

  snapshot(): LearnedState {
    return { counts: [...this.#counts], total: this.#total, found: [...this.#upTo] };
  }

  restore({ counts, total, found }: LearnedState): void {
    this.#counts.set(counts.slice(0, BINS + 1));
    this.#upTo.set(found.slice(0, BINS + 1));
    this.#total = total;
  }
}

/** Pieces on which the hazard is kept: edges grow by this factor from the first. */
const GROWTH = 1.02;
const FIRST = 0.5;
const PIECES = 480;
/** So many pieces share a correction: a factor of 1.4 in time. */
const TOGETHER = 17;
const CORRECTIONS = Math.ceil(PIECES / TOGETHER);
/** Ends that the belief is worth in each. */
const LONG_PRIOR = 4;
const LONG_MEMORY = 4000;
/** Of the belief this share is taken to be anything of about that size, so that no time is held for impossible. */
const OPEN = 0.1;

/**
 * Times that agents spend in a state, most of which are not over yet when a campaign is young: in each stretch of time the ends seen over those that the
 * belief foretold, which corrects the believed hazard (a belief worth four ends). Who is still in the state counts with the time so far.
 */
export class LongTimes {
  /** By piece: the believed cumulative hazard at its end. */
  readonly #hazard = new Float64Array(PIECES + 1);
  readonly #ends = new Float64Array(CORRECTIONS);
  readonly #expected = new Float64Array(CORRECTIONS);
  readonly #corrected = new Float64Array(PIECES + 1);
  readonly #underWay = new Float64Array(CORRECTIONS);
  readonly #factors = new Float64Array(CORRECTIONS).fill(1);
  #total = 0;

  constructor(prior: Cdf) {
    const usual = Math.max(1, quantileOf(prior, 0.63));
    for (let i = 1; i <= PIECES; i++) {
      const t = edge(i);
      const left = (1 - OPEN) * (1 - prior(t)) + OPEN * Math.exp(-t / usual);
      this.#hazard[i] = Math.max(this.#hazard[i - 1]!, -Math.log(Math.max(1e-12, left)));
    }
    this.#correct();
  }

  add(seconds: number): void {
    const piece = pieceOf(seconds);
    this.#ends[Math.floor(piece / TOGETHER)]! += 1;
    this.#expose(this.#expected, seconds);
    this.#total += 1;
    if (this.#total < LONG_MEMORY) return;
    for (let i = 0; i < CORRECTIONS; i++) {
      this.#ends[i]! *= KEPT;
      this.#expected[i]! *= KEPT;
    }
    this.#total *= KEPT;
  }

  /** Ends foretold by the belief for one who was in the state for so long. */
  #expose(into: Float64Array, seconds: number): void {
    const piece = pieceOf(seconds);
    const hazard = this.#hazard;
    const last = Math.floor(piece / TOGETHER);
    for (let i = 0; i < last; i++) into[i]! += hazard[(i + 1) * TOGETHER]! - hazard[i * TOGETHER]!;
    into[last]! += this.#at(hazard, seconds) - hazard[last * TOGETHER]!;
  }

  /** What was found at the last look. */
  readonly cdf: Cdf = (t) => (t <= 0 ? 0 : 1 - Math.exp(-this.#at(this.#corrected, t)));

  /** Begins a look: `stillIn` then tells of each who is in the state, and `look` takes it in. */
  beginLook(): void {
    this.#underWay.fill(0);
  }

  stillIn(seconds: number): void {
    this.#expose(this.#underWay, seconds);
  }

  look(): void {
    for (let i = 0; i < CORRECTIONS; i++) {
      this.#factors[i] = (this.#ends[i]! + LONG_PRIOR) / (this.#expected[i]! + this.#underWay[i]! + LONG_PRIOR);
    }
    this.#correct();
  }

  #correct(): void {
    const corrected = this.#corrected;
    for (let i = 0; i < PIECES; i++) {
      const factor = this.#factors[Math.floor(i / TOGETHER)]!;
      corrected[i + 1] = corrected[i]! + factor * (this.#hazard[i + 1]! - this.#hazard[i]!);
    }
  }

  #at(hazard: Float64Array, seconds: number): number {
    const piece = pieceOf(seconds);
    const from = edge(piece);
    const part = Math.min(1, Math.max(0, (seconds - from) / (edge(piece + 1) - from)));
    return hazard[piece]! + part * (hazard[piece + 1]! - hazard[piece]!);
  }

  snapshot(): LearnedState {
    return { counts: [...this.#ends], expected: [...this.#expected], total: this.#total, found: [...this.#factors] };
  }

  restore({ counts, expected = [], total, found }: LearnedState): void {
    this.#ends.set(counts.slice(0, CORRECTIONS));
    this.#expected.set(expected.slice(0, CORRECTIONS));
    this.#factors.set(found.slice(0, CORRECTIONS));
    this.#total = total;
    this.#correct();
  }
}

/** Where a piece begins, s; the first at 0. */
function edge(piece: number): number {
  return (FIRST * (GROWTH ** piece - 1)) / (GROWTH - 1);
}

function pieceOf(seconds: number): number {
  const piece = Math.floor(Math.log1p((Math.max(0, seconds) * (GROWTH - 1)) / FIRST) / Math.log(GROWTH));
  return Math.min(PIECES - 1, piece);
}

/** How many failed attempts the believed mix is worth. */
const MIX_PRIOR = 40;
/** Of more the older ones count half. */
const MIX_MEMORY = 5000;
/** The tables are made anew when so many more things were seen than the last time, and never sooner than so many seconds later. */
const FIRST_LOOK = 30;
const MORE = 1.3;
const MOST_MORE = 5000;
const LEAST_SECONDS = 120;

const SHORT = ["liveRing", "machineRing", "liveDetection", "machineDetection", "noAnswer", "busy", "invalid"] as const;
type Short = (typeof SHORT)[number];
const FAILURES = ["machine", "noAnswer", "busy", "invalid"] as const;
type Failure = (typeof FAILURES)[number];

/** State as plain data. */
const learnedBeliefs = z.object({
  short: z.object({
    liveRing: learnedState,
    machineRing: learnedState,
    liveDetection: learnedState,
    machineDetection: learnedState,
    noAnswer: learnedState,
    busy: learnedState,
    invalid: learnedState,
  }),
  talk: learnedState,
  wrap: learnedState,
  failures: z.array(z.number()),
  seen: z.number(),
  lookedAt: z.number(),
  due: z.number(),
  mix: z.array(z.number()).nullable(),
});
type LearnedBeliefsState = DeepReadonly<z.input<typeof learnedBeliefs>>;

/** What a strategy believes of answers, ringing and talk, learnt from the calls that it sees. */
export class LearnedBeliefs {
  readonly #believed: DialingBeliefs;
  readonly #short: Readonly<Record<Short, ShortTimes>>;
  readonly #talk: LongTimes;
  readonly #wrap: LongTimes;
  readonly #failures = new Float64Array(FAILURES.length);
  #seen = 0;
  #due = FIRST_LOOK;
  #lookedAt = 0;
  /** Shares of the failures at the last look. */
  #mix: readonly number[] | undefined;

  constructor(believed: DialingBeliefs) {
    this.#believed = believed;
    const times = (name: Short) => new ShortTimes(believed[name]);
    this.#short = {
      liveRing: times("liveRing"),
      machineRing: times("machineRing"),
      liveDetection: times("liveDetection"),
      machineDetection: times("machineDetection"),
      noAnswer: times("noAnswer"),
      busy: times("busy"),
      invalid: times("invalid"),
    };
    this.#talk = new LongTimes(believed.talk);
    this.#wrap = new LongTimes(believed.wrap);
  }

  /** What a rule is told; see `Observation`. */
  observe(what: Observation, seconds: number, detection: number): void {
    const short = this.#short;
    this.#seen += 1;
    switch (what) {
      case Observation.answered:
        short.liveRing.add(seconds);
        short.liveDetection.add(detection);
        break;
      case Observation.machine:
        short.machineRing.add(seconds - detection);
        short.machineDetection.add(detection);
        this.#failed("machine");
        break;
      case Observation.noAnswer:
        short.noAnswer.add(seconds);
        this.#failed("noAnswer");
        break;
      case Observation.busy:
        short.busy.add(seconds);
        this.#failed("busy");
        break;
      case Observation.invalid:
        short.invalid.add(seconds);
        this.#failed("invalid");
        break;
      case Observation.talkEnded:
        this.#talk.add(seconds);
        break;
      case Observation.wrapEnded:
        this.#wrap.add(seconds);
        break;
      default:
    }
  }

  #failed(how: Failure): void {
    const failures = this.#failures;
    failures[FAILURES.indexOf(how)]! += 1;
    let all = 0;
    for (const count of failures) all += count;
    if (all > MIX_MEMORY) for (let i = 0; i < failures.length; i++) failures[i]! /= 2;
  }

  /** True when enough more has been seen to make the tables anew. */
  isDue(now: number): boolean {
    return this.#seen >= this.#due && now - this.#lookedAt >= LEAST_SECONDS;
  }

  /** Takes in what was seen. Agents at work count with the time that they have been talking or wrapping up so far. */
  look(view: DialerView): void {
    this.#lookedAt = view.now;
    this.#due = Math.min(this.#seen * MORE, this.#seen + MOST_MORE);
    this.#talk.beginLook();
    this.#wrap.beginLook();
    for (let i = 0; i < view.agents; i++) {
      const state = view.agentState[i];
      if (state === AgentState.talking) this.#talk.stillIn(view.now - view.agentSince[i]!);
      else if (state === AgentState.wrapping) this.#wrap.stillIn(view.now - view.agentSince[i]!);
    }
    this.#talk.look();
    this.#wrap.look();
    for (const name of SHORT) this.#short[name].look();
    const { mix } = this.#believed;
    const others = Math.max(1e-9, 1 - mix.live);
    const counts = FAILURES.map((name, i) => this.#failures[i]! + (MIX_PRIOR * mix[name]) / others);
    const all = counts.reduce((sum, count) => sum + count, 0);
    this.#mix = counts.map((count) => (others * count) / all);
  }

  /** What was found at the last look; before the first, what was believed. */
  get beliefs(): DialingBeliefs {
    const believed = this.#believed;
    const short = this.#short;
    if (this.#mix === undefined) return believed;
    const liveDetection = short.liveDetection.cdf;
    const [machine = 0, noAnswer = 0, busy = 0, invalid = 0] = this.#mix;
    // What detection takes is no longer there to wait in.
    const wait = believed.patience + quantileOf(believed.liveDetection, 0.5);
    return {
      mix: { live: believed.mix.live, machine, noAnswer, busy, invalid },
      liveRing: short.liveRing.cdf,
      machineRing: short.machineRing.cdf,
      liveDetection: liveDetection(0) > 1 - 1e-6 ? fixedDuration(0) : liveDetection,
      machineDetection: short.machineDetection.cdf,
      noAnswer: short.noAnswer.cdf,
      busy: short.busy.cdf,
      invalid: short.invalid.cdf,
      talk: this.#talk.cdf,
      wrap: this.#wrap.cdf,
      patience: Math.max(0, wait - quantileOf(liveDetection, 0.5)),
      ...(believed.silent === undefined ? {} : { silent: believed.silent }),
    };
  }

  snapshot(): LearnedBeliefsState {
    const short = this.#short;
    return {
      short: {
        liveRing: short.liveRing.snapshot(),
        machineRing: short.machineRing.snapshot(),
        liveDetection: short.liveDetection.snapshot(),
        machineDetection: short.machineDetection.snapshot(),
        noAnswer: short.noAnswer.snapshot(),
        busy: short.busy.snapshot(),
        invalid: short.invalid.snapshot(),
      },
      talk: this.#talk.snapshot(),
      wrap: this.#wrap.snapshot(),
      failures: [...this.#failures],
      seen: this.#seen,
      lookedAt: this.#lookedAt,
      due: this.#due,
      mix: this.#mix ?? null,
    };
  }

  restore({ short, talk, wrap, failures, seen, lookedAt, due, mix }: LearnedBeliefsState): void {
    for (const name of SHORT) this.#short[name].restore(short[name]);
    this.#talk.restore(talk);
    this.#wrap.restore(wrap);
    this.#failures.set(failures.slice(0, FAILURES.length));
    this.#seen = seen;
    this.#lookedAt = lookedAt;
    this.#due = due;
    this.#mix = mix ?? undefined;
  }
}

/** Parameters of the strategy `state-aware`. */
export interface StateAwareParameters extends AbandonmentLoopOptions {
  readonly beliefs: DialingBeliefs;
  /** How many attempts the believed live rate is worth at the start; each memory takes at most as many as it holds. Default 40. */
  readonly priorAttempts?: number | undefined;
  /** Seconds between decisions. Default 0.5. */
  readonly interval?: number | undefined;
  /** Whether ring, detection, talk and wrap-up times and the mix of failures are learned from the campaign's own calls. Default true. */
  readonly isLearning?: boolean | undefined;
  /** The period over which abandonment is measured. Default: not known, a window that goes on. */
  readonly period?: MeasuredPeriod | undefined;
  /** The true live rate at a time (s since the start), for comparisons with a rule that is told it. */
  readonly liveRateAt?: (now: number) => number;
  /** Between which levels the live rate jumps, for comparisons with a rule that knows all but when. */
  readonly levels?: KnownLevels | undefined;
}

/** A bound on one decision, for lists on which hardly anybody answers: what is missing follows with the next. */
const MOST_CALLS_PER_AGENT = 50;

/**
 * Until so many attempts' worth of calls is known, at most so many calls are in the air for each idle agent. When a day begins all agents are idle at once and the
 * live rate is a belief: were it the double, the first calls alone would meet no agent.
 */
const FIRST_ATTEMPTS = 20;
const FIRST_CALLS_PER_AGENT = 2;

/** Why no more calls were placed; `start`: the live rate is only believed. */
export type PacingLimit = "risk" | "start" | "trunks" | "rate" | "leads" | "agents";

/** What `explain` tells. */
export interface StateAwareExplanation {
  readonly state: Record<string, number>;
  /** Believed share of attempts that a person answers, and live answers' worth of evidence behind it. */
  readonly liveRate: number;
  readonly evidence: number;
  /** When it is open which of two live rates holds. */
  readonly openBetween?: { readonly low: number; readonly high: number; readonly chanceOfHigh: number };
  /** The chance that the next call, if answered by a person, meets no agent in time; and what it may be. */
  readonly risk: number;
  readonly theta: number;
  readonly target: number;
  /** Abandoned calls that the target still allows over the measured window. */
  readonly credit: number;
  /** Live answers expected in the rest of the measured period; undefined when nothing is known of it. */
  readonly answersToCome?: number;
  readonly limitedBy: PacingLimit;
  readonly horizons: HorizonForecast[];
}

const stateSchema = z.object({
  loop: abandonmentLoopState,
  rate: liveRateState,
  placed: z.number(),
  learned: learnedBeliefs.nullable(),
  toCome: z.object({ answers: z.number(), worked: z.number() }).nullable(),
});

/** The state-aware strategy. Instances are made by `stateAware`. */
class StateAware implements PacingStrategy {
  readonly name = "state-aware";
  readonly interval: number;
  readonly #forecast: ShortageForecast;
  /** The same under a higher live rate, for when it is open which of two holds. */
  readonly #higher: ShortageForecast;
  readonly #loop: AbandonmentLoop;
  readonly #rate: LiveRate;
  readonly #told: ((now: number) => number) | undefined;
  readonly #thetaGiven: boolean;
  /** What is left of the target for pacing: theta begins at what is usual for it. */
  readonly #startTarget: number;
  readonly #learned: LearnedBeliefs | undefined;
  readonly #toCome: AnswersToCome | undefined;
  readonly #hasEnd: boolean;
  #placedBefore = -1;

  constructor(parameters: StateAwareParameters) {
    this.interval = parameters.interval ?? 0.5;
    const tables = forecastTables(parameters.beliefs);
    this.#forecast = new ShortageForecast(tables);
    this.#higher = new ShortageForecast(tables);
    this.#loop = new AbandonmentLoop({ ...parameters, unavoidable: parameters.beliefs.silent });
    this.#rate = new LiveRate(this.#forecast.calls, {
      prior: parameters.beliefs.mix.live,
      priorAttempts: parameters.priorAttempts ?? 40,
      levels: parameters.levels,
    });
    this.#startTarget = targetOfPacing(parameters.target, parameters.beliefs.silent);
    this.#told = parameters.liveRateAt;
    this.#thetaGiven = parameters.theta !== undefined;
    const { period, beliefs, isLearning = true } = parameters;
    this.#learned = isLearning ? new LearnedBeliefs(beliefs) : undefined;
    this.#toCome = period === undefined ? undefined : new AnswersToCome(period);
    this.#hasEnd = period?.hasEnd === true;
  }

  decide(view: DialerView): number {
    if (this.#placedBefore < 0 && !this.#thetaGiven) this.#loop.begin(usualTheta(this.#startTarget, view.agents));
    this.#rate.advance(view.now, this.#placedBefore < 0 ? 0 : view.placed - this.#placedBefore);
    this.#placedBefore = view.placed;
    this.#toCome?.worked(view.loggedIn, this.interval);
    if (this.#learned?.isDue(view.now) === true) {
      this.#learned.look(view);
      this.#believe(this.#learned);
    }
    // What the rate limit holds up goes out before the next decision as far as the sustained rate allows, counted in whole calls upwards.
    const passed = view.callTokens + view.callsPerSecond * this.interval + 1;
    const lines = Math.min(view.trunksFree, passed, view.leadsReady, MOST_CALLS_PER_AGENT * view.agents);
    const room = Math.min(lines, this.#roomOfFirst(view));
    if (room < 1) {
      this.#loop.decided(lines < 1 && view.idle > 0, this.interval);
      return 0;
    }
    const theta = this.#theta(view);
    let risk = this.#risk(view, theta);
    let calls = 0;
    while (risk <= theta && calls + 1 <= room) {
      calls += 1;
      risk = this.#riskOfAnother();
    }
    this.#loop.decided(risk <= theta && calls + 1 > lines, this.interval);
    return calls;
  }

  observe(what: Observation, seconds: number, detection: number): void {
    this.#learned?.observe(what, seconds, detection);
    if (what === Observation.answered) this.#rate.answered();
    else if (what === Observation.served || what === Observation.abandoned) {
      this.#toCome?.answered();
      this.#loop.learn(what === Observation.abandoned);
    }
  }

  snapshot(): object {
    return {
      loop: this.#loop.snapshot(),
      rate: this.#rate.snapshot(),
      placed: this.#placedBefore,
      learned: this.#learned?.snapshot() ?? null,
      toCome: this.#toCome?.snapshot() ?? null,
    };
  }

  restore(state: object): void {
    const { loop, rate, placed, learned, toCome } = stateSchema.parse(state);
    this.#loop.restore(loop);
    this.#rate.restore(rate);
    this.#placedBefore = placed;
    if (toCome !== null) this.#toCome?.restore(toCome);
    if (learned === null || this.#learned === undefined) return;
    this.#learned.restore(learned);
    this.#believe(this.#learned);
  }

  explain(view: DialerView): StateAwareExplanation {
    const theta = this.#theta(view);
    const risk = this.#risk(view);
    const { idle, talking, wrapping, waiting, dialing, detecting, onBreak } = view;
    return {
      state: { idle, talking, wrapping, onBreak, waiting, dialing, detecting },
      liveRate: this.#liveRate(view.now),
      evidence: this.#rate.evidence,
      ...(this.#isOpen ? { openBetween: { low: this.#rate.low, high: this.#rate.high, chanceOfHigh: this.#chanceOfHigh } } : {}),
      risk,
      theta,
      target: this.#loop.target,
      credit: this.#loop.credit(view.windowLiveAnswers, view.windowAbandoned),
      ...(this.#toCome === undefined ? {} : { answersToCome: this.#answersToCome(view) }),
      limitedBy: limitOf(view, risk > theta, this.#roomOfFirst(view) < 1),
      horizons: this.#horizons(),
    };
  }

  /** Calls that may be placed while hardly anything is known of the live rate. */
  #roomOfFirst(view: DialerView): number {
    if (this.#told !== undefined || this.#rate.known >= FIRST_ATTEMPTS) return Number.POSITIVE_INFINITY;
    return FIRST_CALLS_PER_AGENT * view.idle - view.dialing - view.detecting - view.waiting;
  }

  /** The chance that one more call meets no agent in time if a person answers it. Stops early once it is above `enough`. */
  #risk(view: DialerView, enough = Number.POSITIVE_INFINITY): number {
    if (!this.#isOpen) return this.#forecast.evaluate(view, this.#liveRate(view.now), enough);
    const { low, high, highOfAnswered } = this.#rate;
    const ofHigh = highOfAnswered * this.#higher.evaluate(view, high, enough / highOfAnswered);
    if (ofHigh > enough) return ofHigh;
    return ofHigh + (1 - highOfAnswered) * this.#forecast.evaluate(view, low, (enough - ofHigh) / (1 - highOfAnswered));
  }

  /** The same once another call has been placed. Only after a `#risk` that did not stop early. */
  #riskOfAnother(): number {
    if (!this.#isOpen) return this.#forecast.add();
    const { highOfAnswered } = this.#rate;
    return highOfAnswered * this.#higher.add() + (1 - highOfAnswered) * this.#forecast.add();
  }

  #horizons(): HorizonForecast[] {
    const lower = this.#forecast.horizons();
    if (!this.#isOpen) return lower;
    const higher = this.#higher.horizons();
    const [ofCalls, ofAnswered] = [this.#chanceOfHigh, this.#rate.highOfAnswered];
    return lower.map((one, k) => ({
      ...one,
      answers: (1 - ofCalls) * one.answers + ofCalls * higher[k]!.answers,
      shortage: (1 - ofAnswered) * one.shortage + ofAnswered * higher[k]!.shortage,
    }));
  }

  get #chanceOfHigh(): number {
    return (this.#rate.rate - this.#rate.low) / (this.#rate.high - this.#rate.low);
  }

  get #isOpen(): boolean {
    return this.#rate.isOpen && this.#told === undefined;
  }

  #believe({ beliefs }: LearnedBeliefs): void {
    const tables = forecastTables(beliefs);
    this.#forecast.believe(tables);
    this.#higher.believe(tables);
    this.#rate.believe(this.#forecast.calls);
  }

  #theta(view: DialerView): number {
    return this.#loop.theta(view.windowLiveAnswers, view.windowAbandoned, this.#answersToCome(view), this.#hasEnd, view.loggedIn);
  }

  #answersToCome(view: DialerView): number {
    return (
      this.#toCome?.left(view.now, view.windowLiveAnswers, view.leadsLeft, this.#liveRate(view.now)) ?? Number.POSITIVE_INFINITY
    );
  }

  #liveRate(now: number): number {
    return this.#told === undefined ? this.#rate.rate : this.#told(now);
  }
}

function limitOf(view: DialerView, risky: boolean, isFirst: boolean): PacingLimit {
  if (view.loggedIn < 1) return "agents";
  if (view.leadsReady < 1) return "leads";
  if (view.trunksFree < 1) return "trunks";
  if (risky) return "risk";
  if (view.callTokens < 1) return "rate";
  return isFirst ? "start" : "risk";
}

/**
 * The state-aware rule: P rule over ages of calls and agents, live rate learned online, outer loop on the measured abandonment rate.
 * Deterministic: it draws no random numbers.
 */
export function stateAware(parameters: StateAwareParameters): PacingStrategy {
  return new StateAware(parameters);
}
