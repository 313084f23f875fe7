// One run under a condition.

import { createDialer } from "../../src/dialing/engine/dialer.ts";
import { Count, Level } from "../../src/dialing/engine/meter.ts";
import type { DialingBeliefs } from "../../src/dialing/pacing/beliefs.ts";
import { beliefsOf } from "../../src/dialing/pacing/create.ts";
import { type StateAwareParameters, stateAware } from "../../src/dialing/pacing/state-aware.ts";
import type { PacingStrategy } from "../../src/dialing/pacing/strategy.ts";
import { sumOf } from "../../src/dialing/results/sums.ts";
import type { CallsScenario } from "../../src/dialing/scenario/calls.ts";
import { compileCalls } from "../../src/dialing/scenario/compile.ts";
import { secondOfDay, seconds } from "../../src/dialing/scenario/fields.ts";
import { parseScenario } from "../../src/dialing/scenario/parse.ts";
import { type RatioInterval, ratioInterval } from "../../src/kernel/index.ts";
import { type Condition, liveRate, REFERENCE, STEP } from "./conditions.ts";

/** What a strategy reached in one condition. */
export interface ConditionResult {
  readonly occupancy: RatioInterval;
  /** Over the simulated days, without the scenario's history. */
  readonly abandonment: RatioInterval;
  /** Share of the days at whose end the window, including the history, is above the limit. */
  readonly windowsOver: number;
}

/** A condition, and how much of it is simulated. */
export interface ConditionOptions {
  readonly condition: Condition;
  readonly agents: number;
  readonly days: number;
  /**
   * What the strategy knows: nothing; everything, including the live rate of each instant; or, where the rate jumps, everything
   * except when it jumps.
   */
  readonly told: "nothing" | "everything" | "levels";
  readonly seed?: number | string;
  readonly parameters?: Partial<StateAwareParameters>;
}

/**
 * Runs independent days of a condition with the state-aware strategy, each from a cold start. The same seed gives both strategies
 * the same calls.
 */
export function runCondition(options: ConditionOptions): ConditionResult {
  const { condition, agents, days, told, seed = "evaluation" } = options;
  const scenario = condition.scenario(agents);
  const { history, abandonmentTarget: target } = scenario;
  const rateAt = liveRateOf(scenario.calls);
  const start = secondOfDay(scenario.start);
  const busy: number[] = [];
  const loggedIn: number[] = [];
  const abandoned: number[] = [];
  const answers: number[] = [];
  let over = 0;
  const { believes, jumps } = condition;
  const calls = { ...scenario.calls, ...liveRate(condition.believed ?? 0.2), byHour: [] };
  const own = beliefsOf(calls);
  const wrong = believes === undefined ? own : beliefsOf(parseScenario({ calls: { ...REFERENCE, ...believes } }).calls);
  for (let run = 0; run < days; run++) {
    const strategy = ruleOf(
      options,
      told === "nothing" ? wrong : own,
      target,
      (now) => jumps?.rateAt(now) ?? rateAt(start + now),
    );
    const dialer = createDialer({ scenario, seed: `${seed}/${run}`, strategy });
    const end = seconds(scenario.duration);
    if (jumps === undefined) dialer.advance(end);
    else {
      for (let at = 0; at < end; at += STEP) {
        dialer.set({ calls: compileCalls({ ...scenario.calls, ...liveRate(jumps.rateAt(at)) }) });
        dialer.advance(Math.min(end, at + STEP));
      }
    }
    dialer.meter.close(dialer.now);
    const sums = sumOf(dialer.meter.buckets);
    busy.push(sums.level(Level.talking) + sums.level(Level.wrapping));
    loggedIn.push(sums.level(Level.loggedIn));
    abandoned.push(sums.count(Count.abandoned));
    answers.push(sums.count(Count.liveAnswers));
    const window = history.liveAnswers + sums.count(Count.liveAnswers);
    if (history.abandoned + sums.count(Count.abandoned) > target * window) over += 1;
  }
  return { occupancy: ratioInterval(busy, loggedIn), abandonment: ratioInterval(abandoned, answers), windowsOver: over / days };
}

function ruleOf(
  { condition, told, parameters }: ConditionOptions,
  beliefs: DialingBeliefs,
  target: number,
  liveRateAt: (now: number) => number,
): PacingStrategy {
  const known = { beliefs, target, ...parameters };
  if (told === "nothing") return stateAware(known);
  const { jumps } = condition;
  if (told === "levels" && jumps !== undefined) return stateAware({ ...known, levels: jumps, isLearning: false });
  return stateAware({ ...known, liveRateAt, isLearning: false });
}

/**
 * The share of attempts that will be judged live, by the second of the day: what a rule would know that is told the truth.
 * Attempts are taken to be first ones.
 */
function liveRateOf(calls: CallsScenario): (secondOfDay: number) => number {
  const judged = Array.from({ length: 24 }, (_, hour) => beliefsOf(calls, [hour]).mix.live);
  return (secondOfDay) => {
    const hour = (secondOfDay / 3600) % 24;
    if (calls.interpolation === "step") return judged[Math.floor(hour)] ?? 0;
    const at = (hour + 23.5) % 24;
    const low = judged[Math.floor(at)] ?? 0;
    const high = judged[(Math.floor(at) + 1) % 24] ?? 0;
    return low + (at - Math.floor(at)) * (high - low);
  };
}
