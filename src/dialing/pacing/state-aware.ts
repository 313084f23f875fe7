// Our pacing rule: dial while the chance that a further call meets no agent is at most theta; theta follows the measured abandonment rate.

import { z } from "zod";
import { AbandonmentLoop, type AbandonmentLoopOptions, usualTheta } from "./abandonment-loop.ts";
import { type DialingBeliefs, targetOfPacing } from "./beliefs.ts";
import { LiveRate } from "./live-rate.ts";
import { ShortageForecast } from "./shortage-forecast.ts";
import { type DialerView, Observation, type PacingStrategy } from "./strategy.ts";

export interface StateAwareParameters extends AbandonmentLoopOptions {
  readonly beliefs: DialingBeliefs;
  /** How many attempts the believed live rate is worth at the start; each memory takes at most as many as it holds. Default 40. */
  readonly priorAttempts?: number | undefined;
  /** Seconds between decisions. Default 0.5. */
  readonly interval?: number | undefined;
  /** The true live rate at a time (s since the start), for comparisons with a rule that is told it. */
  readonly liveRateAt?: (now: number) => number;
}

/** A bound on one decision, for lists on which hardly anybody answers: what is missing follows with the next. */
const MOST_CALLS_PER_AGENT = 50;

/** Why no more calls were placed. */
export type PacingLimit = "risk" | "trunks" | "rate" | "leads" | "agents";

/** What `explain` tells. */
export interface StateAwareExplanation {
  readonly state: Record<string, number>;
  /** Believed share of attempts that a person answers, and live answers' worth of evidence behind it. */
  readonly liveRate: number;
  readonly evidence: number;
  /** The chance that the next call, if answered by a person, meets no agent in time; and what it may be. */
  readonly risk: number;
  readonly theta: number;
  readonly target: number;
  /** Abandoned calls that the target still allows over the measured window. */
  readonly credit: number;
  readonly limitedBy: PacingLimit;
  readonly horizons: object[];
}

const numbers = z.array(z.number());
const stateSchema = z.object({
  loop: z.object({
    start: z.number(),
    base: z.number(),
    reserve: z.number(),
    held: z.number(),
    lift: z.number(),
    credit: z.number().nullable(),
  }),
  rate: z.object({
    head: z.int(),
    time: z.number().nullable(),
    answers: z.number(),
    exposure: z.number(),
    placed: numbers,
    live: numbers,
    trials: numbers,
    weight: numbers,
    rate: z.number(),
    evidence: z.number(),
  }),
  placed: z.number(),
});

/** The state-aware strategy. Instances are made by `stateAware`. */
class StateAware implements PacingStrategy {
  readonly name = "state-aware";
  readonly interval: number;
  readonly #forecast: ShortageForecast;
  readonly #loop: AbandonmentLoop;
  readonly #rate: LiveRate;
  readonly #told: ((now: number) => number) | undefined;
  readonly #thetaGiven: boolean;
  /** What is left of the target for pacing: theta begins at what is usual for it. */
  readonly #startTarget: number;
  #placedBefore = -1;

  constructor(parameters: StateAwareParameters) {
    this.interval = parameters.interval ?? 0.5;
    this.#forecast = new ShortageForecast(parameters.beliefs);
    this.#loop = new AbandonmentLoop(parameters);
    this.#rate = new LiveRate(this.#forecast.calls, {
      prior: parameters.beliefs.mix.live,
      priorAttempts: parameters.priorAttempts ?? 40,
    });
    this.#startTarget = targetOfPacing(parameters.target, parameters.beliefs.silent);
    this.#told = parameters.liveRateAt;
    this.#thetaGiven = parameters.theta !== undefined;
  }

  decide(view: DialerView): number {
    if (this.#placedBefore < 0 && !this.#thetaGiven) this.#loop.begin(usualTheta(this.#startTarget, view.agents));
    this.#rate.advance(view.now, this.#placedBefore < 0 ? 0 : view.placed - this.#placedBefore);
    this.#placedBefore = view.placed;
    // What the rate limit holds up goes out before the next decision as far as the sustained rate allows, counted in whole calls upwards.
    const passed = view.callTokens + view.callsPerSecond * this.interval + 1;
    const room = Math.min(view.trunksFree, passed, view.leadsReady, MOST_CALLS_PER_AGENT * view.agents);
    if (room < 1) {
      this.#loop.decided(view.idle > 0, this.interval);
      return 0;
    }
    const theta = this.#loop.theta(view.windowLiveAnswers, view.windowAbandoned);
    let risk = this.#forecast.evaluate(view, this.#liveRate(view.now), theta);
    let calls = 0;
    while (risk <= theta && calls + 1 <= room) {
      calls += 1;
      risk = this.#forecast.add();
    }
    this.#loop.decided(risk <= theta, this.interval);
    return calls;
  }

  observe(what: Observation): void {
    if (what === Observation.answered) this.#rate.answered();
    else if (what === Observation.served) this.#loop.learn(false);
    else if (what === Observation.abandoned) this.#loop.learn(true);
  }

  snapshot(): object {
    return { loop: this.#loop.snapshot(), rate: this.#rate.snapshot(), placed: this.#placedBefore };
  }

  restore(state: object): void {
    const { loop, rate, placed } = stateSchema.parse(state);
    this.#loop.restore(loop);
    this.#rate.restore(rate);
    this.#placedBefore = placed;
  }

  explain(view: DialerView): StateAwareExplanation {
    const theta = this.#loop.theta(view.windowLiveAnswers, view.windowAbandoned);
    const risk = this.#forecast.evaluate(view, this.#liveRate(view.now));
    const { idle, talking, wrapping, waiting, dialing, detecting, onBreak } = view;
    return {
      state: { idle, talking, wrapping, onBreak, waiting, dialing, detecting },
      liveRate: this.#liveRate(view.now),
      evidence: this.#rate.evidence,
      risk,
      theta,
      target: this.#loop.target,
      credit: this.#loop.credit(view.windowLiveAnswers, view.windowAbandoned),
      limitedBy: limitOf(view, risk > theta),
      horizons: this.#forecast.horizons(),
    };
  }

  #liveRate(now: number): number {
    return this.#told === undefined ? this.#rate.rate : this.#told(now);
  }
}

function limitOf(view: DialerView, risky: boolean): PacingLimit {
  if (view.loggedIn < 1) return "agents";
  if (view.leadsReady < 1) return "leads";
  if (view.trunksFree < 1) return "trunks";
  return view.callTokens < 1 && !risky ? "rate" : "risk";
}

/**
 * The state-aware rule: P rule over ages of calls and agents, live rate learned online, outer loop on the measured abandonment rate.
 * Deterministic: it draws no random numbers.
 */
export function stateAware(parameters: StateAwareParameters): PacingStrategy {
  return new StateAware(parameters);
}
