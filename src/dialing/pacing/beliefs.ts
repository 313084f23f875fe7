// What a pacing rule believes about calls and agents: the mix of outcomes and how long each takes. Fitted from records or taken from a scenario.

/** A cumulative distribution function of a duration in seconds: 0 below 0, rising to 1. */
export type Cdf = (seconds: number) => number;

/** How attempts end, as the dialer judges them; the shares add to 1. */
export interface OutcomeMix {
  /** Judged a person: what a pacing rule has to find agents for. */
  readonly live: number;
  readonly machine: number;
  readonly noAnswer: number;
  readonly busy: number;
  readonly invalid: number;
}

/** Beliefs of a rule. All durations in seconds. */
export interface DialingBeliefs {
  /** Shares of the outcomes of an attempt. */
  readonly mix: OutcomeMix;
  /** From dialing to the answer, by persons and by machines. */
  readonly liveRing: Cdf;
  readonly machineRing: Cdf;
  /** From the answer until the call is judged; `fixedDuration(0)` where a person is passed on at once. */
  readonly liveDetection: Cdf;
  readonly machineDetection: Cdf;
  /** From dialing until the failure is known. */
  readonly noAnswer: Cdf;
  readonly busy: Cdf;
  readonly invalid: Cdf;
  readonly talk: Cdf;
  readonly wrap: Cdf;
  /** How long a person who was judged one may wait for an agent, s. The legal limit is 2 from the greeting. */
  readonly patience: number;
  /** Share of the people who answer that is taken for machines and counts as abandoned, whatever the pacing. Default 0. */
  readonly silent?: number | undefined;
}

/**
 * What pacing may abandon of the people it is left with, so that the whole rate comes to `target`: 0 where machine detection alone abandons more.
 * @param silent see DialingBeliefs
 */
export function targetOfPacing(target: number, silent = 0): number {
  return silent > 0 ? Math.max(0, (target - silent) / (1 - silent)) : target;
}

/** The cdf of a duration that is always the same. */
export function fixedDuration(seconds: number): Cdf {
  return (t) => (t >= seconds ? 1 : 0);
}

/** The smallest duration whose cdf reaches `share`, by bisection to a millisecond; at most a day. */
export function quantileOf(cdf: Cdf, share: number): number {
  let low = 0;
  let high = 1;
  while (cdf(high) < share && high < 86_400) high *= 2;
  while (high - low > 0.001) {
    const middle = (low + high) / 2;
    if (cdf(middle) < share) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** The cdf of the sum of two durations, by the midpoint rule at a quarter of a second; the first one's where the second always is 0. */
export function lawOfSum(first: Cdf, second: Cdf): Cdf {
  if (second(0) >= 1) return first;
  const step = 0.25;
  return (t) => {
    if (t <= 0) return 0;
    const pieces = Math.ceil(t / step);
    const width = t / pieces;
    let chance = 0;
    let before = first(0);
    for (let i = 1; i <= pieces; i++) {
      const after = first(i * width);
      chance += (after - before) * second(t - (i - 0.5) * width);
      before = after;
    }
    return chance;
  };
}
