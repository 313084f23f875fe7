// The window of the abandonment ledger as it moves through the coming hours.

import type { Instant } from "../../kernel/index.ts";

export const HOUR = 3_600_000;
export const DAY_HOURS = 24;
/** The past hours from which the hours of dialing in a day are derived. */
export const WEEK_HOURS = 168;
/** How many hours ahead a forecast looks. */
export const HORIZON_HOURS = 30 * DAY_HOURS;
/** Tolerance for rounding in 0.03 × n. */
export const EPSILON = 1e-9;

/** A limit on abandoned calls. */
export interface AbandonmentLimit {
  /** Largest share of live answers, such as 0.03; exactly this share is still allowed. */
  readonly maxRate: number;
  /** Length of the moving window in hours: 720 for 30 days, 24 for a day. */
  readonly windowHours: number;
}

/** Answers of a span of time as the law counts them. */
export interface Counts {
  readonly live: number;
  readonly abandoned: number;
}

/** The window as it moves through the coming hours: it loses known past hours and gains hours at the present pace. */
export class Outlook {
  readonly #maxRate: number;
  readonly #livePerHour: number;
  /** The counts of the window in `k` hours without any new call. */
  readonly #window: readonly Counts[];
  /** Number of hours of dialing among the next `k` hours. */
  readonly #dialed: readonly number[];

  constructor(series: readonly Counts[], { maxRate, windowHours }: AbandonmentLimit, livePerHour: number) {
    this.#maxRate = maxRate;
    this.#livePerHour = livePerHour;
    const kept = series.slice(-windowHours);
    let live = kept.reduce((all, one) => all + one.live, 0);
    let abandoned = kept.reduce((all, one) => all + one.abandoned, 0);
    const week = series.slice(-WEEK_HOURS);
    // A week is whole days, so the coming first hour is at the same hour of day as the first hour of the week.
    const active = Array.from({ length: DAY_HOURS }, (_, slot) => week.some(({ live }, i) => i % DAY_HOURS === slot && live > 0));
    const window: Counts[] = [{ live, abandoned }];
    const dialed = [0];
    for (let k = 1; k <= HORIZON_HOURS; k++) {
      const lost = kept[k - 1];
      live -= lost?.live ?? 0;
      abandoned -= lost?.abandoned ?? 0;
      window.push({ live, abandoned });
      dialed.push((dialed[k - 1] ?? 0) + (active[(k - 1) % DAY_HOURS] === true ? 1 : 0));
    }
    this.#window = window;
    this.#dialed = dialed;
  }

  /**
   * How many more calls could be abandoned in `k` hours from now if `abandonedPerHour` of the answers are abandoned; below 0 the
   * limit is exceeded.
   */
  slack(k: number, abandonedPerHour: number, livePerHour = this.#livePerHour): number {
    const { live, abandoned } = this.#window[k] ?? { live: 0, abandoned: 0 };
    const dialed = this.#dialed[k] ?? 0;
    return this.#maxRate * (live + livePerHour * dialed) - (abandoned + abandonedPerHour * dialed) + EPSILON;
  }

  /** Abandoned calls are live answers themselves, so each uses 1 - maxRate of the slack. */
  certainAllowance(hours: number): number {
    let least = Number.POSITIVE_INFINITY;
    for (let k = 0; k <= Math.min(hours, HORIZON_HOURS); k++) least = Math.min(least, this.slack(k, 0, 0));
    return Math.max(0, Math.floor(least / (1 - this.#maxRate)));
  }

  expectedAllowance(hours: number): number {
    return Math.max(0, Math.floor(this.slack(Math.min(hours, HORIZON_HOURS), 0)), this.certainAllowance(hours));
  }

  exhaustedAfter(abandonedPerHour: number, now: Instant): Instant | null {
    if (this.slack(0, 0) < 0) return now;
    for (let k = 1; k <= HORIZON_HOURS; k++) {
      const after = this.slack(k, abandonedPerHour);
      if (after >= 0) continue;
      const before = this.slack(k - 1, abandonedPerHour);
      return now + Math.floor((k - 1 + before / (before - after)) * HOUR);
    }
    return null;
  }

  recoversAfter(now: Instant): Instant | null {
    if (this.slack(0, 0) >= 0) return null;
    for (let k = 1; k <= HORIZON_HOURS; k++) if (this.slack(k, 0) >= 0) return now + k * HOUR;
    return null;
  }

  sustainableRate(hours: number): number {
    let least = this.#maxRate;
    for (let k = 0; k <= Math.min(hours, HORIZON_HOURS); k++) {
      const answers = this.#livePerHour * (this.#dialed[k] ?? 0);
      const room = this.slack(k, 0);
      if (answers > 0) least = Math.min(least, room / answers);
      else if (room < 0) return 0;
    }
    return Math.max(0, least);
  }
}
