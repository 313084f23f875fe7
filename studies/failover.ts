// Measures how often a trigger rule triggers falsely, and how fast it detects a true fall: a seeded simulation of minutes of
// calls in sliding windows. Pure.

import { createRandom, type RandomStream } from "../src/kernel/index.ts";
import { createTriggerRule, type TriggerReading, type TriggerRule } from "../src/operations/campaigns/failover/rule.ts";

/** A rule under study, on the default window of 30 minutes with a look every minute. */
export interface StudyRule {
  readonly rule: "evidence" | "plain";
  readonly minimumCalls: number;
}

const THRESHOLD = 0.15;
const WINDOW = 30;
const LOOKS_PER_HOUR = 60;
/** Minutes of calls before the looks begin, so that the long window is full. */
const BEFORE = 120;

/** Calls and successes of the last minutes, seen by a rule. */
class Course {
  readonly #minutes: { readonly calls: number; readonly successes: number }[] = [];
  readonly #random: RandomStream;
  readonly #perMinute: number;
  readonly #rule: TriggerRule;

  constructor(random: RandomStream, perMinute: number, rule: TriggerRule) {
    this.#random = random;
    this.#perMinute = perMinute;
    this.#rule = rule;
  }

  minute(rate: number): void {
    const calls = poisson(this.#random, this.#perMinute);
    let successes = 0;
    for (let i = 0; i < calls; i++) if (this.#random.next() < rate) successes += 1;
    this.#minutes.push({ calls, successes });
  }

  triggers(): boolean {
    const window = this.#last(WINDOW);
    // No rule triggers on a window that is not below the threshold.
    if (window.successRate === null || window.successRate >= THRESHOLD) return false;
    const long = this.#rule.wantsLong(window) ? this.#last(this.#rule.longMinutes) : undefined;
    return this.#rule.judge(window, long).verdict === "trigger";
  }

  #last(minutes: number): TriggerReading {
    let [calls, successes] = [0, 0];
    for (let i = Math.max(0, this.#minutes.length - minutes); i < this.#minutes.length; i++) {
      calls += this.#minutes[i]?.calls ?? 0;
      successes += this.#minutes[i]?.successes ?? 0;
    }
    return { successes, calls, successRate: calls === 0 ? null : successes / calls };
  }
}

const ruleOf = ({ rule, minimumCalls }: StudyRule): TriggerRule =>
  createTriggerRule({ threshold: THRESHOLD, windowMinutes: WINDOW, everySeconds: 60, minimumCalls, rule });

/** A Poisson number by counting exponential gaps (D. Knuth, TAOCP 2, §3.4.1), in steps that keep the product above zero. */
function poisson(random: RandomStream, mean: number): number {
  let count = 0;
  for (let rest = mean; rest > 0; rest -= 30) {
    const limit = Math.exp(-Math.min(rest, 30));
    for (let product = random.next(); product > limit; product *= random.next()) count += 1;
  }
  return count;
}

/**
 * Number of hours with at least one trigger at a constant true rate; each hour is seeded separately and begins with a full
 * window.
 * @param perWindow calls expected in 30 minutes
 */
export function falseTriggers(
  given: StudyRule & { readonly rate: number; readonly perWindow: number; readonly hours: number; readonly seed: string },
): number {
  const rule = ruleOf(given);
  let hours = 0;
  for (let hour = 0; hour < given.hours; hour++) {
    const random = createRandom(`${given.seed}/${given.perWindow}/${given.rate}`, `hour ${hour}`);
    const course = new Course(random, given.perWindow / WINDOW, rule);
    for (let i = 0; i < BEFORE; i++) course.minute(given.rate);
    for (let look = 0; look < LOOKS_PER_HOUR; look++) {
      course.minute(given.rate);
      if (!course.triggers()) continue;
      hours += 1;
      break;
    }
  }
  return hours;
}

/**
 * Minutes from a fall of the true rate to the trigger, one for each run, sorted; Infinity when it did not trigger within
 * `patience` minutes. Runs that trigger before the fall are false triggers and left out.
 */
export function detectionDelays(
  given: StudyRule & {
    readonly before: number;
    readonly after: number;
    readonly perWindow: number;
    readonly runs: number;
    readonly patience: number;
    readonly seed: string;
  },
): number[] {
  const rule = ruleOf(given);
  const delays: number[] = [];
  for (let run = 0; run < given.runs; run++) {
    const random = createRandom(`${given.seed}/${given.perWindow}/${given.after}`, `run ${run}`);
    const course = new Course(random, given.perWindow / WINDOW, rule);
    for (let i = 0; i < BEFORE; i++) course.minute(given.before);
    if (course.triggers()) continue;
    let minutes = 0;
    do {
      minutes += 1;
      course.minute(given.after);
    } while (!course.triggers() && minutes < given.patience);
    delays.push(course.triggers() ? minutes : Number.POSITIVE_INFINITY);
  }
  return delays.sort((a, b) => a - b);
}
