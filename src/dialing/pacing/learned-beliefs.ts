// Beliefs that follow the campaign's own calls: ring times, detection, talk, wrap-up and the mix of outcomes, from what a rule is told of them.

import { type DialingBeliefs, fixedDuration, quantileOf } from "./beliefs.ts";
import { type LearnedState, LongTimes, ShortTimes } from "./learned-durations.ts";
import { AgentState, type DialerView, Observation } from "./strategy.ts";

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
export interface LearnedBeliefsState {
  readonly short: Readonly<Record<Short, LearnedState>>;
  readonly talk: LearnedState;
  readonly wrap: LearnedState;
  readonly failures: readonly number[];
  readonly seen: number;
  readonly lookedAt: number;
  readonly due: number;
  readonly mix: readonly number[] | null;
}

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
