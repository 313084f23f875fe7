// Calibration's counts of one day, in constant memory, and rates and means over days.

import { type DayRateInterval, dayVariation, ratioInterval } from "../../kernel/index.ts";
import { CALL_OUTCOMES, type CallOutcome, type CallRecord } from "./record.ts";

/** Attempts with a higher number are counted under this one. */
export const MOST_ATTEMPTS = 60;
/** Days that are counted separately; all further days are counted together as one. */
const MOST_DAYS = 1_100;
/** Fewest days for the interval of a mean. */
const LEAST_DAYS = 4;

/** The 95 % interval of a mean, from the differences between the days' means. */
export interface DayMeanInterval {
  readonly low: number;
  readonly high: number;
  readonly confidence: number;
  readonly days: number;
}

/** Names of the durations. */
export type DurationName = `ring.${CallOutcome}` | "talk" | "wrap";

/** The counts of a day. */
class DayTally {
  readonly hours = Array.from({ length: 24 }, noCounts);
  readonly attempts = Array.from({ length: MOST_ATTEMPTS + 1 }, () => ({ attempts: 0, live: 0 }));
  readonly abandonment = { abandoned: 0, known: 0 };
  /** Sum and number of the values above 0. */
  readonly durations = new Map<DurationName, { sum: number; count: number }>();

  add(record: CallRecord): void {
    const { outcome, attempt } = record;
    const hour = this.hours[Math.floor(record.hour)];
    if (hour !== undefined) hour[outcome] += 1;
    this.#time(`ring.${outcome}`, record.ringSeconds);
    this.#time("talk", record.talkSeconds);
    this.#time("wrap", record.wrapSeconds);
    if (outcome === "live" && record.abandoned !== undefined) {
      this.abandonment.known += 1;
      if (record.abandoned) this.abandonment.abandoned += 1;
    }
    const number = attempt === undefined ? undefined : this.attempts[Math.min(MOST_ATTEMPTS, attempt)];
    if (number === undefined) return;
    number.attempts += 1;
    if (outcome === "live") number.live += 1;
  }

  #time(name: DurationName, seconds: number | undefined): void {
    if (seconds === undefined || seconds === 0) return;
    const known = this.durations.get(name);
    if (known === undefined) this.durations.set(name, { sum: seconds, count: 1 });
    else {
      known.sum += seconds;
      known.count += 1;
    }
  }
}

type Counts = Record<CallOutcome, number>;
const noCounts = (): Counts => ({ live: 0, machine: 0, noAnswer: 0, busy: 0, invalid: 0 });

/** All attempts of counts. */
export const attemptsOf = (counts: Counts): number => CALL_OUTCOMES.reduce((sum, outcome) => sum + counts[outcome], 0);

/** The days of the records. */
export class DayTallies {
  readonly #days = new Map<string, DayTally>();
  #isDated = true;

  add(record: CallRecord): void {
    if (record.day === undefined) this.#isDated = false;
    const name = record.day ?? "";
    const key = this.#days.has(name) || this.#days.size < MOST_DAYS ? name : "later";
    let day = this.#days.get(key);
    if (day === undefined) this.#days.set(key, (day = new DayTally()));
    day.add(record);
  }

  get all(): readonly DayTally[] {
    return [...this.#days.values()];
  }

  /**
   * Rates of groups with 95 % intervals over days. When records carry no day, calls are taken as independent and `days` is 0.
   * @param groups number of groups; they are numbered from 0
   * @param of successes and trials of a group on a day
   */
  rates(
    groups: number,
    of: (day: DayTally, group: number) => readonly [successes: number, trials: number],
  ): (group: number) => DayRateInterval {
    const cells = this.all.flatMap((day, place) =>
      Array.from({ length: groups }, (_, group) => {
        const [successes, trials] = of(day, group);
        return { group, day: this.#isDated ? place : 0, successes, trials };
      }),
    );
    const variation = dayVariation(cells);
    return (group) => {
      const found = variation.rate([group]);
      return this.#isDated ? found : { ...found, days: 0 };
    };
  }

  /** The interval of a mean duration; undefined with too few days, or when records carry no day. */
  mean(name: DurationName): DayMeanInterval | undefined {
    const used = this.all.flatMap(({ durations }) => durations.get(name) ?? []);
    if (!this.#isDated || used.length < LEAST_DAYS) return undefined;
    const { low, high, confidence } = ratioInterval(
      used.map(({ sum }) => sum),
      used.map(({ count }) => count),
    );
    return { low: Math.max(0, low), high, confidence, days: used.length };
  }
}
