// Binomial look-ahead: every call in the air counts alike, every busy agent is freed at a constant rate. The best of the published rules, a yardstick.

import { refuse } from "../arguments.ts";
import { CountLaw } from "./poisson-binomial.ts";
import type { DialerView, PacingStrategy } from "./strategy.ts";

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
export function lookAhead(parameters: LookAheadParameters): PacingStrategy {
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
