// The outer loop: moves the risk limit theta so that the measured abandonment rate comes to its target, and keeps the account of the measured window.

import { z } from "zod";
import { requireNonNegative, requireProbability } from "../arguments.ts";

/** How the loop that steers the abandonment rate is set. */
export interface AbandonmentLoopOptions {
  /** Abandonment rate aimed at over the measured window, 0..1. */
  readonly target: number;
  /** Theta at the start. Default: by the size of the team, `usualTheta`. */
  readonly theta?: number | undefined;
  /** Change of ln theta for each abandoned call by which the account is off. Default 0.05. */
  readonly gain?: number | undefined;
  /**
   * Abandoned calls to stay below what the target allows over the window, as a margin against chance; a young window keeps less, 3 and a twentieth of what it
   * allows. Default 15.
   */
  readonly reserve?: number | undefined;
  /** Share of the answers that is abandoned whatever theta is: people taken for machines. Default 0. */
  readonly unavoidable?: number | undefined;
}

/** State of the loop, for snapshots. */
export const abandonmentLoopState = z.object({
  start: z.number(),
  base: z.number(),
  reserve: z.number(),
  held: z.number(),
  lift: z.number(),
  /** NaN (null in JSON) before the first decision. */
  credit: z.number().nullable(),
  /** Null where no end of the period is known. */
  share: z.number().nullable(),
});
type AbandonmentLoopState = Readonly<z.output<typeof abandonmentLoopState>>;

/** Credit beyond the reserve that is kept for later; what exceeds it is given up. */
const CREDIT_KEPT = 40;
/** Of what was left before the start less is kept: a quiet month is no licence for a wild day. */
const CREDIT_BROUGHT = 5;
/** The base follows slowly enough that the loop settles without swinging: critical damping has 1/4. */
const DAMPING = 0.25;
/** The margin of a young window: so many calls, and this share of what it allows. */
const YOUNG_RESERVE = 3;
const YOUNG_SHARE = 0.05;
/** How far the base may move from where it began, in ln theta. */
const AUTHORITY = 1.2;
const HIGHEST = Math.log(0.5);
/** Seconds over which it is averaged how often lines hold the rule back. */
const HELD_MEMORY = 300;
/** Where lines hold the rule back: step of the lift per answered call, and its bound, in ln theta. */
const LIFT_GAIN = 0.2;
const HIGHEST_LIFT = 3;
/** Where the end of the period is known: abandoned calls in hand, and for each agent (more may be lost at once), most of the target's rate spent at once, and the step of the base per abandoned call. */
const IN_HAND = 1.5;
const IN_HAND_PER_AGENT = 0.1;
const MOST_SHARE = 1.5;
const ENDING_GAIN = 0.03;

/**
 * The theta at which the P rule comes to a target: measured on the reference workload, 0.75 of the target for 5 agents, 0.52 for 100.
 * @param agents logged in
 */
export function usualTheta(target: number, agents: number): number {
  return target * Math.max(0.3, 0.88 - 0.18 * Math.log10(Math.max(1, agents)));
}

/**
 * A proportional and integral controller on the account of abandoned calls, credit = target * answers - abandoned:
 *
 *     ln theta = base + gain * (credit - reserve);   per answer: credit += target - y,   base += target * gain^2 / 4 * (credit - reserve)
 *
 * with y = 1 for an abandoned call. Where trunks or the rate limit, not the risk, keep the rule from dialing, abandonment stays below the target at any usual
 * theta: ln theta is lifted by held * lift then, held being the share of late decisions that were cut short, and lift growing by 0.2 held (target - y).
 * The account begins with what the measured window has left, of which it keeps little of a surplus and all of a debt,
 * and never exceeds what the window's counters allow.
 *
 * Where the end of the measured period is known, what it allows in all is spent evenly over the answers that are left:
 *
 *     share = (target * (answers + left) - abandoned - 1.5 - 0.1 agents) / (target * left);   theta = exp(base) * share;   per answer: base += 0.03 * (share * target - y)
 *
 * As the end comes near, an abandoned call costs ever more of the share, and without an allowance theta is 0: then no call is placed that could find no agent.
 */
export class AbandonmentLoop {
  readonly target: number;
  readonly #gain: number;
  readonly #mostReserve: number;
  #reserve: number;
  #start: number;
  #base: number;
  #credit = Number.NaN;
  #held = 0;
  #lift = 0;
  /** Of the target's rate, what is to be spent now; NaN while no end of the period is known. */
  #share = Number.NaN;
  readonly #unavoidable: number;

