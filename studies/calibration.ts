// Measures how often the intervals of a calibration contain the true value: attempts with known rates and durations are simulated
// and calibrated. scripts/interval-study.ts runs it at length; a test runs a small part.

import { type Calibration, createCalibration } from "../src/dialing/calibrate/calibration.ts";
import { createRandom, normalQuantile, type RandomStream, wilsonInterval } from "../src/kernel/index.ts";

/** Properties of the simulated records. */
export interface CalibrationCondition {
  readonly days: number;
  readonly attemptsPerDay: number;
  /**
   * Standard deviation of the days' effects: of rates on the logit scale; of durations on the logarithmic scale it is half as
   * large.
   */
  readonly effect: number;
}

/** The intervals that are judged; the last one takes all calls as independent. */
export const CALIBRATION_INTERVALS = [
  "live",
  "machine",
  "live by hour",
  "abandonment",
  "talk",
  "ring, live",
  "naive live",
] as const;

/** How often each interval contained the true value. */
export type CalibrationResult = Record<(typeof CALIBRATION_INTERVALS)[number], { count: number; of: number }>;

const LIVE = 0.25;
const MACHINE = 0.4;
const ABANDONED = 0.04;
const HOURS = 4;
const NODES = Array.from({ length: 41 }, (_, i) => normalQuantile((i + 0.5) / 41));

const expit = (x: number): number => 1 / (1 + Math.exp(-x));
const logit = (p: number): number => Math.log(p / (1 - p));
const normal = (random: RandomStream): number => normalQuantile((random.next() * 4_294_967_296 + 0.5) / 4_294_967_296);

/**
 * Simulates and judges `repetitions` calibrations, beginning with number `from` (default 0). The same seed gives the same counts, in
 * one piece or in several.
 */
export function studyCalibration(
  condition: CalibrationCondition,
  { from = 0, repetitions, seed }: { readonly from?: number; readonly repetitions: number; readonly seed: string },
): CalibrationResult {
  const result = Object.fromEntries(CALIBRATION_INTERVALS.map((name) => [name, { count: 0, of: 0 }])) as CalibrationResult;
  const { effect } = condition;
  // Long-run rates: averages over the days' effects. A day with more live answers has more weight in what is counted among them.
  const mean = (of: (node: number) => number) => NODES.reduce((sum, node) => sum + of(node), 0) / NODES.length;
  const live = mean((node) => expit(logit(LIVE) + effect * node));
  const machine = (1 - live) * MACHINE;
  const abandoned = mean((node) => expit(logit(ABANDONED) + effect * node));
  const scale = Math.exp((effect / 2) ** 2 / 2);
  for (let i = from; i < from + repetitions; i++) {
    const found = calibrated(condition, createRandom(seed, `${JSON.stringify(condition)}/${i}`));
    const judge = (name: keyof CalibrationResult, interval: { low: number; high: number } | undefined, truth: number) => {
      if (interval === undefined) return;
      result[name].of += 1;
      if (interval.low <= truth && truth <= interval.high) result[name].count += 1;
    };
    const { numerator, denominator } = found.overall.rates.live;
    judge("live", found.overall.rates.live, live);
    judge("machine", found.overall.rates.machine, machine);
    for (const { rates } of found.byHour) judge("live by hour", rates.live, live);
    judge("abandonment", found.abandonment, abandoned);
    judge("talk", found.means.talk, 120 * scale);
    judge("ring, live", found.means["ring.live"], 9 * scale);
    judge("naive live", wilsonInterval(numerator, denominator), live);
  }
  return result;
}

function calibrated({ days, attemptsPerDay, effect }: CalibrationCondition, random: RandomStream): Calibration {
  const builder = createCalibration();
  for (let n = 0; n < days; n++) {
    const day = new Date(Date.UTC(2026, 2, 2 + n)).toISOString().slice(0, 10);
    const chance = expit(logit(LIVE) + effect * normal(random));
    const lost = expit(logit(ABANDONED) + effect * normal(random));
    const [talk, ring] = [120 * Math.exp((effect / 2) * normal(random)), 9 * Math.exp((effect / 2) * normal(random))];
    for (let call = 0; call < attemptsPerDay; call++) {
      const hour = 9 + HOURS * random.next();
      if (random.next() < chance) {
        const abandoned = random.next() < lost;
        // Exponential talk, uniform ringing.
        const ringSeconds = 2 * ring * random.next();
        const talkSeconds = -talk * Math.log(1 - random.next());
        builder.add({ day, hour, outcome: "live", ringSeconds, abandoned, ...(abandoned ? {} : { talkSeconds }) });
      } else builder.add({ day, hour, outcome: random.next() < MACHINE ? "machine" : "noAnswer" });
    }
  }
  return builder.finish();
}
