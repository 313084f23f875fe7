// Measures how often the intervals of the abandonment ledger and of a report's conversion contain the true rate where days differ by other laws than
// the one that the intervals are computed from: bursts, uniform and strongly skewed effects that multiply the rate. scripts/interval-study.ts runs it at
// length; a test runs a small part.

import { type AnswerHour, readAbandonment } from "../src/compliance/index.ts";
import { createRandom, normalQuantile, type RandomStream, wilsonInterval } from "../src/kernel/index.ts";
import { rateOfDays } from "../src/outcomes/meaning/conversion.ts";

/** Properties of the simulated calls of a campaign. */
export interface UnevenCondition {
  readonly days: number;
  /** Mean number of live answers, or of calls for the conversion; between half and one and a half of it in an hour. */
  readonly callsPerDay: number;
  /** Standard deviation of the days' effects, as a share of the rate: 0.1 is 10 %. */
  readonly effect: number;
  /**
   * `even`: the days' effects are uniform. `skewed`: a gamma distribution; with an effect of 1 the exponential one. `lognormal`: more skewed still.
   * `rare`: one of ten days has a higher rate than the others, all the same; with an effect of 0.7 four times theirs.
   */
  readonly shape: "even" | "skewed" | "lognormal" | "rare";
  /** Whether calls are abandoned in bursts: one of ten hours has eight times the rate of the others. */
  readonly bursts: boolean;
}

/** The interval of the abandonment rate, that of calls taken as independent for comparison, and that of a conversion without bursts. */
export const UNEVEN_INTERVALS = ["abandonment", "naive abandonment", "conversion"] as const;

/** How often each interval contained the true value, and how often none was given. */
export type UnevenResult = Record<(typeof UNEVEN_INTERVALS)[number], { count: number; of: number; withheld: number }>;

const RATES = { abandonment: 0.025, "naive abandonment": 0.025, conversion: 0.12 };
const HOURS = 8;
const HOUR = 3_600_000;
const BURSTS = { share: 0.1, times: 8 };
const END = Date.UTC(2026, 2, 31);

/** A positive factor with mean 1. */
function factorOf(effect: number, shape: UnevenCondition["shape"], random: RandomStream): number {
  if (effect === 0) return 1;
  if (shape === "even") return 1 + effect * Math.sqrt(3) * (2 * random.next() - 1);
  if (shape === "rare") {
    const more = effect / (0.3 - 0.1 * effect);
    return (1 + (random.next() < 0.1 ? more : 0)) / (1 + 0.1 * more);
  }
  if (shape === "lognormal") {
    const square = Math.log(1 + effect ** 2);
    return Math.exp(Math.sqrt(square) * normalQuantile((random.next() * 4_294_967_296 + 0.5) / 4_294_967_296) - square / 2);
  }
  // The sum of k exponential variables has the coefficient of variation 1/√k.
  const terms = Math.max(1, Math.round(1 / effect ** 2));
  let sum = 0;
  for (let i = 0; i < terms; i++) sum -= Math.log(1 - random.next());
  return sum / terms;
}

/** Answers by hour, and calls by day. */
function simulate({ days, callsPerDay, effect, shape, bursts }: UnevenCondition, random: RandomStream) {
  const hours: AnswerHour[] = [];
  const conversions = new Map<string, { calls: number; successes: number }>();
  const some = (of: number, chance: number) => {
    let count = 0;
    for (let call = 0; call < of; call++) if (random.next() < chance) count += 1;
    return count;
  };
  const outside = bursts ? 1 / (1 + BURSTS.share * (BURSTS.times - 1)) : 1;
  for (let day = 0; day < days; day++) {
    const [bad, good] = [factorOf(effect, shape, random), factorOf(effect, shape, random)];
    let calls = 0;
    for (let hour = 0; hour < HOURS; hour++) {
      const isBurst = bursts && random.next() < BURSTS.share;
      const live = Math.round((callsPerDay / HOURS) * (0.5 + random.next()));
      const dropped = some(live, RATES.abandonment * bad * outside * (isBurst ? BURSTS.times : 1));
      const start = END - (day * 24 + 14 - hour) * HOUR;
      hours.push({ start, served: live - dropped, late: 0, hangup: 0, dropped, machine: 0 });
      calls += live;
    }
    conversions.set(`${day}`, { calls, successes: some(calls, RATES.conversion * good) });
  }
  return { hours, conversions };
}

/**
 * Simulates and judges `repetitions` ledgers, beginning with number `from` (default 0). The same seed gives the same counts, in one
 * piece or in several.
 */
export function studyUnevenDays(
  condition: UnevenCondition,
  { from = 0, repetitions, seed }: { readonly from?: number; readonly repetitions: number; readonly seed: string },
): UnevenResult {
  const none = () => ({ count: 0, of: 0, withheld: 0 });
  const result: UnevenResult = { abandonment: none(), "naive abandonment": none(), conversion: none() };
  const judge = (name: keyof UnevenResult, low: number | null, high: number | null) => {
    const counted = result[name];
    if (low === null || high === null) counted.withheld += 1;
    else {
      counted.of += 1;
      if (low <= RATES[name] && RATES[name] <= high) counted.count += 1;
    }
  };
  for (let i = from; i < from + repetitions; i++) {
    const { hours, conversions } = simulate(condition, createRandom(seed, `${JSON.stringify(condition)}/${i}`));
    const { rate } = readAbandonment(hours, { maxRate: 0.03, windowHours: 30 * 24 }, { now: END, dayEnds: END });
    judge("abandonment", rate.low, rate.high);
    const naive = wilsonInterval(rate.numerator, rate.denominator);
    judge("naive abandonment", naive.low, naive.high);
    const conversion = rateOfDays(conversions);
    if (conversion.method === "days") judge("conversion", conversion.low, conversion.high);
    else judge("conversion", null, null);
  }
  return result;
}