  constructor(options: AbandonmentLoopOptions) {
    const { target, theta = usualTheta(target, 20), gain = 0.05, reserve = 15, unavoidable = 0 } = options;
    requireProbability("target", target);
    requireProbability("theta", theta);
    requireNonNegative("gain", gain);
    requireNonNegative("reserve", reserve);
    this.target = target;
    this.#gain = gain;
    this.#mostReserve = reserve;
    this.#reserve = Math.min(reserve, YOUNG_RESERVE);
    this.#unavoidable = unavoidable;
    this.#start = Math.log(Math.max(1e-9, theta));
    this.#base = this.#start;
  }

  /** Begins anew from another theta; the account stays. */
  begin(theta: number): void {
    this.#start = Math.log(Math.max(1e-9, theta));
    this.#base = this.#start;
  }

  /** An answered call's fate is known. */
  learn(abandoned: boolean): void {
    // Before the first decision the account is not open: the window's counters, with which it begins, have this call in them.
    if (Number.isNaN(this.#credit)) return;
    const surplus = this.target - (abandoned ? 1 : 0);
    this.#lift = Math.min(HIGHEST_LIFT, Math.max(0, this.#lift + LIFT_GAIN * this.#held * surplus));
    this.#credit = Math.min(this.#credit + surplus, this.#reserve + CREDIT_KEPT);
    const off = Math.max(-CREDIT_KEPT, this.#credit - this.#reserve);
    const step = Number.isNaN(this.#share)
      ? DAMPING * this.target * this.#gain * this.#gain * off
      : ENDING_GAIN * (this.#share * this.target - (abandoned ? 1 : 0));
    const moved = this.#base + step;
    this.#base = Math.min(this.#start + AUTHORITY, Math.max(this.#start - AUTHORITY, moved));
  }

  /** A decision was made that covers `seconds`; `cut`: it would have placed more calls had there been trunks, tokens and leads. */
  decided(cut: boolean, seconds: number): void {
    this.#held += ((cut ? 1 : 0) - this.#held) * Math.min(1, seconds / HELD_MEMORY);
  }

  /** Abandoned calls that may still be had by the account; `liveAnswers` and `abandoned` are the measured window's counters. Negative: a debt. */
  credit(liveAnswers: number, abandoned: number): number {
    const allowed = this.target * liveAnswers - abandoned;
    if (Number.isNaN(this.#credit)) this.#credit = Math.min(allowed, this.#reserve + CREDIT_BROUGHT);
    return Math.min(this.#credit, allowed);
  }

  /**
   * The risk limit now.
   * @param left live answers to come in the measured period; Infinity when nothing is known of it
   * @param agents at work
   * @param hasEnd whether it is known when the period ends; if not, `left` only keeps the end of a full window from being overdrawn
   */
  theta(liveAnswers: number, abandoned: number, left = Number.POSITIVE_INFINITY, hasEnd = false, agents = 1): number {
    this.#reserve = Math.min(this.#mostReserve, YOUNG_RESERVE + YOUNG_SHARE * this.target * liveAnswers);
    const credit = this.credit(liveAnswers, abandoned);
    const lift = this.#held * this.#lift;
    const share = this.#shareOf(this.target * liveAnswers - abandoned - IN_HAND - IN_HAND_PER_AGENT * agents, left);
    this.#share = hasEnd ? share : Number.NaN;
    if (hasEnd) return Math.exp(Math.min(HIGHEST, this.#base + lift)) * this.#paced(share);
    const usual = Math.exp(Math.min(HIGHEST, this.#base + this.#gain * (credit - this.#reserve) + lift));
    return usual * Math.min(1, this.#paced(share));
  }

  /** How much of the target's rate the rest of the period may have, 0 to 1.5; `allowed` more may be abandoned if nobody else answers, without those kept in hand. */
  #shareOf(allowed: number, left: number): number {
    if (left === Number.POSITIVE_INFINITY) return 1;
    const expected = this.target * left;
    return Math.min(MOST_SHARE, Math.max(0, (allowed + expected) / Math.max(1, expected)));
  }

  /** The same of what pacing can influence. */
  #paced(share: number): number {
    if (this.#unavoidable === 0) return share;
    return Math.max(0, share * this.target - this.#unavoidable) / Math.max(1e-9, this.target - this.#unavoidable);
  }

  snapshot(): AbandonmentLoopState {
    return {
      start: this.#start,
      base: this.#base,
      reserve: this.#reserve,
      held: this.#held,
      lift: this.#lift,
      credit: Number.isNaN(this.#credit) ? null : this.#credit,
      share: Number.isNaN(this.#share) ? null : this.#share,
    };
  }

  restore({ start, base, reserve, held, lift, credit, share }: AbandonmentLoopState): void {
    this.#start = start;
    this.#base = base;
    this.#reserve = reserve;
    this.#held = held;
    this.#lift = lift;
    this.#credit = credit ?? Number.NaN;
    this.#share = share ?? Number.NaN;
  }
}
