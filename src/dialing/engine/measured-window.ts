// The dialer's own count of live answers and abandoned calls, since midnight and over the measured window of days.

import { DAY, type MeasuredHistory } from "./model.ts";

/** The state of the window as JSON: live answers and abandoned calls by day. */
export interface MeasuredWindowSnapshot {
  readonly live: readonly number[];
  readonly abandoned: readonly number[];
  readonly day: number;
}

/**
 * Counts people who answered, and the abandoned among them, over a number of days including the present one (16 CFR
 * 310.4(b)(4)(i): 30 days; one day where a rule pack says 24 hours). A real dialer estimates detection errors from samples; here
 * it is told the true outcome of each call.
 */
export class MeasuredWindow {
  dayLive = 0;
  dayAbandoned = 0;
  windowLive: number;
  windowAbandoned: number;
  /**
   * By day, in a ring that includes the present day. Calls before the start count for the day before; in a window of one day, for
   * today.
   */
  readonly #live: Float64Array;
  readonly #abandoned: Float64Array;
  readonly #days: number;
  #day = 1;
  /** End of the present day, seconds since the start. */
  #midnight: number;
  readonly #startOfDay: number;

  /** @param days length of the window in days of the campaign's clock, at least 1 */
  constructor(history: MeasuredHistory, startOfDay: number, days: number) {
    this.#days = days;
    this.#live = new Float64Array(days);
    this.#abandoned = new Float64Array(days);
    this.#live[0] = history.liveAnswers;
    this.#abandoned[0] = history.abandoned;
    this.windowLive = history.liveAnswers;
    this.windowAbandoned = history.abandoned;
    if (days === 1) {
      this.dayLive = history.liveAnswers;
      this.dayAbandoned = history.abandoned;
    }
    this.#startOfDay = startOfDay;
    this.#midnight = DAY - startOfDay;
  }

  answered(now: number): void {
    this.turn(now);
    this.dayLive += 1;
    this.windowLive += 1;
    this.#live[this.#day % this.#days]! += 1;
  }

  lost(now: number): void {
    this.turn(now);
    this.dayAbandoned += 1;
    this.windowAbandoned += 1;
    this.#abandoned[this.#day % this.#days]! += 1;
  }

  /** Moves on to the day of `now`. */
  turn(now: number): void {
    while (now >= this.#midnight) {
      this.#day += 1;
      const place = this.#day % this.#days;
      this.windowLive -= this.#live[place]!;
      this.windowAbandoned -= this.#abandoned[place]!;
      this.#live[place] = 0;
      this.#abandoned[place] = 0;
      this.dayLive = 0;
      this.dayAbandoned = 0;
      this.#midnight = this.#day * DAY - this.#startOfDay;
    }
  }

  snapshot(): MeasuredWindowSnapshot {
    return { live: [...this.#live], abandoned: [...this.#abandoned], day: this.#day };
  }

  restore({ live, abandoned, day }: MeasuredWindowSnapshot): void {
    this.#live.set(live);
    this.#abandoned.set(abandoned);
    this.#day = day;
    this.#midnight = day * DAY - this.#startOfDay;
    this.dayLive = live[day % this.#days] ?? 0;
    this.dayAbandoned = abandoned[day % this.#days] ?? 0;
    this.windowLive = live.reduce((sum, n) => sum + n, 0);
    this.windowAbandoned = abandoned.reduce((sum, n) => sum + n, 0);
  }
}
