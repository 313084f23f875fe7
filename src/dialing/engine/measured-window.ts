// The dialer's own count of live answers and abandoned calls: since midnight, and over the rolling 30 days in which a campaign is measured.

import { DAY, type MeasuredHistory } from "./model.ts";

const DAYS = 30;

export interface MeasuredWindowSnapshot {
  readonly live: readonly number[];
  readonly abandoned: readonly number[];
  readonly day: number;
}

/**
 * People who answered, and the abandoned ones among them (16 CFR 310.4(b)(4)(i): measured per campaign over 30 days). How many people detection takes for
 * machines and machines for people a dialer knows from samples; here it is told.
 */
export class MeasuredWindow {
  dayLive = 0;
  dayAbandoned = 0;
  windowLive: number;
  windowAbandoned: number;
  /** By day, the present one included, in a ring. What happened before the start counts as the day before. */
  readonly #live = new Float64Array(DAYS);
  readonly #abandoned = new Float64Array(DAYS);
  #day = 1;
  /** End of the present day, seconds since the start. */
  #midnight: number;
  readonly #startOfDay: number;

  constructor(history: MeasuredHistory, startOfDay: number) {
    this.#live[0] = history.liveAnswers;
    this.#abandoned[0] = history.abandoned;
    this.windowLive = history.liveAnswers;
    this.windowAbandoned = history.abandoned;
    this.#startOfDay = startOfDay;
    this.#midnight = DAY - startOfDay;
  }

  answered(now: number): void {
    this.turn(now);
    this.dayLive += 1;
    this.windowLive += 1;
    this.#live[this.#day % DAYS]! += 1;
  }

  lost(now: number): void {
    this.turn(now);
    this.dayAbandoned += 1;
    this.windowAbandoned += 1;
    this.#abandoned[this.#day % DAYS]! += 1;
  }

  /** Goes on to the day of `now`. */
  turn(now: number): void {
    while (now >= this.#midnight) {
      this.#day += 1;
      const place = this.#day % DAYS;
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
    this.dayLive = live[day % DAYS] ?? 0;
    this.dayAbandoned = abandoned[day % DAYS] ?? 0;
    this.windowLive = live.reduce((sum, n) => sum + n, 0);
    this.windowAbandoned = abandoned.reduce((sum, n) => sum + n, 0);
  }
}
